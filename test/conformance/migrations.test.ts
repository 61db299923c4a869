/** Migrations where several computers meet at once, with roles that may and roles that may not. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrateRemote, type KnownSchema } from '../../electron/adapters/postgres/migrate.ts';
import { remoteMigrations } from '../../electron/adapters/postgres/migrations/index.ts';
import { PostgresRemoteStore } from '../../electron/adapters/postgres/remote-store.ts';
import type { PostgresSession } from '../../electron/adapters/postgres/session.ts';
import { createRemoteUser } from '../../electron/adapters/postgres/users.ts';
import type { Entity } from '../../electron/sync/entity.ts';
import { makeDatabase, type TestDatabase, type TestRole } from '../helpers/conformance.ts';

let database: TestDatabase;
/** May make the schema, and is no superuser: what the owner of a database is. */
let keeper: TestRole;

beforeEach(async () => {
  database = await makeDatabase();
  keeper = await database.makeRole('keeper');
  await database.admin.query(`grant create on database ${database.name} to ${keeper.name}`);
});
afterEach(() => database.remove());

const now = remoteMigrations.length;
/** Of a client that is newer by one; its own step takes a while, and cannot be run twice. */
const newer: KnownSchema = {
  migrations: [
    ...remoteMigrations,
    async (sql) => {
      await sql.query('create table quire.later (id integer)');
      await sql.query('select pg_sleep(0.3)');
    },
  ],
  oldestWriter: now + 1,
};

/** An account of the keeper's own, and a computer that syncs it. */
async function join(session: PostgresSession): Promise<{ store: PostgresRemoteStore; device: string }> {
  const [id, device] = [randomUUID(), randomUUID()];
  await createRemoteUser(session, { id, email: 'ann@example.com', signIn: {} });
  const store = new PostgresRemoteStore(session, id);
  await store.greet({ id: device, name: 'Desk', platform: 'linux', appVersion: '1.0.0' });
  return { store, device };
}

function conversation(id: string): Entity {
  const title = { stamp: '0001700000000000-aaaaaaaa', seen: 0, value: 'Taxes' };
  return { kind: 'conversation', id, registers: { title }, tombstone: null };
}

describe('several computers that migrate at once', () => {
  test('all end with the schema, made once', async () => {
    const sessions = Array.from({ length: 6 }, () => database.open(keeper, { connections: 1 }));
    const made = await Promise.all(sessions.map((session) => migrateRemote(session, { known: newer })));
    expect(made).toEqual(sessions.map(() => ({ version: now + 1, readOnly: null })));
  });

  test('with versions of their own: the newest wins, and the older ones are told', async () => {
    const sessions = Array.from({ length: 6 }, () => database.open(keeper, { connections: 1 }));
    await Promise.all(
      sessions.map((session, index) => migrateRemote(session, index % 2 === 0 ? {} : { known: newer })),
    );
    const [session] = sessions;
    if (!session) throw new Error('There is no session.');
    expect(await migrateRemote(session)).toMatchObject({
      version: now + 1,
      readOnly: { code: 'remote-from-the-future' },
    });
  });
});

describe('a computer that is too old', () => {
  test('reads on and writes nothing', async () => {
    const session = database.open(keeper);
    await migrateRemote(session);
    const { store, device } = await join(session);
    await store.push(device, [conversation('one')]);
    await migrateRemote(database.open(keeper), { known: newer });
    const greeting = await store.greet({ id: device, name: 'Desk', platform: 'linux', appVersion: '1.0.0' });
    expect(greeting.readOnly).toMatchObject({ code: 'remote-from-the-future', hint: expect.stringMatching(/.+/) });
    await expect(store.push(device, [conversation('two')])).rejects.toMatchObject({ code: 'remote-from-the-future' });
    const page = await store.pull(0, 10);
    expect(page.entities.map(({ id }) => id)).toEqual(['one']);
  });

  test('whose push was under way is waited for; the next one sees that it is', async () => {
    const session = database.open(keeper);
    await migrateRemote(session);
    const { store, device } = await join(session);
    const [begun, finish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const push = session.transaction(async (sql) => {
      await sql.query('select from quire.users for update');
      begun.resolve();
      await finish.promise;
      const [version] = await sql.query<{ value: string }>(
        `select value from quire.meta where name = 'schema-version'`,
      );
      return version?.value;
    });
    await begun.promise;
    const migrating = migrateRemote(database.open(keeper), { known: newer });
    const waiting = (): Promise<object[]> =>
      database.admin.query(`select from pg_stat_activity where wait_event_type = 'Lock' and query like 'lock table%'`);
    await expect.poll(waiting).toHaveLength(1);
    const late = expect(store.push(device, [conversation('late')])).rejects.toMatchObject({
      code: 'remote-from-the-future',
    });
    finish.resolve();
    expect(await push).toBe(String(now));
    expect(await migrating).toMatchObject({ version: now + 1 });
    await late;
  });
});

describe('a role that may not', () => {
  test('make a schema is told the statement that lets it', async () => {
    const bob = await database.makeRole('bob');
    const session = database.open(bob);
    const thrown = await migrateRemote(session).catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      code: 'remote-forbidden',
      hint: expect.stringContaining(`GRANT CREATE ON DATABASE "${database.name}" TO "${bob.name}";`),
    });
    await database.admin.query(`GRANT CREATE ON DATABASE "${database.name}" TO "${bob.name}"`);
    expect(await migrateRemote(session)).toMatchObject({ version: now });
  });

  test('use the schema of somebody else is told whom to ask', async () => {
    await migrateRemote(database.open(keeper));
    const bob = await database.makeRole('bob');
    await expect(migrateRemote(database.open(bob))).rejects.toMatchObject({
      code: 'remote-forbidden',
      hint: expect.stringContaining(keeper.name),
    });
  });

  test('update it is told whom to ask, and whoever may updates it', async () => {
    await database.admin.query(
      'do $$ begin create role quire_member; exception when duplicate_object then null; end $$',
    );
    await migrateRemote(database.open(keeper));
    const bob = await database.makeRole('bob');
    await database.admin.query(`grant quire_member to ${bob.name}`);
    const session = database.open(bob);
    expect(await migrateRemote(session)).toEqual({ version: now, readOnly: null });
    await expect(migrateRemote(session, { known: newer })).rejects.toMatchObject({
      code: 'remote-forbidden',
      message: expect.stringContaining(`only ${keeper.name} may update it`),
    });
    await migrateRemote(database.open(keeper), { known: newer });
    expect(await migrateRemote(session, { known: newer })).toEqual({ version: now + 1, readOnly: null });
  });
});
