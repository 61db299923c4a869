/** When the engine runs a round: its states and its waiting, by a clock that stands still until it is moved. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SyncEngine, type EngineOptions } from '../../../electron/sync/engine.ts';
import { AppError } from '../../../shared/errors.ts';
import type { SyncStatus } from '../../../shared/sync.ts';
import { MemoryLibrary } from '../../helpers/memory-library.ts';
import { MemoryServer, type Fault, type MemoryRemote } from '../../helpers/memory-remote.ts';

const unreachable: Fault = { kind: 'drop-before' };

interface Scene {
  readonly engine: SyncEngine;
  readonly library: MemoryLibrary;
  readonly server: MemoryServer;
  readonly remote: MemoryRemote;
  readonly states: string[];
  fault: Fault | null;
}

let engine: SyncEngine | null = null;

function newScene(more: Partial<EngineOptions> = {}): Scene {
  const server = new MemoryServer();
  const library = new MemoryLibrary('aaaaaaaa-0000-4000-8000-000000000000');
  const states: string[] = [];
  const remote = server.connect(() => scene.fault);
  engine = new SyncEngine({
    store: library,
    open: () => Promise.resolve({ store: remote, parts: [], close: () => Promise.resolve() }),
    device: { name: 'a computer', platform: 'linux', appVersion: '1' },
    onStatus: ({ state }: SyncStatus) => states.at(-1) === state || states.push(state),
    ...more,
  });
  const scene: Scene = { engine, library, server, remote, states, fault: null };
  return scene;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});

afterEach(async () => {
  await engine?.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Lets what is due happen, and milliseconds pass. */
const pass = (milliseconds = 10): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

test('begins with a round, and looks every minute for what others changed', async () => {
  const { engine, states, remote } = newScene();
  engine.start();
  await pass();
  expect(states).toEqual(['idle', 'syncing', 'idle']);
  const once = remote.requests.length;
  await pass(59_000);
  expect(remote.requests).toHaveLength(once);
  await pass(2_000);
  expect(remote.requests).toHaveLength(once + 1);
});

// Catches: a computer that goes through all of its documents and files each minute, though nobody changed anything.
test('where nothing changed it looks with one request, and only now and then goes through everything', async () => {
  const { engine, states, remote } = newScene();
  engine.start();
  await pass();
  const before = remote.requests.length;
  await pass(9 * 60_000);
  expect(remote.requests.slice(before)).toEqual(Array.from({ length: 9 }, () => 'greet'));
  // The window is not told of rounds that there are not.
  expect(states).toEqual(['idle', 'syncing', 'idle']);
  expect(engine.status.syncedAt).toBeGreaterThan(Date.now() - 61_000);
  await pass(2 * 60_000);
  expect(remote.requests.slice(before)).toContain('pull');
});

// Catches: what a look passes over: changes of others, and those that were written here and concern parts alone.
test('a look is followed by a round when something changed, here or elsewhere', async () => {
  const { engine, library, server, remote } = newScene();
  engine.start();
  await pass();
  const elsewhere = new MemoryLibrary('bbbbbbbb-0000-4000-8000-000000000000');
  elsewhere.edit('document', 'd1', 'title', 'Typed there');
  const other = new SyncEngine({
    store: elsewhere,
    open: () => Promise.resolve({ store: server.connect(), parts: [], close: () => Promise.resolve() }),
    device: { name: 'another computer', platform: 'linux', appVersion: '1' },
  });
  await Promise.all([other.syncNow(), pass()]);
  await Promise.all([other.close(), pass()]);
  await pass(61_000);
  expect(library.dump()).toEqual(elsewhere.dump());
  const before = remote.requests.length;
  // Written here, and nothing of it is to be sent: a document was read, say.
  engine.changed();
  await pass(61_000);
  expect(remote.requests.slice(before)).toContain('pull');
});

test('changes are gathered for two seconds and sent in one round; changes all the time do not hold it off', async () => {
  const { engine, library, server, remote } = newScene();
  engine.start();
  await pass();
  const before = remote.requests.length;
  for (let index = 0; index < 5; index += 1) {
    library.edit('document', `d${index}`, 'title', 'Typed');
    engine.changed();
    await pass(450);
  }
  expect(server.dump()).toHaveLength(5);
  expect(remote.requests.slice(before).filter((method) => method === 'push')).toHaveLength(1);
});

