/** The sync thread for real: two libraries, each with its writing thread and a sync thread that reaches it past main. */
import { BroadcastChannel, MessageChannel } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SyncThread } from '../../../electron/core/sync-thread.ts';
import type { Applied } from '../../../electron/db/sync-types.ts';
import { connectServed } from '../../../electron/db/served-port.ts';
import type { SyncJob } from '../../../electron/sync/sync-job.ts';
import { connectRpc } from '../../../electron/workers/rpc.ts';
import type { ErrorInfo } from '../../../shared/errors.ts';
import { remotesSchema } from '../../../shared/remotes.ts';
import type { SyncStatus } from '../../../shared/sync.ts';
import { hashOf, openTestLibrary, type TestLibrary } from '../../helpers/library.ts';
import { MemoryServer } from '../../helpers/memory-remote.ts';

const worker = fileURLToPath(new URL('../../fixtures/sync-memory-worker.ts', import.meta.url));
const password = 'a password that stays in the thread';

interface Computer {
  readonly library: TestLibrary;
  readonly thread: SyncThread;
  readonly job: SyncJob;
  readonly statuses: SyncStatus[];
  readonly applied: Omit<Applied, 'left'>[];
  readonly errors: ErrorInfo[];
}

let server: MemoryServer;
const ends: (() => Promise<void> | void)[] = [];

