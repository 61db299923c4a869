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

function placeOf(documentId: string, ordinal: number): string {
  return `${documentId} ${ordinal}`;
}
