/**
 * An answer's Markdown. It is untrusted: raw HTML is not parsed, what is parsed is sanitised, images never load,
 * links ask before they open. Finished blocks are memoised, so that streaming parses the last block alone.
 */
import { memo, useMemo } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import type { SentenceVerification } from '../../../shared/domain.ts';
import { splitMarkdown } from '../../components/markdown/markdown-blocks.ts';
import { safeElements } from '../../components/markdown/markdown-elements.tsx';
import { CheckedText, FlaggedText } from './checked-text.tsx';
import { CitationChip } from './citation-chip.tsx';
import { rehypeCitations } from './rehype-citations.ts';

const components: Components = {
  ...safeElements,
  // A heading of an answer stands below the question, which is an h2.
  h1: 'h3',
  h2: 'h4',
  h3: 'h5',
  h4: 'h6',
  cite: ({ node }) => {
    const { dataNumber, dataSentence, dataLast } = node?.properties ?? {};
    const sentence = dataSentence === undefined ? null : Number(dataSentence);
    return <CitationChip number={Number(dataNumber)} sentence={sentence} isLast={dataLast === true} />;
  },
  span: ({ node, children }) => (
    <CheckedText sentence={Number(node?.properties['dataSentence'])} tells={node?.properties['dataTells'] === true}>
      {children}
    </CheckedText>
  ),
  mark: ({ node, children }) => (
    <FlaggedText sentence={Number(node?.properties['dataSentence'])}>{children}</FlaggedText>
  ),
};

const remarkPlugins = [remarkGfm];

interface BlockProps {
  readonly text: string;
  /** Place of the block in the answer. */
  readonly start: number;
  /** Those of the answer that lie in the block. */
  readonly verification: readonly SentenceVerification[];
}

const Block = memo(function Block({ text, start, verification }: BlockProps) {
  return (
    <div>
      <ReactMarkdown
        remarkPlugins={remarkPlugins}
        rehypePlugins={[rehypeSanitize, [rehypeCitations, { source: text, start, verification }]]}
        components={components}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}, isSameBlock);

function isSameBlock(one: BlockProps, other: BlockProps): boolean {
  return (
    one.text === other.text &&
    one.start === other.start &&
    one.verification.length === other.verification.length &&
    one.verification.every((sentence, index) => sentence === other.verification[index])
  );
}

export interface MarkdownProps {
  readonly text: string;
  readonly verification: readonly SentenceVerification[];
}

export function Markdown({ text, verification }: MarkdownProps) {
  const blocks = useMemo(() => placedBlocks(text), [text]);
  return (
    <div className="prose readable">
      {blocks.map((block, index) => (
        // Blocks only ever grow at the end, so that their place is their identity.
        <Block
          key={index}
          {...block}
          verification={verification.filter(
            ({ start }) => start >= block.start && start < block.start + block.text.length,
          )}
        />
      ))}
    </div>
  );
}

function placedBlocks(text: string): { text: string; start: number }[] {
  let start = 0;
  return splitMarkdown(text).map((block) => {
    const placed = { text: block, start };
    start += block.length;
    return placed;
  });
}
