/** Pages and chunks of one user's documents in Postgres. */
import type { ChunkRow, PageRow, RemoteParts } from '../../sync/ports/remote-parts.ts';
import { booleanArray, byteaArray, doubleArray, integerArray, storableTextArray } from './binary-array.ts';
import { removeOtherReadings } from './remote-deletion.ts';
import type { PostgresSession, Sql } from './session.ts';
import { lockUser } from './user-lock.ts';

/** Whose parts, and from which computer. */
export interface PartsContext {
  readonly session: PostgresSession;
  readonly userId: string;
  readonly deviceId: string;
}

type Readings = Pick<RemoteParts, 'putPages' | 'putChunks' | 'countReading' | 'pages' | 'chunks' | 'dropOtherReadings'>;

export function remoteReadings(context: PartsContext): Readings {
  const { session, userId } = context;
  return {
    async putPages(documentId, reading, pages, signal) {
      if (pages.length === 0) return;
      await beside(context, signal, (sql) =>
        sql.query(
          `INSERT INTO quire.pages (user_id, document_id, reading, number, width, height, rotation, has_text, source, text,
              geometry, recognised, confidence)
            SELECT $1, $2, $3, w.* FROM unnest($4::integer[], $5::double precision[], $6::double precision[],
              $7::integer[], $8::boolean[], $9::text[], $10::text[], $11::bytea[], $12::boolean[], $13::double precision[])
              AS w
            WHERE ${isAlive} ON CONFLICT DO NOTHING`,
          [
            userId,
            documentId,
            reading,
            integerArray(pages.map((page) => page.number)),
            doubleArray(pages.map((page) => page.width)),
            doubleArray(pages.map((page) => page.height)),
            integerArray(pages.map((page) => page.rotation)),
            booleanArray(pages.map((page) => page.hasText)),
            storableTextArray(pages.map((page) => page.source)),
            storableTextArray(pages.map((page) => page.text)),
            byteaArray(pages.map((page) => page.geometry)),
            booleanArray(pages.map((page) => page.confidence !== undefined)),
            doubleArray(pages.map((page) => page.confidence ?? null)),
          ],
        ),
      );
    },

    async putChunks(documentId, reading, chunks, signal) {
      if (chunks.length === 0) return;
      await beside(context, signal, (sql) =>
        sql.query(
          `INSERT INTO quire.chunks (user_id, document_id, reading, ordinal, page, page_end, token_count, content_hash,
              ranges, heading_path, boxes, context_text, search_terms, text)
            SELECT $1, $2, $3, w.* FROM unnest($4::integer[], $5::integer[], $6::integer[], $7::integer[], $8::bytea[],
              $9::text[], $10::text[], $11::bytea[], $12::text[], $13::text[], $14::text[]) AS w
            WHERE ${isAlive} ON CONFLICT DO NOTHING`,
          [
            userId,
            documentId,
            reading,
            integerArray(chunks.map((chunk) => chunk.ordinal)),
            integerArray(chunks.map((chunk) => chunk.page)),
            integerArray(chunks.map((chunk) => chunk.pageEnd)),
            integerArray(chunks.map((chunk) => chunk.tokenCount)),
            byteaArray(chunks.map((chunk) => chunk.contentHash)),
            storableTextArray(chunks.map((chunk) => chunk.ranges)),
            storableTextArray(chunks.map((chunk) => chunk.headingPath)),
            byteaArray(chunks.map((chunk) => chunk.boxes)),
            storableTextArray(chunks.map((chunk) => chunk.contextText)),
            storableTextArray(chunks.map((chunk) => chunk.searchTerms)),
            storableTextArray(chunks.map((chunk) => chunk.text)),
          ],
        ),
      );
    },

    async countReading(documentId, reading, signal) {
      const where = `user_id = $1 AND document_id = $2 AND reading = $3`;
      const [counts] = await read<{ pages: number; chunks: number }>(
        session,
        `SELECT (SELECT count(*) FROM quire.pages WHERE ${where}) AS pages,
          (SELECT count(*) FROM quire.chunks WHERE ${where}) AS chunks`,
        [userId, documentId, reading],
        signal,
      );
      return counts ?? { pages: 0, chunks: 0 };
    },

    async pages(documentId, reading, after, limit, signal) {
      const rows = await read<Omit<PageRow, 'confidence'> & { recognised: boolean; confidence: number | null }>(
        session,
        `SELECT number, width, height, rotation, has_text AS "hasText", source, text, geometry, recognised, confidence
          FROM quire.pages WHERE user_id = $1 AND document_id = $2 AND reading = $3 AND number > $4
          ORDER BY number LIMIT $5`,
        [userId, documentId, reading, after, limit],
        signal,
      );
      return rows.map(({ recognised, confidence, ...page }) => (recognised ? { ...page, confidence } : page));
    },

    chunks(documentId, reading, after, limit, signal) {
      return read<ChunkRow>(
        session,
        `SELECT ${chunkColumns} FROM quire.chunks c
          WHERE c.user_id = $1 AND c.document_id = $2 AND c.reading = $3 AND c.ordinal > $4
          ORDER BY c.ordinal LIMIT $5`,
        [userId, documentId, reading, after, limit],
        signal,
      );
    },

    async dropOtherReadings(documentId, reading, signal) {
      await session.transaction(async (sql) => {
        await lockUser(sql, userId, 'alone');
        await removeOtherReadings(sql, userId, documentId, reading);
      }, signal);
    },
  };
}

/** Of `quire.chunks c`, as a `ChunkRow`. */
export const chunkColumns = `c.ordinal, c.page, c.page_end AS "pageEnd", c.token_count AS "tokenCount",
  c.content_hash AS "contentHash", c.ranges, c.heading_path AS "headingPath", c.boxes,
  c.context_text AS "contextText", c.search_terms AS "searchTerms", c.text`;

/** Whether the document `$2` of the user `$1` was not deleted; it need not be there yet. */
export const isAlive = `NOT EXISTS (
  SELECT FROM quire.tombstones WHERE user_id = $1 AND kind = 'document' AND id = $2)`;

/** Writes parts beside what others write, but not beside a deletion; see `lockUser`. */
export function beside<T>(
  { session, userId }: PartsContext,
  signal: AbortSignal | undefined,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  return session.transaction(async (sql) => {
    await lockUser(sql, userId, 'shared');
    return work(sql);
  }, signal);
}

/** One statement; its own transaction only serves to be cancelled. */
export function read<Row extends object>(
  session: PostgresSession,
  text: string,
  values: readonly unknown[],
  signal: AbortSignal | undefined,
): Promise<Row[]> {
  if (!signal) return session.query<Row>(text, values);
  return session.transaction((sql) => sql.query<Row>(text, values), signal);
}
