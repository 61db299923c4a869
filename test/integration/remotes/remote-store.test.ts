/** Entities on a real Postgres (PGlite): merged, ordered, read in pages, and collected when everybody has seen them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PostgresRemoteStore } from '../../../electron/adapters/postgres/remote-store.ts';
import type { PostgresSession, Sql } from '../../../electron/adapters/postgres/session.ts';
import { entityKinds, type Entity } from '../../../electron/sync/entity.ts';
import {
  deletedAt,
  entityAt,
  startRemoteLibrary,
  type RemoteAccount,
  type RemoteLibrary,
} from '../../helpers/remote-library.ts';

let library: RemoteLibrary;
let account: RemoteAccount;

beforeAll(async () => {
  library = await startRemoteLibrary();
});
beforeEach(async () => {
  account = await library.join();
});
afterAll(() => library.close());

const push = (...changes: readonly Entity[]): Promise<readonly number[]> =>
  account.store.push(account.device.id, changes).then(({ sequences }) => sequences);

/** Everything that is there. */
async function everything(): Promise<readonly Entity[]> {
  return (await account.store.pull(0, 1_000)).entities;
}

const title = (at: number, value: string, id = 'd1'): Entity => entityAt(at, 'document', id, { title: value });

describe('a push', () => {
  test('of every kind comes back as it was, to the letter, in the order it was pushed', async () => {
    const odd = {
      text: 'NUL \0, half \ud83d, whole 😀, "quoted" \\ ü',
      b: [1.5, -0.001, 1e21, true, null],
      a: { z: 1, y: 2 },
    };
    const all = entityKinds.map((kind, at) =>
      entityAt(at + 1, kind, `${kind}-1`, { odd, ['__proto__']: at, constructor: 'c' }),
    );
    expect(await push(...all)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const page = await account.store.pull(0, 100);
    expect(page).toEqual({ entities: all, cursor: 7, atHead: true });
    // Also the order of a value's keys: its hash is compared on every computer.
    expect(JSON.stringify(page.entities)).toBe(JSON.stringify(all));
  });

  test('again changes nothing and takes no sequence', async () => {
    const changes = [
      title(1, 'one'),
      deletedAt(2, 'collection', 'c1'),
      entityAt(3, 'message', 'm1', { whole: 'text' }),
    ];
    const first = await push(...changes);
    const before = await account.store.pull(0, 100);
    expect(await push(...changes)).toEqual(first);
    expect(await account.store.pull(0, 100)).toEqual(before);
  });

  test('merges registers: the later stamp wins, whichever came first, and the entity moves to the end', async () => {
    await push(title(5, 'later'), title(1, 'other', 'd2'));
    expect(await push(title(3, 'earlier'))).toEqual([1]);
    expect(await push(entityAt(4, 'document', 'd1', { title: 'earlier', 'tag:tax': true }))).toEqual([3]);
    const merged = { ...title(5, 'later').registers, ...entityAt(4, 'document', 'd1', { 'tag:tax': true }).registers };
    expect(await everything()).toEqual([title(1, 'other', 'd2'), { ...title(5, ''), registers: merged }]);
  });

  test('with the same entity twice merges both under one sequence', async () => {
    expect(await push(title(1, 'one'), title(2, 'two'), title(1, 'other', 'd2'))).toEqual([1, 1, 2]);
    expect(await everything()).toEqual([title(2, 'two'), title(1, 'other', 'd2')]);
  });

  test('of a tombstone wins over later registers, for good, and the first of two stays', async () => {
    await push(title(9, 'alive'));
    expect(await push(deletedAt(5, 'document', 'd1'))).toEqual([2]);
    expect(await push(title(10, 'again'))).toEqual([2]);
    expect(await push(deletedAt(7, 'document', 'd1'))).toEqual([2]);
    expect(await push(deletedAt(3, 'document', 'd1', 'd0'))).toEqual([3]);
    expect(await everything()).toEqual([deletedAt(3, 'document', 'd1', 'd0')]);
  });

  test('of ten thousand entities and more fits in one transaction', async () => {
    const many = Array.from({ length: 12_000 }, (_, at) =>
      entityAt(at + 1, 'message', `m${at}`, { text: `text ${at}` }),
    );
    const sequences = await push(...many);
    expect(sequences).toEqual(many.map((_, at) => at + 1));
    expect((await account.store.pull(11_990, 100)).entities).toEqual(many.slice(11_990));
  });

  test('that fails midway leaves nothing, and succeeds afterwards as if nothing had been', async () => {
    await push(title(1, 'before'));
    const changes = [title(2, 'after'), deletedAt(2, 'collection', 'c1'), entityAt(2, 'piece', 'p1', { text: 'new' })];
    const before = await rows();
    const statements = await countStatements((store) => store.push(account.device.id, changes), Infinity);
    await library.session.query(`DELETE FROM quire.users WHERE id = $1`, [account.userId]);
    account = await library.join();
    await push(title(1, 'before'));
    for (let failing = 1; failing <= statements; failing += 1) {
      const broken = countStatements((store) => store.push(account.device.id, changes), failing);
      await expect(broken).rejects.toThrow('cut off');
      expect(await rows()).toEqual(before);
    }
    expect(await push(...changes)).toEqual([2, 3, 4]);
  });

  test('is cancelled by its signal, and leaves nothing', async () => {
    const cancel = new AbortController();
    cancel.abort();
    await expect(account.store.push(account.device.id, [title(1, 'x')], null, cancel.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await everything()).toEqual([]);
  });

  test('of a device that was removed is refused: it may bring back what others forgot', async () => {
    await account.store.removeDevice(account.device.id);
    await expect(push(title(1, 'x'))).rejects.toMatchObject({ code: 'interrupted', retryable: true });
    await account.store.greet(account.device);
    expect(await push(title(1, 'x'))).toEqual([1]);
  });

  test('to a schema that a newer Quire made is refused, and pulls go on', async () => {
    await push(title(1, 'x'));
    await library.session.query(`UPDATE quire.meta SET value = '99'`);
    try {
      await expect(push(title(2, 'y'))).rejects.toMatchObject({ code: 'remote-from-the-future' });
      const greeting = await account.store.greet(account.device);
      expect(greeting.readOnly).toMatchObject({ code: 'remote-from-the-future' });
      expect(await everything()).toEqual([title(1, 'x')]);
    } finally {
      await library.session.query(`UPDATE quire.meta SET value = '1'`);
    }
  });
});

describe('a pull', () => {
  test('in pages gives everything once, in order, whole, and ends at the head', async () => {
    const changes = Array.from({ length: 25 }, (_, at) =>
      at % 5 === 4 ? deletedAt(at, 'message', `m${at}`) : entityAt(at, 'message', `m${at}`, { text: at }),
    );
    await push(...changes);
    const seen: Entity[] = [];
    const cursors: number[] = [];
    for (let cursor = 0, atHead = false; !atHead;) {
      const page = await account.store.pull(cursor, 10);
      seen.push(...page.entities);
      cursors.push(page.cursor);
      ({ cursor, atHead } = page);
    }
    expect(seen).toEqual(changes);
    expect(cursors).toEqual([10, 20, 25]);
  });

  test('of exactly what is left says that nothing is after it', async () => {
    await push(title(1, 'a', 'd1'), title(1, 'b', 'd2'));
    expect(await account.store.pull(0, 2)).toMatchObject({ cursor: 2, atHead: true });
    expect(await account.store.pull(2, 2)).toEqual({ entities: [], cursor: 2, atHead: true });
  });

  test('takes as many statements for a hundred entities as for one', async () => {
    await push(...Array.from({ length: 100 }, (_, at) => title(at, 't', `d${at}`)));
    const [one, hundred] = [
      await countStatements((s) => s.pull(0, 1), Infinity),
      await countStatements((s) => s.pull(0, 100), Infinity),
    ];
    expect(hundred).toBe(one);
  });

  test('of what is no register says that the database is damaged, and shows nothing of it', async () => {
    await push(title(1, 'x'));
    await library.session.query(
      `UPDATE quire.documents SET registers = '{"title": {"stamp": "soon"}}' WHERE user_id = $1`,
      [account.userId],
    );
    await expect(account.store.pull(0, 1)).rejects.toMatchObject({ code: 'remote-damaged' });
  });

  test('gives nothing of another account', async () => {
    await push(title(1, 'mine'));
    const other = await library.join();
    expect(await other.store.pull(0, 100)).toEqual({ entities: [], cursor: 0, atHead: true });
    expect(await other.store.push(other.device.id, [title(1, 'theirs')])).toMatchObject({ sequences: [1] });
    expect(await everything()).toEqual([title(1, 'mine')]);
  });
});

describe('tombstones', () => {
  test('are collected when the last device has read them, and not before', async () => {
    const { device: laptop } = await account.another();
    await push(title(1, 'x'), title(1, 'stays', 'd2'));
    await push(deletedAt(2, 'document', 'd1'));
    await account.store.acknowledge(account.device.id, 3);
    expect(await everything()).toHaveLength(2);
    await account.store.acknowledge(laptop.id, 2);
    expect(await everything()).toHaveLength(2);
    expect(await account.store.greet(laptop)).toMatchObject({ head: 3, collected: 0 });
    await account.store.acknowledge(laptop.id, 3);
    expect(await everything()).toEqual([title(1, 'stays', 'd2')]);
    expect(await account.store.greet(laptop)).toMatchObject({ head: 3, collected: 3 });
    const [left] = await library.session.query(
      `SELECT (SELECT count(*) FROM quire.tombstones WHERE user_id = $1) AS tombstones,
        (SELECT count(*) FROM quire.changes WHERE user_id = $1) AS changes`,
      [account.userId],
    );
    expect(left).toEqual({ tombstones: 0, changes: 1 });
  });

  test('that are gone do not keep a new device from the head', async () => {
    await push(title(1, 'x'), deletedAt(2, 'document', 'd2'));
    await account.store.acknowledge(account.device.id, 2);
    const { device: laptop } = await account.another();
    const { cursor, atHead } = await account.store.pull(0, 10);
    expect({ cursor, atHead }).toEqual({ cursor: 2, atHead: true });
    await account.store.acknowledge(laptop.id, cursor);
    expect((await account.store.devices()).map((device) => device.cursor)).toEqual([2, 2]);
  });

  test('wait for nobody who was removed', async () => {
    const { device: laptop } = await account.another();
    await push(deletedAt(1, 'document', 'd1'));
    await account.store.removeDevice(laptop.id);
    await account.store.acknowledge(account.device.id, 1);
    expect(await everything()).toEqual([]);
    // Should it come back, it is one that was away too long.
    expect((await account.store.greet(laptop)).collected).toBe(1);
  });

  test('are not collected by a cursor that goes back', async () => {
    await push(title(1, 'x'), deletedAt(1, 'document', 'd2'));
    await account.store.acknowledge(account.device.id, 2);
    await account.store.acknowledge(account.device.id, 1);
    expect((await account.store.devices())[0]?.cursor).toBe(2);
  });
});

describe('who is there', () => {
  test('devices with what they were called last', async () => {
    await account.store.greet({ ...account.device, name: 'Renamed', appVersion: '1.1.0' });
    const { device: laptop } = await account.another();
    await account.store.acknowledge(laptop.id, 0);
    const devices = await account.store.devices();
    expect(devices.map(({ id, name, appVersion, platform }) => ({ id, name, appVersion, platform }))).toEqual([
      laptop,
      { ...account.device, name: 'Renamed', appVersion: '1.1.0' },
    ]);
    expect(Math.abs((devices[0]?.lastSeen ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test('the greeting tells the server’s time', async () => {
    const { serverTime } = await account.store.greet(account.device);
    expect(Math.abs(serverTime - Date.now())).toBeLessThan(60_000);
  });

  test('an account that is not there is told of by every method that needs it', async () => {
    const nobody = new PostgresRemoteStore(library.session, randomUUID());
    await expect(nobody.greet(account.device)).rejects.toMatchObject({ code: 'not-found' });
    await expect(nobody.push(account.device.id, [title(1, 'x')])).rejects.toMatchObject({ code: 'not-found' });
    await expect(nobody.pull(0, 1)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('ids of a kind, in the order of bytes, without those that were deleted', async () => {
    const ids = ['b', 'Z', 'a', 'é', 'a-1', '10'];
    await push(...ids.map((id) => title(1, 'x', id)), entityAt(1, 'piece', 'p', { text: 'x' }));
    await push(deletedAt(2, 'document', 'b'));
    expect(await account.store.present('document', null, 3)).toEqual(['10', 'Z', 'a']);
    expect(await account.store.present('document', 'a', 3)).toEqual(['a-1', 'é']);
    expect(await account.store.present('conversation', null, 3)).toEqual([]);
  });
});

/** Rows of each table that a push may touch. */
async function rows(): Promise<unknown> {
  const [found] = await library.session.query(
    `SELECT (SELECT json_agg(json_build_array(id, registers) ORDER BY id) FROM quire.documents WHERE user_id = $1) AS documents,
      (SELECT count(*) FROM quire.pieces WHERE user_id = $1) AS pieces,
      (SELECT count(*) FROM quire.tombstones WHERE user_id = $1) AS tombstones,
      (SELECT json_agg(seq) FROM quire.changes WHERE user_id = $1) AS changes,
      (SELECT next_seq FROM quire.users WHERE id = $1) AS next`,
    [account.userId],
  );
  return found;
}

/** Runs something and answers with its statements within transactions and without; the `failing`th is cut off. */
async function countStatements(
  work: (store: PostgresRemoteStore) => Promise<unknown>,
  failing: number,
): Promise<number> {
  let statements = 0;
  const counted = (sql: Sql): Sql => ({
    query: async <Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
      statements += 1;
      const result = await sql.query<Row>(text, values);
      if (statements === failing) throw new Error('cut off');
      return result;
    },
  });
  const session: PostgresSession = {
    ...counted(library.session),
    transaction: (inner, signal) => library.session.transaction((sql) => inner(counted(sql)), signal),
    close: () => Promise.resolve(),
  };
  await work(new PostgresRemoteStore(session, account.userId));
  return statements;
}
