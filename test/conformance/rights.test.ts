/**
 * Two people who share a database, each with credentials of their own: neither can read or change anything of the other's,
 * in any table, by any function, or by any trick with roles and policies.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateRemote } from '../../electron/adapters/postgres/migrate.ts';
import { openRemoteParts } from '../../electron/adapters/postgres/remote-parts.ts';
import { PostgresRemoteStore } from '../../electron/adapters/postgres/remote-store.ts';
import { undone } from '../../electron/adapters/postgres/requirements.ts';
import type { PostgresSession } from '../../electron/adapters/postgres/session.ts';
import {
  createRemoteUser,
  findRemoteUser,
  getRemoteUser,
  setRemoteEmail,
  setRemoteSignIn,
} from '../../electron/adapters/postgres/users.ts';
import { entityKinds } from '../../electron/sync/entity.ts';
import type { RemoteParts } from '../../electron/sync/ports/remote-parts.ts';
import { makeDatabase, type TestDatabase, type TestRole } from '../helpers/conformance.ts';
import { deletedAt, entityAt } from '../helpers/remote-library.ts';

interface Person {
  readonly role: TestRole;
  readonly userId: string;
  readonly session: PostgresSession;
  readonly parts: RemoteParts;
}

let database: TestDatabase;
/** Owns the schema, and is no superuser. */
let keeper: TestRole;
let ann: Person;
let bob: Person;
/** Every table with rows of people: the column that says whose a row is. */
let tables: { name: string; owner: 'id' | 'user_id' }[];

const space = { fingerprint: 'test', dimensions: 3 };
const email = 'the-same@example.com';

beforeAll(async () => {
  database = await makeDatabase();
  keeper = await database.makeRole('keeper');
  await database.admin.query(`grant create on database ${database.name} to ${keeper.name}`);
  await database.admin.query('do $$ begin create role quire_member; exception when duplicate_object then null; end $$');
  await migrateRemote(database.open(keeper));
  ann = await join('ann');
  bob = await join('bob');
  await database.admin.query('analyze');
  const relations = await database.admin.query<{ name: string; kind: string }>(
    `select relname::text as name, relkind::text as kind from pg_class where relnamespace = 'quire'::regnamespace`,
  );
  // What is none of these would need tests of its own: views, sequences, foreign tables.
  expect([...new Set(relations.map(({ kind }) => kind))].sort()).toEqual(['i', 'r']);
  tables = relations
    .filter(({ name, kind }) => kind === 'r' && name !== 'meta')
    .map(({ name }) => ({ name, owner: name === 'users' ? 'id' : 'user_id' }));
});
afterAll(() => database.remove());

/** Signs in with credentials of their own and leaves something in every table. */
async function join(name: string): Promise<Person> {
  const role = await database.makeRole(name);
  await database.admin.query(`grant quire_member to ${role.name}`);
  const session = database.open(role);
  const [userId, deviceId] = [randomUUID(), randomUUID()];
  await createRemoteUser(session, { id: userId, email, signIn: { hash: `of ${name}` } });
  const store = new PostgresRemoteStore(session, userId);
  await store.greet({ id: deviceId, name: `${name}’s desk`, platform: 'linux', appVersion: '1.0.0' });
  const parts = openRemoteParts({ session, userId, deviceId });
  const file = (documentId: string) =>
    parts.putFile({
      ...{ address: `${documentId}-of-${name}`, kind: 'original', documentId, contentHash: '00'.repeat(32) },
      ...{ size: 1, sealed: true },
    });
  await parts.nameBucket(randomBytes(16).toString('hex'), `“files of ${name}” at s3.example.com`);
  const page = { number: 1, width: 1, height: 1, rotation: 0, hasText: true, source: 'native' };
  const hash = randomBytes(32);
  const chunk = { ordinal: 0, page: 1, pageEnd: 1, tokenCount: 1, contentHash: hash, ranges: '[]', headingPath: '[]' };
  const text = `Secret of ${name}`;
  await parts.putPages('kept', 'r1', [{ ...page, text, geometry: new Uint8Array(1) }]);
  await parts.putChunks('kept', 'r1', [
    { ...chunk, boxes: new Uint8Array(1), contextText: text, searchTerms: text, text },
  ]);
  await parts.openVectors(space);
  await parts.putVectors(space, [{ contentHash: hash, vector: Float32Array.of(1, 0, 0) }]);
  await file('kept');
  await file('gone');
  await store.push(deviceId, [
    ...entityKinds.map((kind) =>
      entityAt(1, kind, kind === 'document' ? 'kept' : `${kind}-of-${name}`, { title: text }),
    ),
    entityAt(2, 'document', 'kept', { reading: { id: 'r1', pages: 1, chunks: 1 } }),
    entityAt(3, 'document', 'gone', { title: text }),
  ]);
  await store.push(deviceId, [deletedAt(4, 'document', 'gone')]);
  return { role, userId, session, parts };
}

