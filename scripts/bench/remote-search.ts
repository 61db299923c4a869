/**
 * What searching the vectors in a Postgres of one's own costs and misses, on a server of the benchmark's own, as a person
 * with a role of their own (row-level security is in force).
 *
 * The passages are chunks of 200 to 350 tokens of real filings, as Quire itself cuts and embeds them. First there are these
 * alone. To get as many as the limit of time is set for, they are then repeated, each with a little noise: near duplicates
 * are harder to tell apart than passages that say different things. Recall is against comparing all, here.
 */
import { createHash, randomUUID } from 'node:crypto';
import { openPostgres } from '../../electron/adapters/postgres/connection.ts';
import { migrateRemote } from '../../electron/adapters/postgres/migrate.ts';
import { openRemoteParts } from '../../electron/adapters/postgres/remote-parts.ts';
import { PostgresRemoteStore } from '../../electron/adapters/postgres/remote-store.ts';
import { vectorTable } from '../../electron/adapters/postgres/remote-vectors.ts';
import type { PostgresSession } from '../../electron/adapters/postgres/session.ts';
import { createRemoteUser } from '../../electron/adapters/postgres/users.ts';
import type { ChunkRow, NearestChunk, RemoteParts, VectorRow } from '../../electron/sync/ports/remote-parts.ts';
import { databaseRemoteSchema } from '../../shared/remotes.ts';
import { startCluster } from '../../test/helpers/postgres-cluster.ts';
import { readFilings } from './filing-chunks.ts';
import { DIMENSIONS, questions, questionVectors } from './passages.ts';
import { atLeast, atMost, percentile, type BenchResult } from './report.ts';

/** Tokens of a chunk of full length. */
const TOKENS = { least: 200, most: 350 };
const ALL = 100_000;
/** Half of the passages are in documents of a filing's length, half in small ones. */
const CHUNKS_A_DOCUMENT = { large: 500, small: 36 };
const LARGE_DOCUMENTS = ALL / 2 / CHUNKS_A_DOCUMENT.large;
/** Documents that a search is limited to: the first ones, but for the last scope, which is of small ones. */
const SCOPES = [1, 12, LARGE_DOCUMENTS, 1_000];
/** The issue's. */
const LIMITS = { recall: 0.95, milliseconds: 50 };
const NEAREST = 10;
/** As a question asks; see sync/parts/nearest.ts. */
const ASKED = 30;
/** Of each number: a repeated vector has a cosine of about 0.96 to the real one. */
const NOISE = 0.015;
const ROLE = 'bench';
/** Each question so often, so that the slowest of twenty is not one alone. */
const ROUNDS = 5;
/** Milliseconds that an index may take to be built on a slow machine. */
const BUILDING = 20 * 60_000;

type Row = ChunkRow & VectorRow;

interface Library {
  readonly parts: RemoteParts;
  add(documents: readonly Document[]): Promise<void>;
}

interface Document {
  readonly id: string;
  readonly rows: readonly Row[];
}

interface Scope {
  readonly name: string;
  readonly documents: readonly Document[];
  /** Undefined: the whole library. */
  readonly within: readonly string[] | undefined;
}

const space = { fingerprint: 'bench', dimensions: DIMENSIONS };

