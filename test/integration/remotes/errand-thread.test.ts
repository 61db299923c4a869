/** Errands to one's own servers in their thread: what they answer, how they fail and are ended, and that the thread ends. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { inErrandThread } from '../../../electron/core/errand-thread.ts';
import { createRemoteTests } from '../../../electron/core/remote-tests.ts';
import type { DatabaseAccess } from '../../../electron/sync/ports/remote-errands.ts';
import { recordOf } from '../../../electron/sync/sign-in.ts';
import type { SyncProgress } from '../../../shared/sync.ts';
import { AppError } from '../../../shared/errors.ts';
import {
  bucketTestSteps,
  databaseRemoteSchema,
  databaseTestSteps,
  type RemoteTestStep,
} from '../../../shared/remotes.ts';
import { startBucketServer, type BucketServer } from '../../helpers/bucket-server.ts';
import { startPglite, type TestPostgres } from '../../helpers/pglite-server.ts';

const email = 'ada@example.com';
const password = 'engines weave patterns';
const keys = { accessKeyId: 'QUIRE', secretAccessKey: 'the secret key of everything' };

let postgres: TestPostgres;
let bucket: BucketServer;
let database: DatabaseAccess;
let silent: { readonly server: Server; readonly sockets: Set<Socket>; readonly database: DatabaseAccess };

beforeAll(async () => {
  [postgres, bucket] = await Promise.all([
    startPglite({ shared: true }),
    startBucketServer({ users: [{ ...keys, prefix: '' }] }),
  ]);
  database = accessOf(postgres.port);
  silent = await listenInSilence();
});
afterEach(() => {
  bucket.fault = () => null;
  process.removeAllListeners('worker');
});
afterAll(async () => {
  for (const socket of silent.sockets) socket.destroy();
  silent.server.close();
  await Promise.all([postgres.close(), bucket.close()]);
});

function accessOf(port: number): DatabaseAccess {
  const { host, database: name, user, password: secret } = postgres;
  return { remote: databaseRemoteSchema.parse({ host, port, database: name, user, tls: 'off' }), password: secret };
}

/** Takes connections and never says anything. */
async function listenInSilence() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    // What is sent is read, and so its end is noticed.
    socket.resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, sockets, database: accessOf((server.address() as AddressInfo).port) };
}

const signIn = (typed = password, kept: string | null = null) =>
  inErrandThread((thread) => thread.signIn(database, { email, password: typed, userId: null }), {
    keptKey: () => Promise.resolve(kept),
  });

async function failure(promise: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown instanceof AppError) return thrown;
  throw new Error(`It should have failed with an AppError, and came to ${String(thrown)}.`);
}

/** Exit codes of the threads that this begins; `running` for those that have none yet. */
function watchThreads(): (number | 'running')[] {
  const codes: (number | 'running')[] = [];
  process.on('worker', (worker) => {
    const index = codes.push('running') - 1;
    worker.once('exit', (code) => (codes[index] = code));
  });
  return codes;
}

describe('the owner', () => {
  // Catches: a key that is lost or another on its way from the thread, and an answer from main that does not get there.
  test('signs in, again, with another password, and with the key that this computer kept', async () => {
    const first = await signIn();
    expect(first.key).toHaveLength(32);
    expect(first.key.buffer.byteLength).toBe(32);
    expect(await signIn()).toEqual(first);

    const record = await recordOf(first.key, 'another password');
    await inErrandThread((thread) => thread.tellOwner(database, first.userId, { record }));
    expect(await signIn('another password')).toEqual(first);

    const refused = await failure(signIn());
    expect(refused.code).toBe('wrong-credentials');
    expect(refused.message).toContain(email);
    expect(refused.hint).not.toBe('');
    expect(await signIn(password, Buffer.from(first.key).toString('base64'))).toEqual(first);
    expect((await failure(signIn('another password'))).code).toBe('wrong-credentials');
  });

  // Catches: a library that is looked for by an e-mail that it no longer has, and a second one made.
  test('is known by the library’s id where its e-mail there is another by now', async () => {
    const first = await signIn();
    const news = { email: 'countess@example.com' };
    await inErrandThread((thread) => thread.tellOwner(database, first.userId, news));
    const owner = { email, password, userId: first.userId };
    expect((await inErrandThread((thread) => thread.signIn(database, owner))).userId).toBe(first.userId);
    await inErrandThread((thread) => thread.tellOwner(database, first.userId, { email }));
    const gone = await failure(inErrandThread((thread) => thread.tellOwner(database, randomUUID(), news)));
    expect(gone.code).toBe('not-found');
  });

  // Catches: objects or rows that stay, or are not counted.
  test('deletes the library there, rows and objects', async () => {
    const { userId } = await signIn();
    await bucket.write(`${userId}/blobs/${'a'.repeat(64)}`, Buffer.from('one'));
    await bucket.write(`${randomUUID()}/blobs/${'b'.repeat(64)}`, Buffer.from('another’s'));
    const access = { database, bucket: { remote: bucket.remote({ ...keys, prefix: '' }), ...keys }, formerBuckets: [] };
    const told: SyncProgress[] = [];
    await inErrandThread((thread) => thread.reachThere(access, userId));
    const deleted = await inErrandThread((thread) => thread.deleteThere(access, userId), {
      progress: (progress) => told.push(progress),
    });
    expect(deleted).toEqual({ rows: 1, objects: 1, left: {} });
    expect(told).toEqual([
      { phase: 'deleting-files', done: 0, total: 1 },
      { phase: 'deleting-files', done: 1, total: 1 },
      { phase: 'deleting-rows', done: 0, total: 0 },
    ]);
    expect((await bucket.keys()).filter((key) => key.includes(userId))).toEqual([]);
    expect((await bucket.keys()).filter((key) => key.includes('/blobs/b'))).toHaveLength(1);
    expect((await postgres.pglite.query('select 1 from quire.users where id = $1', [userId])).rows).toEqual([]);
  });

  // Catches: an error that comes across as a plain one, without what to do, or with the secret in it.
  test('is told what failed as if it had been asked here', async () => {
    const secret = 'a password that stays in the thread';
    const closed = { remote: { ...database.remote, port: 1 }, password: secret };
    const error = await failure(
      inErrandThread((thread) => thread.signIn(closed, { email, password: secret, userId: null })),
    );
    expect(error).toMatchObject({ code: 'remote-unreachable', retryable: true });
    expect(error.hint).not.toBe('');
    expect(JSON.stringify(error.toInfo())).not.toContain(secret);
  });
});

