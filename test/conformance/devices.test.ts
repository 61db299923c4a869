/**
 * Devices of one account at the same moment, on a server that runs them side by side (PGlite serves one at a time): the
 * order that readers see, what a deletion races with, and who is entered while tombstones are collected.
 */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrateRemote } from '../../electron/adapters/postgres/migrate.ts';
import { openRemoteParts } from '../../electron/adapters/postgres/remote-parts.ts';
import { PostgresRemoteStore } from '../../electron/adapters/postgres/remote-store.ts';
import { createRemoteUser, deleteRemoteUser } from '../../electron/adapters/postgres/users.ts';
import type { Entity } from '../../electron/sync/entity.ts';
import type { ChunkRow, RemoteParts } from '../../electron/sync/ports/remote-parts.ts';
import type { Device, RemoteStore } from '../../electron/sync/ports/remote-store.ts';
import { makeDatabase, type TestDatabase, type TestRole } from '../helpers/conformance.ts';
import { deletedAt, entityAt } from '../helpers/remote-library.ts';

interface Computer {
  readonly device: Device;
  readonly store: RemoteStore;
  readonly parts: RemoteParts;
}

let database: TestDatabase;
let owner: TestRole;
let userId: string;

const space = { fingerprint: 'test', dimensions: 3 };

beforeAll(async () => {
  database = await makeDatabase();
  owner = await database.makeRole('owner');
  await database.admin.query(`grant create on database ${database.name} to ${owner.name}`);
  await migrateRemote(database.open(owner));
});
beforeEach(async () => {
  userId = randomUUID();
  const session = database.open(owner, { connections: 1 });
  await createRemoteUser(session, { id: userId, email: `${userId}@example.com`, signIn: {} });
  await session.close();
});
afterAll(() => database.remove());

/** Computers with connections of their own. */
function computers(count: number): Promise<Computer[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const device = { id: randomUUID(), name: `desk ${at}`, platform: 'linux', appVersion: '1.0.0' };
      const session = database.open(owner, { connections: 1 });
      const store = new PostgresRemoteStore(session, userId);
      await store.greet(device);
      return { device, store, parts: openRemoteParts({ session, userId, deviceId: device.id }) };
    }),
  );
}

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

function chunk(ordinal: number, text: string): ChunkRow {
  const texts = { ranges: '[]', headingPath: '[]', contextText: '', searchTerms: '', text };
  const numbers = { ordinal, page: 1, pageEnd: 1, tokenCount: 1 };
  return { ...texts, ...numbers, contentHash: hash(text), boxes: Buffer.alloc(0) };
}

describe('pushes at once', () => {
  test('of forty devices give each change a sequence of its own, and a reader misses none', async () => {
    const [reader, ...writers] = await computers(41);
    if (!reader) throw new Error('There is no reader.');
    let writing = true;
    const read: Entity[] = [];
    const reading = (async () => {
      for (let cursor = 0, last = false; ;) {
        // One more round after the last write has ended.
        const isLast = !writing;
        const page = await reader.store.pull(cursor, 7);
        read.push(...page.entities);
        cursor = page.cursor;
        if (page.atHead && last) return cursor;
        last = isLast;
      }
    })();
    const sequences = await Promise.all(
      writers.map(async ({ device, store }, who) => {
        const own: number[] = [];
        for (let round = 0; round < 5; round += 1) {
          const two = ['a', 'b'].map((name) => entityAt(1, 'message', `${who}-${round}-${name}`, { text: 'x' }));
          own.push(...(await store.push(device.id, two)).sequences);
        }
        return own;
      }),
    );
    writing = false;
    expect(await reading).toBe(400);
    expect(sequences.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, at) => at + 1));
    // None came twice (nothing changed twice), none was passed over.
    expect(new Set(read.map(({ id }) => id)).size).toBe(400);
    expect(read).toHaveLength(400);
  });

  test('to the same entity keep every register, and the latest of one', async () => {
    const all = await computers(12);
    await Promise.all(
      all.map(({ device, store }, who) =>
        store.push(device.id, [entityAt(who + 1, 'document', 'd1', { title: `by ${who}`, [`tag:${who}`]: true })]),
      ),
    );
    const [document] = (await all[0]?.store.pull(0, 10))?.entities ?? [];
    expect(Object.keys(document?.registers ?? {})).toHaveLength(13);
    expect(document?.registers['title']?.value).toBe('by 11');
  });
});

