/** How Markdown of strangers is shown, in answers and in documents: links ask before they open, images never load. */
import type { ComponentProps, MouseEvent } from 'react';
import type { Components } from 'react-markdown';
import { openExternal } from '../../app/open-external.ts';

function openLink(event: MouseEvent<HTMLAnchorElement>): void {
  event.preventDefault();
  openExternal(event.currentTarget.href);
}

export const safeElements: Components = {
  a: ({ href, children }) => (
    <a href={href} title={href} rel="noreferrer" draggable={false} onClick={openLink} onAuxClick={openLink}>
      {children}
    </a>
  ),
  // SECURITY: an image would tell a server that it was looked at.
  img: ({ alt }) => (alt ? <em>[image: {alt}]</em> : null),
  input: ({ checked }: ComponentProps<'input'>) => (
    <input type="checkbox" disabled checked={checked === true} readOnly aria-label={checked ? 'Done' : 'To do'} />
  ),
  table: ({ children }: ComponentProps<'table'>) => (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Table">
      <table>{children}</table>
    </div>
  ),
};
