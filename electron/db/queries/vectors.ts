/**
 * Statements on vectors: float32, length 1, one per text and embedder.
 */
import { AppError } from '../../../shared/errors.ts';
import type { Progress } from '../../../shared/domain.ts';
import type { Connection } from '../connection.ts';
import type { NewVector, PendingText, StoredEmbedder, VectorStore } from '../search-types.ts';
import type { Synchronous } from '../synchronous.ts';
import { isChunkOf } from './chunk-ids.ts';
import type { DocumentQueries } from './documents.ts';
import { textKeyOf } from './text-keys.ts';
import { unknownEmbedder } from './embedders.ts';
import type { EmbedderQueries } from './embedders.ts';

/** A chunk that has a text: its document. */
interface TextUse {
  readonly textKey: number;
  readonly documentKey: number;
}

export type VectorQueries = Synchronous<VectorStore> & {
  /**
   * Stores vectors whosesoever they are, inside the caller's transaction, and counts them with the documents that have
   * their texts. Answers with these documents' keys.
   */
  add(embedder: StoredEmbedder & { readonly key: number }, vectors: readonly NewVector[]): readonly number[];
};

export function vectorQueries(
  connection: Connection,
  documents: DocumentQueries,
  embedders: EmbedderQueries,
): VectorQueries {
  const lacks = (embedder: string): string =>
    `NOT EXISTS (SELECT 1 FROM vectors WHERE vectors.text_key = chunks.text_key AND embedder_key = ${embedder})`;
  const selectPending = connection.prepare<[{ document: number; embedder: number; limit: number }], PendingText>(
    `SELECT lower(hex(content_hash)) AS contentHash, context_text AS contextText, text, token_count AS tokenCount
     FROM chunks
     WHERE ${isChunkOf(':document')} AND ${lacks(':embedder')}
     GROUP BY text_key ORDER BY min(chunks.id) LIMIT :limit`,
  );
  const insert = connection.prepare<[number, number, number, Uint8Array]>(
    `INSERT INTO vectors (key, embedder_key, text_key, vector) VALUES (?, ?, ?, ?)
     ON CONFLICT (text_key, embedder_key) DO NOTHING`,
  );
  const reserveKeys = connection
    .prepare<[{ count: number }], number>(
      'UPDATE vector_state SET next_key = next_key + :count RETURNING next_key - :count',
    )
    .pluck();
  const selectVector = connection
    .prepare<[number], Uint8Array>(
      `SELECT vector FROM chunks JOIN vectors ON vectors.text_key = chunks.text_key
         AND embedder_key = (SELECT key FROM embedders WHERE active = 1)
       WHERE chunks.id = ?`,
    )
    .pluck();
  const selectUses = connection.prepare<[string], TextUse>(
    `SELECT text_key AS textKey, document_key AS documentKey FROM chunks
     WHERE text_key IN (SELECT value FROM json_each(?))`,
  );
  const addEmbedded = connection.prepare<[number, number]>(
    'UPDATE documents SET embedded_chunks = embedded_chunks + ? WHERE key = ?',
  );
  const setProgress = connection.prepare<[number, number]>(
    `UPDATE documents SET progress_done = embedded_chunks, progress_total = chunk_count, updated_at = ?
     WHERE key = ? AND state = 'embedding'`,
  );
  const activeProgress = connection.prepare<[{ key: number | null }], Progress>(
    `SELECT coalesce(sum(embedded_chunks), 0) AS done, coalesce(sum(chunk_count), 0) AS total
     FROM documents WHERE :key IS NULL OR key = :key`,
  );
  const otherProgress = connection.prepare<[{ embedder: number; key: number | null }], Progress>(
    `SELECT count(vectors.key) AS done, count(*) AS total
     FROM chunks LEFT JOIN vectors ON vectors.text_key = chunks.text_key AND embedder_key = :embedder
     WHERE :key IS NULL OR ${isChunkOf(':key')}`,
  );
  const lackingActive = connection
    .prepare<[], string>(
      'SELECT id FROM documents WHERE searchable = 1 AND embedded_chunks < chunk_count ORDER BY added_at, key',
    )
    .pluck();
  const lackingOther = connection
    .prepare<[number], string>(
      `SELECT id FROM documents WHERE searchable = 1
         AND EXISTS (SELECT 1 FROM chunks WHERE ${isChunkOf('documents.key')} AND ${lacks('?')}) ORDER BY added_at, key`,
    )
    .pluck();

  function progress(fingerprint: string, documentKey: number | null): Progress {
    const embedder = embedders.find(fingerprint);
    const counted = embedder?.active
      ? activeProgress.get({ key: documentKey })
      : otherProgress.get({ embedder: embedder?.key ?? 0, key: documentKey });
    return counted ?? { done: 0, total: 0 };
  }

  /** The document of each chunk by text: one may stand in several documents, and more than once in one. */
  function usesOf(textKeys: readonly number[]): Map<number, number[]> {
    const uses = new Map<number, number[]>();
    for (const { textKey, documentKey } of selectUses.all(JSON.stringify(textKeys))) {
      const known = uses.get(textKey);
      if (known) known.push(documentKey);
      else uses.set(textKey, [documentKey]);
    }
    return uses;
  }

  const add: VectorQueries['add'] = (embedder, vectors) => {
    const keyed = vectors.map(({ contentHash, vector }) => ({ textKey: textKeyOf(contentHash), vector }));
    const uses = usesOf(keyed.map(({ textKey }) => textKey));
    const added = new Map<number, number>();
    let key = reserveKeys.get({ count: vectors.length }) ?? 0;
    for (const { textKey, vector } of keyed) {
      const unit = toUnitBytes(vector, embedder.dimensions);
      const used = uses.get(textKey);
      // The chunk may have gone (its document was chunked anew) while its vector was being made.
      if (used && insert.run(key, embedder.key, textKey, unit).changes > 0) {
        for (const user of used) added.set(user, (added.get(user) ?? 0) + 1);
      }
      key += 1;
    }
    if (embedder.active) for (const [user, chunks] of added) addEmbedded.run(chunks, user);
    return [...added.keys()];
  };

  return {
    add,
    pending(documentId, fingerprint, limit) {
      const embedder = embedders.find(fingerprint);
      return selectPending.all({ document: documents.keyOf(documentId), embedder: embedder?.key ?? 0, limit });
    },
    put: (documentId, fingerprint, vectors) =>
      connection
        .transaction((): Progress => {
          const documentKey = documents.keyOf(documentId);
          const embedder = embedders.find(fingerprint);
          if (!embedder) throw unknownEmbedder(fingerprint);
          add(embedder, vectors);
          if (embedder.active) setProgress.run(Date.now(), documentKey);
          return progress(fingerprint, documentKey);
        })
        .immediate(),
    progress: (fingerprint, documentId) =>
      progress(fingerprint, documentId === undefined ? null : documents.keyOf(documentId)),
    read: (chunkIds) =>
      chunkIds.map((id) => {
        const bytes = selectVector.get(id);
        // A copy, since a row's bytes need not begin at a multiple of four.
        return bytes ? new Float32Array(bytes.slice().buffer) : null;
      }),
    documentsLacking(fingerprint) {
      const embedder = embedders.find(fingerprint);
      return embedder?.active ? lackingActive.all() : lackingOther.all(embedder?.key ?? 0);
    },
  };
}

