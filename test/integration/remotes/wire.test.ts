/** What never happens on the way to a Postgres: plain text, a password to whoever asks, waiting for ever, a crash. */
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { guardPassword, openPostgres, type PostgresOptions } from '../../../electron/adapters/postgres/connection.ts';
import type { PostgresSession } from '../../../electron/adapters/postgres/session.ts';
import { databaseRemoteSchema, type DatabaseRemote } from '../../../shared/remotes.ts';
import { makeCertificates, type TestCertificates } from '../../helpers/certificates.ts';
import {
  startPostgresDouble,
  unanswered,
  type PostgresDouble,
  type PostgresDoubleOptions,
} from '../../helpers/postgres-double.ts';

const password = 'correct horse battery';
let certificates: TestCertificates;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  certificates = await makeCertificates();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const one of open.splice(0).reverse()) await one.close();
});
afterAll(() => vi.unstubAllEnvs());

async function start(options: PostgresDoubleOptions = {}): Promise<PostgresDouble> {
  const server = await startPostgresDouble(options);
  open.push(server);
  return server;
}

function remoteOf(server: PostgresDouble, change: Partial<DatabaseRemote> = {}): DatabaseRemote {
  const own = {
    host: '127.0.0.1',
    port: server.port,
    database: 'quire',
    user: 'ann',
    authority: certificates.authority,
  };
  return databaseRemoteSchema.parse({ ...own, ...change });
}

function connect(
  server: PostgresDouble,
  change: Partial<DatabaseRemote> = {},
  options: PostgresOptions = {},
  secret = password,
): PostgresSession {
  const session = openPostgres(remoteOf(server, change), secret, options);
  open.push(session);
  return session;
}

const plain = { tls: 'off' } as const;

describe('encryption', () => {
  test('with a certificate of the authority that was entered: signed in, and the password went inside', async () => {
    const server = await start({ certificate: certificates.server, signIn: 'clear' });
    await connect(server).query('select 1');
    expect(server.received).toContain(password);
  });

  test.each([
    ['of an authority nobody knows', 'server', null, 'from nobody that Quire knows'],
    ['for another host', 'otherName', undefined, 'for a server of another name'],
    ['that has expired', 'expired', undefined, 'has expired'],
  ] as const)('with a certificate %s: not even the user is told', async (_, certificate, authority, words) => {
    const server = await start({ certificate: certificates[certificate], signIn: 'clear' });
    const session = connect(server, authority === null ? { authority } : {});
    await expect(session.query('select 1')).rejects.toMatchObject({
      code: 'remote-tls',
      message: expect.stringContaining(words),
      retryable: false,
    });
    expect(server.received).toBe('');
  });

  test('is checked whatever the environment says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    vi.stubEnv('PGSSLMODE', 'disable');
    const server = await start({ certificate: certificates.server, signIn: 'clear' });
    await expect(connect(server, { authority: null }).query('select 1')).rejects.toMatchObject({ code: 'remote-tls' });
    expect(server.received).toBe('');
  });

  test.each([
    ['refuses it', 'N'],
    ['answers with something else', 'E'],
    ['adds what would be read as if it had come encrypted', `SR\0\0\0\u0008\0\0\0\u0003`],
  ])('is not given up for a server that %s', async (_, answer) => {
    const server = await start({ answer, signIn: 'clear' });
    await expect(connect(server).query('select 1')).rejects.toMatchObject({ code: 'remote-tls', retryable: false });
    expect(server.received).toBe('');
    expect(server.connections).toBe(1);
  });

  test('with an authority that cannot be read says that, and does not do without it', async () => {
    const server = await start({ certificate: certificates.server });
    const half = certificates.authority.slice(0, 200);
    for (const authority of [half, `${half}\n-----END CERTIFICATE-----\n`]) {
      expect(() => connect(server, { authority })).toThrow(
        expect.objectContaining({ code: 'remote-tls', hint: expect.stringContaining('whole') }),
      );
    }
  });

  test('is a must for another computer, before anything is looked up', () => {
    const remote = databaseRemoteSchema.parse({ host: 'db.example.com', database: 'quire', user: 'ann', tls: 'off' });
    expect(() => openPostgres(remote, password)).toThrow(expect.objectContaining({ code: 'remote-tls' }));
    expect(() => openPostgres({ ...remote, host: '127.0.0.1.example.com' }, password)).toThrow(
      expect.objectContaining({ code: 'remote-tls' }),
    );
  });
});

