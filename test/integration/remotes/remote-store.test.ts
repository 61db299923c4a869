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
    expect(page).toMatchObject({ entities: all, cursor: 7, atHead: true, mark: { sequence: 7 }, damaged: [] });
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
    expect(await account.store.pull(2, 2)).toMatchObject({ entities: [], cursor: 2, atHead: true });
  });

  test('takes as many statements for a hundred entities as for one', async () => {
    await push(...Array.from({ length: 100 }, (_, at) => title(at, 't', `d${at}`)));
    const [one, hundred] = [
      await countStatements((s) => s.pull(0, 1), Infinity),
      await countStatements((s) => s.pull(0, 100), Infinity),
    ];
    expect(hundred).toBe(one);
  });

  test.each([
    ['no registers', `UPDATE quire.documents SET registers = '"gone"'`],
    ['a register that is none', `UPDATE quire.documents SET registers = '{"title": {"stamp": "soon"}}'`],
    [
      'a stamp of a year that nobody lives to see',
      `UPDATE quire.documents SET registers = '{"title": {"stamp": "9999999999999999-aaaaaaaa", "seen": 0, "value": "y"}}'`,
    ],
    ['no row at all', `DELETE FROM quire.documents`],
    [
      'a tombstone that is none',
      `INSERT INTO quire.tombstones SELECT user_id, 'document', id, 'soon', 0, NULL, 1 FROM quire.documents`,
    ],
    ['a kind that nobody knows', `UPDATE quire.changes SET kind = 'poem'`],
  ])('passes over what has %s, tells of it, and gives all the rest; sent again, it is whole', async (_what, break_) => {
    await push(title(1, 'x'), title(1, 'a', 'd2'));
    await library.session.query(`${break_} WHERE user_id = $1 AND id = 'd1'`, [account.userId]);
    const page = await account.store.pull(0, 9);
    expect(page).toMatchObject({ entities: [title(1, 'a', 'd2')], cursor: 2, atHead: true });
    expect(page.damaged).toMatchObject([{ id: 'd1', error: { code: 'remote-damaged' } }]);
    await push(title(1, 'x'));
    expect(await everything()).toEqual(expect.arrayContaining([title(1, 'x'), title(1, 'a', 'd2')]));
    expect((await account.store.pull(2, 9)).damaged).toEqual([]);
  });

  test('keeps of a damaged entity what is whole', async () => {
    await push(title(1, 'x'));
    await library.session.query(
      `UPDATE quire.documents SET registers = (left(registers::text, -1) || ',"author":7}')::json WHERE user_id = $1`,
      [account.userId],
    );
    expect(await account.store.pull(0, 9)).toMatchObject({ entities: [title(1, 'x')], damaged: [{ id: 'd1' }] });
    await push(entityAt(2, 'document', 'd1', { author: 'A' }));
    const [mended] = await everything();
    expect(Object.keys(mended?.registers ?? {}).sort()).toEqual(['author', 'title']);
  });

  test('leaves out a change beyond the last one, which would keep the reader from all that follows', async () => {
    await push(title(1, 'x'));
    await library.session.query(
      `INSERT INTO quire.changes (user_id, kind, id, seq) VALUES ($1, 'document', 'd9', 900000)`,
      [account.userId],
    );
    expect(await account.store.pull(0, 9)).toMatchObject({ entities: [title(1, 'x')], cursor: 1, atHead: true });
  });

  test('gives nothing of another account', async () => {
    await push(title(1, 'mine'));
    const other = await library.join();
    expect(await other.store.pull(0, 100)).toEqual({
      ...{ entities: [], damaged: [], cursor: 0, atHead: true, mark: null },
    });
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

describe('a server that was put back and went on', () => {
  const lost = { code: 'remote-damaged', message: expect.stringContaining('not as this computer left it') };

  /** As a provider's restore: rows as they were, without any mark of it. */
  async function putBack(sequence: number): Promise<void> {
    await library.session.query(`DELETE FROM quire.changes WHERE user_id = $1 AND seq > $2`, [
      account.userId,
      sequence,
    ]);
    await library.session.query(`DELETE FROM quire.marks WHERE user_id = $1 AND seq > $2`, [account.userId, sequence]);
    await library.session.query(`UPDATE quire.users SET next_seq = $2 WHERE id = $1`, [account.userId, sequence + 1]);
  }

  test('is known again although its sequence is beyond what was read of it, by every call, which changes nothing', async () => {
    await push(title(1, 'x'));
    await push(title(1, 'y', 'd2'));
    const { mark } = await account.store.pull(0, 9);
    expect(mark).toMatchObject({ sequence: 2 });
    expect(await account.store.greet(account.device, mark)).toMatchObject({ head: 2 });
    await putBack(1);
    const { device: other } = await account.another();
    await account.store.push(other.id, [title(1, 'z', 'd3')]);
    await account.store.push(other.id, [title(1, 'z', 'd4')]);
    await expect(account.store.greet(account.device, mark)).rejects.toMatchObject(lost);
    await expect(account.store.pull(2, 9, mark)).rejects.toMatchObject(lost);
    await expect(account.store.push(account.device.id, [title(1, 'w', 'd5')], mark)).rejects.toMatchObject(lost);
    expect((await everything()).map(({ id }) => id)).not.toContain('d5');
    // Who read no further than to where it was put back notices nothing, as nothing is another for it.
    const first = (await account.store.pull(0, 1)).mark;
    expect(await account.store.greet(account.device, first)).toMatchObject({ head: 3 });
  });

  test('a page ends with the mark of the push that it is in, a push with its own', async () => {
    await push(title(1, 'a'), title(1, 'b', 'd2'), title(1, 'c', 'd3'));
    await push(title(2, 'd', 'd4'));
    const pages = [await account.store.pull(0, 1), await account.store.pull(1, 1), await account.store.pull(3, 1)];
    expect(pages.map(({ mark }) => mark?.sequence)).toEqual([3, 3, 4]);
    const { mark } = await account.store.push(account.device.id, [title(3, 'e')]);
    expect(mark?.sequence).toBe(5);
    // Nothing changed: the last one.
    expect((await account.store.push(account.device.id, [title(3, 'e')])).mark).toEqual(mark);
  });

  test('marks that all have read beyond go with what is collected, and who comes with one of them compares', async () => {
    await push(title(1, 'x'));
    const { mark } = await account.store.pull(0, 9);
    await push(deletedAt(2, 'document', 'd1'));
    await push(title(3, 'y', 'd2'));
    await account.store.acknowledge(account.device.id, 3);
    const marks = await library.session.query(`SELECT seq FROM quire.marks WHERE user_id = $1`, [account.userId]);
    expect(marks).toEqual([{ seq: 3 }]);
    expect(await account.store.greet(account.device, mark)).toMatchObject({ collected: 3 });
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
