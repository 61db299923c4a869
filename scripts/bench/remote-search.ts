/**
 * What searching the vectors in a Postgres of one's own costs and misses, on a server of the benchmark's own, as a person
 * with a role of their own (row-level security is in force).
 *
 * Recall is taken where every vector is that of a real passage, against comparing all of them. To get as many as the limit
 * of time is set for, real ones are then repeated, each with a little noise: near duplicates are no easier to tell apart.
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
import { DIMENSIONS, passageVectors, questions, questionVectors } from './passages.ts';
import { atLeast, atMost, percentile, type BenchResult } from './report.ts';

/** More than are compared one by one, so that the index is what is measured. */
const REAL = 10_000;
const ALL = 100_000;
/** Passages of the documents that a search is limited to; the index goes on until enough are of these. */
const SCOPE = 6_000;
const CHUNKS_A_DOCUMENT = 500;
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
  /** Sends rows, a document for every 500, numbered from `first` on. */
  add(first: number, vectors: readonly Float32Array[]): Promise<void>;
}

const space = { fingerprint: 'bench', dimensions: DIMENSIONS };

/** Needs what `npm run bench` sets up: QUIRE_TEST_POSTGRES names the server's programs. */
export async function run(): Promise<BenchResult[]> {
  const all = await passageVectors(REAL);
  const real = Array.from({ length: REAL }, (_, at) => all.slice(at * DIMENSIONS, (at + 1) * DIMENSIONS));
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
    await library.add(0, real);
    await administrator.query('VACUUM ANALYZE');
    const recall = await measureRecall(library.parts, real, asked, undefined);

    const random = randomNumbers(7);
    const repeated = Array.from({ length: ALL - REAL }, (_, at) =>
      noisy(real[at % REAL] ?? new Float32Array(), random),
    );
    await withoutIndex(session, () => library.add(REAL, repeated));
    await administrator.query('VACUUM ANALYZE');
    const whole = await measureTimes(library.parts, asked, undefined);
    const named = Array.from({ length: SCOPE / CHUNKS_A_DOCUMENT }, (_, at) => nameOf(at));
    const scoped = await measureTimes(library.parts, asked, named);
    const scopedRecall = await measureRecall(library.parts, real.slice(0, SCOPE), asked, named);
    const where = (times: readonly number[]): string =>
      `median ${percentile(times, 0.5).toFixed(1)} ms; ${ALL} chunks, ${DIMENSIONS} dimensions, the ${ASKED} nearest with their text, ${times.length} questions, TLS on 127.0.0.1`;
    return [
      atLeast(
        `recall@${NEAREST} of the index, against comparing all`,
        recall,
        LIMITS.recall,
        '',
        `${REAL} real passages, ${asked.length} questions of the evaluation`,
      ),
      atMost('nearest chunks, p95', percentile(whole, 0.95), LIMITS.milliseconds, 'ms', where(whole)),
      atMost(
        `nearest chunks of ${named.length} documents among them, p95`,
        percentile(scoped, 0.95),
        LIMITS.milliseconds,
        'ms',
        `${SCOPE} chunks in scope; ${where(scoped)}`,
      ),
      atLeast(
        `recall@${NEAREST} in these ${named.length} documents`,
        scopedRecall,
        LIMITS.recall,
        '',
        `${SCOPE} real passages in scope, the others as near as they are and out of it`,
      ),
    ];
  } finally {
    for (const each of sessions) await each.close();
    await cluster.stop();
  }
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
    async add(first, vectors) {
      for (let at = 0; at < vectors.length; at += CHUNKS_A_DOCUMENT) {
        const id = nameOf((first + at) / CHUNKS_A_DOCUMENT);
        const rows = vectors.slice(at, at + CHUNKS_A_DOCUMENT).map((vector, ordinal) => makeRow(id, ordinal, vector));
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
async function measureRecall(
  parts: RemoteParts,
  real: readonly Float32Array[],
  asked: readonly Float32Array[],
  within: readonly string[] | undefined,
): Promise<number> {
  let found = 0;
  for (const question of asked) {
    const nearest = await parts.nearest(space, question, { limit: NEAREST, ...(within ? { within } : {}) });
    const cosines = real.map((vector) => cosine(question, vector)).sort((one, other) => other - one);
    // By cosine and not by name: a passage that several filings have is as good from each of them.
    const least = (cosines[NEAREST - 1] ?? 1) - 1e-6;
    found += nearest.filter((chunk) => chunk.cosine >= least).length;
  }
  return found / (asked.length * NEAREST);
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
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}

function nameOf(document: number): string {
  return `d${document}`;
}

function makeRow(id: string, ordinal: number, vector: Float32Array): Row {
  const text = `${id} ${ordinal} `.repeat(80);
  return {
    ...{ ordinal, page: 1, pageEnd: 2, tokenCount: 200, searchTerms: '', text },
    ...{ ranges: '[{"page":1,"start":0,"end":900}]', headingPath: '["Part II"]', contextText: 'Annual report' },
    boxes: Buffer.alloc(120),
    contentHash: createHash('sha256').update(text).digest().subarray(0, 16),
    vector,
  };
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
