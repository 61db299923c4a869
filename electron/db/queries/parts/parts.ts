/**
 * Statements on parts: what of a document's text, vectors and files goes to the server and comes from it.
 */
import type { DocumentFormat, DocumentSummary } from '../../../../shared/domain.ts';
import { register } from '../../../sync/entity.ts';
import type { Connection } from '../../connection.ts';
import type { JsonValue } from '../../database.ts';
import type { DocumentParts, PartsStore } from '../../sync-types.ts';
import type { Synchronous } from '../../synchronous.ts';
import type { DocumentQueries } from '../documents.ts';
import { unknownEmbedder, type EmbedderQueries } from '../embedders.ts';
import { isChunkOf } from '../chunk-ids.ts';
import type { VectorQueries } from '../vectors.ts';
import { textKeyOf } from '../text-keys.ts';
import { arrivalQueries } from './arrivals.ts';
import { localRows } from './local-rows.ts';
import { remoteValues } from './remote-values.ts';

interface PartsRow {
  readonly key: number;
  readonly documentId: string;
  readonly contentHash: string;
  readonly format: DocumentFormat;
  readonly size: number;
  readonly isReady: number;
  readonly isBeingRead: number;
  readonly isSearchable: number;
  readonly hasThumbnail: number;
  readonly localReading: string | null;
  readonly isNew: number | null;
  readonly passagesOf: string | null;
  readonly pinned: number | null;
  readonly usedAt: number | null;
  readonly values: string;
}

export interface PartsOptions {
  readonly documents: DocumentQueries;
  readonly embedders: EmbedderQueries;
  readonly vectors: VectorQueries;
  /** Counts what recognition left to do; answers with the document. */
  readonly plan: (documentId: string) => DocumentSummary;
}

/** Recognition will go on with it by itself. */
const isRecognising = '(ocr_done < ocr_total AND ocr_error IS NULL)';
const isTextComplete = `(searchable = 1 AND passages_of IS NULL AND NOT ${isRecognising}
  AND (state = 'ready' OR (state = 'failed' AND failed_state = 'embedding'))
  AND (local_reading IS NOT NULL
    OR page_count <= (SELECT count(*) FROM pages WHERE pages.document_key = documents.key)))`;

