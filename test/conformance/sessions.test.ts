/** What takes real concurrency: many connections, cancellation, locks, and a server that ends what it was asked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PostgresSession } from '../../electron/adapters/postgres/session.ts';
import { makeDatabase, type TestDatabase, type TestRole } from '../helpers/conformance.ts';

let database: TestDatabase;
let ann: TestRole;
let session: PostgresSession;

beforeAll(async () => {
  database = await makeDatabase();
  ann = await database.makeRole('ann');
  session = database.open(ann);
  await database.admin.query('create table public.kept (id integer primary key, value integer not null)');
  await database.admin.query('insert into public.kept values (1, 0), (2, 0)');
  await database.admin.query('grant all on public.kept to public');
});
afterAll(() => database.remove());

/** Statements of Ann's that run now and hold these words. */
async function running(words: string): Promise<number> {
  const rows = await database.admin.query(
    `select from pg_stat_activity where usename = $1 and state = 'active' and query like '%' || $2 || '%'`,
    [ann.name, words],
  );
  return rows.length;
}

describe('many connections', () => {
  test('forty of one session work at the same time, and a forty-first waits for one', async () => {
    const many = database.open(ann, { connections: 40 });
    const all = Promise.withResolvers<void>();
    const ids = new Set<number>();
    const work = Array.from({ length: 40 }, () =>
      many.transaction(async (sql) => {
        const [row] = await sql.query<{ id: number }>('select pg_backend_pid() as id');
        if (row) ids.add(row.id);
        if (ids.size === 40) all.resolve();
        // None ends before all have begun, each in a process of its own.
        await all.promise;
      }),
    );
    await all.promise;
    const next = many.query('select 1 as one');
    await Promise.all(work);
    expect(await next).toEqual([{ one: 1 }]);
    await many.close();
  });

  test('that the server has no room for are refused as busy', async () => {
    await database.admin.query(`alter role ${ann.name} connection limit 1`);
    try {
      const [first, second] = [database.open(ann), database.open(ann)];
      const both = await Promise.allSettled(
        [first, second].map((one) => one.transaction((sql) => sql.query('select pg_sleep(0.5)'))),
      );
      const refused = both.filter((one) => one.status === 'rejected');
      expect(refused.length).toBeGreaterThan(0);
      for (const one of refused) expect(one.reason).toMatchObject({ code: 'remote-busy', retryable: true });
      await Promise.all([first.close(), second.close()]);
    } finally {
      await database.admin.query(`alter role ${ann.name} connection limit -1`);
    }
  });
});

describe('cancelling', () => {
  test('a statement that runs ends it here at once, and on the server soon', async () => {
    const stop = new AbortController();
    const work = session.transaction(async (sql) => {
      await sql.query('update public.kept set value = 1 where id = 1');
      await sql.query('select pg_sleep(600)');
    }, stop.signal);
    const rejected = expect(work).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => running('pg_sleep(600)')).toBe(1);
    stop.abort();
    await rejected;
    await expect.poll(() => running('pg_sleep(600)')).toBe(0);
    // The lock is free again, and what was changed is as it was.
    expect(await session.query('select value from public.kept where id = 1 for update')).toEqual([{ value: 0 }]);
  });

  test('a statement that waits for a lock gives up its place', async () => {
    const stop = new AbortController();
    const hold = Promise.withResolvers<void>();
    const holding = session.transaction(async (sql) => {
      await sql.query('update public.kept set value = 2 where id = 1');
      await hold.promise;
    });
    const update = 'update public.kept set value = 3 where id = 1';
    const waiting = session.transaction((sql) => sql.query(update), stop.signal);
    const rejected = expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => running('set value = 3')).toBe(1);
    stop.abort();
    await rejected;
    await expect.poll(() => running('set value = 3')).toBe(0);
    hold.resolve();
    await holding;
    expect(await session.query('select value from public.kept where id = 1')).toEqual([{ value: 2 }]);
  });
});

describe('what the server ends', () => {
  test('is told as unreachable, and the next statement connects anew', async () => {
    const own = database.open(ann, { connections: 1 });
    const asked = own.query('select pg_sleep(600) as terminated');
    const rejected = expect(asked).rejects.toMatchObject({ code: 'remote-unreachable', retryable: true });
    await expect.poll(() => running('as terminated')).toBe(1);
    await database.admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where query like '%as terminated'`,
    );
    await rejected;
    expect(await own.query('select 1 as one')).toEqual([{ one: 1 }]);
    // And while nobody uses the connection.
    await database.admin.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [ann.name]);
    await expect.poll(() => own.query('select 1 as one').catch((error: unknown) => error)).toEqual([{ one: 1 }]);
    await own.close();
  });

  test('for two that wait for each other is told as busy, to one of them', async () => {
    const met = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const both = [1, 2].map((id) =>
      session.transaction(async (sql) => {
        await sql.query('update public.kept set value = 4 where id = $1', [id]);
        met[id - 1]?.resolve();
        await Promise.all(met.map(({ promise }) => promise));
        await sql.query('update public.kept set value = 5 where id = $1', [3 - id]);
      }),
    );
    const ends = await Promise.allSettled(both);
    const refused = ends.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ code: 'remote-busy', retryable: true });
  });

  test('for its own limit of time is told as that', async () => {
    await database.admin.query(`alter role ${ann.name} set statement_timeout = '100ms'`);
    const own = database.open(ann);
    try {
      await expect(own.query('select pg_sleep(600)')).rejects.toMatchObject({
        code: 'remote-timeout',
        retryable: true,
      });
    } finally {
      await database.admin.query(`alter role ${ann.name} reset statement_timeout`);
      await own.close();
    }
  });
});

test('the server is asked not to wait for a computer that fell asleep', async () => {
  const settings = ['idle_in_transaction_session_timeout', 'lock_timeout', 'client_connection_check_interval'];
  const rows = await session.query<{ name: string; value: string }>(
    'select name, current_setting(name) as value from unnest($1::text[]) as name',
    [settings],
  );
  expect(rows.map(({ value }) => value)).toEqual(['1min', '20s', '1s']);
});

test('a transaction is as sync needs it, whatever the role’s own defaults are', async () => {
  await database.admin.query(`alter role ${ann.name} set default_transaction_isolation = 'serializable'`);
  await database.admin.query(`alter role ${ann.name} set default_transaction_read_only = on`);
  const own = database.open(ann);
  try {
    const settings = await own.transaction((sql) =>
      sql.query(`select current_setting('transaction_isolation') as isolation,
        current_setting('transaction_read_only') as read_only`),
    );
    expect(settings).toEqual([{ isolation: 'read committed', read_only: 'off' }]);
  } finally {
    await database.admin.query(`alter role ${ann.name} reset all`);
    await own.close();
  }
});
