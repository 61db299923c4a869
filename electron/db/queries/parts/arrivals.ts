/**
 * Readings that come from another computer: kept beside what is there until they are whole, then put in its place in one
 * transaction, so that nothing ever searches a half of one.
 */
import { AppError, type ErrorInfo } from '../../../../shared/errors.ts';
import type { DocumentSummary } from '../../../../shared/domain.ts';
import type { ChunkRow, PageRow } from '../../../sync/ports/remote-parts.ts';
import type { Connection } from '../../connection.ts';
import type { ReadingRows, RemoteReading } from '../../sync-types.ts';
import { chunkId, isChunkOf, MAX_CHUNKS } from '../chunk-ids.ts';
import { citationBinding } from '../citation-binding.ts';
import { chunkRemoval } from '../deletion.ts';
import type { DocumentQueries } from '../documents.ts';
import { rowInsert, type SqlValue } from '../row-insert.ts';
import { textKeyOf } from '../text-keys.ts';

interface Known {
  readonly localReading: string | null;
  readonly passagesOf: string | null;
  readonly arriving: string | null;
  readonly searchable: number;
}

export interface ArrivalQueries {
  received(documentId: string, reading: string): ReadingRows;
  putPages(documentId: string, reading: string, pages: readonly PageRow[]): void;
  putChunks(documentId: string, reading: string, chunks: readonly ChunkRow[]): void;
  finishReading(documentId: string, reading: RemoteReading): void;
}

/** Columns that a chunk has while it arrives and afterwards. */
const chunkColumns =
  'text_key, page, page_end, token_count, content_hash, ranges, heading_path, boxes, context_text, search_terms, text';
const pageColumns = 'document_key, number, width, height, rotation, has_text, source, text, geometry';

