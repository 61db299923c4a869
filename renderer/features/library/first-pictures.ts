/** Asks for the pictures that the window begins with before it is drawn: main reads them while React builds the cards. */
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { thumbnailUrl } from '../../ipc/client.ts';
import { useLibraryPreferences } from './library-preferences.ts';
import { sortDocuments } from './sort-filter.ts';

/** Cards of a window of the usual size. */
const pictures = 12;
/** Milliseconds that the pictures are held; the cards have them then. */
const held = 2_000;

export function fetchFirstPictures(): void {
  const { view } = useWorkspaceStore.getState();
  if (view.kind !== 'library' || view.section !== 'all') return;
  const documents = [...useLibraryStore.getState().documents.values()];
  const images = sortDocuments(documents, useLibraryPreferences.getState().sort)
    .slice(0, pictures)
    .filter(({ hasThumbnail }) => hasThumbnail)
    .map(({ contentHash }) => Object.assign(new Image(), { src: thumbnailUrl(contentHash) }));
  // Nothing else refers to them until the cards do.
  setTimeout(() => images.splice(0), held);
}
