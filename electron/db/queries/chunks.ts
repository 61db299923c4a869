/**
 * Statements on chunks and their full-text rows, written together.
 */
import type { Progress } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Connection } from '../connection.ts';
import type { ChunkStore, NewChunk, StoredChunk, TextRange } from '../search-types.ts';
import type { Synchronous } from '../synchronous.ts';
import { packBoxes, unpackBoxes } from './boxes.ts';
import { MAX_CHUNKS, chunkId } from './chunk-ids.ts';
import { chunkRemoval } from './deletion.ts';
import type { DocumentQueries } from './documents.ts';

interface ChunkRow {
  readonly id: number;
  readonly documentId: string;
  readonly ordinal: number;
  readonly page: number;
  readonly pageEnd: number;
  readonly tokenCount: number;
  readonly ranges: string;
  readonly headingPath: string;
  readonly boxes: Uint8Array;
  readonly contextText: string;
  readonly searchTerms: string;
  readonly text: string;
  readonly contentHash: string;
}

type ChunkParameters = [
  number,
  number,
  number,
  number,
  number,
  number,
  string,
  string,
  Uint8Array,
  string,
  string,
  string,
];

export function chunkQueries(connection: Connection, documents: DocumentQueries): Synchronous<ChunkStore> {
  const selectText = connection.prepare<[Uint8Array], number>('SELECT key FROM texts WHERE content_hash = ?').pluck();
  const insertText = connection.prepare<[Uint8Array]>('INSERT INTO texts (content_hash) VALUES (?)');
  const insertChunk = connection.prepare<ChunkParameters>(
    `INSERT INTO chunks (id, text_key, page, page_end, token_count, ranges, heading_path, boxes, context_text,
       search_terms, text)
     VALUES (${chunkId('?', '?')}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertIndexRow = connection.prepare<[number, number, string, string, string]>(
    `INSERT INTO chunk_index (rowid, context, body, terms) VALUES (${chunkId('?', '?')}, ?, ?, ?)`,
  );
  const hasVector = connection
    .prepare<[number], number>(
      'SELECT 1 FROM vectors WHERE text_key = ? AND embedder_key = (SELECT key FROM embedders WHERE active = 1)',
    )
    .pluck();
  const resetCounts = connection.prepare<[number]>(
    'UPDATE documents SET chunk_count = 0, embedded_chunks = 0, searchable = 0 WHERE key = ?',
  );
  const addCounts = connection.prepare<[number, number, number]>(
    'UPDATE documents SET chunk_count = chunk_count + ?, embedded_chunks = embedded_chunks + ? WHERE key = ?',
  );
  const finish = connection.prepare<[number, number], Progress>(
    `UPDATE documents SET searchable = 1, state = 'embedding', progress_done = embedded_chunks,
       progress_total = chunk_count, error = NULL, failed_state = NULL, updated_at = ?
     WHERE key = ? RETURNING progress_done AS done, progress_total AS total`,
  );
  const select = `SELECT chunks.id, documents.id AS documentId, ordinal, page, page_end AS pageEnd, token_count AS tokenCount,
    ranges, heading_path AS headingPath, boxes, context_text AS contextText, search_terms AS searchTerms, text,
    lower(hex(texts.content_hash)) AS contentHash
    FROM chunks JOIN documents ON documents.key = document_key JOIN texts ON texts.key = text_key`;
  const selectById = connection.prepare<[number], ChunkRow>(`${select} WHERE chunks.id = ?`);
  const selectRange = connection.prepare<[{ key: number; from: number; to: number }], ChunkRow>(
    `${select} WHERE chunks.id BETWEEN ${chunkId(':key', ':from')} AND ${chunkId(':key', ':to')} ORDER BY chunks.id`,
  );
  const removeChunks = chunkRemoval(connection);

  /** Stores one chunk; answers whether its text has a vector already. */
  function store(documentKey: number, chunk: NewChunk): boolean {
    if (chunk.ordinal >= MAX_CHUNKS) throw tooLong();
    const hash = Buffer.from(chunk.contentHash, 'hex');
    const known = selectText.get(hash);
    const textKey = known ?? Number(insertText.run(hash).lastInsertRowid);
    insertChunk.run(
      documentKey,
      chunk.ordinal,
      textKey,
      chunk.page,
      chunk.pageEnd,
      chunk.tokenCount,
      JSON.stringify(chunk.ranges),
      JSON.stringify(chunk.headingPath),
      packBoxes(chunk.boxes),
      chunk.contextText,
      chunk.searchTerms,
      chunk.text,
    );
    insertIndexRow.run(documentKey, chunk.ordinal, chunk.contextText, chunk.text, chunk.searchTerms);
    return known !== undefined && hasVector.get(textKey) !== undefined;
  }

  return {
    begin(documentId) {
      connection
        .transaction(() => {
          const documentKey = documents.keyOf(documentId);
          removeChunks(documentKey);
          resetCounts.run(documentKey);
        })
        .immediate();
    },
    append(documentId, chunks, progress) {
      connection
        .transaction(() => {
          const documentKey = documents.keyOf(documentId);
          let embedded = 0;
          for (const chunk of chunks) if (store(documentKey, chunk)) embedded += 1;
          addCounts.run(chunks.length, embedded, documentKey);
          if (progress) documents.setProgress(documentId, progress);
        })
        .immediate();
    },
    finish: (documentId) => finish.get(Date.now(), documents.keyOf(documentId)) ?? { done: 0, total: 0 },
    get: (ids) =>
      ids.flatMap((id) => {
        const row = selectById.get(id);
        return row ? [toChunk(row)] : [];
      }),
    range(documentId, from, to) {
      const key = documents.keyOf(documentId);
      return selectRange.all({ key, from: Math.max(from, 0), to: Math.min(to, MAX_CHUNKS - 1) }).map(toChunk);
    },
  };
}

function tooLong(): AppError {
  return new AppError('file-too-large', `This document has more than ${MAX_CHUNKS} passages.`, {
    hint: 'Split it into smaller files and add those.',
  });
}

function toChunk(row: ChunkRow): StoredChunk {
  return {
    ...row,
    ranges: JSON.parse(row.ranges) as TextRange[],
    headingPath: JSON.parse(row.headingPath) as string[],
    boxes: unpackBoxes(row.boxes),
  };
}
