/** Collections, tags and favourites as main last told them, in the form in which lists ask. */
import { create } from 'zustand';
import type { ConversationScope, Shelves } from '../../../shared/domain.ts';
import { newestOnly } from '../../hooks/newest-only.ts';
import { request } from '../../ipc/client.ts';
import { showError } from './toast-store.ts';

/** A collection or a tag, with its documents. */
export interface Shelf {
  /** A collection's id, a tag's name. */
  readonly id: string;
  readonly name: string;
  readonly documentIds: ReadonlySet<string>;
}

export interface ShelvesState {
  readonly collections: readonly Shelf[];
  readonly tags: readonly Shelf[];
  readonly favourites: ReadonlySet<string>;
  /** False until they came, or did not. */
  readonly loaded: boolean;
}

export const useShelvesStore = create<ShelvesState>(() => ({
  collections: [],
  tags: [],
  favourites: new Set(),
  loaded: false,
}));

export function toShelvesState({ collections, tags, favourites }: Shelves): ShelvesState {
  return {
    collections: collections.map(({ id, name, documentIds }) => ({ id, name, documentIds: new Set(documentIds) })),
    tags: tags.map(({ name, documentIds }) => ({ id: name, name, documentIds: new Set(documentIds) })),
    favourites: new Set(favourites),
    loaded: true,
  };
}

/** The documents of a scope as they are now; none for the whole library, and for a collection that is gone. */
export function scopeDocuments({ documentIds, collectionId }: ConversationScope, collections: readonly Shelf[]) {
  if (collectionId === null) return documentIds;
  return [...(collections.find(({ id }) => id === collectionId)?.documentIds ?? [])];
}

const load = newestOnly({
  ask: () => request('shelves.list', {}),
  onAnswer: (shelves) => useShelvesStore.setState(toShelvesState(shelves)),
  onError: (thrown) => {
    // Nobody waits for what does not come.
    useShelvesStore.setState({ loaded: true });
    showError(thrown);
  },
});

/** Asks main for all of them; several changes in a row are asked for once. */
export function loadShelves(): void {
  load(undefined);
}

/** Documents went: they are no longer counted. */
export function forgetOnShelves(ids: readonly string[]): void {
  const without = (documentIds: ReadonlySet<string>) => new Set([...documentIds].filter((id) => !ids.includes(id)));
  const cut = (shelf: Shelf) => ({ ...shelf, documentIds: without(shelf.documentIds) });
  useShelvesStore.setState(({ collections, tags, favourites }) => ({
    collections: collections.map(cut),
    tags: tags.map(cut).filter(({ documentIds }) => documentIds.size > 0),
    favourites: without(favourites),
  }));
}
