/** The page: beside the conversation or alone, opened where it was cited or where reading stopped. */
import { useEffect } from 'react';
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
  if (!document) {
    return (
      <div
        className="flex h-full flex-col items-center justify-center gap-3 bg-surface px-6 text-center text-muted"
        data-testid="page-pane"
      >
        <p>This document is no longer in your library, so its page cannot be shown.</p>
        <Button onClick={closePage}>Close</Button>
      </div>
    );
  }
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