/** Needs what `npm run bench` sets up: QUIRE_TEST_POSTGRES names the server's programs. */
export async function run(): Promise<BenchResult[]> {
  const filings = await realDocuments();
  const asked = await questionVectors(questions());
  const cluster = await startCluster();
  const { host, port, user, password, authority } = cluster.access;
  const open = (name: string): PostgresSession =>
    openPostgres(databaseRemoteSchema.parse({ host, port, user: name, database: 'postgres', authority }), password, {
      silence: BUILDING,
    });
  const sessions = [open(user), open(ROLE)] as const;
  const [administrator, session] = sessions;
  try {
    await administrator.query('CREATE EXTENSION vector');
    await administrator.query(`CREATE ROLE ${ROLE} LOGIN PASSWORD '${password}'`);
    await administrator.query(`GRANT CREATE ON DATABASE postgres TO ${ROLE}`);
    const library = await openLibrary(session);
    await library.add(filings);
    await administrator.query('VACUUM ANALYZE');
    const results = [await recallOf(library.parts, scopeOf('all filings', filings), asked, filings)];

    const repeated = [...repeat(filings.flatMap(({ rows }) => rows))];
    await administrator.query(`TRUNCATE quire.documents, quire.chunks, quire.${vectorTable(space.fingerprint)}`);
    await withoutIndex(session, () => library.add(repeated));
    await administrator.query('VACUUM ANALYZE');
    for (const scope of scopesOf(repeated)) results.push(...(await measureScope(library.parts, scope, asked)));
    return results;
  } finally {
    for (const each of sessions) await each.close();
    await cluster.stop();
  }
}

/** A document for each filing, with what of it is of full length. */
async function realDocuments(): Promise<Document[]> {
  const { filings } = await readFilings();
  return filings.map(({ chunks }, number) => ({
    id: `filing-${number}`,
    rows: chunks
      .filter(({ tokenCount }) => tokenCount >= TOKENS.least && tokenCount <= TOKENS.most)
      .map((row, ordinal) => ({ ...row, ordinal })),
  }));
}

/** The real ones first, then with noise, until there are enough. */
function* repeat(real: readonly Row[]): Generator<Document> {
  const random = randomNumbers(7);
  let number = 0;
  for (let at = 0; at < ALL; number += 1) {
    const size = number < LARGE_DOCUMENTS ? CHUNKS_A_DOCUMENT.large : CHUNKS_A_DOCUMENT.small;
    const rows = Array.from({ length: Math.min(size, ALL - at) }, (_, ordinal): Row => {
      const place = at + ordinal;
      const row = real[place % real.length];
      if (!row) throw new Error('There are no passages.');
      const text = `${row.text} ${place}`;
      const contentHash = createHash('sha256').update(text).digest().subarray(0, 16);
      return {
        ...row,
        ordinal,
        text,
        contentHash,
        vector: place < real.length ? row.vector : noisy(row.vector, random),
      };
    });
    yield { id: `d${number}`, rows };
    at += rows.length;
  }
}

function scopeOf(name: string, documents: readonly Document[]): Scope {
  return { name, documents, within: documents.map(({ id }) => id) };
}

function scopesOf(documents: readonly Document[]): Scope[] {
  const limited = SCOPES.map((count) => {
    const first = count > LARGE_DOCUMENTS ? LARGE_DOCUMENTS : 0;
    return scopeOf(count === 1 ? 'one document' : `${count} documents`, documents.slice(first, first + count));
  });
  return [...limited, { name: 'all documents', documents, within: undefined }];
}

async function measureScope(
  parts: RemoteParts,
  scope: Scope,
  asked: readonly Float32Array[],
): Promise<readonly BenchResult[]> {
  const times = await measureTimes(parts, asked, scope.within);
  const chunks = chunksOf(scope);
  return [
    atMost(
      `nearest chunks of ${scope.name}, p95`,
      percentile(times, 0.95),
      LIMITS.milliseconds,
      'ms',
      `${chunks} of ${ALL} chunks in scope; median ${percentile(times, 0.5).toFixed(1)} ms; ${DIMENSIONS} dimensions, the ${ASKED} nearest with their text, ${times.length} questions, TLS on 127.0.0.1`,
    ),
    await recallOf(parts, scope, asked),
  ];
}

function chunksOf({ documents }: Scope): number {
  return documents.reduce((sum, { rows }) => sum + rows.length, 0);
}

