/**
 * Statements on chunks and their full-text rows, written together.
 */
import type { PageRange, Progress } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Connection } from '../connection.ts';
import type { ChunkStore, NewChunk, StoredChunk } from '../search-types.ts';
import type { Synchronous } from '../synchronous.ts';
import { packBoxes, unpackBoxes } from './boxes.ts';
import { MAX_CHUNKS, chunkId } from './chunk-ids.ts';
import { citationBinding } from './citation-binding.ts';
import { chunkRemoval } from './deletion.ts';
import type { DocumentQueries } from './documents.ts';
import { rowInsert } from './row-insert.ts';
import { textKeyOf } from './text-keys.ts';

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

type ChunkValues = readonly [
  documentKey: number,
  ordinal: number,
  textKey: number,
  page: number,
  pageEnd: number,
  tokenCount: number,
  contentHash: string,
  ranges: string,
  headingPath: string,
  boxes: Uint8Array,
  contextText: string,
  searchTerms: string,
  text: string,
];

/** Places `from` to `to`, both inclusive, of a document. */
interface Slice {
  readonly key: number;
  readonly from: number;
  readonly to: number;
}

const isInSlice = `chunks.id BETWEEN ${chunkId(':key', ':from')} AND ${chunkId(':key', ':to')}`;

export function chunkQueries(connection: Connection, documents: DocumentQueries): Synchronous<ChunkStore> {
  const insertChunks = rowInsert<ChunkValues>(
    connection,
    `INSERT INTO chunks (id, text_key, page, page_end, token_count, content_hash, ranges, heading_path, boxes,
       context_text, search_terms, text)`,
    `(${chunkId('?', '?')}, ?, ?, ?, ?, unhex(?), ?, ?, ?, ?, ?, ?)`,
  );
  // All rows of a slice in one statement: their text is already in SQLite's memory.
  const insertIndexRows = connection.prepare<[Slice]>(
    `INSERT INTO chunk_index (rowid, context, body, terms)
     SELECT id, context_text, text, search_terms FROM chunks WHERE ${isInSlice} ORDER BY id`,
  );
  const countEmbedded = connection
    .prepare<[Slice], number>(
      `SELECT count(*) FROM chunks JOIN vectors ON vectors.text_key = chunks.text_key
         AND embedder_key = (SELECT key FROM embedders WHERE active = 1)
       WHERE ${isInSlice}`,
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
  const bindCitations = citationBinding(connection);
  const select = `SELECT chunks.id, documents.id AS documentId, ordinal, page, page_end AS pageEnd, token_count AS tokenCount,
    ranges, heading_path AS headingPath, boxes, context_text AS contextText, search_terms AS searchTerms, text,
    lower(hex(chunks.content_hash)) AS contentHash
    FROM chunks JOIN documents ON documents.key = document_key`;
  const selectById = connection.prepare<[number], ChunkRow>(`${select} WHERE chunks.id = ?`);
  const selectRange = connection.prepare<[Slice], ChunkRow>(`${select} WHERE ${isInSlice} ORDER BY chunks.id`);
  const selectHeadings = connection.prepare<[Slice], Pick<ChunkRow, 'headingPath' | 'page'>>(
    `SELECT heading_path AS headingPath, page FROM chunks WHERE ${isInSlice} ORDER BY id`,
  );
  const { beginAgain, dropKept } = chunkRemoval(connection);

  return {
    begin(documentId) {
      connection
        .transaction(() => {
          const documentKey = documents.keyOf(documentId);
          beginAgain(documentKey);
          resetCounts.run(documentKey);
        })
        .immediate();
    },
    append(documentId, chunks, progress) {
      connection
        .transaction(() => {
          const documentKey = documents.keyOf(documentId);
          const slice = sliceOf(documentKey, chunks);
          insertChunks(chunks.map((chunk) => valuesOf(documentKey, chunk)));
          insertIndexRows.run(slice);
          addCounts.run(chunks.length, countEmbedded.get(slice) ?? 0, documentKey);
          if (progress) documents.setProgress(documentId, progress);
        })
        .immediate();
    },
    finish: (documentId) =>
      connection
        .transaction((): Progress => {
          const key = documents.keyOf(documentId);
          dropKept(key);
          bindCitations({ key, id: documentId });
          return finish.get(Date.now(), key) ?? { done: 0, total: 0 };
        })
        .immediate(),
    get: (ids) =>
      ids.flatMap((id) => {
        const row = selectById.get(id);
        return row ? [toChunk(row)] : [];
      }),
    range(documentId, from, to) {
      const key = documents.keyOf(documentId);
      return selectRange.all({ key, from: Math.max(from, 0), to: Math.min(to, MAX_CHUNKS - 1) }).map(toChunk);
    },
    headingPaths(documentId) {
      const slice = { key: documents.keyOf(documentId), from: 0, to: MAX_CHUNKS - 1 };
      return selectHeadings
        .all(slice)
        .map(({ headingPath, page }) => ({ path: JSON.parse(headingPath) as string[], page }));
    },
  };
}

/** The slice's first and last place; refuses gaps, which would index a chunk twice or leave one out. */
function sliceOf(key: number, chunks: readonly NewChunk[]): Slice {
  const from = chunks[0]?.ordinal ?? 0;
  const to = from + chunks.length - 1;
  if (to >= MAX_CHUNKS) throw tooLong();
  if (chunks.some((chunk, index) => chunk.ordinal !== from + index)) {
    throw new AppError('internal', 'A slice of chunks must have all places from its first to its last, in order.');
  }
  return { key, from, to };
}

function valuesOf(documentKey: number, chunk: NewChunk): ChunkValues {
  return [
    documentKey,
    chunk.ordinal,
    textKeyOf(chunk.contentHash),
    chunk.page,
    chunk.pageEnd,
    chunk.tokenCount,
    chunk.contentHash,
    JSON.stringify(chunk.ranges),
    JSON.stringify(chunk.headingPath),
    packBoxes(chunk.boxes),
    chunk.contextText,
    chunk.searchTerms,
    chunk.text,
  ];
}

function tooLong(): AppError {
  return new AppError('file-too-large', `This document has more than ${MAX_CHUNKS} passages.`, {
    hint: 'Split it into smaller files and add those.',
  });
}

function toChunk(row: ChunkRow): StoredChunk {
  return {
    ...row,
    ranges: JSON.parse(row.ranges) as PageRange[],
    headingPath: JSON.parse(row.headingPath) as string[],
    boxes: unpackBoxes(row.boxes),
  };
}
