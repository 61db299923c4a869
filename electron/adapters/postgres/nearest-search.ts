/**
 * The statements that search vectors: comparing all in scope, or HNSW. Which of them a scope gets is a matter of what each
 * costs; both end with the exact cosine of what they found.
 *
 * Subqueries that cannot become joins (scalar, or with OFFSET 0): row-level security makes the planner expect one row
 * where there are thousands, and it would begin with all chunks, or sort all vectors.
 */
import type { ChunkRow, NearestChunk } from '../../sync/ports/remote-parts.ts';
import { chunkColumns } from './remote-readings.ts';
import type { Sql } from './session.ts';

/** Dimensions up to which there is an index, of floats and of halves; see `open_vectors` in the migrations. */
const indexedDimensions = { vector: 2_000, halfvec: 4_000 };
/** Chunks up to which all are compared, in a library of any size: some ten milliseconds, and nothing is missed. */
const FEW = 2_500;
/** Chunks up to which all are compared where the index found too little: a quarter of a second. */
const MANY = 50_000;
/**
 * Candidates that HNSW keeps while it searches: recall for time. pgvector's own is 40, its limit 1,000. Among 100,000
 * passages that have near duplicates, 200 misses one in ten of the nearest ten, 400 one in twenty. See the benchmark
 * `remote-search`.
 */
const SEARCH_WIDTH = 1_000;
/** Tuples that the index gives in the time in which one is compared without it; measured, with 384 dimensions. */
const INDEX_COST = 2;
/** The same for looking up one chunk by its hash, against reading the hash of one in scope. */
const LOOKUP_COST = 12;
/** pgvector's own limit of what is looked through. */
const LONGEST_SCAN = 20_000;

export interface NearestSearch {
  /** Of the vectors. */
  readonly table: string;
  /** Where pgvector is, as an identifier. */
  readonly schema: string;
  /** Whether the index goes on until there are enough that fit: pgvector 0.8. */
  readonly iterates: boolean;
  readonly dimensions: number;
  /** Conditions on `quire.documents d`, of the user `$1`; empty: all of them. */
  readonly scope: string;
  /** `$1` and those of the scope. */
  readonly values: readonly unknown[];
  /** The question's vector, in binary. */
  readonly question: Buffer;
  readonly limit: number;
}

/** What is known of a scope before it is searched. */
interface Scope {
  /** Chunks in it. */
  readonly chunks: number;
  /** Vectors that the index goes through: those of everybody in this database. */
  readonly all: number;
}

/** How a scope is searched. */
export interface SearchPlan {
  /** `hashes`: by the index, against the set of the hashes in scope; `lookups`: each that it gives is looked up. */
  readonly way: 'exact' | 'hashes' | 'lookups';
  /** Tuples that the index gives at most. */
  readonly scan: number;
}

/** How many the index is asked for: the exact cosine puts them into another order, and some share a text. */
function candidatesFor(limit: number): number {
  return Math.max(limit + 10, 40);
}

/**
 * The cheapest way: comparing all costs as much as there is in scope, the index as much as has to be gone through until
 * enough of it is in scope. Pure.
 */
export function planSearch({ chunks, all }: Scope, limit: number): SearchPlan {
  const candidates = candidatesFor(limit);
  const expected = (candidates * all) / chunks;
  // A question about something else than the scope would go through all of the index: when that took as long as comparing
  // would have, it is compared after all.
  const scan = chunks > MANY ? LONGEST_SCAN : Math.min(LONGEST_SCAN, Math.max(1_000, Math.ceil(chunks / INDEX_COST)));
  if (chunks <= FEW || (chunks <= MANY && expected * INDEX_COST >= chunks)) return { way: 'exact', scan };
  return { way: expected * LOOKUP_COST >= chunks ? 'hashes' : 'lookups', scan };
}

