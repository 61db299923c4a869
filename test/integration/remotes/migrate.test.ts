/** Migrations of the remote schema on a real Postgres (PGlite): all or nothing, once, and never by a client too old. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPostgres } from '../../../electron/adapters/postgres/connection.ts';
import { inspectSchema, migrateRemote, type KnownSchema } from '../../../electron/adapters/postgres/migrate.ts';
import { remoteMigrations } from '../../../electron/adapters/postgres/migrations/index.ts';
import type { PostgresSession, Sql } from '../../../electron/adapters/postgres/session.ts';
import { databaseRemoteSchema } from '../../../shared/remotes.ts';
import { startPglite, type TestPostgres } from '../../helpers/pglite-server.ts';

let server: TestPostgres;
let session: PostgresSession;

beforeAll(async () => {
  server = await startPglite({ bare: true });
  const { host, port, database, user } = server;
  session = openPostgres(databaseRemoteSchema.parse({ host, port, database, user, tls: 'off' }), server.password, {
    connections: 1,
  });
});
beforeEach(async () => {
  await session.query('drop schema if exists quire cascade');
  await session.query('drop extension if exists vector');
});
afterAll(async () => {
  await session.close();
  await server.close();
});

const now = remoteMigrations.length;
const step =
  (table: string) =>
  async (sql: Sql): Promise<void> =>
    void (await sql.query(`create table quire.${table} (id integer)`));
/** Of a client that is newer by one. */
const newer = (oldestWriter: number): KnownSchema => ({
  migrations: [...remoteMigrations, step('later')],
  oldestWriter,
});

async function tables(): Promise<string[]> {
  const rows = await session.query<{ name: string }>(
    `select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'quire' and c.relkind = 'r' order by 1`,
  );
  return rows.map(({ name }) => name);
}

describe('migrating', () => {
  test('makes the schema where there is none, and pgvector with it', async () => {
    expect(await inspectSchema(session)).toMatchObject({ version: 0, owner: null, mayMigrate: true, readOnly: null });
    expect(await migrateRemote(session)).toEqual({ version: now, readOnly: null });
    expect(await tables()).toEqual(expect.arrayContaining(['changes', 'chunks', 'documents', 'meta', 'users']));
    expect(await session.query(`select extname::text from pg_extension where extname = 'vector'`)).toHaveLength(1);
    expect(await inspectSchema(session)).toMatchObject({ version: now, owner: 'postgres', readOnly: null });
  });

  test('a second time changes nothing', async () => {
    await migrateRemote(session);
    const changes = `select max(xmin::text::bigint)::integer as last from pg_class`;
    const before = await session.query(changes);
    expect(await migrateRemote(session)).toEqual({ version: now, readOnly: null });
    expect(await session.query(changes)).toEqual(before);
  });

  test('runs what is missing only', async () => {
    await migrateRemote(session);
    expect(await migrateRemote(session, { known: newer(now) })).toEqual({ version: now + 1, readOnly: null });
    expect(await tables()).toContain('later');
  });

  test('that fails in its last step leaves nothing of the others', async () => {
    const failing: KnownSchema = {
      migrations: [...remoteMigrations, async (sql) => void (await sql.query('select 1 / 0'))],
      oldestWriter: 1,
    };
    await expect(migrateRemote(session, { known: failing })).rejects.toMatchObject({ code: 'internal' });
    expect(await inspectSchema(session)).toMatchObject({ version: 0, owner: null });
    expect(await session.query(`select from pg_extension where extname = 'vector'`)).toEqual([]);
  });

  test('stops at once when it is cancelled, and leaves nothing', async () => {
    const stop = new AbortController();
    const known: KnownSchema = {
      migrations: [...remoteMigrations, async () => stop.abort()],
      oldestWriter: 1,
    };
    await expect(migrateRemote(session, { known, signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
    expect(await inspectSchema(session)).toMatchObject({ version: 0, owner: null });
  });

  test('leaves a schema of this name alone that is somebody else’s', async () => {
    await session.query('create schema quire');
    await session.query('create table quire.arrows (id integer)');
    await expect(migrateRemote(session)).rejects.toMatchObject({
      code: 'remote-damaged',
      hint: expect.stringContaining('another database'),
    });
    expect(await tables()).toEqual(['arrows']);
  });
});

describe('a client that meets a newer schema', () => {
  test('is told to upgrade and may only read, and changes nothing', async () => {
    await migrateRemote(session, { known: newer(now + 1) });
    const schema = await migrateRemote(session);
    expect(schema).toMatchObject({
      version: now + 1,
      readOnly: { code: 'remote-from-the-future', hint: expect.stringContaining('newest Quire'), retryable: false },
    });
    expect((await inspectSchema(session)).version).toBe(now + 1);
  });

  test('writes on where the newer one says that it may', async () => {
    await migrateRemote(session, { known: newer(now) });
    expect(await migrateRemote(session)).toEqual({ version: now + 1, readOnly: null });
  });
});
