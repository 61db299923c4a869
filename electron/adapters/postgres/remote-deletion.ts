/** What goes along with a deletion: the parts of documents, vectors that nothing uses any more, objects in the bucket. */
import { byteaArray, textArray } from './binary-array.ts';
import type { Sql } from './session.ts';

/** Tables of vectors, by name; see `open_vectors` in the migrations, which makes no others. */
export async function vectorTables(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `SELECT relname AS name FROM pg_catalog.pg_class
      WHERE relnamespace = to_regnamespace('quire') AND relkind = 'r' AND relname ~ '^vectors_[0-9a-f]{16}$'
      ORDER BY relname`,
  );
  return rows.map(({ name }) => name);
}

/** Removes pages, chunks, vectors and the list of files of documents. To be called under the lock of the user's row. */
export async function removeParts(sql: Sql, userId: string, documentIds: readonly string[]): Promise<void> {
  if (documentIds.length === 0) return;
  const values = [userId, textArray(documentIds)];
  await sql.query(`DELETE FROM quire.pages WHERE user_id = $1 AND document_id = ANY ($2::text[])`, values);
  await removeChunks(sql, userId, `document_id = ANY ($2::text[])`, values.slice(1));
  const files = await sql.query<{ documentId: string; address: string }>(
    `DELETE FROM quire.files WHERE user_id = $1 AND document_id = ANY ($2::text[])
      RETURNING document_id AS "documentId", address`,
    values,
  );
  await releaseAddresses(sql, userId, files);
}

/** Removes all readings of a document but one. To be called under the lock of the user's row. */
export async function removeOtherReadings(
  sql: Sql,
  userId: string,
  documentId: string,
  reading: string,
): Promise<void> {
  await sql.query(`DELETE FROM quire.pages WHERE user_id = $1 AND document_id = $2 AND reading <> $3`, [
    userId,
    documentId,
    reading,
  ]);
  await removeChunks(sql, userId, `document_id = $2 AND reading <> $3`, [documentId, reading]);
}

/** Vectors hang on a text: they go when it was the last chunk of this user that had it. */
async function removeChunks(sql: Sql, userId: string, which: string, values: readonly unknown[]): Promise<void> {
  const rows = await sql.query<{ hash: Buffer }>(
    `WITH gone AS (DELETE FROM quire.chunks WHERE user_id = $1 AND ${which} RETURNING content_hash)
      SELECT DISTINCT content_hash AS hash FROM gone`,
    [userId, ...values],
  );
  if (rows.length === 0) return;
  const hashes = byteaArray(rows.map(({ hash }) => hash));
  for (const table of await vectorTables(sql)) {
    await sql.query(
      `DELETE FROM quire.${table} v USING unnest($2::bytea[]) AS w (hash)
        WHERE v.user_id = $1 AND v.content_hash = w.hash AND NOT EXISTS (
          SELECT FROM quire.chunks c WHERE c.user_id = $1 AND c.content_hash = w.hash)`,
      [userId, hashes],
    );
  }
}

/** An object of the bucket that a document named. */
export interface Named {
  readonly documentId: string;
  readonly address: string;
}

/** Takes files off the list that their documents do not name any more. To be called under the lock of the user's row. */
export async function removeFiles(sql: Sql, userId: string, files: readonly Named[]): Promise<void> {
  if (files.length === 0) return;
  const gone = await sql.query<{ documentId: string; address: string }>(
    `DELETE FROM quire.files f USING unnest($2::text[], $3::text[]) AS w (document_id, address)
      WHERE f.user_id = $1 AND f.document_id = w.document_id AND f.address = w.address
      RETURNING f.document_id AS "documentId", f.address`,
    [userId, textArray(files.map(({ documentId }) => documentId)), textArray(files.map(({ address }) => address))],
  );
  await releaseAddresses(sql, userId, gone);
}

/**
 * Puts down objects to be removed, as far as no other document names them: from every bucket that was ever named, as the
 * same file may have been sent to each.
 */
export async function releaseAddresses(sql: Sql, userId: string, files: readonly Named[]): Promise<void> {
  if (files.length === 0) return;
  await sql.query(
    `INSERT INTO quire.object_removals (user_id, address, document_id, bucket)
      SELECT DISTINCT ON (w.address, b.bucket) $1::uuid, w.address, w.document_id, b.bucket
      FROM unnest($2::text[], $3::text[]) AS w (document_id, address)
      CROSS JOIN (
        SELECT bucket FROM quire.buckets WHERE user_id = $1
        UNION ALL SELECT '' WHERE NOT EXISTS (SELECT FROM quire.buckets WHERE user_id = $1)) b
      WHERE NOT EXISTS (SELECT FROM quire.files f WHERE f.user_id = $1 AND f.address = w.address)
      ON CONFLICT (user_id, address, bucket) DO NOTHING`,
    [userId, textArray(files.map(({ documentId }) => documentId)), textArray(files.map(({ address }) => address))],
  );
}