/** The chunks with the greatest cosine, in that order; to be called within a transaction. Empty when there is no table. */
export async function searchNearest(sql: Sql, search: NearestSearch): Promise<NearestChunk[]> {
  const { table, schema, scope, values, limit, iterates, dimensions } = search;
  const [about] = await sql.query<Scope & { isThere: boolean }>(
    `SELECT to_regclass('quire.${table}') IS NOT NULL AS "isThere",
        greatest((SELECT reltuples FROM pg_catalog.pg_class WHERE oid = to_regclass('quire.${table}')), 0)::bigint AS all,
        (SELECT coalesce(sum(d.chunks), 0) FROM quire.documents d
          WHERE d.user_id = $1 AND d.reading IS NOT NULL${scope})::integer AS chunks`,
    values,
  );
  if (!about?.isThere || about.chunks === 0) return [];
  // The server counts now and then, and not what came since.
  const plan = planSearch({ chunks: about.chunks, all: Math.max(about.all, about.chunks) }, limit);
  const parts = {
    table,
    schema,
    scope,
    asked: `$${values.length + 1}::${schema}.vector`,
    limit: `$${values.length + 2}`,
  };
  const exact = (): Promise<NearestChunk[]> => nearestOf(sql, exactSearch(parts), search);
  if (plan.way === 'exact' || dimensions > indexedDimensions.halfvec) return exact();
  await sql.query(
    `SELECT set_config('hnsw.ef_search', '${SEARCH_WIDTH}', true)${
      iterates
        ? `, set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.max_scan_tuples', '${plan.scan}', true)`
        : ''
    }`,
  );
  const found = await nearestOf(sql, indexSearch(parts, plan, dimensions, candidatesFor(limit)), search);
  const isEnough = found.length >= Math.min(limit, about.chunks) || about.chunks > MANY;
  return isEnough ? found : exact();
}

interface SearchParts extends Pick<NearestSearch, 'table' | 'schema' | 'scope'> {
  /** The question, and how many are wanted: as parameters. */
  readonly asked: string;
  readonly limit: string;
}

/** Chunks of the readings that documents in scope name now. */
function inScope(columns: string, scope: string): string {
  return `SELECT ${columns} FROM quire.documents d CROSS JOIN LATERAL (
      SELECT c.content_hash FROM quire.chunks c
      WHERE c.user_id = $1 AND c.document_id = d.id AND c.reading = d.reading OFFSET 0) c
    WHERE d.user_id = $1${scope}`;
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
 */
function indexSearch(parts: SearchParts, plan: SearchPlan, dimensions: number, candidates: number): string {
  const { table, schema, scope, asked, limit } = parts;
  const half = `${schema}.halfvec(${dimensions})`;
  const distance =
    dimensions <= indexedDimensions.vector
      ? `v.vector OPERATOR(${schema}.<=>) ${asked}`
      : `(v.vector::${half}) OPERATOR(${schema}.<=>) (${asked}::${half})`;
  const isInScope =
    plan.way === 'hashes'
      ? // IS TRUE: as a condition of its own it would become a join, and all vectors would be sorted.
        `(v.content_hash IN (${inScope('c.content_hash', scope)})) IS TRUE`
      : `(SELECT true FROM quire.chunks c
          WHERE c.user_id = $1 AND c.content_hash = v.content_hash AND ${isAsked(scope)} LIMIT 1)`;
  return `WITH near AS MATERIALIZED (
      SELECT v.content_hash, v.vector FROM quire.${table} v
      WHERE v.user_id = $1 AND ${isInScope}
      ORDER BY ${distance} LIMIT ${candidates}
    )
    SELECT c.document_id, c.reading, c.ordinal, 1 - (near.vector OPERATOR(${schema}.<=>) ${asked}) AS cosine
    FROM near CROSS JOIN LATERAL (
      SELECT c.document_id, c.reading, c.ordinal FROM quire.chunks c
      WHERE c.user_id = $1 AND c.content_hash = near.content_hash AND ${isAsked(scope)} OFFSET 0) c
    ORDER BY cosine DESC, c.document_id, c.ordinal LIMIT ${limit}`;
}

/** The chunks of a search, whole; read after it, so that sorting does not carry texts around. */
async function nearestOf(sql: Sql, statement: string, search: NearestSearch): Promise<NearestChunk[]> {
  const rows = await sql.query<ChunkRow & { documentId: string; cosine: number }>(
    `WITH best AS MATERIALIZED (${statement})
      SELECT best.document_id AS "documentId", best.cosine, ${chunkColumns}
      FROM best JOIN quire.chunks c ON c.user_id = $1 AND c.document_id = best.document_id
        AND c.reading = best.reading AND c.ordinal = best.ordinal
      ORDER BY best.cosine DESC, best.document_id, best.ordinal`,
    [...search.values, search.question, search.limit],
  );
  return rows.map(({ documentId, cosine, ...chunk }) => ({ documentId, cosine, chunk }));
}
