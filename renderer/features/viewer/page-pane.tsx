/** The pane beside the conversation: a document's pages, opened where they were cited. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { useDocument } from '../../app/stores/library-store.ts';
import { closePage, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { warmDocument } from '../../app/warm-viewer.ts';
import { Button } from '../../components/button.tsx';
import { loadOnDemand } from '../../components/load-on-demand.tsx';
import { CitationStrip } from './citation-strip.tsx';
import { ViewerToolbar } from './viewer-toolbar.tsx';
import type { ViewerHandle } from './viewer-props.ts';
import type { Zoom } from './zoom.ts';

const PdfViewer = loadOnDemand(async () => (await import('./pdf-viewer.tsx')).PdfViewer);
const TextViewer = loadOnDemand(async () => (await import('./text-viewer.tsx')).TextViewer);

/** Fetches the viewer of PDFs, before one is opened. */
export const preloadPdfViewer = PdfViewer.preload;

export function PagePane() {
  const target = useWorkspaceStore((state) => state.target);
  const trail = useWorkspaceStore((state) => state.trail);
  const document = useDocument(target?.documentId ?? null);
  const [page, setPage] = useState(target?.page ?? 1);
  const [zoom, setZoom] = useState<Zoom>('fit');
  const [shownZoom, setShownZoom] = useState(1);
  const viewer = useRef<ViewerHandle>(null);
  const onScale = useCallback((scale: number) => setShownZoom(scale), []);

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

  const citation = trail?.citations[trail.index] ?? null;
  const loading = <div className="flex-1 bg-desk" aria-busy="true" />;
  const shared = { document, target, citation, onPage: setPage, onScale, handle: viewer };
  return (
    <div
      className="flex h-full min-w-0 flex-col bg-surface"
      data-testid="page-pane"
      data-document-id={document.id}
      data-page={page}
    >
      <ViewerToolbar
        document={document}
        page={page}
        zoom={document.format === 'pdf' ? { value: zoom, shown: shownZoom, onChange: setZoom } : null}
        onGoTo={(number) => viewer.current?.goToPage(number)}
      />
      {trail && citation ? <CitationStrip trail={trail} /> : null}
      {document.format === 'pdf' ? (
        <PdfViewer {...shared} zoom={zoom} fallback={loading} />
      ) : (
        <TextViewer {...shared} fallback={loading} />
      )}
    </div>
  );
}