describe('a deletion', () => {
  test('leaves nothing of what another device is writing at the same moment', async () => {
    const [first, second] = await computers(2);
    if (!first || !second) throw new Error('There are no two.');
    await first.parts.openVectors(space);
    for (let round = 0; round < 25; round += 1) {
      const id = `d${round}`;
      // A text that another document has, too: its vector must stay.
      const texts = [`own ${round}`, `shared ${round}`];
      const vectors = texts.map((text) => ({ contentHash: hash(text), vector: new Float32Array([1, 2, 3]) }));
      const other = `other${round}`;
      await second.store.push(second.device.id, [entityAt(1, 'document', id, { title: 'x' })]);
      const writing = (async () => {
        await second.parts.putChunks(
          id,
          'r',
          texts.map((text, at) => chunk(at, text)),
        );
        await second.parts.putVectors(space, vectors);
        await second.parts.putChunks(other, 'r', [chunk(0, `shared ${round}`)]);
        const have = await second.parts.haveVectors(space, [hash(`shared ${round}`)]);
        if (have.length === 0) await second.parts.putVectors(space, vectors.slice(1));
        const file = { kind: 'original', contentHash: 'c', size: 1, sealed: false } as const;
        await second.parts.putFile({ ...file, documentId: id, address: `a${round}` });
      })();
      // At another moment of it each time.
      await new Promise((resolve) => setTimeout(resolve, round));
      await first.store.push(first.device.id, [deletedAt(2, 'document', id)]);
      await writing;
      const { object_removals: removals, ...left } = await first.parts.leftOf(id);
      expect(Object.entries(left).filter(([, rows]) => rows > 0)).toEqual([]);
      expect(removals).toBe(1);
      expect(await first.parts.haveVectors(space, [hash(`shared ${round}`)])).toHaveLength(1);
    }
  });

  test('does not take an object from the bucket that another document is listing at the same moment', async () => {
    const [remover, writer] = await computers(2);
    if (!remover || !writer) throw new Error('There are no two.');
    const file = { kind: 'original', contentHash: 'c', size: 1, sealed: false } as const;
    const bucket = 'b'.repeat(32);
    await remover.parts.nameBucket(bucket, '“files” at s3.example.com');
    for (let round = 0; round < 25; round += 1) {
      const address = `a${round}`;
      await writer.parts.putFile({ ...file, documentId: `old${round}`, address });
      await remover.store.push(remover.device.id, [deletedAt(1, 'document', `old${round}`)]);
      const [removing, listing] = await Promise.allSettled([
        remover.parts.filesToRemove(bucket, 100),
        writer.parts.putFile({ ...file, documentId: `new${round}`, address }),
      ]);
      if (removing.status === 'rejected') throw removing.reason;
      // Either the one or the other.
      expect(removing.value.includes(address)).toBe(listing.status === 'rejected');
      if (listing.status === 'rejected') expect(listing.reason).toMatchObject({ code: 'remote-busy', retryable: true });
      await remover.parts.confirmRemoved(bucket, removing.value);
    }
  });

  test('is never collected from a device that was entered before, and told to one that was after', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [here] = await computers(1);
      if (!here) throw new Error('There is none.');
      for (const { id } of await here.store.devices()) if (id !== here.device.id) await here.store.removeDevice(id);
      await here.store.push(here.device.id, [deletedAt(1, 'document', `d${round}`)]);
      const { cursor } = await here.store.pull(0, 100);
      const session = database.open(owner, { connections: 1 });
      const back = { ...here.device, id: randomUUID() };
      const [greeting] = await Promise.all([
        new PostgresRemoteStore(session, userId).greet(back),
        here.store.acknowledge(here.device.id, cursor),
      ]);
      const isThere = (await here.store.pull(0, 100)).entities.some(({ id }) => id === `d${round}`);
      expect(isThere || greeting.collected >= cursor).toBe(true);
      await session.close();
    }
  });

  test('of the account ends in nothing, also while another device pushes', async () => {
    const [first, second] = await computers(2);
    if (!first || !second) throw new Error('There are no two.');
    const pushing = (async () => {
      for (let at = 0; ; at += 1) {
        await second.store.push(second.device.id, [entityAt(1, 'message', `m${at}`, { text: 'x' })]);
        await second.parts.putChunks(`d${at}`, 'r', [chunk(0, `text ${at}`)]);
      }
    })();
    const session = database.open(owner, { connections: 1 });
    const deleting = (async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return deleteRemoteUser(session, userId);
    })();
    await expect(pushing).rejects.toMatchObject({ code: 'not-found' });
    expect(Object.entries((await deleting).left).filter(([, rows]) => rows > 0)).toEqual([]);
    const [row] = await database.admin.query<{ rows: number }>(
      `SELECT (SELECT count(*) FROM quire.chunks WHERE user_id = $1)
        + (SELECT count(*) FROM quire.messages WHERE user_id = $1) AS rows`,
      [userId],
    );
    expect(row?.rows).toBe(0);
  });
});
