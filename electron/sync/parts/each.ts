/** Going through documents: all of them in pages, or several at once. */
import type { DocumentParts, PartsStore } from '../../db/sync-types.ts';

/** Documents read at a time: each that has no name for its text yet gets one, which takes some milliseconds. */
const PAGE = 20;

/** How all documents stand that are wanted, in the order of their ids. */
export async function documentsWith(
  parts: PartsStore,
  signal: AbortSignal,
  isWanted: (document: DocumentParts) => boolean,
): Promise<DocumentParts[]> {
  const wanted: DocumentParts[] = [];
  for (let after: string | null = null; ;) {
    signal.throwIfAborted();
    const page: readonly DocumentParts[] = await parts.documents(after, PAGE);
    const last = page.at(-1);
    if (!last) return wanted;
    wanted.push(...page.filter(isWanted));
    after = last.documentId;
  }
}

/**
 * Works on several items at once, begun in their order. The first failure ends the others through their signal, and is
 * thrown when none of them runs any more.
 */
export async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  signal: AbortSignal,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const ends = AbortSignal.any([signal, failed.signal]);
  let next = 0;
  let failure: { readonly error: unknown } | null = null;
  const lane = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      try {
        ends.throwIfAborted();
        await work(item, ends);
      } catch (error) {
        failure ??= { error };
        failed.abort(error);
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  if (failure) throw (failure as { readonly error: unknown }).error;
}