/** What statements, one after the other in one transaction, come to as Bob: rows of the last, or the code of the error. */
function asBob(...statements: readonly [string, ...(readonly unknown[])[]][]): Promise<object[] | string> {
  return undone(bob.session, async (sql) => {
    let rows: object[] = [];
    for (const [text, values] of statements) rows = await sql.query(text, values);
    return rows;
  }).catch((error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)));
}

/** Each table with what was found of it, for a failure to say which. */
async function byTable(
  look: (table: { name: string; owner: string }) => Promise<unknown>,
): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const table of tables) found[table.name] = await look(table);
  return found;
}
const each = (value: unknown): Record<string, unknown> => Object.fromEntries(tables.map(({ name }) => [name, value]));

describe('every table', () => {
  test('has rows of both, or the tests below would show nothing', async () => {
    const counts = await byTable(({ name, owner }) =>
      database.admin.query(`select distinct ${owner}::text as id from quire.${name} order by 1`),
    );
    expect(counts).toEqual(each([ann.userId, bob.userId].sort().map((id) => ({ id }))));
  });

  test('has row-level security, for its owner too', async () => {
    const settings = await byTable(({ name }) =>
      database.admin.query(
        `select relrowsecurity as rows, relforcerowsecurity as owner from pg_class where oid = $1::regclass`,
        [`quire.${name}`],
      ),
    );
    expect(settings).toEqual(each([{ rows: true, owner: true }]));
  });

  test('shows each their own rows alone', async () => {
    for (const person of [ann, bob]) {
      const seen = await byTable(({ name, owner }) =>
        person.session.query(`select distinct ${owner}::text as id from quire.${name}`),
      );
      expect(seen).toEqual(each([{ id: person.userId }]));
    }
  });

  test('shows the owner of the schema nothing of either', async () => {
    const session = database.open(keeper);
    expect(await byTable(({ name }) => session.query(`select from quire.${name}`))).toEqual(each([]));
  });

  test('lets nobody in who is no member', async () => {
    const session = database.open(await database.makeRole('stranger'));
    const seen = await byTable(({ name }) =>
      session.query(`select from quire.${name}`).catch((error: unknown) => (error as { code: string }).code),
    );
    expect(seen).toEqual(each('remote-forbidden'));
    await expect(session.query('select from quire.meta')).rejects.toMatchObject({ code: 'remote-forbidden' });
  });

  test('keeps the other’s rows as they are', async () => {
    const changed = await byTable(async ({ name, owner }) => [
      await asBob([`update quire.${name} set ${owner} = ${owner} where ${owner} = $1 returning 1`, [ann.userId]]),
      await asBob([`delete from quire.${name} where ${owner} = $1 returning 1`, [ann.userId]]),
      await asBob([`delete from quire.${name} where ${owner} <> $1 returning 1`, [bob.userId]]),
      await asBob([`truncate quire.${name} cascade`]),
    ]);
    expect(changed).toEqual(each([[], [], [], 'remote-forbidden']));
  });

  test('takes no row in the other’s name', async () => {
    const change = JSON.stringify({ user_id: ann.userId, role: ann.role.name });
    const put = await byTable(async ({ name, owner }) => [
      await asBob([
        `insert into quire.${name} select (jsonb_populate_record(own, $1::jsonb)).* from quire.${name} own`,
        [change],
      ]),
      await asBob([`update quire.${name} set ${owner} = $1`, [ann.userId]]),
    ]);
    const refused = each(['remote-forbidden', 'remote-forbidden']);
    // An id that is there cannot be taken; whose it is stays unknown.
    expect({ ...put, users: 'below' }).toEqual({ ...refused, users: 'below' });
    expect(await asBob([`update quire.users set role = $1`, [ann.role.name]])).toBe('remote-forbidden');
    expect(
      await asBob([
        `insert into quire.users (id, role, email, sign_in) values ($1, $2, 'x', '{}')`,
        [randomUUID(), ann.role.name],
      ]),
    ).toBe('remote-forbidden');
    expect(
      await asBob([
        `insert into quire.users (id, email, sign_in) values ($1, 'x', '{}')
          on conflict (id) do update set email = excluded.email returning email`,
        [ann.userId],
      ]),
    ).toBe('remote-forbidden');
  });

  test('shows the other’s rows to no function in a condition, however cheap it says it is', async () => {
    const seen = await byTable(({ name, owner }) =>
      asBob(
        ['create temp table seen (id text) on commit drop'],
        [
          `create function pg_temp.look(id text) returns boolean language plpgsql cost 0.0000001 as
            $$ begin insert into pg_temp.seen values (id); return true; end $$`,
        ],
        [`select from quire.${name} where pg_temp.look(${owner}::text)`],
        [`select from quire.${name} where ${owner} = $1 and pg_temp.look(${owner}::text)`, [ann.userId]],
        ['select distinct id from pg_temp.seen'],
      ),
    );
    expect(seen).toEqual(each([{ id: bob.userId }]));
  });

  test('tells nothing by the planner’s statistics', async () => {
    const statistics = await asBob([
      `select distinct tablename::text as name from pg_stats where schemaname = 'quire'`,
    ]);
    expect(statistics).not.toEqual([]);
    expect(statistics).toEqual([{ name: 'meta' }]);
    expect(await asBob(['select from pg_statistic'])).toBe('remote-forbidden');
  });
});

