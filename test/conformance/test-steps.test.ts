/** The test of a database with a real server: where each step fails, and that doing what it says makes it pass. */
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { migrateRemote } from '../../electron/adapters/postgres/migrate.ts';
import { remoteMigrations } from '../../electron/adapters/postgres/migrations/index.ts';
import { testDatabase } from '../../electron/adapters/postgres/test-database.ts';
import { databaseTestSteps, type DatabaseRemote, type RemoteTestStep } from '../../shared/remotes.ts';
import { makeDatabase, type TestDatabase, type TestRole } from '../helpers/conformance.ts';

let database: TestDatabase;
let ann: TestRole;

async function begin(vector: boolean): Promise<void> {
  database = await makeDatabase(vector);
  ann = await database.makeRole('ann');
}
beforeEach(() => begin(true));
afterEach(() => database.remove());

/** The last state of each step. */
async function run(change: Partial<DatabaseRemote> = {}, password = ann.password): Promise<RemoteTestStep[]> {
  const last = new Map<string, RemoteTestStep>();
  for await (const step of testDatabase(database.remote(ann, change), password)) last.set(step.name, step);
  return [...last.values()];
}

/** The step that failed; those before it passed, those after it were not tried. */
function failed(steps: readonly RemoteTestStep[]): RemoteTestStep {
  const at = steps.findIndex(({ state }) => state === 'failed');
  const expected = databaseTestSteps.map((_, index) => (index < at ? 'passed' : index === at ? 'failed' : 'not-tried'));
  expect(steps.map(({ state }) => state)).toEqual(expected);
  const step = steps[at];
  if (!step) throw new Error('No step failed.');
  return step;
}

/** Runs the statement that a hint ends with, as an administrator would. */
async function obey({ error }: RemoteTestStep): Promise<void> {
  const statements = /: ((?:[A-Z]+ .*;)+)$/.exec(error?.hint ?? '')?.[1];
  if (!statements) throw new Error(`There is no statement in: ${error?.hint}`);
  await database.admin.query(statements);
}

const allow = (): Promise<object[]> => database.admin.query(`grant create on database ${database.name} to ${ann.name}`);

describe('all steps', () => {
  test('pass for the owner of a database, who is told what was found', async () => {
    await allow();
    const steps = await run();
    expect(steps.map(({ name, detail }) => [name, detail])).toEqual([
      ['reach', `127.0.0.1:${inject('postgres').port} answers`],
      ['tls', expect.stringMatching(/^TLSv1\.3, certificate of Quire test authority until \d{4}-\d\d-\d\d$/)],
      ['sign-in', `as ${ann.name}`],
      ['version', expect.stringMatching(/^PostgreSQL 15\.\d+$/)],
      ['extension', expect.stringMatching(/^pgvector 0\.\d+\.\d+$/)],
      ['rights', 'may make the schema and its tables'],
      ['schema', 'will be made'],
    ]);
    expect(steps.every(({ state }) => state === 'passed')).toBe(true);
    expect(await database.admin.query(`select from pg_namespace where nspname = 'quire'`)).toEqual([]);
  });

  test('pass for a member of somebody else’s schema', async () => {
    await database.admin.query(
      'do $$ begin create role quire_member; exception when duplicate_object then null; end $$',
    );
    await migrateRemote(database.admin);
    await database.admin.query(`grant quire_member to ${ann.name}`);
    expect((await run()).slice(-2)).toMatchObject([
      { state: 'passed', detail: 'may read and write the tables' },
      { state: 'passed', detail: `format ${remoteMigrations.length}` },
    ]);
  });
});

describe('a step fails', () => {
  test('tls: with an authority that did not sign', async () => {
    const step = failed(await run({ authority: null }));
    expect(step).toMatchObject({ name: 'tls', error: { code: 'remote-tls' } });
  });

  test('sign-in: with a wrong password, and where the server wants encryption', async () => {
    const unauthorized = { name: 'sign-in', error: { code: 'remote-unauthorized' } };
    expect(failed(await run({}, 'wrong horse battery'))).toMatchObject(unauthorized);
    expect(failed(await run({ tls: 'off' }))).toMatchObject(unauthorized);
  });

  test('extension: where it is not created and the role may not; the statement makes it pass', async () => {
    await database.remove();
    await begin(false);
    await allow();
    const step = failed(await run());
    expect(step).toMatchObject({
      name: 'extension',
      error: { code: 'remote-unsupported', hint: expect.stringMatching(/ CREATE EXTENSION vector;$/) },
    });
    await obey(step);
    expect((await run()).at(-1)).toMatchObject({ name: 'schema', state: 'passed' });
  });

  test('rights: where the role may not make a schema; the statement makes it pass', async () => {
    const step = failed(await run());
    expect(step).toMatchObject({ name: 'rights', error: { code: 'remote-forbidden' } });
    await obey(step);
    expect((await run()).at(-1)).toMatchObject({ name: 'schema', state: 'passed' });
  });

  test('rights: where the schema is somebody else’s; the statement makes it pass', async () => {
    await database.admin.query(
      'do $$ begin create role quire_member; exception when duplicate_object then null; end $$',
    );
    await migrateRemote(database.admin);
    const step = failed(await run());
    expect(step).toMatchObject({ name: 'rights', error: { code: 'remote-forbidden' } });
    await obey(step);
    expect((await run()).at(-1)).toMatchObject({ name: 'schema', state: 'passed' });
  });

  test('rights: where an owner without the right to make roles made the schema; the statements make it pass', async () => {
    await database.admin.query('drop role if exists quire_member');
    const keeper = await database.makeRole('keeper');
    await database.admin.query(`grant create on database ${database.name} to ${keeper.name}`);
    await migrateRemote(database.open(keeper));
    const step = failed(await run());
    expect(step.error?.hint).toContain('CREATE ROLE quire_member NOLOGIN;');
    await obey(step);
    expect((await run()).at(-1)).toMatchObject({ name: 'schema', state: 'passed' });
  });

  test('rights: where one table was taken from the members; the statements make it pass', async () => {
    await database.admin.query(
      'do $$ begin create role quire_member; exception when duplicate_object then null; end $$',
    );
    await migrateRemote(database.admin);
    await database.admin.query(`grant quire_member to ${ann.name}`);
    await database.admin.query('revoke delete on quire.chunks from quire_member');
    const step = failed(await run());
    expect(step).toMatchObject({ name: 'rights', error: { message: expect.stringContaining('chunks') } });
    await obey(step);
    expect((await run()).at(-1)).toMatchObject({ name: 'schema', state: 'passed' });
  });

  test('schema: where a newer Quire has updated it', async () => {
    await allow();
    const known = {
      migrations: [...remoteMigrations, async () => undefined],
      oldestWriter: remoteMigrations.length + 1,
    };
    await migrateRemote(database.open(ann), { known });
    expect(failed(await run())).toMatchObject({ name: 'schema', error: { code: 'remote-from-the-future' } });
  });
});
