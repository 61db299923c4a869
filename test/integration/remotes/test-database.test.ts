/** The test of a database in Settings: what each step finds, and what it says where one fails. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPostgres } from '../../../electron/adapters/postgres/connection.ts';
import { migrateRemote } from '../../../electron/adapters/postgres/migrate.ts';
import { remoteMigrations } from '../../../electron/adapters/postgres/migrations/index.ts';
import type { PostgresSession } from '../../../electron/adapters/postgres/session.ts';
import { testDatabase, type DatabaseTestOptions } from '../../../electron/adapters/postgres/test-database.ts';
import {
  databaseRemoteSchema,
  databaseTestSteps,
  type DatabaseRemote,
  type RemoteTestStep,
} from '../../../shared/remotes.ts';
import { makeCertificates, type TestCertificates } from '../../helpers/certificates.ts';
import { startPglite, type TestPostgres } from '../../helpers/pglite-server.ts';
import { startPostgresDouble, type PostgresDouble, type PostgresDoubleOptions } from '../../helpers/postgres-double.ts';

let certificates: TestCertificates;
let server: TestPostgres;
let remote: DatabaseRemote;
const doubles: PostgresDouble[] = [];

beforeAll(async () => {
  certificates = await makeCertificates();
  server = await startPglite({ bare: true });
  const { host, port, database, user } = server;
  remote = databaseRemoteSchema.parse({ host, port, database, user, tls: 'off' });
});
beforeEach(() =>
  withSession(async (session) => {
    await session.query('drop schema if exists quire cascade');
    await session.query('drop extension if exists vector');
  }),
);
afterEach(async () => {
  await Promise.all(doubles.splice(0).map((double) => double.close()));
});
afterAll(() => server.close());

/** One at a time: that is all that PGlite serves. */
async function withSession<T>(work: (session: PostgresSession) => Promise<T>): Promise<T> {
  const session = openPostgres(remote, server.password, { connections: 1 });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** The steps in their last states. */
async function outcome(of: DatabaseRemote, options: DatabaseTestOptions = {}): Promise<Record<string, RemoteTestStep>> {
  const seen: RemoteTestStep[] = [];
  for await (const step of testDatabase(of, 'correct horse battery', options)) seen.push(step);
  return Object.fromEntries(seen.map((step) => [step.name, step]));
}

async function double(options: PostgresDoubleOptions): Promise<DatabaseRemote> {
  const started = await startPostgresDouble(options);
  doubles.push(started);
  return databaseRemoteSchema.parse({
    host: '127.0.0.1',
    port: started.port,
    database: 'quire',
    user: 'ann',
    authority: certificates.authority,
  });
}

/** All before it passed, none after it was tried. */
function expectFailure(
  steps: Record<string, RemoteTestStep>,
  failed: (typeof databaseTestSteps)[number],
): RemoteTestStep {
  const at = databaseTestSteps.indexOf(failed);
  expect(databaseTestSteps.map((name) => steps[name]?.state)).toEqual(
    databaseTestSteps.map((_, index) => (index < at ? 'passed' : index === at ? 'failed' : 'not-tried')),
  );
  const step = steps[failed];
  if (!step?.error) throw new Error(`${failed} has no error.`);
  expect(step.error.hint).not.toBe('');
  return step;
}

describe('a database that is as it should be', () => {
  test('passes each step, each told twice, and stays as it was', async () => {
    const seen: string[] = [];
    for await (const { name, state } of testDatabase(remote, server.password)) seen.push(`${name} ${state}`);
    expect(seen).toEqual(databaseTestSteps.flatMap((name) => [`${name} running`, `${name} passed`]));
    const left = await withSession((session) =>
      session.query(`select nspname::text as name from pg_namespace where nspname = 'quire'
        union all select extname::text from pg_extension where extname = 'vector'`),
    );
    expect(left).toEqual([]);
  });

  test('is described, before the first sync and afterwards', async () => {
    const details = async (): Promise<string[]> =>
      Object.values(await outcome(remote)).map(({ name, detail }) => `${name}: ${detail}`);
    const before = await details();
    expect(before.slice(0, 3)).toEqual([
      `reach: 127.0.0.1:${server.port} answers`,
      'tls: Not needed: this computer',
      'sign-in: as postgres',
    ]);
    expect(before[3]).toMatch(/^version: PostgreSQL \d+/);
    expect(before[4]).toMatch(/^extension: pgvector \d+\.\d+\.\d+, will be created$/);
    expect(before.slice(5)).toEqual(['rights: may make the schema and its tables', 'schema: will be made']);
    await withSession((session) => migrateRemote(session));
    const after = await details();
    expect(after[4]).toMatch(/^extension: pgvector \d+\.\d+\.\d+$/);
    expect(after.slice(5)).toEqual([
      'rights: may read and write the tables',
      `schema: format ${remoteMigrations.length}`,
    ]);
  });

  test('whose schema is newer than this client says so', async () => {
    const known = {
      migrations: [...remoteMigrations, async () => undefined],
      oldestWriter: remoteMigrations.length + 1,
    };
    await withSession((session) => migrateRemote(session, { known }));
    expect(expectFailure(await outcome(remote), 'schema').error).toMatchObject({ code: 'remote-from-the-future' });
  });

  test('with a schema of this name that is not Quire’s is refused', async () => {
    await withSession((session) => session.query('create schema quire'));
    expect(expectFailure(await outcome(remote), 'rights').error).toMatchObject({ code: 'remote-damaged' });
  });
});

describe('a server that cannot be reached', () => {
  test('for nothing listens there', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    expect(expectFailure(await outcome({ ...remote, port }), 'reach').error).toMatchObject({
      code: 'remote-unreachable',
      message: `Nothing answers at 127.0.0.1:${port}.`,
    });
  });

  test('for whoever tests gave up', async () => {
    const steps = await outcome(remote, { signal: AbortSignal.abort() });
    expect(steps.reach).toMatchObject({ state: 'failed', error: { code: 'cancelled' } });
    expect(steps.schema).toMatchObject({ state: 'not-tried' });
  });
});

