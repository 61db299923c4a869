/**
 * How a chunk's id is made: the key of its document, then 20 bits of its place in it.
 *
 * A document's chunks are then one range of ids, in the table and in the full-text index alike: a search in one
 * document reads that range and nothing else, and neither needs an index of its own for it.
 */
const ORDINAL_BITS = 20;
/** Chunks a document can have: 250,000 pages of a filing. */
export const MAX_CHUNKS = 2 ** ORDINAL_BITS;

/** The SQL expression of a chunk's id. */
export function chunkId(documentKey: string, ordinal: string): string {
  return `((${documentKey} << ${ORDINAL_BITS}) | ${ordinal})`;
}

/** The SQL condition that `id` is that of a chunk of the document. */
export function isChunkOf(documentKey: string, id = 'chunks.id'): string {
  return `${id} BETWEEN ${chunkId(documentKey, '0')} AND ${chunkId(documentKey, String(MAX_CHUNKS - 1))}`;
}
