/** A document's pages and chunks as rows that go to another computer. */
import type { ChunkHash, ReadingRows } from '../../sync-types.ts';
import type { ChunkRow, PageRow } from '../../../sync/ports/remote-parts.ts';
import type { Connection } from '../../connection.ts';
import { MAX_CHUNKS, chunkId, isChunkOf } from '../chunk-ids.ts';
import { readingIdOf } from './reading-id.ts';

interface StoredPageRow extends Omit<PageRow, 'hasText' | 'confidence'> {
  readonly hasText: number;
  readonly recognised: number;
  readonly confidence: number | null;
}

/** Rows of one document, after a place. */
interface Slice {
  readonly key: number;
  readonly after: number;
  readonly limit: number;
}

export interface LocalRows {
  /** After this number, in order; 0 begins. */
  readonly pages: (documentKey: number, after: number, limit: number) => PageRow[];
  /** After this ordinal, in order; -1 begins. */
  readonly chunks: (documentKey: number, after: number, limit: number) => ChunkRow[];
  readonly chunkHashes: (documentKey: number, after: number, limit: number) => ChunkHash[];
  readonly count: (documentKey: number) => ReadingRows;
  /** The name of the text as it is now; reads all of it. */
  readonly readingId: (documentKey: number, documentHash: string) => string;
}

export function localRows(connection: Connection): LocalRows {
  const selectPages = connection.prepare<[Slice], StoredPageRow>(
    `SELECT pages.number, width, height, rotation, has_text AS hasText, source, text, geometry,
       recognitions.number IS NOT NULL AS recognised, confidence
     FROM pages LEFT JOIN recognitions ON recognitions.document_key = pages.document_key
       AND recognitions.number = pages.number AND recognitions.error IS NULL AND waiting = 0
     WHERE pages.document_key = :key AND pages.number > :after ORDER BY pages.number LIMIT :limit`,
  );
  const isAfter = `chunks.id BETWEEN ${chunkId(':key', '0')} + :after + 1 AND ${chunkId(':key', String(MAX_CHUNKS - 1))}`;
  const selectChunks = connection.prepare<[Slice], ChunkRow>(
    `SELECT ordinal, page, page_end AS pageEnd, token_count AS tokenCount, content_hash AS contentHash, ranges,
       heading_path AS headingPath, boxes, context_text AS contextText, search_terms AS searchTerms, text
     FROM chunks WHERE ${isAfter} ORDER BY chunks.id LIMIT :limit`,
  );
  const selectHashes = connection.prepare<[Slice], ChunkHash>(
    `SELECT ordinal, content_hash AS contentHash FROM chunks WHERE ${isAfter} ORDER BY chunks.id LIMIT :limit`,
  );
  const count = connection.prepare<[{ key: number }], ReadingRows>(
    `SELECT (SELECT count(*) FROM pages WHERE document_key = :key) AS pages,
       (SELECT count(*) FROM chunks WHERE ${isChunkOf(':key')}) AS chunks`,
  );

  function* all<Row>(statement: { iterate: (slice: Slice) => Iterable<Row> }, key: number, after: number) {
    yield* statement.iterate({ key, after, limit: -1 });
  }

  return {
    pages: (key, after, limit) => selectPages.all({ key, after, limit }).map(toPageRow),
    chunks: (key, after, limit) => selectChunks.all({ key, after, limit }),
    chunkHashes: (key, after, limit) => selectHashes.all({ key, after, limit }),
    count: (key) => count.get({ key }) ?? { pages: 0, chunks: 0 },
    readingId: (key, documentHash) =>
      readingIdOf(documentHash, map(all(selectPages, key, 0), toPageRow), all(selectChunks, key, -1)),
  };
}

function* map<From, To>(rows: Iterable<From>, change: (row: From) => To): Generator<To> {
  for (const row of rows) yield change(row);
}

function toPageRow({ recognised, confidence, hasText, ...page }: StoredPageRow): PageRow {
  return { ...page, hasText: hasText === 1, ...(recognised === 1 ? { confidence } : {}) };
}
