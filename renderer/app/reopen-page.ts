/** Opens the page that was open when the app ended. */
import { REVIVED } from '../../shared/revived.ts';
import { lastPlace } from './stores/last-place.ts';
import { useLibraryStore } from './stores/library-store.ts';
import { openPage, openReader, useWorkspaceStore } from './stores/workspace-store.ts';

/** Called once the documents are known, so that one that is gone is not opened. */
export function reopenPage(): void {
  const { documentId, isAlone } = lastPlace;
  // It may be the page that the window broke at.
  if (documentId === null || window.location.search === `?${REVIVED}`) return;
  if (!useLibraryStore.getState().documents.has(documentId) || useWorkspaceStore.getState().target) return;
  if (isAlone) openReader(documentId);
  else openPage(documentId);
}