test('a change that concerns nothing that is synced asks the server nothing', async () => {
  const { engine, remote } = newScene();
  engine.start();
  await pass();
  const before = remote.requests.length;
  engine.changed();
  await pass(5_000);
  expect(remote.requests).toHaveLength(before);
});

test('after a failure it waits, longer each time, and is idle again after a round that ends well', async () => {
  const scene = newScene();
  const { engine } = scene;
  scene.fault = unreachable;
  engine.start();
  await pass();
  expect(engine.status).toMatchObject({ state: 'waiting', error: { code: 'remote-unreachable' } });
  const waits: number[] = [];
  for (let index = 0; index < 4; index += 1) {
    const wait = (engine.status.retryAt ?? 0) - Date.now();
    waits.push(Math.round(wait / 500) * 500);
    await pass(wait + 10);
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
  scene.fault = null;
  await pass(10_000);
  expect(engine.status).toMatchObject({ state: 'idle', error: null, retryAt: null });
  // And begins with the shortest wait at the next failure.
  scene.fault = unreachable;
  await Promise.all([engine.syncNow(), pass()]);
  expect((engine.status.retryAt ?? 0) - Date.now()).toBeLessThan(1_000);
});

test('what only a person can put right waits for that person, and changes are stamped meanwhile', async () => {
  const scene = newScene();
  const { engine, library, remote, server } = scene;
  scene.fault = { kind: 'error', error: new AppError('remote-unauthorized', 'The password is wrong.') };
  engine.start();
  await pass();
  expect(engine.status).toMatchObject({ state: 'waiting', retryAt: null });
  const asked = remote.requests.length;
  library.edit('document', 'd1', 'title', 'Typed');
  engine.changed();
  await pass(3_600_000);
  expect(remote.requests).toHaveLength(asked);
  expect(engine.status).toMatchObject({ state: 'waiting', unsent: 1 });
  scene.fault = null;
  const status = engine.syncNow();
  await pass();
  expect(await status).toMatchObject({ state: 'idle', unsent: 0 });
  expect(server.dump()).toHaveLength(1);
});

test('paused in the midst of a request it ends, asks nothing more, and stamps what changes', async () => {
  const scene = newScene();
  const { engine, library, remote } = scene;
  scene.fault = { kind: 'silence' };
  engine.start();
  await pass();
  expect(engine.status.state).toBe('syncing');
  await Promise.all([engine.pause(), pass()]);
  expect(engine.status).toMatchObject({ state: 'paused', progress: null, error: null });
  scene.fault = null;
  const asked = remote.requests.length;
  library.edit('document', 'd1', 'title', 'Typed');
  engine.changed();
  await engine.syncNow();
  await pass(600_000);
  expect(remote.requests).toHaveLength(asked);
  expect(engine.status).toMatchObject({ state: 'paused', unsent: 1 });
  engine.resume();
  await pass();
  expect(engine.status).toMatchObject({ state: 'idle', unsent: 0 });
});

test('closed, it is off for good and its connections are closed', async () => {
  const close = vi.fn(() => Promise.resolve());
  const server = new MemoryServer();
  const remote = server.connect();
  const { engine } = newScene({ open: () => Promise.resolve({ store: remote, parts: [], close }) });
  engine.start();
  await pass();
  await engine.close();
  engine.changed();
  await engine.syncNow();
  const asked = remote.requests.length;
  await pass(600_000);
  expect(engine.status.state).toBe('off');
  expect(remote.requests).toHaveLength(asked);
  expect(close).toHaveBeenCalledOnce();
});

test('connecting that fails is tried again as any request', async () => {
  const server = new MemoryServer();
  let tries = 0;
  const { engine } = newScene({
    async open() {
      tries += 1;
      if (tries === 1) throw new AppError('remote-unreachable', 'There is no network.', { retryable: true });
      return { store: server.connect(), parts: [], close: () => Promise.resolve() };
    },
  });
  engine.start();
  await pass();
  expect(engine.status.state).toBe('waiting');
  await pass(1_000);
  expect(engine.status.state).toBe('idle');
  expect(server.devices()).toHaveLength(1);
});