describe('a test', () => {
  const { database: testDatabase, bucket: testBucket } = createRemoteTests(randomUUID());
  const states = (steps: readonly RemoteTestStep[]): string[] => steps.map(({ name, state }) => `${name} ${state}`);

  // Catches: progress that is lost, doubled or out of order on its way.
  test('tells of each step as it comes, and of all at the end', async () => {
    const told: (readonly RemoteTestStep[])[] = [];
    const { signal } = new AbortController();
    const tell = (steps: readonly RemoteTestStep[]): void => void told.push(steps);
    const steps = await testDatabase(database.remote, database.password, tell, signal);
    expect(states(steps)).toEqual(databaseTestSteps.map((name) => `${name} passed`));
    expect(told).toHaveLength(2 * databaseTestSteps.length);
    expect(states(told[0] ?? [])).toEqual([
      'reach running',
      ...databaseTestSteps.slice(1).map((name) => `${name} waiting`),
    ]);
    expect(told.at(-1)).toEqual(steps);
    const remote = bucket.remote({ ...keys, prefix: '' });
    const ofBucket = await testBucket(remote, keys.secretAccessKey, () => undefined, signal);
    expect(states(ofBucket)).toEqual(bucketTestSteps.map((name) => `${name} passed`));
  });

  // Catches: a test that can't be ended, or whose probe stays in the bucket because the thread was ended first.
  test('that is ended takes its probe away', async () => {
    const stop = new AbortController();
    bucket.fault = ({ operation }) => (operation === 'GetObject' ? 'silence' : null);
    const tell = (steps: readonly RemoteTestStep[]): void => {
      if (steps.some(({ name, state }) => name === 'get' && state === 'running')) stop.abort();
    };
    const remote = bucket.remote({ ...keys, prefix: '' });
    const steps = await testBucket(remote, keys.secretAccessKey, tell, stop.signal);
    expect(steps.find(({ name }) => name === 'get')).toMatchObject({ state: 'failed', error: { code: 'cancelled' } });
    expect((await bucket.keys()).filter((key) => key.includes('test-of-the-connection'))).toEqual([]);
  });
});

describe('an errand', () => {
  // Catches: a signal that does not reach the thread, or reaches it when nobody listens yet.
  test('ends when it is cancelled: before it began, at once, and while a server is silent', async () => {
    const ask = (signal: AbortSignal) =>
      inErrandThread((thread) => thread.signIn(silent.database, { email, password, userId: null }), { signal });
    expect((await failure(ask(AbortSignal.abort()))).code).toBe('cancelled');

    const atOnce = new AbortController();
    const asked = ask(atOnce.signal);
    atOnce.abort();
    expect((await failure(asked)).code).toBe('cancelled');

    const later = new AbortController();
    const waiting = ask(later.signal);
    await expect.poll(() => silent.sockets.size).toBe(1);
    later.abort();
    expect((await failure(waiting)).code).toBe('cancelled');
    await expect.poll(() => silent.sockets.size).toBe(0);
  });

  // Catches: threads that stay, one more with each test of a server.
  test('leaves no thread behind, well or not', async () => {
    const codes = watchThreads();
    await signIn();
    // 1 is that of a thread that was ended from outside, because it did not end.
    await expect.poll(() => codes).toEqual([0]);
    await failure(
      inErrandThread((thread) =>
        thread.deleteThere({ database: accessOf(1), bucket: null, formerBuckets: [] }, 'nobody'),
      ),
    );
    await expect.poll(() => codes).toEqual([0, 0]);
    const access = { database, bucket: { remote: bucket.remote({ ...keys, prefix: '' }), ...keys }, formerBuckets: [] };
    await inErrandThread((thread) => thread.deleteThere(access, randomUUID()));
    await expect.poll(() => codes).toEqual([0, 0, 0]);
  });
});
