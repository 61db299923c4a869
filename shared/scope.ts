/** What a conversation asks, as values. Pure. */
import type { ConversationScope } from './domain.ts';

export const wholeLibrary: ConversationScope = { documentIds: [], collectionId: null };

/** Some documents; none means the whole library. */
export function scopeOf(documentIds: readonly string[]): ConversationScope {
  return { documentIds, collectionId: null };
}

export function isWholeLibrary({ documentIds, collectionId }: ConversationScope): boolean {
  return collectionId === null && documentIds.length === 0;
}
