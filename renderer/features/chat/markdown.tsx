/**
 * An answer's Markdown. It is untrusted: raw HTML is not parsed, what is parsed is sanitised, images never load,
 * links ask before they open. Finished blocks are memoised, so that streaming parses the last block alone.
 */
import { memo, useMemo, type ComponentProps, type MouseEvent } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { showError } from '../../app/stores/toast-store.ts';
import { request } from '../../ipc/client.ts';
import { CitationChip } from './citation-chip.tsx';
import { splitMarkdown } from './markdown-blocks.ts';
import { rehypeCitations } from './rehype-citations.ts';

/** SECURITY: nothing opens by itself; main asks the person with the address in full, and opens http(s) alone. */
function openLink(event: MouseEvent<HTMLAnchorElement>): void {
  event.preventDefault();
  const url = event.currentTarget.href;
  if (!/^https?:/.test(url)) return;
  request('app.openExternal', { url }).catch(showError);
}

const components: Components = {
  a: ({ href, children }) => (
    <a href={href} title={href} rel="noreferrer" draggable={false} onClick={openLink} onAuxClick={openLink}>
      {children}
    </a>
  ),
  // SECURITY: an image in an answer would tell a server that it was read.
  img: ({ alt }) => (alt ? <em>[image: {alt}]</em> : null),
  table: ({ children }: ComponentProps<'table'>) => (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Table">
      <table>{children}</table>
    </div>
  ),
  // A heading of an answer stands below the question, which is an h2.
  h1: 'h3',
  h2: 'h4',
  h3: 'h5',
  h4: 'h6',
  cite: ({ node }) => <CitationChip number={Number(node?.properties['dataNumber'])} />,
};

const remarkPlugins = [remarkGfm];
const rehypePlugins = [rehypeSanitize, rehypeCitations];

const Block = memo(function Block({ text }: { readonly text: string }) {
  return (
    <div>
      <ReactMarkdown remarkPlugins={remarkPlugins} rehypePlugins={rehypePlugins} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  );
});

export function Markdown({ text }: { readonly text: string }) {
  const blocks = useMemo(() => splitMarkdown(text), [text]);
  return (
    <div className="prose readable">
      {blocks.map((block, index) => (
        // Blocks only ever grow at the end, so that their place is their identity.
        <Block key={index} text={block} />
      ))}
    </div>
  );
}
