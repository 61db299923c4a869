/** What a section of the library is called, and which documents are in it. Pure. */
import type { DocumentSummary } from '../../../shared/domain.ts';
import type { Shelf, ShelvesState } from '../../app/stores/shelves-store.ts';
import type { LibrarySection } from '../../app/stores/workspace-store.ts';

/** `Recent` is what was added within this time. */
export const recentMilliseconds = 7 * 86_400_000;

/** The collection or the tag of a section; undefined for the others, and when it is gone. */
export function shelfOf(section: LibrarySection, shelves: ShelvesState): Shelf | undefined {
  const [kind, ...rest] = section.split(':');
  const id = rest.join(':');
  if (kind === 'collection') return shelves.collections.find((shelf) => shelf.id === id);
  return kind === 'tag' ? shelves.tags.find((shelf) => shelf.id === id) : undefined;
}

/** Whether what is in a section is told with the shelves, and not by the documents themselves. */
export function needsShelves(section: LibrarySection): boolean {
  return section === 'favourites' || section.includes(':');
}

const none: ReadonlySet<string> = new Set();

/** Tells of each document whether it is in the section. */
export function memberTest(
  section: LibrarySection,
  shelves: ShelvesState,
  now: number,
): (document: DocumentSummary) => boolean {
  if (section === 'all') return () => true;
  if (section === 'recent') return ({ addedAt }) => addedAt >= now - recentMilliseconds;
  if (section === 'failed') return ({ state }) => state === 'failed';
  const ids = section === 'favourites' ? shelves.favourites : (shelfOf(section, shelves)?.documentIds ?? none);
  return ({ id }) => ids.has(id);
}

export function headingOf(section: LibrarySection, shelves: ShelvesState): string {
  if (section === 'all') return 'All documents';
  if (section === 'recent') return 'Recent';
  if (section === 'failed') return 'Failed';
  if (section === 'favourites') return 'Favourites';
  return shelfOf(section, shelves)?.name ?? 'Documents';
}

/** What an empty section says. */
export function emptyText(section: LibrarySection): string {
  if (section === 'recent') return 'Nothing was added in the last seven days.';
  if (section === 'failed') return 'Nothing failed.';
  if (section === 'favourites') return 'No favourites yet. Press F on a document to mark it.';
  if (section.startsWith('collection:')) return 'Nothing in it yet. Drag documents onto its name in the sidebar.';
  return section.startsWith('tag:') ? 'No document has this tag any more.' : '';
}
