/** Vectors of one user in Postgres, a table for each embedder, and the search through them. */
import { createHash } from 'node:crypto';
import { AppError } from '../../../shared/errors.ts';
import type { ChunkRow, NearestChunk, RemoteParts, VectorRow, VectorSpace } from '../../sync/ports/remote-parts.ts';
import { byteaArray, readVector, textArray, vectorArray, vectorBinary, vectorSize } from './binary-array.ts';
import { beside, chunkColumns, read, type PartsContext } from './remote-readings.ts';
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
/** Dimensions up to which there is an index, of floats and of halves; see `open_vectors` in the migrations. */
const indexedDimensions = { vector: 2_000, halfvec: 4_000 };
/** Chunks up to which all are compared: some ten milliseconds, and nothing is missed. */
const exactChunks = 5_000;
/** Candidates that HNSW keeps while it searches: recall for time. pgvector's own is 40, its limit 1,000. */
const searchWidth = { iterative: 200, once: 1_000 };

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
      const table = vectorTable(space.fingerprint);
      const values = [userId, ...(within ? [textArray(within)] : []), ...(without ? [textArray(without)] : [])];
      const scope =
        (within ? ` AND d.id = ANY ($2::text[])` : '') +
        (without ? ` AND NOT (d.id = ANY ($${within ? 3 : 2}::text[]))` : '');
      const width = Math.min(1_000, Math.max(limit * 2, iterates ? searchWidth.iterative : searchWidth.once));
      return session.transaction(async (sql) => {
        const [about] = await sql.query<{ isThere: boolean; chunks: number }>(
          `SELECT to_regclass('quire.${table}') IS NOT NULL AS "isThere", set_config('hnsw.ef_search', '${width}', true),
              ${iterates ? `set_config('hnsw.iterative_scan', 'relaxed_order', true),` : ''}
              (SELECT coalesce(sum(d.chunks), 0) FROM quire.documents d
                WHERE d.user_id = $1 AND d.reading IS NOT NULL${scope})::integer AS chunks`,
          values,
        );
        if (!about?.isThere || about.chunks === 0) return [];
        const asked = `$${values.length + 1}::${schema}.vector`;
        const query = { table, schema, scope, asked, limit: `$${values.length + 2}` };
        const isExact = about.chunks <= exactChunks || space.dimensions > indexedDimensions.halfvec;
        const text = isExact ? exactSearch(query) : indexSearch(query, space.dimensions, Math.max(limit * 2, 40));
        return nearestOf(sql, text, [...values, vectorBinary(question), limit]);
      }, signal);
    },
  };
}

interface SearchParts {
  readonly table: string;
  readonly schema: string;
  /** Conditions on `quire.documents d`. */
  readonly scope: string;
  /** The question. */
  readonly asked: string;
  readonly limit: string;
}

/** Whether `c` is of a reading that its document names now, and that is asked. */
function isAsked(scope: string): string {
  return `c.reading = (SELECT d.reading FROM quire.documents d WHERE d.user_id = $1 AND d.id = c.document_id${scope})`;
}

/** Compares all. Ordered by an expression that no index has, or it would be HNSW after all. */
function exactSearch({ table, schema, scope, asked, limit }: SearchParts): string {
  return `SELECT c.document_id, c.reading, c.ordinal, 1 - (v.vector OPERATOR(${schema}.<=>) ${asked}) AS cosine
    FROM quire.documents d
    JOIN quire.chunks c ON c.user_id = $1 AND c.document_id = d.id AND c.reading = d.reading
    JOIN quire.${table} v ON v.user_id = $1 AND v.content_hash = c.content_hash
    WHERE d.user_id = $1${scope} ORDER BY cosine DESC, c.document_id, c.ordinal LIMIT ${limit}`;
}

/**
 * Candidates by HNSW, then the exact cosine of each. The scan may go on in any order: in a strict one it would leave out
 * what it meets late and is nearer than what it gave already.
 *
 * Subqueries that cannot become joins (scalar, or with OFFSET 0): row-level security makes the planner expect one row
 * where there are thousands, and it would begin with all chunks, or sort all vectors.
 */
function indexSearch(parts: SearchParts, dimensions: number, candidates: number): string {
  const { table, schema, scope, asked, limit } = parts;
  const half = `${schema}.halfvec(${dimensions})`;
  const distance =
    dimensions <= indexedDimensions.vector
      ? `v.vector OPERATOR(${schema}.<=>) ${asked}`
      : `(v.vector::${half}) OPERATOR(${schema}.<=>) (${asked}::${half})`;
  return `WITH near AS MATERIALIZED (
      SELECT v.content_hash, v.vector FROM quire.${table} v
      WHERE v.user_id = $1 AND (
        SELECT true FROM quire.chunks c
        WHERE c.user_id = $1 AND c.content_hash = v.content_hash AND ${isAsked(scope)} LIMIT 1)
      ORDER BY ${distance} LIMIT ${candidates}
    )
    SELECT c.document_id, c.reading, c.ordinal, 1 - (near.vector OPERATOR(${schema}.<=>) ${asked}) AS cosine
    FROM near CROSS JOIN LATERAL (
      SELECT c.document_id, c.reading, c.ordinal FROM quire.chunks c
      WHERE c.user_id = $1 AND c.content_hash = near.content_hash AND ${isAsked(scope)} OFFSET 0) c
    ORDER BY cosine DESC, c.document_id, c.ordinal LIMIT ${limit}`;
}

/** The chunks of a search, whole; read after it, so that sorting does not carry texts around. */
async function nearestOf(sql: Sql, search: string, values: readonly unknown[]): Promise<NearestChunk[]> {
  const rows = await sql.query<ChunkRow & { documentId: string; cosine: number }>(
    `WITH best AS MATERIALIZED (${search})
      SELECT best.document_id AS "documentId", best.cosine, ${chunkColumns}
      FROM best JOIN quire.chunks c ON c.user_id = $1 AND c.document_id = best.document_id
        AND c.reading = best.reading AND c.ordinal = best.ordinal
      ORDER BY best.cosine DESC, best.document_id, best.ordinal`,
    values,
  );
  return rows.map(({ documentId, cosine, ...chunk }) => ({ documentId, cosine, chunk }));
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
