/** The list of objects in the bucket, those to be removed from it, and what is where. */
import { AppError } from '../../../shared/errors.ts';
import type { FileRow, RemoteParts } from '../../sync/ports/remote-parts.ts';
import { textArray } from './binary-array.ts';
import { releaseAddresses, vectorTables } from './remote-deletion.ts';
import { beside, isAlive, read, type PartsContext } from './remote-readings.ts';
import { lockUser } from './user-lock.ts';

type Files = Pick<
  RemoteParts,
  'putFile' | 'files' | 'nameBucket' | 'filesToRemove' | 'confirmRemoved' | 'leftOf' | 'sizes'
>;

/** For how long an address is a device's to remove; another may have died with it. */
const claim = `interval '15 minutes'`;

export function remoteFiles(context: PartsContext): Files {
  const { session, userId, deviceId } = context;
  return {
    async putFile(file, signal) {
      await beside(context, signal, async (sql) => {
        // The rows are locked until the end: who wants to remove the object waits, and then finds it named. A claim that
        // is over may be of a bucket that nobody can look in any more.
        const removals = await sql.query<{ isClaimed: boolean | null }>(
          `SELECT claimed_by IS NOT NULL AND claimed_at >= now() - ${claim} AS "isClaimed" FROM quire.object_removals
            WHERE user_id = $1 AND address = $2 FOR UPDATE`,
          [userId, file.address],
        );
        if (removals.some(({ isClaimed }) => isClaimed === true)) throw beingRemoved();
        await sql.query(
          `INSERT INTO quire.files (user_id, document_id, kind, address, content_hash, size, sealed)
            SELECT $1, $2, $3, $4, $5, $6, $7 WHERE ${isAlive}
            ON CONFLICT (user_id, document_id, kind, address) DO UPDATE
              SET content_hash = excluded.content_hash, size = excluded.size, sealed = excluded.sealed`,
          [userId, file.documentId, file.kind, file.address, file.contentHash, file.size, file.sealed],
        );
        // Of a deleted document nothing was listed, and what was sent for it may have to go.
        await sql.query(
          `DELETE FROM quire.object_removals r WHERE user_id = $1 AND address = $2
            AND EXISTS (SELECT FROM quire.files f WHERE f.user_id = $1 AND f.address = $2)`,
          [userId, file.address],
        );
        await releaseAddresses(sql, userId, [file]);
      });
    },

    async nameBucket(bucket, label, signal) {
      const [named] = await read<{ label: string }>(
        session,
        `SELECT label FROM quire.buckets WHERE user_id = $1 AND bucket = $2`,
        [userId, bucket],
        signal,
      );
      if (named?.label === label) return;
      await session.transaction(async (sql) => {
        // Alone: what is put down to be removed meanwhile would not know of this bucket.
        await lockUser(sql, userId, 'alone');
        await sql.query(
          `INSERT INTO quire.buckets (user_id, bucket, label) VALUES ($1, $2, $3)
            ON CONFLICT (user_id, bucket) DO UPDATE SET label = excluded.label`,
          [userId, bucket, label],
        );
        if (named) return;
        // What was to be removed before anybody had named a bucket, or this one, may lie here.
        await sql.query(
          `INSERT INTO quire.object_removals (user_id, address, document_id, bucket)
            SELECT DISTINCT ON (address) user_id, address, document_id, $2 FROM quire.object_removals WHERE user_id = $1
            ON CONFLICT DO NOTHING`,
          [userId, bucket],
        );
        await sql.query(`DELETE FROM quire.object_removals WHERE user_id = $1 AND bucket = ''`, [userId]);
      }, signal);
    },

    files(documentId, signal) {
      return read<FileRow>(
        session,
        `SELECT address, kind, document_id AS "documentId", content_hash AS "contentHash", size, sealed
          FROM quire.files WHERE user_id = $1 AND document_id = $2 ORDER BY kind, address`,
        [userId, documentId],
        signal,
      );
    },

    async filesToRemove(bucket, limit, signal) {
      // Under the lock, so that the statement sees every file that was listed before.
      const rows = await session.transaction(async (sql) => {
        await lockUser(sql, userId, 'alone');
        return sql.query<{ address: string }>(
          `UPDATE quire.object_removals SET claimed_by = $2, claimed_at = now()
            WHERE user_id = $1 AND bucket = $4 AND address IN (
              SELECT r.address FROM quire.object_removals r WHERE r.user_id = $1 AND r.bucket = $4
                AND (r.claimed_by IS NULL OR r.claimed_by = $2 OR r.claimed_at < now() - ${claim})
                AND NOT EXISTS (SELECT FROM quire.files f WHERE f.user_id = $1 AND f.address = r.address)
              ORDER BY r.address LIMIT $3)
            RETURNING address`,
          [userId, deviceId, limit, bucket],
        );
      }, signal);
      return rows.map(({ address }) => address).sort();
    },

    async confirmRemoved(bucket, addresses, signal) {
      await read(
        session,
        `DELETE FROM quire.object_removals
          WHERE user_id = $1 AND address = ANY ($2::text[]) AND claimed_by = $3 AND bucket = $4`,
        [userId, textArray(addresses), deviceId, bucket],
        signal,
      );
    },

    async leftOf(documentId, signal) {
      const own = (table: string, column = 'document_id'): string =>
        `SELECT '${table}' AS name, count(*) AS rows FROM quire.${table} WHERE user_id = $1 AND ${column} = $2`;
      // A vector is of a text, not of a document: those of its texts, and those that no text has any more.
      const vectors = (table: string): string =>
        `SELECT '${table}', count(*) FROM quire.${table} v WHERE v.user_id = $1 AND (
          EXISTS (SELECT FROM quire.chunks c WHERE c.user_id = $1 AND c.document_id = $2 AND c.content_hash = v.content_hash)
          OR NOT EXISTS (SELECT FROM quire.chunks c WHERE c.user_id = $1 AND c.content_hash = v.content_hash))`;
      const counts = [
        own('documents', 'id'),
        ...['pages', 'chunks', 'files'].map((table) => own(table)),
        // Before anybody named a bucket, and by those that were named.
        `${own('object_removals')} AND bucket = ''`,
        `SELECT 'bucket ' || b.label, count(*) FROM quire.object_removals r
          JOIN quire.buckets b ON b.user_id = $1 AND b.bucket = r.bucket
          WHERE r.user_id = $1 AND r.document_id = $2 GROUP BY 1`,
        ...(await vectorTables(session)).map(vectors),
      ];
      const rows = await read<{ name: string; rows: number }>(
        session,
        counts.join(' UNION ALL '),
        [userId, documentId],
        signal,
      );
      return Object.fromEntries(rows.map((row) => [row.name, row.rows]));
    },

    async sizes(signal) {
      const tables = await vectorTables(session);
      const counts = [
        ...Object.entries(contents),
        ...tables.map((table): [string, string] => [table, 'pg_column_size(vector)']),
      ].map(
        ([table, bytes]) =>
          `SELECT '${table}' AS "table", count(*) AS rows, coalesce(sum(${bytes}), 0)::bigint AS bytes
            FROM quire.${table} WHERE user_id = $1`,
      );
      return read<{ table: string; rows: number; bytes: number }>(
        session,
        counts.join(' UNION ALL '),
        [userId],
        signal,
      );
    },
  };
}

const registers = 'pg_column_size(registers)';

/** What is large in each table, as it lies there (compressed); without indexes, which belong to all users together. */
const contents = {
  documents: registers,
  collections: registers,
  conversations: registers,
  messages: registers,
  pieces: registers,
  usage: registers,
  settings: registers,
  pages: 'pg_column_size(text) + pg_column_size(geometry)',
  chunks: `pg_column_size(text) + pg_column_size(context_text) + pg_column_size(search_terms)
    + pg_column_size(boxes) + pg_column_size(ranges) + pg_column_size(heading_path)`,
  files: 'pg_column_size(address) + pg_column_size(content_hash)',
} as const;

function beingRemoved(): AppError {
  return new AppError('remote-busy', 'The same file is just being removed from the bucket.', {
    hint: 'It is sent again in a moment.',
    retryable: true,
  });
}
