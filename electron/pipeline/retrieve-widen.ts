/**
 * Widens hits to their neighbours within a token budget, so that a model reads a passage with what leads to it.
 */
import type { Database } from '../db/database.ts';
import type { StoredChunk } from '../db/search-types.ts';
import type { Hit } from '../../shared/domain.ts';

/** A hit with the chunks around it, in reading order; a chunk belongs to one passage only. */
export interface WidenedHit {
  readonly hit: Hit;
  /** The hit's own chunk among them. */
  readonly chunks: readonly StoredChunk[];
}

/** Chunks on each side at most. */
const REACH = 1;

/**
 * Takes the hits in their order as long as the budget lasts, then their neighbours, the following one first: an
 * explanation or a table's rows mostly go on.
 */
export function widen(hits: readonly Hit[], nearby: readonly StoredChunk[], tokenBudget: number): WidenedHit[] {
  const byId = new Map(nearby.map((chunk) => [chunk.id, chunk]));
  const byPlace = new Map(nearby.map((chunk) => [placeOf(chunk.documentId, chunk.ordinal), chunk]));
  const taken = new Set<number>();
  let left = tokenBudget;
  const take = (chunk: StoredChunk | undefined): chunk is StoredChunk => {
    if (!chunk || taken.has(chunk.id) || chunk.tokenCount > left) return false;
    taken.add(chunk.id);
    left -= chunk.tokenCount;
    return true;
  };
  const passages = hits.flatMap((hit) => {
    const chunk = byId.get(hit.chunkId);
    return take(chunk) ? [{ hit, chunk, chunks: [chunk] }] : [];
  });
  for (let distance = 1; distance <= REACH; distance += 1) {
    for (const offset of [distance, -distance]) {
      for (const passage of passages) {
        const neighbour = byPlace.get(placeOf(passage.chunk.documentId, passage.chunk.ordinal + offset));
        if (take(neighbour)) passage.chunks.push(neighbour);
      }
    }
  }
  return passages.map(({ hit, chunks }) => ({ hit, chunks: chunks.sort((a, b) => a.ordinal - b.ordinal) }));
}

/** Loads the hits' neighbours and widens. */
export async function widenHits(
  store: Pick<Database, 'chunks'>,
  hits: readonly Hit[],
  tokenBudget: number,
): Promise<WidenedHit[]> {
  const own = await store.chunks.get(hits.map((hit) => hit.chunkId));
  const around = await Promise.all(
    own.map(({ documentId, ordinal }) => store.chunks.range(documentId, ordinal - REACH, ordinal + REACH)),
  );
  return widen(hits, around.flat(), tokenBudget);
}

/** Pages whose other chunks are looked at as well, and how far from the hit a page's chunks may lie. */
const WHOLE_PAGES = 6;
const PAGE_REACH = 6;

/**
 * The hits with the other chunks of the best pages, each ranked one behind its page's hit: a page is found by all that
 * it says, while the row that answers may stand in a chunk of it that few words lead to.
 */
export async function withPages(store: Pick<Database, 'chunks'>, hits: readonly Hit[]): Promise<Hit[]> {
  const pages = new Map<string, Hit>();
  for (const hit of hits) {
    const key = placeOf(hit.documentId, hit.page);
    if (!pages.has(key) && pages.size < WHOLE_PAGES) pages.set(key, hit);
  }
  const own = new Map((await store.chunks.get(hits.map(({ chunkId }) => chunkId))).map((chunk) => [chunk.id, chunk]));
  const seen = new Set(own.keys());
  const others = await Promise.all(
    [...pages.values()].map(async (hit) => {
      const ordinal = own.get(hit.chunkId)?.ordinal;
      if (ordinal === undefined) return [];
      const around = await store.chunks.range(hit.documentId, ordinal - PAGE_REACH, ordinal + PAGE_REACH);
      return around
        .filter(({ page }) => page === hit.page)
        .map(({ id, page, text, boxes, headingPath }): Hit => ({
          ...hit,
          ...{ rank: hit.rank + 1, chunkId: id, page, text, boxes, headingPath },
          // No search found it.
          ...{ textRank: null, bm25: null, vectorRank: null, cosine: null },
        }));
    }),
  );
  const added = others.flat().filter(({ chunkId }) => !seen.has(chunkId) && seen.add(chunkId));
  return [...hits, ...added];
}

function placeOf(documentId: string, number: number): string {
  return `${documentId} ${number}`;
}
