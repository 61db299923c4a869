/** What comes from the server and can't be kept: told of, tried again, and no bar to anything else. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SyncEngine } from '../../../electron/sync/engine.ts';
import { lazySync } from '../../../electron/db/queries/sync/lazy.ts';
import { hashOf } from '../../helpers/library.ts';
import { MemoryServer } from '../../helpers/memory-remote.ts';
import { meetAll, syncedLibrary, type SyncedLibrary } from '../../helpers/sync-library.ts';

let server: MemoryServer;
let one: SyncedLibrary;
let other: SyncedLibrary;

beforeEach(() => {
  server = new MemoryServer();
  one = syncedLibrary(server, 'one');
  other = syncedLibrary(server, 'other');
});
afterEach(() => {
  for (const library of [one, other]) library.close();
});

function add({ store }: SyncedLibrary, digit: string, title: string): string {
  const id = `${digit.repeat(8)}-1111-4111-8111-111111111111`;
  store.documents.insert({
    ...{ id, contentHash: hashOf(id), path: `/home/someone/${digit}.pdf`, title, format: 'pdf', size: 9, addedAt: 1 },
  });
  store.documents.rename(id, title);
  return id;
}

/** The library refuses what is called so, as a rule would that nobody thought of. */
function refuse({ connection }: SyncedLibrary, title: string): void {
  connection.exec(`CREATE TRIGGER refusing BEFORE UPDATE OF title ON documents WHEN NEW.title = '${title}'
    BEGIN SELECT RAISE(ABORT, 'no such title'); END`);
}

test('an entity that breaks a rule of the library waits, all others come, and it comes when it can', () => {
  refuse(other, 'Odd');
  const odd = add(one, '1', 'Odd');
  const plain = add(one, '2', 'Plain');
  one.meet(server);
  const applied = other.pull(server);
  expect(applied.flatMap(({ damaged = [] }) => damaged)).toEqual([
    { kind: 'document', id: odd, reason: expect.stringContaining('rule') },
  ]);
  expect(other.store.documents.get(plain)?.title).toBe('Plain');
  // Nothing of it by half.
  expect(other.store.documents.get(odd)).toBeNull();
  other.connection.exec('DROP TRIGGER refusing');
  add(one, '3', 'One more');
  meetAll(server, [one, other]);
  expect(other.store.documents.get(odd)?.title).toBe('Odd');
});

test('the status of sync tells of it, and the round ends well', async () => {
  refuse(other, 'Odd');
  const odd = add(one, '1', 'Odd');
  one.meet(server);
  const engine = new SyncEngine({
    store: lazySync(other.connection, other.store.documents.delete),
    device: { name: 'other', platform: 'linux', appVersion: '1' },
    open: () => Promise.resolve({ store: server.connect(), parts: [], close: () => Promise.resolve() }),
  });
  engine.start();
  const status = await engine.syncNow();
  expect(status).toMatchObject({ state: 'idle', error: null });
  expect(status.problems).toMatchObject([{ code: 'remote-damaged', message: expect.stringContaining(odd) }]);
  await engine.close();
});