export function partsQueries(
  connection: Connection,
  { documents, embedders, vectors, plan }: PartsOptions,
): Synchronous<PartsStore> {
  const select = `SELECT documents.key, id AS documentId, content_hash AS contentHash, format, size,
    ${isTextComplete} AS isReady,
    remote_only = 0 AND (state IN ('queued', 'extracting', 'chunking') OR (searchable = 1 AND ${isRecognising}))
      AS isBeingRead,
    searchable AS isSearchable, has_thumbnail AS hasThumbnail,
    local_reading AS localReading, is_new AS isNew, passages_of AS passagesOf, pinned, used_at AS usedAt,
    (SELECT json_group_object(name, value) FROM sync_parts WHERE sync_parts.document_key = documents.key) AS "values"
    FROM documents LEFT JOIN sync_documents ON sync_documents.document_key = documents.key`;
  const selectAfter = connection.prepare<[string, number], PartsRow>(`${select} WHERE id > ? ORDER BY id LIMIT ?`);
  const selectOne = connection.prepare<[string], PartsRow>(`${select} WHERE id = ?`);
  const nameReading = connection.prepare<[number, string, number]>(
    `INSERT INTO sync_documents (document_key, local_reading, is_new) VALUES (?, ?, ?)
     ON CONFLICT (document_key) DO UPDATE SET local_reading = excluded.local_reading, is_new = excluded.is_new`,
  );
  const putRegister = connection.prepare<[number, string, string]>(
    `INSERT INTO sync_parts (document_key, name, value) VALUES (?, ?, ?)
     ON CONFLICT (document_key, name) DO UPDATE SET value = excluded.value`,
  );
  const settleReading = connection.prepare<[number]>('UPDATE sync_documents SET is_new = 0 WHERE document_key = ?');
  const selectReading = connection
    .prepare<[number], string | null>('SELECT local_reading FROM sync_documents WHERE document_key = ?')
    .pluck();
  const lacking = connection
    .prepare<[{ key: number; embedder: number; limit: number }], Uint8Array>(
      `SELECT content_hash FROM chunks WHERE ${isChunkOf(':key')}
         AND NOT EXISTS (SELECT 1 FROM vectors WHERE vectors.text_key = chunks.text_key AND embedder_key = :embedder)
       GROUP BY text_key ORDER BY min(chunks.id) LIMIT :limit`,
    )
    .pluck();
  // Of the reading that is searched here: vectors of another one's texts would be awaited for ever.
  const awaiting = connection
    .prepare<[{ embedder: number; register: string }], string>(
      `SELECT id FROM sync_parts JOIN documents ON documents.key = sync_parts.document_key
         JOIN sync_documents ON sync_documents.document_key = documents.key
       WHERE sync_parts.name = :register AND searchable = 1
         AND coalesce(passages_of, local_reading) = sync_parts.value ->> '$.reading'
         AND EXISTS (SELECT 1 FROM chunks WHERE ${isChunkOf('documents.key')}
           AND NOT EXISTS (SELECT 1 FROM vectors WHERE vectors.text_key = chunks.text_key AND embedder_key = :embedder))
       ORDER BY id`,
    )
    .pluck();
  // A document of which an earlier text can be searched here is here; one that no computer has read yet is nowhere.
  const elsewhere = connection.prepare<
    [{ register: string; scope: string | null }],
    { readonly documentId: string; readonly hasVectors: number }
  >(
    `SELECT id AS documentId, EXISTS (SELECT 1 FROM sync_parts AS named WHERE named.document_key = documents.key
         AND named.name = :register AND named.value ->> '$.reading' = reading.value ->> '$.id') AS hasVectors
     FROM documents JOIN sync_parts AS reading ON reading.document_key = documents.key AND reading.name = '${register.reading}'
     WHERE remote_only = 1 AND searchable = 0 AND reading.value ->> '$.documentHash' = content_hash
       AND (:scope IS NULL OR id IN (SELECT value FROM json_each(:scope)))
     ORDER BY id`,
  );
  const countDocuments = connection.prepare<[], number>('SELECT count(*) FROM documents').pluck();
  const selectVector = connection
    .prepare<[number, number], Uint8Array>('SELECT vector FROM vectors WHERE text_key = ? AND embedder_key = ?')
    .pluck();
  // The last of the vectors makes a document ready, as it does where they are made.
  const showProgress = connection.prepare<[{ key: number; now: number }]>(
    `UPDATE documents SET state = iif(embedded_chunks = chunk_count, 'ready', 'embedding'),
       progress_done = iif(embedded_chunks = chunk_count, 0, embedded_chunks),
       progress_total = iif(embedded_chunks = chunk_count, 0, chunk_count), updated_at = :now
     WHERE key = :key AND state = 'embedding'`,
  );
  const selectId = connection.prepare<[number], string>('SELECT id FROM documents WHERE key = ?').pluck();
  const setPictured = connection.prepare<[number, number]>(
    'UPDATE documents SET has_thumbnail = 1, updated_at = ? WHERE key = ?',
  );
  const setPinned = connection.prepare<[number, number]>(
    `INSERT INTO sync_documents (document_key, pinned) VALUES (?, ?)
     ON CONFLICT (document_key) DO UPDATE SET pinned = excluded.pinned`,
  );
  const setUsed = connection.prepare<[number, number]>(
    `INSERT INTO sync_documents (document_key, used_at) VALUES (?, ?)
     ON CONFLICT (document_key) DO UPDATE SET used_at = excluded.used_at`,
  );
  const rows = localRows(connection);
  const arrivals = arrivalQueries(connection, documents, plan);

  function toParts({ key, values, ...row }: PartsRow): DocumentParts {
    const remote = remoteValues(values);
    const { localReading, isNew } = named(key, row, remote.reading?.id ?? null);
    return {
      ...row,
      ...remote,
      isReady: row.isReady === 1,
      isBeingRead: row.isBeingRead === 1,
      isSearchable: row.isSearchable === 1,
      hasThumbnail: row.hasThumbnail === 1,
      localReading,
      isNew,
      pinned: row.pinned === 1,
      usedAt: row.usedAt ?? 0,
    };
  }

  /** Gives a text that is complete and has no name its own; what the server has of the same name need not go there. */
  function named(
    key: number,
    { contentHash, isReady, localReading, isNew }: Pick<PartsRow, 'contentHash' | 'isReady' | 'localReading' | 'isNew'>,
    remote: string | null,
  ): Pick<DocumentParts, 'localReading' | 'isNew'> {
    if (localReading !== null && isNew === 1 && localReading === remote) settleReading.run(key);
    if (localReading !== null) return { localReading, isNew: isNew === 1 && localReading !== remote };
    if (isReady === 0) return { localReading: null, isNew: false };
    const id = rows.readingId(key, contentHash);
    nameReading.run(key, id, Number(id !== remote));
    return { localReading: id, isNew: id !== remote };
  }

  /** The document's key when its text is this reading; null when it was read anew. */
  function keyOfReading(documentId: string, reading: string): number | null {
    const key = documents.keyOf(documentId);
    return selectReading.get(key) === reading ? key : null;
  }

  function embedderOf(fingerprint: string): NonNullable<ReturnType<EmbedderQueries['find']>> {
    const embedder = embedders.find(fingerprint);
    if (!embedder) throw unknownEmbedder(fingerprint);
    return embedder;
  }

  return {
    ...arrivals,
    documents: (after, limit) =>
      connection.transaction(() => selectAfter.all(after ?? '', limit).map(toParts)).immediate(),
    get: (documentId) =>
      connection
        .transaction(() => {
          const row = selectOne.get(documentId);
          return row ? toParts(row) : null;
        })
        .immediate(),
    setRegister: (documentId, name, value) =>
      connection
        .transaction(() => {
          const key = documents.keyOf(documentId);
          putRegister.run(key, name, JSON.stringify(value));
          if (name === register.reading && idOf(value) === selectReading.get(key)) settleReading.run(key);
        })
        .immediate(),
    count(documentId, reading) {
      const key = keyOfReading(documentId, reading);
      return key === null ? null : rows.count(key);
    },
    pages(documentId, reading, after, limit) {
      const key = keyOfReading(documentId, reading);
      return key === null ? null : rows.pages(key, after, limit);
    },
    chunks(documentId, reading, after, limit) {
      const key = keyOfReading(documentId, reading);
      return key === null ? null : rows.chunks(key, after, limit);
    },
    chunkHashes(documentId, reading, after, limit) {
      const key = keyOfReading(documentId, reading);
      return key === null ? null : rows.chunkHashes(key, after, limit);
    },
    spaces: () => embedders.list().map(({ fingerprint, dimensions }) => ({ fingerprint, dimensions })),
    lackingVectors: (documentId, fingerprint, limit) =>
      lacking.all({ key: documents.keyOf(documentId), embedder: embedderOf(fingerprint).key, limit }),
    awaitingVectors(fingerprint) {
      const embedder = embedders.find(fingerprint);
      return embedder ? awaiting.all({ embedder: embedder.key, register: register.vectors(fingerprint) }) : [];
    },
    elsewhere(documentIds, fingerprint) {
      const scope = documentIds.length > 0 ? JSON.stringify(documentIds) : null;
      const found = elsewhere.all({ register: fingerprint === null ? '' : register.vectors(fingerprint), scope });
      return {
        total: scope === null ? (countDocuments.get() ?? 0) : documentIds.length,
        documents: found.map(({ documentId, hasVectors }) => ({ documentId, hasVectors: hasVectors === 1 })),
      };
    },
    vectors(fingerprint, hashes) {
      const { key } = embedderOf(fingerprint);
      return hashes.flatMap((contentHash) => {
        const bytes = selectVector.get(textKeyOf(hexOf(contentHash)), key);
        // A copy, since a row's bytes need not begin at a multiple of four.
        return bytes ? [{ contentHash, vector: new Float32Array(bytes.slice().buffer) }] : [];
      });
    },
    putVectors: (fingerprint, vectorRows) =>
      connection
        .transaction((): string[] => {
          const found = vectorRows.map(({ contentHash, vector }) => ({ contentHash: hexOf(contentHash), vector }));
          const keys = vectors.add(embedderOf(fingerprint), found);
          const now = Date.now();
          for (const key of keys) showProgress.run({ key, now });
          return keys.flatMap((key) => selectId.get(key) ?? []);
        })
        .immediate(),
    setPictured(documentId) {
      setPictured.run(Date.now(), documents.keyOf(documentId));
    },
    setPinned(documentId, pinned) {
      setPinned.run(documents.keyOf(documentId), Number(pinned));
    },
    used(documentId, at) {
      setUsed.run(documents.keyOf(documentId), at);
    },
  };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function idOf(value: JsonValue): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, 'id') : null;
}
