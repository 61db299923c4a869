/** Encryption and sign-in with a real server: certificates, SCRAM, and that plain text is refused by both sides. */
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { openPostgres } from '../../electron/adapters/postgres/connection.ts';
import type { DatabaseRemote } from '../../shared/remotes.ts';
import { makeDatabase, type TestDatabase, type TestRole } from '../helpers/conformance.ts';

let database: TestDatabase;
let ann: TestRole;

beforeAll(async () => {
  database = await makeDatabase();
  ann = await database.makeRole('ann');
});
afterEach(() => show('server'));
afterAll(() => database.remove());

/** The certificate that the server shows from now on. */
async function show(name: 'server' | 'otherName' | 'expired'): Promise<void> {
  const { certificates } = inject('postgres');
  const wanted = `${certificates}/${name}.pem`;
  await database.admin.query(`alter system set ssl_cert_file = '${wanted}'`);
  await database.admin.query(`alter system set ssl_key_file = '${certificates}/${name}.key'`);
  await database.admin.query('select pg_reload_conf()');
  // This connection is told as the others are; the process that takes new ones, first of all.
  await expect
    .poll(
      async () =>
        (await database.admin.query<{ file: string }>(`select current_setting('ssl_cert_file') as file`))[0]?.file,
    )
    .toBe(wanted);
}

/** What a first statement comes to. */
async function ask(change: Partial<DatabaseRemote> = {}, password = ann.password): Promise<Record<string, unknown>> {
  const session = openPostgres(database.remote(ann, change), password, { connections: 1 });
  try {
    const rows = await session.query<Record<string, unknown>>(
      'select ssl, version, session_user::text as name from pg_stat_ssl where pid = pg_backend_pid()',
    );
    return rows[0] ?? {};
  } finally {
    await session.close();
  }
}

describe('encryption', () => {
  test('with a good certificate is TLS 1.3, by address and by name', async () => {
    const expected = { ssl: true, version: 'TLSv1.3', name: ann.name };
    expect(await ask()).toEqual(expected);
    expect(await ask({ host: 'localhost' })).toEqual(expected);
  });

  test('is refused with a certificate of an authority nobody knows', async () => {
    await expect(ask({ authority: null })).rejects.toMatchObject({
      code: 'remote-tls',
      message: expect.stringContaining('from nobody that Quire knows'),
    });
  });

  test('is refused with a certificate for another host', async () => {
    await show('otherName');
    await expect(ask()).rejects.toMatchObject({
      code: 'remote-tls',
      message: expect.stringContaining('for a server of another name'),
    });
  });

  test('is refused with a certificate that has expired', async () => {
    await show('expired');
    await expect(ask()).rejects.toMatchObject({ code: 'remote-tls', message: expect.stringContaining('has expired') });
  });

  test('older than TLS 1.2 is not agreed on', async () => {
    // The server offers nothing else: its own limits are the other way round from the client's.
    await database.admin.query(`alter system set ssl_min_protocol_version = 'TLSv1'`);
    await database.admin.query(`alter system set ssl_max_protocol_version = 'TLSv1.1'`);
    await database.admin.query('select pg_reload_conf()');
    try {
      await expect
        .poll(() => ask().catch((error: unknown) => error))
        .toMatchObject({ code: 'remote-tls', message: expect.stringContaining('could be agreed on') });
    } finally {
      await database.admin.query('alter system reset ssl_min_protocol_version');
      await database.admin.query('alter system reset ssl_max_protocol_version');
      await database.admin.query('select pg_reload_conf()');
      await expect.poll(() => ask().catch((error: unknown) => error)).toMatchObject({ ssl: true });
    }
  });
});

describe('sign-in', () => {
  test('with a wrong password is refused, and says neither password', async () => {
    const thrown = await ask({}, 'wrong horse battery').catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'remote-unauthorized', retryable: false });
    const said = JSON.stringify(thrown) + String(thrown) + (thrown instanceof Error ? String(thrown.cause) : '');
    expect(said).not.toContain('wrong horse');
    expect(said).not.toContain(ann.password);
  });

  test('without a password is refused', async () => {
    await expect(ask({}, '')).rejects.toMatchObject({ code: 'remote-unauthorized' });
  });

  test('as somebody who is not there, or to a database that is not, says which', async () => {
    await expect(ask({ user: 'nobody' })).rejects.toMatchObject({ code: 'remote-unauthorized' });
    await expect(ask({ database: 'nowhere' })).rejects.toMatchObject({
      code: 'remote-unreachable',
      message: expect.stringContaining('“nowhere”'),
      retryable: false,
    });
  });

  test('without encryption is refused by the server, which says so', async () => {
    await expect(ask({ tls: 'off' })).rejects.toMatchObject({
      code: 'remote-unauthorized',
      message: expect.stringContaining('no encryption'),
    });
    // That it really is the server: by pg alone.
    const { host, port } = inject('postgres');
    const plain = new Client({
      host,
      port,
      user: ann.name,
      password: ann.password,
      database: database.name,
      ssl: false,
    });
    await expect(plain.connect()).rejects.toMatchObject({ code: '28000' });
  });
});
