/** Rounds of sync between libraries and a server in memory, with a fault at every request. */
import { describe, expect, test } from 'vitest';
import type { PartContext, PartSync } from '../../../electron/sync/ports/part-sync.ts';
import { runRound, type RoundOptions } from '../../../electron/sync/rounds.ts';
import { AppError } from '../../../shared/errors.ts';
import type { SyncPhase } from '../../../shared/sync.ts';
import { MemoryLibrary } from '../../helpers/memory-library.ts';
import { MemoryServer, type Fault, type MemoryRemote, type Network } from '../../helpers/memory-remote.ts';

const desk = 'aaaaaaaa-0000-4000-8000-000000000000';
const lap = 'bbbbbbbb-0000-4000-8000-000000000000';
const forever = new AbortController().signal;

function optionsOf(store: MemoryLibrary, remote: MemoryRemote, more: Partial<RoundOptions> = {}): RoundOptions {
  const device = { name: 'a computer', platform: 'linux', appVersion: '1' };
  return { store, remote, device, parts: [], now: Date.now, ...more };
}

async function syncWith(server: MemoryServer, library: MemoryLibrary, network?: Network): Promise<MemoryRemote> {
  const remote = server.connect(network);
  // One that answers is never given up, however busy this computer is.
  await runRound(optionsOf(library, remote, network ? { patience: 25 } : {}), forever);
  return remote;
}

/** Two libraries that met before, and both changed since. */
async function scene(): Promise<{ server: MemoryServer; here: MemoryLibrary; there: MemoryLibrary }> {
  const server = new MemoryServer();
  const here = new MemoryLibrary(desk);
  const there = new MemoryLibrary(lap);
  for (let index = 0; index < 700; index += 1) there.edit('document', `d${index}`, 'title', `Document ${index}`);
  await syncWith(server, there);
  await syncWith(server, here);
  for (let index = 0; index < 600; index += 1) there.edit('message', `m${index}`, 'content', `Message ${index}`);
  there.remove('document', 'd1');
  await syncWith(server, there);
  for (let index = 0; index < 550; index += 1) here.edit('document', `d${index}`, 'title', `Mine ${index}`);
  here.edit('collection', 'c1', 'name', 'Tax');
  here.remove('document', 'd2');
  return { server, here, there };
}

test('two libraries and the server end with the same, and a deletion wins over what is typed later', async () => {
  const { server, here, there } = await scene();
  await syncWith(server, here);
  await syncWith(server, there);
  expect(here.dump()).toEqual(there.dump());
  expect(server.dump().filter(({ tombstone }) => !tombstone)).toEqual(
    here.dump().filter(({ tombstone }) => !tombstone),
  );
  expect(here.entities.get('document d1')?.tombstone).not.toBeNull();
  expect(here.entities.get('document d3')?.registers['title']?.value).toBe('Mine 3');
});

describe('a fault at each request of a round', () => {
  const faults: Record<string, Fault> = {
    'the request is lost': { kind: 'drop-before' },
    'the answer is lost': { kind: 'drop-after' },
    'the half is done': { kind: 'partial' },
    'the server fails': { kind: 'error', error: new AppError('remote-unreachable', '500', { retryable: true }) },
    'the server is busy': {
      kind: 'error',
      error: new AppError('remote-busy', '503', { retryable: true, retryAt: Date.now() + 1_000 }),
    },
    'no answer comes': { kind: 'silence' },
  };
  test.each(Object.entries(faults))('%s: the next round ends with both the same', async (_name, fault) => {
    const undisturbed = await scene();
    const { requests } = await syncWith(undisturbed.server, undisturbed.here);
    // Greet, two pushes, three pages, acknowledge.
    expect(requests.length).toBeGreaterThanOrEqual(6);
    for (const at of requests.keys()) {
      const { server, here, there } = await scene();
      const broken = syncWith(server, here, ({ number }) => (number === at ? fault : null));
      if (fault.kind === 'partial') await broken.catch(() => undefined);
      else await expect(broken, `request ${at}`).rejects.toMatchObject({ retryable: true });
      await syncWith(server, here);
      await syncWith(server, there);
      await syncWith(server, here);
      expect(here.dump(), `request ${at}`).toEqual(there.dump());
      expect((await here.state()).waiting).toBe(0);
    }
  });
});

