/**
 * Measures what sending to a Postgres of one's own costs: chunks and vectors through `RemoteParts`, against multi-row
 * INSERTs of the same rows by hand into tables of the same form, on a server of the benchmark's own.
 */
import { createHash, randomUUID } from 'node:crypto';
import { openPostgres } from '../../electron/adapters/postgres/connection.ts';
import { migrateRemote } from '../../electron/adapters/postgres/migrate.ts';
import { openRemoteParts } from '../../electron/adapters/postgres/remote-parts.ts';
import { PostgresRemoteStore } from '../../electron/adapters/postgres/remote-store.ts';
import type { PostgresSession } from '../../electron/adapters/postgres/session.ts';
import { createRemoteUser } from '../../electron/adapters/postgres/users.ts';
import type { ChunkRow, VectorRow } from '../../electron/sync/ports/remote-parts.ts';
import { databaseRemoteSchema } from '../../shared/remotes.ts';
import { startCluster } from '../../test/helpers/postgres-cluster.ts';
import { DIMENSIONS } from './passages.ts';
import { atLeast, type BenchResult } from './report.ts';

const CHUNKS = 10_000;
const CHUNKS_A_DOCUMENT = 500;

type Row = ChunkRow & VectorRow;

/** Needs what `npm run bench` sets up: QUIRE_TEST_POSTGRES names the server's programs. */
export async function run(): Promise<BenchResult[]> {
  const rows = Array.from({ length: CHUNKS }, (_, at) => makeRow(at));
  const cluster = await startCluster();
  const { host, port, user, password, authority } = cluster.access;
  const session = openPostgres(
    databaseRemoteSchema.parse({ host, port, user, database: 'postgres', authority }),
    password,
  );
  try {
    await migrateRemote(session);
    const [userId, deviceId] = [randomUUID(), randomUUID()];
    await createRemoteUser(session, { id: userId, email: 'bench@example.com', signIn: {} });
    const byHand = await seconds(() => insertByHand(session, userId, rows));
    const byParts = await seconds(() => sendParts(session, userId, deviceId, rows));
    const rates = [byParts, byHand].map((time) => (CHUNKS / time).toFixed(0));
    return [
      atLeast(
        'pushing chunks and vectors, of multi-row INSERTs by hand',
        byHand / byParts,
        0.5,
        'x',
        `${rates.join(' chunks/s against ')}; ${CHUNKS} chunks of 150 words, ${DIMENSIONS} dimensions, both with HNSW`,
      ),
    ];
  } finally {
    await session.close();
    await cluster.stop();
  }
}

async function sendParts(
  session: PostgresSession,
  userId: string,
  deviceId: string,
  rows: readonly Row[],
): Promise<void> {
  const store = new PostgresRemoteStore(session, userId);
  const parts = openRemoteParts({ session, userId, deviceId });
  const space = { fingerprint: 'bench', dimensions: DIMENSIONS };
  await store.greet({ id: deviceId, name: 'bench', platform: 'linux', appVersion: '0' });
  for (const [at, some] of slices(rows)) {
    await parts.putChunks(`d${at}`, 'r', some);
    await parts.putVectors(space, some);
    const stamp = '0000000000000001-aaaaaaaa';
    const reading = { stamp, seen: 0, value: { id: 'r', pages: 1, chunks: some.length } };
    await store.push(deviceId, [{ kind: 'document', id: `d${at}`, registers: { reading }, tombstone: null }]);
  }
}

/** As one writes it without thought of speed: values one by one, vectors as text. */
async function insertByHand(session: PostgresSession, userId: string, rows: readonly Row[]): Promise<void> {
  await session.query(`CREATE SCHEMA hand;
    CREATE TABLE hand.chunks (LIKE quire.chunks INCLUDING ALL);
    CREATE TABLE hand.vectors (user_id uuid, content_hash bytea, vector vector(${DIMENSIONS}), PRIMARY KEY (user_id, content_hash));
    CREATE INDEX ON hand.vectors USING hnsw (vector vector_cosine_ops)`);
  for (const [at, some] of slices(rows)) {
    const chunks = some.map((row) => [
      ...[userId, `d${at}`, 'r', row.ordinal, row.page, row.pageEnd, row.tokenCount, row.contentHash, row.ranges],
      ...[row.headingPath, row.boxes, row.contextText, row.searchTerms, row.text],
    ]);
    const vectors = some.map((row) => [userId, row.contentHash, `[${row.vector.join(',')}]`]);
    await session.transaction(async (sql) => {
      await sql.query(`INSERT INTO hand.chunks VALUES ${placeholders(chunks)}`, chunks.flat());
      await sql.query(`INSERT INTO hand.vectors VALUES ${placeholders(vectors)}`, vectors.flat());
    });
  }
}

/** `($1, $2), ($3, $4)` and so on. */
function placeholders(rows: readonly (readonly unknown[])[]): string {
  let last = 0;
  return rows.map((row) => `(${row.map(() => `$${(last += 1)}`).join(', ')})`).join(', ');
}

function* slices(rows: readonly Row[]): Generator<[number, readonly Row[]]> {
  for (let at = 0; at < rows.length; at += CHUNKS_A_DOCUMENT) yield [at, rows.slice(at, at + CHUNKS_A_DOCUMENT)];
}

function makeRow(at: number): Row {
  const text = Array.from({ length: 150 }, (_, word) => `word${(at * 31 + word * word * 7) % 5_000}`).join(' ');
  // Of length 1, as every embedder gives them.
  const numbers = Float32Array.from({ length: DIMENSIONS }, (_, index) => Math.sin(at * 31 + index * 7));
  const length = Math.hypot(...numbers);
  return {
    ...{ ordinal: at % CHUNKS_A_DOCUMENT, page: 1, pageEnd: 2, tokenCount: 200 },
    ...{
      ranges: '[{"page":1,"start":0,"end":900}]',
      headingPath: '["Part II","Item 7"]',
      contextText: 'Annual report',
    },
    ...{ boxes: Buffer.alloc(128, at % 251), searchTerms: '', text },
    contentHash: createHash('sha256').update(`${at} ${text}`).digest().subarray(0, 16),
    vector: numbers.map((value) => value / length),
  };
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
