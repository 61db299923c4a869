/**
 * Statements that read vectors for searching.
 */
import type { Connection } from '../connection.ts';
import type { Candidate } from '../search-types.ts';
import { isChunkOf } from './chunk-ids.ts';

export interface VectorRow {
  readonly key: number;
  readonly textKey: number;
  readonly vector: Uint8Array;
}

export interface VectorRowQueries {
  /** The next rows of an embedder, by ascending key. */
  readonly after: (key: number, embedderKey: number, limit: number) => VectorRow[];
  readonly vector: (key: number) => Uint8Array | undefined;
  /** Keys of all stored vectors of an embedder. */
  readonly keys: (embedderKey: number) => number[];
  /** Grows with every deletion of vectors. */
  readonly deletions: () => number;
  /** Chunks with this text; `score` is 0. */
  readonly chunksOf: (textKey: number) => Candidate[];
  readonly textKeysOf: (documentIds: readonly string[]) => number[];
  readonly chunkCountOf: (documentIds: readonly string[]) => number;
  /** Best chunks of one document, by exact cosine. */
  readonly nearestIn: (documentId: string, embedderKey: number, vector: Uint8Array, limit: number) => Candidate[];
}

export function vectorRowQueries(connection: Connection): VectorRowQueries {
  const after = connection.prepare<[number, number, number], VectorRow>(
    'SELECT key, text_key AS textKey, vector FROM vectors WHERE key > ? AND embedder_key = ? ORDER BY key LIMIT ?',
  );
  const vector = connection.prepare<[number], Uint8Array>('SELECT vector FROM vectors WHERE key = ?').pluck();
  // The index alone is read; the table's rows are a hundred times as large.
  const keys = connection
    .prepare<[number], number>('SELECT key FROM vectors INDEXED BY vectors_by_text WHERE embedder_key = ?')
    .pluck();
  const deletions = connection.prepare<[], number>('SELECT deletions FROM vector_state').pluck();
  const columns = 'chunks.id AS chunkId, documents.id AS documentId, ordinal, page, page_end AS pageEnd';
  const chunksOf = connection.prepare<[number], Candidate>(
    `SELECT ${columns}, 0 AS score FROM chunks JOIN documents ON documents.key = document_key WHERE text_key = ?`,
  );
  const textKeysOf = connection
    .prepare<[string], number>(
      `SELECT DISTINCT text_key FROM documents CROSS JOIN chunks ON ${isChunkOf('documents.key')}
       WHERE documents.id IN (SELECT value FROM json_each(?))`,
    )
    .pluck();
  const chunkCountOf = connection
    .prepare<[string], number>(
      'SELECT coalesce(sum(chunk_count), 0) FROM documents WHERE id IN (SELECT value FROM json_each(?))',
    )
    .pluck();
  const nearestIn = connection.prepare<[Uint8Array, number, string, number], Candidate>(
    `SELECT ${columns}, 1 - distance AS score FROM (
       SELECT chunks.id AS chunk_id, vec_distance_cosine(vector, ?) AS distance
       FROM documents CROSS JOIN chunks ON ${isChunkOf('documents.key')}
         CROSS JOIN vectors ON vectors.text_key = chunks.text_key AND embedder_key = ?
       WHERE documents.id = ?
       ORDER BY distance LIMIT ?
     ) JOIN chunks ON chunks.id = chunk_id JOIN documents ON documents.key = document_key ORDER BY distance, chunk_id`,
  );
  return {
    after: (key, embedderKey, limit) => after.all(key, embedderKey, limit),
    vector: (key) => vector.get(key),
    keys: (embedderKey) => keys.all(embedderKey),
    deletions: () => deletions.get() ?? 0,
    chunksOf: (textKey) => chunksOf.all(textKey),
    textKeysOf: (documentIds) => textKeysOf.all(JSON.stringify(documentIds)),
    chunkCountOf: (documentIds) => chunkCountOf.get(JSON.stringify(documentIds)) ?? 0,
    nearestIn: (documentId, embedderKey, query, limit) => nearestIn.all(query, embedderKey, documentId, limit),
  };
}
