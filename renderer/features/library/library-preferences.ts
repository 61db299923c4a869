/** How the library is shown on this computer: grid or list, and in which order. */
import { create } from 'zustand';
import { naturalDescending, sortKeys, type SortKey, type SortOrder } from './sort-filter.ts';

export type Layout = 'grid' | 'list';

interface Preferences {
  readonly layout: Layout;
  readonly sort: SortOrder;
}

const storageKey = 'quire.library';
const standard: Preferences = { layout: 'grid', sort: { key: 'added', descending: true } };

/** Reads what was stored; anything that does not fit (an older version, a broken value) gives the standard. */
export function parsePreferences(stored: string | null): Preferences {
  const [layout, key, direction] = (stored ?? '').split(' ');
  const sortKey = sortKeys.find((candidate) => candidate === key);
  if ((layout !== 'grid' && layout !== 'list') || !sortKey) return standard;
  return { layout, sort: { key: sortKey, descending: direction === 'descending' } };
}

export const useLibraryPreferences = create<Preferences>(() => parsePreferences(localStorage.getItem(storageKey)));

function change(part: Partial<Preferences>): void {
  useLibraryPreferences.setState(part);
  const { layout, sort } = useLibraryPreferences.getState();
  localStorage.setItem(storageKey, `${layout} ${sort.key} ${sort.descending ? 'descending' : 'ascending'}`);
}

export function setLayout(layout: Layout): void {
  change({ layout });
}

/** Choosing the key that holds turns the direction around. */
export function sortBy(key: SortKey): void {
  const { sort } = useLibraryPreferences.getState();
  change({ sort: { key, descending: sort.key === key ? !sort.descending : naturalDescending[key] } });
}
