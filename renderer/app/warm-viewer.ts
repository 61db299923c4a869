/** Gets the page pane ready before it is asked for: on a chip that the pointer is on, and once an answer has sources. */
import { PagePane } from './on-demand.ts';
import { useLibraryStore } from './stores/library-store.ts';

let isWarm = false;

/**
 * Loads the viewer's code and starts its workers when nothing else is to be done; then opens the document that will
 * most likely be looked at. It closes again when it is not.
 */
export function warmViewer(documentId: string | null): void {
  if (documentId !== null) requestIdleCallback(() => warmDocument(documentId));
  if (isWarm) return;
  isWarm = true;
  requestIdleCallback(() => {
    void PagePane.preload();
    void import('../features/viewer/page-pane.tsx').then((pane) => pane.preloadPdfViewer());
    void import('../features/viewer/pdf-cache.ts').then((cache) => cache.warmUp());
  });
}

/** Opens a document that the pointer is on. */
export function warmDocument(documentId: string): void {
  const document = useLibraryStore.getState().documents.get(documentId);
  if (document?.format !== 'pdf') return;
  void import('../features/viewer/pdf-cache.ts').then((cache) => cache.prefetchPdf(document));
}