describe('encryption', () => {
  test('tells version, signer and end of the certificate', async () => {
    const steps = await outcome(await double({ certificate: certificates.server }));
    expect(steps.tls?.detail).toMatch(/^TLSv1\.3, certificate of Quire test authority until \d{4}-\d\d-\d\d$/);
    expect(steps['sign-in']).toMatchObject({ state: 'passed' });
  });

  test.each([
    ['otherName', undefined, /for a server of another name.*It is for DNS:mail\.example\.com, signed by Quire test/],
    ['expired', undefined, /has expired.*until \d{4}-\d\d-\d\d/],
    ['server', null, /from nobody that Quire knows.*signed by Quire test authority/],
  ] as const)(
    'with a wrong certificate (%s) fails with what it says of itself; nothing is sent',
    async (name, authority, words) => {
      const of = await double({ certificate: certificates[name] });
      const step = expectFailure(await outcome(authority === null ? { ...of, authority } : of), 'tls');
      expect(step.error).toMatchObject({ code: 'remote-tls', message: expect.stringMatching(words) });
      expect(doubles[0]?.received).toBe('');
    },
  );

  test.each([
    ['that offers none', 'N', 'offers no encryption'],
    ['that is no Postgres', 'H', 'does not answer as a Postgres does'],
  ])('of a server %s fails', async (_, answer, words) => {
    const step = expectFailure(await outcome(await double({ answer })), 'tls');
    expect(step.error).toMatchObject({ code: 'remote-tls', message: expect.stringContaining(words) });
    expect(doubles[0]?.received).toBe('');
  });

  test('with an authority that cannot be read fails', async () => {
    const of = await double({ certificate: certificates.server });
    const authority = certificates.authority.slice(0, 200);
    expect(expectFailure(await outcome({ ...of, authority }), 'tls').error).toMatchObject({
      code: 'remote-tls',
      message: expect.stringContaining('cannot be read'),
    });
  });

  test('of a server that says nothing fails after the limit', async () => {
    const step = expectFailure(await outcome(await double({ answer: null }), { connectTimeout: 200 }), 'tls');
    expect(step.error).toMatchObject({ code: 'remote-timeout' });
  });
});