test('a round that is stopped in the midst of a request ends at once, as cancelled', async () => {
  const { server, here } = await scene();
  const controller = new AbortController();
  const remote = server.connect(({ method }) => {
    if (method !== 'push') return null;
    controller.abort();
    return { kind: 'silence' };
  });
  await expect(runRound(optionsOf(here, remote), controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
});

test('an older Quire sends nothing, and gets what others write', async () => {
  const { server, here } = await scene();
  const tooOld = new AppError('remote-from-the-future', 'A newer Quire wrote there.').toInfo();
  server.readOnly = tooOld;
  const { head } = server;
  const remote = server.connect();
  expect(await runRound(optionsOf(here, remote), forever)).toEqual(tooOld);
  expect(server.head).toBe(head);
  expect(remote.requests).not.toContain('push');
  expect(here.entities.get('message m599')).toBeDefined();
});

test('a computer that was taken off the list deletes what is gone without a trace, and brings none of it back', async () => {
  const { server, here, there } = await scene();
  await syncWith(server, here);
  server.removeDevice(desk);
  there.remove('document', 'd7');
  await syncWith(server, there);
  await syncWith(server, there);
  expect(server.dump().find(({ id }) => id === 'd7')).toBeUndefined();
  here.edit('document', 'd7', 'title', 'Typed while it was gone');
  here.edit('document', 'd8', 'title', 'Typed and kept');
  await syncWith(server, here);
  expect(server.dump().find(({ id }) => id === 'd7')).toBeUndefined();
  expect(here.entities.get('document d7')).toBeUndefined();
  expect(server.dump().find(({ id }) => id === 'd8')?.registers['title']?.value).toBe('Typed and kept');
});

describe('a server that lost what it had deletes nothing here', () => {
  const lost = { code: 'remote-damaged', retryable: false };

  test('when it was put back to an earlier state: its head is below what was read', async () => {
    const server = new MemoryServer();
    const library = new MemoryLibrary(desk);
    library.edit('document', 'd1', 'title', 'Sent before the backup');
    await syncWith(server, library);
    const backup = server.copy();
    library.edit('document', 'd2', 'title', 'Sent after it');
    await syncWith(server, library);
    library.edit('document', 'd3', 'title', 'Typed since');
    await expect(syncWith(backup, library)).rejects.toMatchObject(lost);
    expect(backup.dump().map(({ id }) => id)).toEqual(['d1']);
    expect([...library.entities.keys()]).toEqual(expect.arrayContaining(['document d1', 'document d2']));
  });

  test('when a backup was restored, and others went on with it since', async () => {
    const server = new MemoryServer();
    const library = new MemoryLibrary(desk);
    const other = new MemoryLibrary(lap);
    library.edit('document', 'd1', 'title', 'Sent before the backup');
    await syncWith(server, library);
    const backup = server.copy();
    backup.restored = 'once';
    library.edit('document', 'd2', 'title', 'Sent after it');
    await syncWith(server, library);
    for (let index = 0; index < 9; index += 1) other.edit('document', `x${index}`, 'title', 'New');
    await syncWith(backup, other);
    expect(backup.head).toBeGreaterThan((await library.state()).pulled);
    await expect(syncWith(backup, library)).rejects.toMatchObject(lost);
    expect([...library.entities.keys()].sort()).toEqual(['document d1', 'document d2']);
    // Who met it afterwards goes on.
    await syncWith(backup, other);
  });

  /** A server whose sequence, and whose collected tombstones, are ahead of what a computer read of another one. */
  async function elsewhere(edit: (library: MemoryLibrary) => void): Promise<MemoryServer> {
    const server = new MemoryServer();
    const other = new MemoryLibrary(lap);
    for (let index = 0; index < 20; index += 1) other.edit('document', `x${index}`, 'title', 'Of another time');
    edit(other);
    await syncWith(server, other);
    for (let index = 0; index < 20; index += 1) other.remove('document', `x${index}`);
    await syncWith(server, other);
    await syncWith(server, other);
    return server;
  }

  test('when it is empty, and far ahead', async () => {
    const library = new MemoryLibrary(desk);
    library.edit('document', 'd1', 'title', 'The only one');
    await syncWith(new MemoryServer(), library);
    const empty = await elsewhere(() => undefined);
    await expect(syncWith(empty, library)).rejects.toMatchObject(lost);
    expect(library.entities.get('document d1')?.tombstone).toBeNull();
    expect(empty.dump()).toEqual([]);
  });

  test.each(['setting', 'usage'] as const)('when a %s is gone, which nobody can delete', async (kind) => {
    const library = new MemoryLibrary(desk);
    library.edit('document', 'd1', 'title', 'The only one');
    library.edit(kind, 'k1', 'value', 1);
    await syncWith(new MemoryServer(), library);
    const other = await elsewhere((there) => there.edit('document', 'd9', 'title', 'Stays'));
    await expect(syncWith(other, library)).rejects.toMatchObject(lost);
    expect(library.entities.get('document d1')?.tombstone).toBeNull();
  });
});

test('a clock that is hours wrong is corrected before anything is stamped in the round', async () => {
  const noon = Date.UTC(2026, 0, 1, 12);
  const server = new MemoryServer({ now: () => noon });
  const library = new MemoryLibrary(desk);
  library.edit('document', 'd1', 'title', 'Typed');
  await runRound(optionsOf(library, server.connect(), { now: () => noon - 5 * 3_600_000 }), forever);
  expect(library.clockOffset).toBe(5 * 3_600_000);
  expect(server.dump()[0]?.registers['title']?.stamp.slice(0, 13)).toBe(String(noon).padStart(13, '0'));
});

describe('parts', () => {
  /** Sends a document's reading, and names it then. */
  class Reading implements PartSync {
    readonly name = 'readings';
    readonly done: string[] = [];
    readonly #library: MemoryLibrary;

    constructor(library: MemoryLibrary) {
      this.#library = library;
    }

    async push(context: PartContext): Promise<void> {
      this.done.push('push');
      context.progress(1, 2);
      if (this.done.length === 1) this.#library.edit('document', 'd1', 'reading', 'r1');
    }

    async pull(context: PartContext): Promise<void> {
      this.done.push('pull');
      context.changed('d1');
    }
  }

  test('are sent after the entities, and what names them after them, in the same round', async () => {
    const server = new MemoryServer();
    const library = new MemoryLibrary(desk);
    library.edit('document', 'd1', 'title', 'Typed');
    const reading = new Reading(library);
    const phases: SyncPhase[] = [];
    const changed: string[] = [];
    const options = optionsOf(library, server.connect(), {
      parts: [reading],
      onProgress: ({ phase }) => phases.push(phase),
      onApplied: ({ documentIds }) => changed.push(...documentIds),
    });
    await runRound(options, forever);
    expect(reading.done).toEqual(['push', 'pull']);
    expect(server.dump()[0]?.registers['reading']?.value).toBe('r1');
    expect(phases.indexOf('readings')).toBeGreaterThan(phases.indexOf('sending'));
    expect(phases.lastIndexOf('sending')).toBeGreaterThan(phases.indexOf('readings'));
    expect(changed).toContain('d1');
  });

  test('are not sent by an older Quire, and are received', async () => {
    const server = new MemoryServer();
    server.readOnly = new AppError('remote-from-the-future', 'A newer Quire wrote there.').toInfo();
    const library = new MemoryLibrary(desk);
    const reading = new Reading(library);
    await runRound(optionsOf(library, server.connect(), { parts: [reading] }), forever);
    expect(reading.done).toEqual(['pull']);
  });
});

test('a push holds no more than two megabytes, but for one entity that is larger', async () => {
  const server = new MemoryServer();
  const library = new MemoryLibrary(desk);
  const sizes: number[] = [];
  const text = 'x'.repeat(700_000);
  for (let index = 0; index < 4; index += 1) library.edit('message', `m${index}`, 'content', text);
  library.edit('message', 'm9', 'content', text.repeat(4));
  const remote = server.connect();
  const push = remote.push.bind(remote);
  remote.push = (deviceId, changes, signal) => {
    sizes.push(changes.length);
    return push(deviceId, changes, signal);
  };
  await runRound(optionsOf(library, remote), forever);
  expect(sizes).toEqual([2, 2, 1]);
});
