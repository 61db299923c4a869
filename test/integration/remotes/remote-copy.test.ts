/** Moving house between two Postgres (PGlite) and two buckets: everything comes, once, whole, whatever cuts it off. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPostgres } from '../../../electron/adapters/postgres/connection.ts';
import { createRemoteUser, findRemoteUser } from '../../../electron/adapters/postgres/users.ts';
import { migrateRemote } from '../../../electron/adapters/postgres/migrate.ts';
import { vectorTable } from '../../../electron/adapters/postgres/remote-vectors.ts';
import {
  copyAccount,
  type CopyOptions,
  type CopyReport,
  type CopySides,
} from '../../../electron/sync/copy/copy-account.ts';
import {
  furnish,
  rowsOf,
  sidesOf,
  startNewHouse,
  startOldHouse,
  type Furnished,
  type House,
  type OldHouse,
} from '../../helpers/moving-house.ts';
import { entityAt } from '../../helpers/remote-library.ts';

let from: OldHouse;
let to: House;
let goods: Furnished;
let folder: string;

beforeAll(async () => {
  [from, to] = await Promise.all([startOldHouse(), startNewHouse()]);
  folder = await mkdtemp(join(tmpdir(), 'quire-copy-'));
});
beforeEach(async () => {
  await to.postgres.pglite.exec('DROP SCHEMA IF EXISTS quire CASCADE');
  goods = await furnish(from);
});
afterAll(async () => {
  await from.library.close();
  await from.bucket.close();
  await to.postgres.close();
  await to.bucket.close();
  await rm(folder, { recursive: true, force: true });
});

async function copy(
  change: Partial<CopyOptions> = {},
  wrap: (sides: CopySides) => CopySides = (sides) => sides,
): Promise<CopyReport> {
  const sides = wrap(sidesOf(from, to));
  try {
    return await copyAccount(sides, {
      email: goods.account.email,
      folder: join(folder, 'work'),
      readBack: false,
      skipDamaged: false,
      ...change,
    });
  } finally {
    await Promise.all([sides.from.close(), sides.to.close()]);
  }
}

async function inNewHouse<T>(work: (session: ReturnType<typeof openPostgres>) => Promise<T>): Promise<T> {
  const session = openPostgres(to.remotes.database, to.password, { connections: 1 });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

const userId = (): string => goods.account.userId;
const keysOf = async ({ bucket }: House): Promise<string[]> =>
  (await bucket.keys()).filter((key) => key.startsWith(userId()));

async function expectSame(): Promise<void> {
  expect(await rowsOf(to, userId())).toEqual(await rowsOf(from, userId()));
  expect(await keysOf(to)).toEqual(goods.keys);
  for (const key of goods.keys) expect(await to.bucket.read(key)).toEqual(await from.bucket.read(key));
}

describe('a copy', () => {
  test('has every row of every table to the letter, every object, and counts that say so', async () => {
    const report = await copy();
    await expectSame();
    const rows = await rowsOf(from, userId());
    for (const { name, rows: count } of report.tables) expect([name, count]).toEqual([name, rows[name]?.length ?? 0]);
    expect(Object.keys(rows).filter((name) => name !== 'users')).toEqual(
      report.tables.filter(({ rows: count }) => count > 0).map(({ name }) => name),
    );
    expect(rows[vectorTable(goods.fingerprint)]).toHaveLength(300);
    expect(report).toMatchObject({ wasThere: false, unnamedVectors: 0, objects: { count: 6, sent: 6, problems: [] } });
    expect(await inNewHouse((session) => findRemoteUser(session, goods.account.email))).toMatchObject({ id: userId() });
  });

  test('made again only compares, and sends nothing', async () => {
    await copy();
    const before = to.bucket.requests.length;
    expect(await copy()).toMatchObject({ wasThere: true, objects: { count: 6, sent: 0 } });
    expect(to.bucket.requests.slice(before).map(({ operation }) => operation)).not.toContain('PutObject');
  });

  test('of one account takes nothing of another', async () => {
    const other = await furnish(from);
    await copy();
    expect(await rowsOf(to, other.account.userId)).toEqual({});
    expect((await to.bucket.keys()).filter((key) => key.startsWith(other.account.userId))).toEqual([]);
  });

  test('of what changes meanwhile ends with what is there then', async () => {
    let hasChanged = false;
    const report = await copy({}, (sides) => ({
      ...sides,
      from: {
        ...sides.from,
        // Everything was copied, and is just about to be compared.
        digest: async (...about) => {
          if (!hasChanged) {
            hasChanged = true;
            const change = entityAt(9, 'conversation', 'changed', { title: 'Meanwhile' });
            await goods.account.store.push(goods.account.device.id, [change]);
          }
          return sides.from.digest(...about);
        },
      },
    }));
    expect(report.wasThere).toBe(false);
    await expectSame();
    expect((await rowsOf(to, userId()))['conversations']?.join()).toContain('Meanwhile');
  });
});

describe('a copy that was cut off', () => {
  test('goes on from any place, is nobody’s until its end, and repeats no page that was kept', async () => {
    let cuts = 0;
    let pages = 0;
    // Each run is stopped one step later than the one before, until one comes to its end.
    for (let steps = 1; ; steps += 2) {
      const stop = new AbortController();
      let left = steps;
      const run = copy({
        signal: stop.signal,
        onProgress: ({ stage }) => {
          if (stage === 'rows') pages += 1;
          if ((left -= 1) === 0) stop.abort();
        },
      });
      const error: unknown = await run.then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (error === null) break;
      expect(error).toMatchObject({ code: 'cancelled' });
      expect(await inNewHouse((session) => findRemoteUser(session, goods.account.email))).toBeNull();
      cuts += 1;
    }
    expect(cuts).toBeGreaterThan(5);
    await expectSame();
    const whole = pages;
    await to.postgres.pglite.exec('DROP SCHEMA quire CASCADE');
    pages = 0;
    await copy({ onProgress: ({ stage }) => void (stage === 'rows' && (pages += 1)) });
    // What was read when it was cut off may be read again, no more: one page a cut.
    expect(whole).toBeLessThanOrEqual(pages + cuts);
  });

  test('finds a row that was changed there in between, and puts it right', async () => {
    const stop = new AbortController();
    const cut = copy({
      signal: stop.signal,
      onProgress: ({ stage }) => {
        if (stage === 'objects') stop.abort();
      },
    });
    await expect(cut).rejects.toMatchObject({ code: 'cancelled' });
    await to.postgres.pglite.exec(`UPDATE quire.chunks SET text = 'tampered' WHERE ordinal = 7`);
    await to.postgres.pglite.exec(`DELETE FROM quire.pages WHERE number = 2`);
    await copy();
    await expectSame();
  });
});

describe('an object', () => {
  const damage = (house: House, key: string): Promise<void> => house.bucket.write(key, Buffer.from('something else'));
  const damageSameLength = async (house: House, key: string): Promise<void> => {
    const bytes = Buffer.from((await house.bucket.read(key)) ?? []);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await house.bucket.write(key, bytes);
  };

  test('that was tampered with where it comes from is found, and the account stays closed', async () => {
    await damageSameLength(from, goods.keys[2] ?? '');
    await expect(copy()).rejects.toMatchObject({
      code: 'remote-damaged',
      message: expect.stringMatching(/could not be copied/),
    });
    expect(await inNewHouse((session) => findRemoteUser(session, goods.account.email))).toBeNull();
    const report = await copy({ skipDamaged: true });
    expect(report.objects).toMatchObject({ count: 5, problems: [{ error: { code: 'remote-damaged' } }] });
    expect(await keysOf(to)).toEqual(goods.keys.filter((_, index) => index !== 2));
  });

  test('that was tampered with where it was copied to is found by the next run, and sent again', async () => {
    await copy();
    await damageSameLength(to, goods.keys[1] ?? '');
    await damage(to, goods.keys[4] ?? '');
    expect(await copy()).toMatchObject({ wasThere: true, objects: { count: 6, sent: 2 } });
    await expectSame();
  });

  test('of another sealing than documents know is the same on both sides, and counted', async () => {
    await from.postgres.pglite.query(
      `UPDATE quire.documents SET registers = replace(registers::text, '"sealed":false', '"sealed":true')::json
        WHERE user_id = $1`,
      [userId()],
    );
    await damageSameLength(from, goods.keys[0] ?? '');
    expect((await copy()).objects).toMatchObject({ count: 6, sent: 6, resealed: 1 });
    await expectSame();
    expect((await copy()).objects).toMatchObject({ count: 6, sent: 0 });
  });
});

describe('a place that has something already', () => {
  test('with the same account, grown since, is refused and not touched', async () => {
    await copy();
    await to.postgres.pglite.exec(`UPDATE quire.conversations SET registers = '{}'`);
    const before = await rowsOf(to, userId());
    await expect(copy()).rejects.toMatchObject({
      code: 'request-invalid',
      message: expect.stringMatching(/differs \(conversations\)/),
    });
    expect(await rowsOf(to, userId())).toEqual(before);
  });

  test('with another account of this e-mail is refused and not touched', async () => {
    const id = '00000000-0000-4000-8000-000000000001';
    await inNewHouse(async (session) => {
      await migrateRemote(session);
      await createRemoteUser(session, { id, email: goods.account.email.toUpperCase(), signIn: {} });
    });
    await expect(copy()).rejects.toMatchObject({
      code: 'request-invalid',
      message: expect.stringMatching(/another account/),
    });
    expect(await rowsOf(to, userId())).toEqual({});
    expect(await keysOf(to)).toEqual([]);
  });
});

test('without a name, of several accounts none is chosen', async () => {
  await furnish(from);
  await expect(copy({ email: null })).rejects.toMatchObject({
    code: 'request-invalid',
    hint: expect.stringMatching(/--account/),
  });
  await expect(copy({ email: 'nobody@example.com' })).rejects.toMatchObject({ code: 'not-found' });
});