beforeEach(() => {
  server = new MemoryServer();
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function openComputer(name: string): Promise<Computer> {
  const library = await openTestLibrary();
  ends.push(() => library.close());
  await library.database.sync.turnOn('remote');
  const channel = new BroadcastChannel(name);
  connectRpc(
    {
      post: (message) => channel.postMessage(message),
      listen: (listener) => (channel.onmessage = ({ data }) => listener(data)),
    },
    functionsOf(server),
  );
  ends.push(() => channel.close());
  const job: SyncJob = {
    remotes: remotesSchema.parse({ database: { host: '127.0.0.1', database: 'd', user: 'u' }, bucket: null }),
    secrets: { databasePassword: Buffer.from(password), secretAccessKey: null, sealingKey: null },
    userId: name,
    device: { name, platform: 'linux', appVersion: '1' },
    folder: library.path,
    libraryKeys: null,
    policy: { files: 'on-demand', limit: null },
    paused: false,
  };
  const [statuses, applied, errors]: [SyncStatus[], Omit<Applied, 'left'>[], ErrorInfo[]] = [[], [], []];
  const thread = await SyncThread.start({
    database: library.database,
    job,
    worker,
    onStatus: (status) => statuses.push(status),
    onApplied: (what) => applied.push(what),
    onError: (error) => errors.push(error),
  });
  ends.push(() => thread.close());
  return { library, thread, job, statuses, applied, errors };
}

function functionsOf(memory: MemoryServer) {
  const remote = memory.connect();
  return {
    greet: remote.greet.bind(remote),
    push: remote.push.bind(remote),
    pull: remote.pull.bind(remote),
    acknowledge: remote.acknowledge.bind(remote),
    present: remote.present.bind(remote),
    devices: remote.devices.bind(remote),
    removeDevice: remote.removeDevice.bind(remote),
  };
}

const documentId = '11111111-1111-4111-8111-111111111111';

async function addReport({ library }: Pick<Computer, 'library'>): Promise<void> {
  await library.database.documents.insert({
    id: documentId,
    contentHash: hashOf('report'),
    path: '/home/someone/report.pdf',
    title: 'report',
    format: 'pdf',
    size: 1_000,
    addedAt: 1_700_000_000_000,
  });
}

test('what is written through main is sent by itself, and is told of on the other computer', async () => {
  const desk = await openComputer('desk');
  const lap = await openComputer('lap');
  await addReport(desk);
  await desk.library.database.documents.rename(documentId, 'Annual report');
  // Nobody asks for a round: the writing thread tells the sync thread.
  await expect.poll(() => server.dump().map(({ id }) => id)).toContain(documentId);
  const status = await lap.thread.syncNow();
  expect(status).toMatchObject({ state: 'idle', error: null, unsent: 0 });
  expect((await lap.library.database.documents.get(documentId))?.title).toBe('Annual report');
  expect(lap.applied.flatMap(({ documentIds }) => documentIds)).toContain(documentId);
  expect(lap.errors).toEqual([]);
  expect((await lap.thread.devices()).map(({ name }) => name).sort()).toEqual([`desk ${password}`, `lap ${password}`]);
});

test('secrets are overwritten in main as soon as the thread has them', async () => {
  const { job } = await openComputer('desk');
  expect(Buffer.from(job.secrets.databasePassword).equals(Buffer.alloc(password.length))).toBe(true);
});

test('paused, nothing is sent; then it is', async () => {
  const desk = await openComputer('desk');
  await desk.thread.pause();
  expect(desk.statuses.at(-1)?.state).toBe('paused');
  await addReport(desk);
  await desk.thread.syncNow();
  expect(server.dump()).toEqual([]);
  await desk.thread.resume();
  await expect.poll(() => server.dump().map(({ id }) => id)).toContain(documentId);
});

test('over its port the sync thread reaches what sync needs, and nothing else', async () => {
  const { library } = await openComputer('desk');
  const { port1, port2 } = new MessageChannel();
  await library.database.serve(port1);
  const raw = connectRpc<{ call(group: string, method: string, parameters: unknown[]): Promise<unknown> }, object>(
    { post: (message) => port2.postMessage(message), listen: (listener) => void port2.on('message', listener) },
    {},
  );
  await expect(raw.call('sync', 'state', [])).resolves.toMatchObject({ remoteId: 'remote' });
  await expect(raw.call('documents', 'list', [])).rejects.toMatchObject({ code: 'internal' });
  await expect(raw.call('settings', 'set', ['settings', {}])).rejects.toMatchObject({ code: 'internal' });
  await expect(raw.call('sync', 'constructor', [])).rejects.toMatchObject({ code: 'internal' });
  port2.close();
});

test('a library that is closed answers the waiting and the later calls of its port', async () => {
  const { library, thread } = await openComputer('desk');
  await thread.close();
  const { port1, port2 } = new MessageChannel();
  await library.database.serve(port1);
  const served = connectServed(port2, () => undefined);
  await served.sync.state();
  await library.database.close();
  await expect.poll(() => served.sync.state().catch((error: unknown) => error)).toMatchObject({ code: 'interrupted' });
});

// Catches: a look at all documents after each round, which counts as a change, and begins the next round.
test('a library tells over its port what was written, and not what only might have been', async () => {
  const library = await openTestLibrary();
  ends.push(() => library.close());
  const { documents, parts, serve } = library.database;
  const { port1, port2 } = new MessageChannel();
  await serve(port1);
  let told = 0;
  const served = connectServed(port2, () => (told += 1));
  ends.push(() => served.close());
  // What was told before an answer over the same port has come by then.
  const toldByNow = async (): Promise<number> => served.sync.state().then(() => told);
  await addReport({ library });
  expect(await toldByNow()).toBe(1);
  await parts.documents(null, 20);
  await documents.setState('nobody', 'ready').catch(() => undefined);
  expect(await toldByNow()).toBe(1);
  await documents.rename(documentId, 'Another');
  expect(await toldByNow()).toBe(2);
});

test('a sync thread that dies is told of, and takes neither main nor the library with it', async () => {
  const dead = await openComputer('dies');
  await expect.poll(() => dead.statuses.at(-1)?.state).toBe('off');
  expect(dead.errors.at(-1)).toMatchObject({ code: 'internal' });
  await expect(dead.thread.syncNow()).rejects.toThrow();
  await addReport(dead);
  expect(await dead.library.database.documents.ids()).toEqual([documentId]);
});
