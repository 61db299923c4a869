/** Statements and transactions on a real Postgres (PGlite): what comes back, what is kept, and what a signal ends. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openPostgres } from '../../../electron/adapters/postgres/connection.ts';
import type { PostgresSession } from '../../../electron/adapters/postgres/session.ts';
import { databaseRemoteSchema, type DatabaseRemote } from '../../../shared/remotes.ts';
import { startPglite, type TestPostgres } from '../../helpers/pglite-server.ts';

let server: TestPostgres;
let remote: DatabaseRemote;
let session: PostgresSession;

beforeAll(async () => {
  server = await startPglite();
  const { host, port, database, user } = server;
  remote = databaseRemoteSchema.parse({ host, port, database, user, tls: 'off' });
  session = openPostgres(remote, server.password, { connections: 1 });
  await session.query('create table kept (value integer)');
});
beforeEach(() => session.query('truncate kept'));
afterAll(async () => {
  await session.close();
  await server.close();
  vi.unstubAllEnvs();
});

const keep = 'insert into kept values (1)';
async function kept(): Promise<number> {
  const [row] = await session.query<{ count: number }>('select count(*) from kept');
  return row?.count ?? -1;
}

describe('values', () => {
  test('bytes come as Buffer, bigint as number, JSON parsed', async () => {
    const bytes = Buffer.from([0, 1, 255]);
    const [row] = await session.query(
      'select $1::bytea as bytes, $2::bigint as number, $3::jsonb as object, $4::text as nothing',
      [bytes, Number.MAX_SAFE_INTEGER, { list: [1, 'ü'] }, null],
    );
    expect(row).toEqual({ bytes, number: Number.MAX_SAFE_INTEGER, object: { list: [1, 'ü'] }, nothing: null });
  });

  test('a number that JavaScript would round is an error, and the connection goes on', async () => {
    await expect(session.query('select 9007199254740993::bigint')).rejects.toMatchObject({ code: 'remote-damaged' });
    expect(await kept()).toBe(0);
  });
});

describe('a transaction', () => {
  test('is kept when the work resolves, its statements one after the other in their order', async () => {
    await session.transaction(async (sql) => {
      const all = [
        'insert into kept values (1)',
        'update kept set value = value + 1',
        'delete from kept where value = 1',
      ];
      // Not awaited one by one: they still run in this order, all before the end.
      void Promise.all(all.map((text) => sql.query(text)));
    });
    expect(await kept()).toBe(1);
  });

  test('is undone when the work rejects, with what it rejected with', async () => {
    const mine = new Error('mine');
    const work = session.transaction(async (sql) => {
      await sql.query(keep);
      throw mine;
    });
    await expect(work).rejects.toBe(mine);
    expect(await kept()).toBe(0);
  });

  test('whose failed statement was overlooked is not reported as kept', async () => {
    const work = session.transaction(async (sql) => {
      await sql.query(keep);
      await sql.query('select 1 / 0').catch(() => undefined);
    });
    await expect(work).rejects.toMatchObject({ code: 'internal' });
    expect(await kept()).toBe(0);
  });

  test('is undone when its signal is aborted between two statements', async () => {
    const stop = new AbortController();
    const work = session.transaction(async (sql) => {
      await sql.query(keep);
      stop.abort();
      await sql.query(keep);
    }, stop.signal);
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(await kept()).toBe(0);
  });

  test('is undone when its signal is aborted after the last statement', async () => {
    const stop = new AbortController();
    const work = session.transaction(async (sql) => {
      await sql.query(keep);
      stop.abort();
    }, stop.signal);
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(await kept()).toBe(0);
  });

  test('does not begin when its signal was aborted before', async () => {
    let hasBegun = false;
    const work = session.transaction(async () => void (hasBegun = true), AbortSignal.abort());
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(hasBegun).toBe(false);
  });

  test('that waits for a connection stops waiting when its signal is aborted', async () => {
    const stop = new AbortController();
    const release = Promise.withResolvers<void>();
    const first = session.transaction(() => release.promise);
    const second = session.transaction(() => Promise.resolve(), stop.signal);
    stop.abort();
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    release.resolve();
    await first;
    expect(await kept()).toBe(0);
  });
});

describe('closing', () => {
  test('ends what runs and what waits; nothing begins afterwards', async () => {
    const own = openPostgres(remote, server.password, { connections: 1 });
    const never = Promise.withResolvers<void>();
    const running = own.transaction(async (sql) => {
      await sql.query('select 1');
      never.resolve();
      await sql.query('select count(*) from generate_series(1, 3000000)');
    });
    const waiting = own.query('select 1');
    const ended = [
      expect(running).rejects.toMatchObject({ code: 'cancelled' }),
      expect(waiting).rejects.toMatchObject({ code: 'cancelled' }),
    ];
    await never.promise;
    await own.close();
    await Promise.all(ended);
    await expect(own.query('select 1')).rejects.toMatchObject({ code: 'cancelled' });
    await own.close();
  });

  test('by the session’s own signal is the same', async () => {
    const stop = new AbortController();
    const own = openPostgres(remote, server.password, { connections: 1, signal: stop.signal });
    await own.query('select 1');
    stop.abort();
    await expect(own.query('select 1')).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('errors', () => {
  test('name server and database, and say what to do', async () => {
    await expect(session.query('select * from quire.nowhere')).rejects.toMatchObject({
      code: 'remote-damaged',
      message: expect.stringContaining(`127.0.0.1:${server.port}/postgres`),
      hint: expect.stringContaining('Run the test'),
      retryable: false,
    });
  });

  test('of values say nothing of them, nor does their cause', async () => {
    const thrown = await session.query(`select 'secret words'::integer`).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'internal' });
    expect(textOf(thrown)).not.toContain('secret words');
  });
});

/** Everything of an error that could be logged. */
function textOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return `${JSON.stringify(Object.entries(thrown))} ${thrown.message} ${thrown.stack} ${thrown.cause ? textOf(thrown.cause) : ''}`;
}