async function openLibrary(session: PostgresSession): Promise<Library> {
  await migrateRemote(session);
  const [userId, deviceId] = [randomUUID(), randomUUID()];
  await createRemoteUser(session, { id: userId, email: 'bench@example.com', signIn: {} });
  const store = new PostgresRemoteStore(session, userId);
  await store.greet({ id: deviceId, name: 'bench', platform: 'linux', appVersion: '0' });
  const parts = openRemoteParts({ session, userId, deviceId });
  return {
    parts,
    async add(documents) {
      for (const { id, rows } of documents) {
        await parts.putChunks(id, 'r', rows);
        await parts.putVectors(space, rows);
        const stamp = '0000000000000001-aaaaaaaa';
        const reading = { stamp, seen: 0, value: { id: 'r', pages: 1, chunks: rows.length } };
        await store.push(deviceId, [{ kind: 'document', id, registers: { reading }, tombstone: null }]);
      }
    },
  };
}

/** Has the index built at once at the end, which takes a tenth of the time. */
async function withoutIndex(session: PostgresSession, work: () => Promise<void>): Promise<void> {
  const indexes = await session.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
      WHERE schemaname = 'quire' AND tablename = $1 AND indexdef LIKE '%hnsw%'`,
    [vectorTable(space.fingerprint)],
  );
  for (const { name } of indexes) await session.query(`DROP INDEX quire.${name}`);
  await work();
  await session.transaction(async (sql) => {
    await sql.query(`SET LOCAL maintenance_work_mem = '512MB'`);
    for (const { definition } of indexes) await sql.query(definition);
  });
}

/** Share of the truly nearest that are found, over all questions. */
async function recallOf(
  parts: RemoteParts,
  { name, documents, within }: Scope,
  asked: readonly Float32Array[],
  real?: readonly Document[],
): Promise<BenchResult> {
  const vectors = documents.flatMap(({ rows }) => rows.map(({ vector }) => vector));
  let found = 0;
  for (const question of asked) {
    const nearest = await parts.nearest(space, question, { limit: NEAREST, ...(within ? { within } : {}) });
    const cosines = Float32Array.from(vectors, (vector) => cosine(question, vector)).sort();
    // By cosine and not by name: a passage that several filings have is as good from each of them.
    const least = (cosines.at(-NEAREST) ?? 1) - 1e-6;
    found += nearest.filter((chunk) => chunk.cosine >= least).length;
  }
  return atLeast(
    `recall@${NEAREST} in ${name}`,
    found / (asked.length * NEAREST),
    LIMITS.recall,
    '',
    `against comparing all; ${asked.length} questions of the evaluation; ${vectors.length} chunks of ${TOKENS.least} to ${TOKENS.most} tokens, ${real ? `of ${real.length} real filings` : 'real ones and such with a little noise'}`,
  );
}

/** Milliseconds of each question; connections are open, and the index was read once. */
async function measureTimes(
  parts: RemoteParts,
  asked: readonly Float32Array[],
  within: readonly string[] | undefined,
): Promise<number[]> {
  const ask = (question: Float32Array): Promise<NearestChunk[]> =>
    parts.nearest(space, question, { limit: ASKED, ...(within ? { within } : {}) });
  for (const question of asked.slice(0, 20)) await ask(question);
  const times: number[] = [];
  for (const question of Array.from({ length: ROUNDS }, () => asked).flat()) {
    const started = performance.now();
    const { length } = await ask(question);
    times.push(performance.now() - started);
    if (length !== ASKED) throw new Error(`The server found ${length} chunks of ${ASKED}.`);
  }
  return times;
}

function cosine(one: Float32Array, other: Float32Array): number {
  // Both of length 1, as every embedder gives them.
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) sum += (one[index] ?? 0) * (other[index] ?? 0);
  return sum;
}

function noisy(vector: Float32Array, random: () => number): Float32Array {
  // The sum of three even numbers is near enough to a normal one; its deviation is 1.
  const moved = vector.map((value) => value + NOISE * 2 * (random() + random() + random() - 1.5));
  const length = Math.hypot(...moved);
  return moved.map((value) => value / length);
}

/** The same numbers in each run: mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