/** @param plan Counts what recognition left to do; answers with the document. */
export function arrivalQueries(
  connection: Connection,
  documents: DocumentQueries,
  plan: (documentId: string) => DocumentSummary,
): ArrivalQueries {
  const select = connection.prepare<[number], Known>(
    `SELECT local_reading AS localReading, passages_of AS passagesOf, arriving, searchable
     FROM documents LEFT JOIN sync_documents ON document_key = documents.key WHERE documents.key = ?`,
  );
  const setArriving = connection.prepare<[number, string]>(
    `INSERT INTO sync_documents (document_key, arriving) VALUES (?, ?)
     ON CONFLICT (document_key) DO UPDATE SET arriving = excluded.arriving`,
  );
  const clearChunks = connection.prepare<[number]>('DELETE FROM arriving_chunks WHERE document_key = ?');
  const clearPages = connection.prepare<[number]>('DELETE FROM arriving_pages WHERE document_key = ?');
  const count = connection.prepare<[{ key: number }], ReadingRows & { readonly shown: number }>(
    `SELECT (SELECT count(*) FROM arriving_pages WHERE document_key = :key) AS pages,
       (SELECT count(*) FROM arriving_chunks WHERE document_key = :key) AS chunks,
       (SELECT chunk_count FROM documents WHERE key = :key) AS shown`,
  );
  const insertChunks = rowInsert<readonly SqlValue[]>(
    connection,
    `INSERT OR IGNORE INTO arriving_chunks (id, document_key, ${chunkColumns})`,
    `(${chunkId('?', '?')}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertPages = rowInsert<readonly SqlValue[]>(
    connection,
    `INSERT OR IGNORE INTO arriving_pages (${pageColumns}, recognised, confidence)`,
    '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );

  const removePages = connection.prepare<[number]>('DELETE FROM pages WHERE document_key = ?');
  const removeRecognitions = connection.prepare<[number]>('DELETE FROM recognitions WHERE document_key = ?');
  const moveChunks = connection.prepare<[number]>(
    `INSERT INTO chunks (id, ${chunkColumns})
     SELECT id, ${chunkColumns} FROM arriving_chunks WHERE document_key = ? ORDER BY id`,
  );
  const indexChunks = connection.prepare<[{ key: number }]>(
    `INSERT INTO chunk_index (rowid, context, body, terms)
     SELECT id, context_text, text, search_terms FROM chunks WHERE ${isChunkOf(':key')} ORDER BY id`,
  );
  // As `chunks.finish` leaves it: the vectors follow, or are all here already.
  const showChunks = connection.prepare<[{ key: number; pages: number; chunks: number; now: number }]>(
    `UPDATE documents SET searchable = 1, chunk_count = :chunks, page_count = :pages, text_pages = 0,
       embedded_chunks = (SELECT count(*) FROM chunks JOIN vectors ON vectors.text_key = chunks.text_key
         AND embedder_key = (SELECT key FROM embedders WHERE active = 1) WHERE ${isChunkOf(':key')}),
       ocr_total = 0, ocr_done = 0, ocr_pages = 0, ocr_confidence = NULL, ocr_doubtful = 0, ocr_error = NULL,
       error = NULL, failed_state = NULL, remote_only = 0, updated_at = :now
     WHERE key = :key`,
  );
  const setState = connection.prepare<[number]>(
    `UPDATE documents SET state = iif(embedded_chunks = chunk_count, 'ready', 'embedding'),
       progress_done = iif(embedded_chunks = chunk_count, 0, embedded_chunks),
       progress_total = iif(embedded_chunks = chunk_count, 0, chunk_count) WHERE key = ?`,
  );
  const movePages = connection.prepare<[number]>(
    `INSERT INTO pages (${pageColumns}) SELECT ${pageColumns} FROM arriving_pages WHERE document_key = ? ORDER BY number`,
  );
  const moveRecognitions = connection.prepare<[number]>(
    `INSERT INTO recognitions (document_key, number, confidence)
     SELECT document_key, number, confidence FROM arriving_pages WHERE document_key = ? AND recognised = 1`,
  );
  const setRecognitionError = connection.prepare<[string, number]>('UPDATE documents SET ocr_error = ? WHERE key = ?');
  const setPassagesOf = connection.prepare<[string, number]>(
    'UPDATE sync_documents SET passages_of = ? WHERE document_key = ?',
  );
  const setReading = connection.prepare<[string, number]>(
    `UPDATE sync_documents SET local_reading = ?, is_new = 0, passages_of = NULL, arriving = NULL
     WHERE document_key = ?`,
  );
  const { beginAgain, dropKept } = chunkRemoval(connection);
  const bindCitations = citationBinding(connection);

  function known(key: number): Known {
    return select.get(key) ?? { localReading: null, passagesOf: null, arriving: null, searchable: 0 };
  }

  /** What came of another reading goes. */
  function begin(key: number, reading: string): void {
    if (known(key).arriving === reading) return;
    clearChunks.run(key);
    clearPages.run(key);
    setArriving.run(key, reading);
  }

  function receivedOf(key: number, reading: string): ReadingRows {
    const { arriving, passagesOf } = known(key);
    if (arriving !== reading) return { pages: 0, chunks: 0 };
    const { pages, chunks, shown } = count.get({ key }) ?? { pages: 0, chunks: 0, shown: 0 };
    return { pages, chunks: passagesOf === reading ? shown : chunks };
  }

  function showPassages(key: number, id: string, reading: RemoteReading): void {
    // Vectors of texts that come again need not come again.
    beginAgain(key);
    // They are of other text, and tell of no place in these passages.
    removePages.run(key);
    removeRecognitions.run(key);
    moveChunks.run(key);
    clearChunks.run(key);
    indexChunks.run({ key });
    dropKept(key);
    bindCitations({ key, id });
    showChunks.run({ key, pages: reading.pages, chunks: reading.chunks, now: Date.now() });
    setState.run(key);
    setPassagesOf.run(reading.id, key);
  }

  function showPages(key: number, id: string, reading: RemoteReading): void {
    movePages.run(key);
    moveRecognitions.run(key);
    const { recognition, recognitionError, fileName } = plan(id);
    if (recognition.done < recognition.total && recognitionError === null) {
      // Else this computer would begin where the other one gave up, of a file that may not even be here.
      setRecognitionError.run(JSON.stringify(notRecognisedThere(fileName, recognition.total - recognition.done)), key);
    }
    clearPages.run(key);
    setReading.run(reading.id, key);
  }

  return {
    received(documentId, reading) {
      const key = documents.keyOf(documentId);
      return receivedOf(key, reading);
    },
    putPages: (documentId, reading, pages) =>
      connection
        .transaction(() => {
          const key = documents.keyOf(documentId);
          begin(key, reading);
          insertPages(pages.map((page) => pageValues(key, page)));
        })
        .immediate(),
    putChunks: (documentId, reading, chunks) =>
      connection
        .transaction(() => {
          const key = documents.keyOf(documentId);
          begin(key, reading);
          insertChunks(chunks.map((chunk) => chunkValues(key, chunk)));
        })
        .immediate(),
    finishReading: (documentId, reading) =>
      connection
        .transaction(() => {
          const key = documents.keyOf(documentId);
          const { localReading, passagesOf, searchable } = known(key);
          if (localReading === reading.id) return;
          const { pages, chunks } = receivedOf(key, reading.id);
          const hasPages = pages === reading.pages;
          // Of a document that can be searched nothing is taken away before all of the new is here.
          const needsPages = searchable === 1 && passagesOf !== reading.id;
          if (chunks !== reading.chunks || (needsPages && !hasPages)) throw incomplete(documentId);
          if (passagesOf !== reading.id) showPassages(key, documentId, reading);
          if (hasPages) showPages(key, documentId, reading);
        })
        .immediate(),
  };
}

function pageValues(documentKey: number, page: PageRow): readonly SqlValue[] {
  const { number, width, height, rotation, hasText, source, text, geometry, confidence } = page;
  const recognised = confidence === undefined ? [0, null] : [1, confidence];
  return [documentKey, number, width, height, rotation, Number(hasText), source, text, geometry, ...recognised];
}

function chunkValues(documentKey: number, chunk: ChunkRow): readonly SqlValue[] {
  if (chunk.ordinal >= MAX_CHUNKS) throw new AppError('internal', `A document has at most ${MAX_CHUNKS} passages.`);
  return [
    documentKey,
    chunk.ordinal,
    documentKey,
    textKeyOf(Buffer.from(chunk.contentHash).toString('hex')),
    chunk.page,
    chunk.pageEnd,
    chunk.tokenCount,
    chunk.contentHash,
    chunk.ranges,
    chunk.headingPath,
    chunk.boxes,
    chunk.contextText,
    chunk.searchTerms,
    chunk.text,
  ];
}

function incomplete(documentId: string): AppError {
  return new AppError('internal', `The text of document ${documentId} was to be shown before all of it had come.`);
}

/** What is said of pages that the computer which read the document could not recognise. */
function notRecognisedThere(fileName: string, pages: number): ErrorInfo {
  const some = pages === 1 ? 'One page' : `${pages} pages`;
  return {
    code: 'recognition-failed',
    message: `${some} of “${fileName}” could not be recognised on the computer that read it.`,
    hint: 'Try again to recognise them on this one.',
    retryable: true,
  };
}