describe('functions of the schema', () => {
  test('that a member may call are known, and answer nothing of anybody', async () => {
    const callable = await bob.session.query<{ name: string }>(
      `select oid::regprocedure::text as name from pg_proc
        where pronamespace = 'quire'::regnamespace and has_function_privilege(oid, 'execute')`,
    );
    expect(callable).toEqual([{ name: 'quire.open_vectors(text,integer)' }]);
    expect(await asBob([`select quire.open_vectors('test', 3) as made`])).toEqual([
      { made: expect.stringMatching(/^vectors_[0-9a-f]{16}$/) },
    ]);
    const attack = `test', 3); drop table quire.users; --`;
    expect(await asBob(['select quire.open_vectors($1, 3) as made', [attack]])).toEqual([
      { made: expect.stringMatching(/^vectors_[0-9a-f]{16}$/) },
    ]);
  });

  test('and what is asked through them and the tables finds one’s own', async () => {
    const nearest = await bob.parts.nearest(space, Float32Array.of(1, 0, 0), { limit: 10 });
    expect(nearest.map(({ chunk }) => chunk.text)).toEqual(['Secret of bob']);
    expect(
      (await ann.parts.nearest(space, Float32Array.of(1, 0, 0), { limit: 10 })).map(({ chunk }) => chunk.text),
    ).toEqual(['Secret of ann']);
  });
});