/** How far the square of a length may be from 1 for a vector to be stored as it is. */
const UNIT_TOLERANCE = 1e-5;

/** The vector brought to length 1, as bytes; a dot product of two such is their cosine. */
function toUnitBytes(vector: Float32Array, dimensions: number): Uint8Array {
  const squares = sumOfSquares(vector);
  if (vector.length !== dimensions || !Number.isFinite(squares)) {
    throw new AppError(
      'provider-bad-response',
      `The embedding model gave a vector of ${vector.length} numbers where ${dimensions} were due, or one that is not finite.`,
      { hint: 'Choose the embedding model again in the settings.', retryable: true },
    );
  }
  const isUnit = Math.abs(squares - 1) < UNIT_TOLERANCE || squares === 0;
  const unit = isUnit ? vector : vector.map((value) => value / Math.sqrt(squares));
  return new Uint8Array(unit.buffer, unit.byteOffset, unit.byteLength);
}

/** In four sums, so that no addition waits for the one before; by index, since an iterator takes six times as long. */
function sumOfSquares(vector: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let index = 0; index < vector.length; index += 4) {
    const w = vector[index] ?? 0;
    const x = vector[index + 1] ?? 0;
    const y = vector[index + 2] ?? 0;
    const z = vector[index + 3] ?? 0;
    a += w * w;
    b += x * x;
    c += y * y;
    d += z * z;
  }
  return a + b + c + d;
}
