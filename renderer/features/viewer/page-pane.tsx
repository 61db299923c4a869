/** The page: beside the conversation or alone, opened where it was cited or where reading stopped. */
import { useEffect } from 'react';
import type { Citation } from '../../../shared/domain.ts';
import { useDocument } from '../../app/stores/library-store.ts';
import { closePage, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { warmDocument } from '../../app/warm-viewer.ts';
import { Button } from '../../components/button.tsx';
import { loadOnDemand } from '../../components/load-on-demand.tsx';
import { Reader } from './reader.tsx';

const PdfViewer = loadOnDemand(async () => (await import('./pdf-viewer.tsx')).PdfViewer);
const TextViewer = loadOnDemand(async () => (await import('./text-viewer.tsx')).TextViewer);

/** Fetches the viewer of PDFs, before one is opened. */
export const preloadPdfViewer = PdfViewer.preload;

export function PagePane() {
  const target = useWorkspaceStore((state) => state.target);
  const trail = useWorkspaceStore((state) => state.trail);
  const document = useDocument(target?.documentId ?? null);

  useEffect(() => {
    for (const step of [-1, 1]) {
      const near = trail?.citations[trail.index + step];
      if (near && near.documentId !== target?.documentId) warmDocument(near.documentId);
    }
  }, [trail, target]);

  if (!target) return null;
  if (!document) return <DeletedPage citation={trail?.citations[trail.index] ?? null} />;
  return (
    <Reader
      key={document.id}
      document={document}
      target={target}
      trail={trail}
      Viewer={document.format === 'pdf' ? PdfViewer : TextViewer}
    />
  );
}

/** What is kept of a deleted document: the passage that was quoted from it. */
function DeletedPage({ citation }: { readonly citation: Citation | null }) {
  return (
    <div
      className="flex h-full flex-col items-center justify-center gap-3 overflow-y-auto bg-surface px-6 py-4"
      data-testid="page-pane"
    >
      <p className="text-center text-muted">This document was deleted, so its page cannot be shown.</p>
      {citation ? (
        <figure className="max-w-prose">
          <blockquote
            className="border-l-2 border-accent-line pl-3 text-reading whitespace-pre-line readable"
            data-testid="kept-quote"
          >
            {citation.quote}
          </blockquote>
          <figcaption className="mt-2 text-label text-muted">
            {citation.title}, p. {citation.page.toLocaleString('en')}: the passage as it was when the answer was
            written.
          </figcaption>
        </figure>
      ) : null}
      <Button onClick={closePage}>Close</Button>
    </div>
  );
}