describe('the password', () => {
  test('goes to this computer without encryption', async () => {
    const server = await start({ signIn: 'clear' });
    await connect(server, plain).query('select 1');
    expect(server.received).toContain(password);
  });

  test.each(['clear', 'md5', 'scram-then-clear'] as const)(
    'never goes to another computer without encryption, asked for as %s',
    async (signIn) => {
      const server = await start({ signIn });
      const client = new Client({
        host: '127.0.0.1',
        port: server.port,
        user: 'ann',
        database: 'quire',
        password,
        ssl: false,
      });
      guardPassword(client, remoteOf(server, { host: 'db.example.com', tls: 'off' }));
      await expect(client.connect()).rejects.toMatchObject({ code: 'remote-tls' });
      expect(server.received).not.toContain(password);
      expect(server.received).not.toMatch(/p\0\0\0.md5/);
    },
  );

  test('is not taken from the environment when there is none', async () => {
    vi.stubEnv('PGPASSWORD', 'of somebody else');
    const server = await start({ signIn: 'clear' });
    await connect(server, plain, {}, '').query('select 1');
    expect(server.received).not.toContain('of somebody else');
  });
});

describe('silence', () => {
  test.each([
    ['to the request for TLS', { answer: null }, {}],
    ['to the sign-in', { signIn: 'silence' }, plain],
  ] as const)('of a server %s ends after the limit', async (_, double, change) => {
    const session = connect(await start(double), change, { connectTimeout: 300 });
    await expect(session.query('select 1')).rejects.toMatchObject({ code: 'remote-timeout', retryable: true });
  });

  test.each([
    ['encrypted', {}],
    ['plain', plain],
  ] as const)(
    'in answer to a statement (%s) ends after the limit, and the next one connects anew',
    async (_, change) => {
      const server = await start(change === plain ? {} : { certificate: certificates.server });
      const session = connect(server, change, { silence: 300 });
      await expect(session.query(`select ${unanswered}`)).rejects.toMatchObject({
        code: 'remote-timeout',
        retryable: true,
      });
      await session.query('select 1');
      expect(server.connections).toBe(2);
    },
  );

  test('is not waited for by who gives up', async () => {
    const stop = new AbortController();
    const session = connect(await start({ signIn: 'silence' }), plain);
    const work = session.transaction(() => Promise.resolve(), stop.signal);
    stop.abort();
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('in answer to a statement of a transaction is not waited for, either', async () => {
    const stop = new AbortController();
    const session = connect(await start(), plain);
    const work = session.transaction(async (sql) => {
      setImmediate(() => stop.abort());
      await sql.query(`select ${unanswered}`);
    }, stop.signal);
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a connection that breaks off', () => {
  test('while nobody uses it crashes nothing, and the next statement makes another', async () => {
    const server = await start();
    const session = connect(server, plain);
    await session.query('select 1');
    server.hangUp();
    await expect.poll(() => session.query('select 1').then(() => server.connections)).toBe(2);
  });

  test('between the statements of a transaction rejects it as one that may be tried again', async () => {
    const server = await start();
    const session = connect(server, plain);
    const work = session.transaction(async (sql) => {
      await sql.query('select 1');
      server.hangUp();
      await sql.query('select 1');
    });
    await expect(work).rejects.toMatchObject({ code: 'remote-unreachable', retryable: true });
  });

  test('or cannot be made says where', async () => {
    const server = await start();
    const session = connect(server, plain);
    await server.close();
    open.splice(open.indexOf(server), 1);
    await expect(session.query('select 1')).rejects.toMatchObject({
      code: 'remote-unreachable',
      message: `Nothing answers at 127.0.0.1:${server.port}.`,
      retryable: true,
    });
  });
});
