/** Vectors of one user in Postgres, a table for each embedder, and the search through them. */
import { createHash } from 'node:crypto';
import { AppError } from '../../../shared/errors.ts';
import type { RemoteParts, VectorRow, VectorSpace } from '../../sync/ports/remote-parts.ts';
import { byteaArray, readVector, textArray, vectorArray, vectorBinary, vectorSize } from './binary-array.ts';
import { searchNearest, type NearestSearch } from './nearest-search.ts';
import { beside, read, type PartsContext } from './remote-readings.ts';
import type { Sql } from './session.ts';

type Vectors = Pick<RemoteParts, 'openVectors' | 'putVectors' | 'haveVectors' | 'vectors' | 'dropVectors' | 'nearest'>;

/** What of pgvector is another in each database. */
interface Extension {
  /** Where it is, as an identifier. */
  readonly schema: string;
  /** OID of its type. */
  readonly type: number;
  /** Whether an index goes on searching until there are enough that fit: since 0.8. */
  readonly iterates: boolean;
}

/** Vectors a statement, both ways: some megabytes. */
const vectorsAtOnce = 2_000;

/** The table of an embedder's vectors. */
export function vectorTable(fingerprint: string): string {
  return `vectors_${createHash('sha256').update(fingerprint).digest('hex').slice(0, 16)}`;
}

export function remoteVectors(context: PartsContext): Vectors {
  const { session, userId } = context;
  /** Tables that were seen; none goes away. */
  const open = new Set<string>();
  let found: Promise<Extension> | null = null;

  function extension(): Promise<Extension> {
    found ??= findExtension(session).catch((error: unknown) => {
      found = null;
      throw error;
    });
    return found;
  }

  /** Null when nobody has made the table yet. */
  async function existing(space: VectorSpace, signal: AbortSignal | undefined): Promise<string | null> {
    const table = vectorTable(space.fingerprint);
    if (open.has(table)) return table;
    const [row] = await read<{ isThere: boolean }>(
      session,
      `SELECT to_regclass($1) IS NOT NULL AS "isThere"`,
      [`quire.${table}`],
      signal,
    );
    if (!row?.isThere) return null;
    open.add(table);
    return table;
  }

  async function openVectors(space: VectorSpace, signal?: AbortSignal): Promise<void> {
    const table = vectorTable(space.fingerprint);
    if (open.has(table)) return;
    await session.transaction(
      (sql) => sql.query(`SELECT quire.open_vectors($1, $2)`, [space.fingerprint, space.dimensions]),
      signal,
    );
    open.add(table);
  }

  return {
    openVectors,

    async putVectors(space, rows, signal) {
      await openVectors(space, signal);
      const { schema, type } = await extension();
      const table = vectorTable(space.fingerprint);
      for (const some of slices(rows)) {
        await beside(context, signal, (sql) =>
          sql.query(
            `INSERT INTO quire.${table} (user_id, content_hash, vector)
              SELECT $1, w.hash, w.vector FROM unnest($2::bytea[], $3::${schema}.vector[]) AS w (hash, vector)
              WHERE EXISTS (SELECT FROM quire.chunks c WHERE c.user_id = $1 AND c.content_hash = w.hash)
              ON CONFLICT DO NOTHING`,
            [
              userId,
              byteaArray(some.map(({ contentHash }) => contentHash)),
              vectorArray(
                type,
                some.map(({ vector }) => vector),
              ),
            ],
          ),
        );
      }
    },

    async haveVectors(space, hashes, signal) {
      const table = await existing(space, signal);
      if (table === null || hashes.length === 0) return [];
      const rows = await read<{ hash: Buffer }>(
        session,
        `SELECT content_hash AS hash FROM quire.${table} WHERE user_id = $1 AND content_hash = ANY ($2::bytea[])`,
        [userId, byteaArray(hashes)],
        signal,
      );
      return rows.map(({ hash }) => hash);
    },

    async vectors(space, hashes, signal) {
      const table = await existing(space, signal);
      if (table === null) return [];
      const { schema } = await extension();
      const all: VectorRow[] = [];
      for (const some of slices(hashes)) {
        // In one value, in binary: a row for each takes several times as long. Each hash has its length before it.
        const [row] = await read<{ all: Buffer | null }>(
          session,
          `SELECT string_agg(set_byte('\\x00'::bytea, 0, octet_length(content_hash)) || content_hash
              || ${schema}.vector_send(vector), '') AS all FROM quire.${table}
            WHERE user_id = $1 AND content_hash = ANY ($2::bytea[])`,
          [userId, byteaArray(some)],
          signal,
        );
        if (row?.all) all.push(...unpack(row.all));
      }
      return all;
    },

    async dropVectors(space, hashes, signal) {
      const table = await existing(space, signal);
      if (table === null || hashes.length === 0) return;
      await beside(context, signal, (sql) =>
        sql.query(`DELETE FROM quire.${table} WHERE user_id = $1 AND content_hash = ANY ($2::bytea[])`, [
          userId,
          byteaArray(hashes),
        ]),
      );
    },

    async nearest(space, question, { limit, within, without }, signal) {
      if (limit <= 0 || within?.length === 0) return [];
      const { schema, iterates } = await extension();
      const scope =
        (within ? ` AND d.id = ANY ($2::text[])` : '') +
        (without ? ` AND NOT (d.id = ANY ($${within ? 3 : 2}::text[]))` : '');
      const search: NearestSearch = {
        ...{ schema, iterates, scope, limit },
        table: vectorTable(space.fingerprint),
        dimensions: space.dimensions,
        values: [userId, ...(within ? [textArray(within)] : []), ...(without ? [textArray(without)] : [])],
        question: vectorBinary(question),
      };
      return session.transaction((sql) => searchNearest(sql, search), signal);
    },
  };
}

async function findExtension(sql: Sql): Promise<Extension> {
  const [row] = await sql.query<{ schema: string; type: number; version: string }>(
    `SELECT quote_ident(n.nspname) AS schema, t.oid::bigint AS type, e.extversion AS version
      FROM pg_catalog.pg_extension e
      JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
      JOIN pg_catalog.pg_type t ON t.typnamespace = n.oid AND t.typname = 'vector'
      WHERE e.extname = 'vector'`,
  );
  if (!row) {
    throw new AppError('remote-unsupported', 'The database has no extension "vector".', {
      hint: 'Install pgvector on the server and run CREATE EXTENSION vector in the database.',
    });
  }
  const [major = 0, minor = 0] = row.version.split('.').map(Number);
  return { schema: row.schema, type: row.type, iterates: major > 0 || minor >= 8 };
}

/** Each with as many numbers as it says that it has; what ends in the midst of one is left out. */
function unpack(bytes: Buffer): VectorRow[] {
  const rows: VectorRow[] = [];
  for (let at = 0; at < bytes.length;) {
    const hashEnd = at + 1 + (bytes[at] ?? 0);
    if (hashEnd + vectorSize(0) > bytes.length) break;
    const dimensions = bytes.readUInt16BE(hashEnd);
    const end = hashEnd + vectorSize(dimensions);
    if (end > bytes.length) break;
    rows.push({ contentHash: bytes.subarray(at + 1, hashEnd), vector: readVector(bytes, hashEnd, dimensions) });
    at = end;
  }
  return rows;
}

function* slices<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += vectorsAtOnce) yield all.slice(at, at + vectorsAtOnce);
}