describe('tricks with roles and policies are refused', () => {
  const forbidden = (name: string, ...statements: readonly string[]) => ({ name, statements });
  test.each([
    forbidden('policies switched off', 'set local row_security = off', 'select from quire.documents'),
    forbidden('security taken off a table', 'alter table quire.documents disable row level security'),
    forbidden('security not for owners', 'alter table quire.documents no force row level security'),
    forbidden('a policy changed', 'alter policy own on quire.documents using (true)'),
    forbidden('a policy dropped', 'drop policy own on quire.documents'),
    forbidden('a policy more', 'create policy all_of_it on quire.documents using (true)'),
    forbidden(
      'a trigger',
      'create trigger t before update on quire.users for each row execute function suppress_redundant_updates_trigger()',
    ),
    forbidden('a rule', 'create rule r as on insert to quire.documents do also select 1'),
    forbidden(
      'a key to look with',
      'create temp table t (id uuid)',
      'alter table quire.documents add foreign key (user_id) references quire.users',
    ),
    forbidden('a function in the schema', `create function quire.f() returns integer language sql as 'select 1'`),
    forbidden('a table in the schema', 'create table quire.t (id integer)'),
    forbidden('a function that exists', 'alter function quire.open_vectors(text, integer) owner to current_user'),
    forbidden('rights for everybody', 'select quire.grant_to_members()'),
    forbidden('the version', `update quire.meta set value = '1000'`),
    forbidden('a version more', `insert into quire.meta values ('x', 'y')`),
    forbidden('a table to a file', `copy quire.documents to '/tmp/quire-stolen'`),
    forbidden('a table from a program', `copy quire.documents from program 'true'`),
    forbidden('passwords', 'select from pg_authid'),
  ])('$name', async ({ statements }) => {
    expect(await asBob(...statements.map((text): [string] => [text]))).toBe('remote-forbidden');
  });

  test('somebody else’s role, or the session’s', async () => {
    for (const { name } of [ann.role, keeper]) {
      expect(await asBob([`set local role ${name}`])).toBe('remote-forbidden');
      expect(await asBob([`set local session authorization ${name}`])).toBe('remote-forbidden');
      expect(await asBob([`grant ${name} to current_user`])).toBe('remote-forbidden');
    }
  });

  test('the group’s role shows what one’s own does', async () => {
    const seen = await byTable(({ name, owner }) =>
      asBob(['set local role quire_member'], [`select distinct ${owner}::text as id from quire.${name}`]),
    );
    expect(seen).toEqual(each([{ id: bob.userId }]));
  });

  test('a role that may become the other’s for rights is still itself', async () => {
    // An administrator's slip: membership gives the role's rights, and rows still are by who signed in.
    await database.admin.query(`grant ${ann.role.name} to ${bob.role.name}`);
    const session = database.open(bob.role);
    try {
      const seen = await undone(session, async (sql) => {
        await sql.query(`set local role ${ann.role.name}`);
        return sql.query('select distinct user_id::text as id from quire.documents');
      });
      expect(seen).toEqual([{ id: bob.userId }]);
    } finally {
      await session.close();
      await database.admin.query(`revoke ${ann.role.name} from ${bob.role.name}`);
    }
  });
});

describe('what changes of an account', () => {
  // Catches: an address that is refused because somebody else in this database has it, who is none of one's business.
  test('is its owner’s alone, also where two people have the same address', async () => {
    const before = await getRemoteUser(bob.session, bob.userId);
    expect(await setRemoteSignIn(ann.session, bob.userId, { hash: 'taken over' })).toBe(false);
    await setRemoteEmail(ann.session, bob.userId, 'taken-over@example.com');
    expect(await getRemoteUser(bob.session, bob.userId)).toEqual(before);
    for (const { session, userId } of [ann, bob]) await setRemoteEmail(session, userId, 'both@example.com');
    expect(await findRemoteUser(ann.session, 'Both@example.com')).toMatchObject({ id: ann.userId });
    expect(await findRemoteUser(bob.session, 'Both@example.com')).toMatchObject({ id: bob.userId });
    for (const { session, userId } of [ann, bob]) await setRemoteEmail(session, userId, email);
  });

  // Catches: an error of the server, or two accounts with one address, when both ask in the same moment.
  test('is refused to the second of two accounts of one role that want the same address at once', async () => {
    const other = database.open(ann.role);
    const ids = [ann.userId, randomUUID()] as const;
    await createRemoteUser(other, { id: ids[1], email: 'other@example.com', signIn: {} });
    for (let round = 0; round < 10; round += 1) {
      const wanted = `wanted-${round}@example.com`;
      const asked = await Promise.allSettled([
        setRemoteEmail(ann.session, ids[0], wanted),
        setRemoteEmail(other, ids[1], wanted.toUpperCase()),
      ]);
      expect(asked.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(asked.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'email-taken' } });
    }
    await setRemoteEmail(ann.session, ann.userId, email);
  });
});
