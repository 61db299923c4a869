/** What a question can be asked of, and what that is called. Pure. */
import type { ConversationScope, DocumentSummary } from '../../shared/domain.ts';
import type { Shelf } from './stores/shelves-store.ts';
import { countOf } from '../components/format.ts';

/** One that failed before its text was there has nothing to answer from; one that is being read will have. */
export function canBeAsked({ state, searchable }: Pick<DocumentSummary, 'state' | 'searchable'>): boolean {
  return searchable || state !== 'failed';
}

/** What a scope other than the whole library is called. */
export function scopeName(
  { documentIds, collectionId }: ConversationScope,
  documents: ReadonlyMap<string, DocumentSummary>,
  collections: readonly Shelf[],
  { withCount }: { readonly withCount: boolean },
): string {
  if (collectionId !== null) {
    const collection = collections.find(({ id }) => id === collectionId);
    if (!collection) return 'A deleted collection';
    return withCount ? `${collection.name} · ${countOf(collection.documentIds.size, 'document')}` : collection.name;
  }
  const [first] = documentIds;
  const only = documentIds.length === 1 && first !== undefined ? documents.get(first) : undefined;
  return only?.title ?? countOf(documentIds.length, 'document');
}
