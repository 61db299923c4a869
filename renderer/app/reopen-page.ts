/** The page that was open when the app ended: opened again, or left closed where the window may have broken at it. */
import { isRevived } from './revived.ts';
import { lastPlace, storePlace } from './stores/last-place.ts';
import { useLibraryStore } from './stores/library-store.ts';
import { isWhereItBegan, openPage, openReader, useWorkspaceStore } from './stores/workspace-store.ts';

/** Called as the window begins: after its process died, no later start opens the page by itself either. */
export function leavePageIfRevived(): void {
  if (isRevived) storePlace(useWorkspaceStore.getState());
}

/** Called once the documents are known, so that one that is gone is not opened. */
export function reopenPage(): void {
  const { documentId, isAlone } = lastPlace();
  // The list may come late; what the person went to meanwhile is not covered.
  if (documentId === null || isRevived || !isWhereItBegan()) return;
  if (!useLibraryStore.getState().documents.has(documentId)) return;
  if (isAlone) openReader(documentId);
  else openPage(documentId);
}
