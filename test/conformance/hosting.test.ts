/** The Postgres that deploy/ sets up: who gets in, who sees what, what a backup brings back, and a move away from it. */
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAccountRows } from '../../electron/adapters/postgres/account-rows.ts';
import { openPostgres } from '../../electron/adapters/postgres/connection.ts';
import { migrateRemote } from '../../electron/adapters/postgres/migrate.ts';
import { openRemoteParts } from '../../electron/adapters/postgres/remote-parts.ts';
import type { PostgresSession } from '../../electron/adapters/postgres/session.ts';
import { createRemoteUser, findRemoteUser, getRemoteUser } from '../../electron/adapters/postgres/users.ts';
import { copyAccount } from '../../electron/sync/copy/copy-account.ts';
import { makeDatabase } from '../helpers/conformance.ts';
import { deployFolder, startHostedPostgres, type HostedPostgres } from '../helpers/hosted-postgres.ts';

let hosted: HostedPostgres;
const people = { anna: { id: randomUUID(), password: 'anna-1' }, ben: { id: randomUUID(), password: 'ben-1' } };
type Person = keyof typeof people;

beforeAll(async () => {
  hosted = await startHostedPostgres();
  await as('quire_owner', hosted.passwords.owner, (session) => migrateRemote(session));
  const statements = await readFile(join(deployFolder, 'database', 'add-user.sql'), 'utf8');
  for (const [name, { id, password }] of Object.entries(people)) {
    // As psql puts its variables in.
    const text = statements
      .replace(/^\\.*$/gm, '')
      .replace(':"name"', `"${name}"`)
      .replace(":'password'", `'${password}'`);
    await hosted.sql(text);
    await asPerson(name as Person, async (session) => {
      await createRemoteUser(session, { id, email: `${name}@example.com`, signIn: { hash: name } });
      const parts = openRemoteParts({ session, userId: id, deviceId: randomUUID() });
      await parts.putVectors({ fingerprint: 'one for both', dimensions: 3 }, []);
      await parts.openVectors({ fingerprint: 'one for both', dimensions: 3 });
    });
  }
});
afterAll(() => hosted.stop());

async function as<T>(user: string, password: string, work: (session: PostgresSession) => Promise<T>): Promise<T> {
  const session = openPostgres(hosted.remote(user), password);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

const asPerson = <T>(name: Person, work: (session: PostgresSession) => Promise<T>): Promise<T> =>
  as(name, people[name].password, work);

describe('who gets in', () => {
  const tryAs = async (user: string, password: string, change = {}): Promise<string> => {
    const session = openPostgres(hosted.remote(user, change), password);
    const result = await session.query('select 1').then(
      () => 'in',
      (error: { readonly code: string }) => error.code,
    );
    await session.close();
    return result;
  };

  test('by name and by address, with TLS that is verified', async () => {
    for (const host of ['localhost', '127.0.0.1']) {
      expect(await tryAs('quire_owner', hosted.passwords.owner, { host })).toBe('in');
    }
    expect(await tryAs('quire_owner', hosted.passwords.owner, { authority: null })).toBe('remote-tls');
  });

  test('nobody without TLS, by a wrong password, to another database, and the superuser not at all', async () => {
    const { owner } = hosted.passwords;
    expect(await tryAs('quire_owner', owner, { tls: 'off' })).not.toBe('in');
    expect(await tryAs('quire_owner', 'wrong')).toBe('remote-unauthorized');
    expect(await tryAs('quire_owner', owner, { database: 'postgres' })).not.toBe('in');
    await hosted.sql(`ALTER ROLE postgres PASSWORD 'known'`);
    expect(await tryAs('postgres', 'known')).not.toBe('in');
  });
});

test('people see their own accounts alone, and may neither make tables nor become the owner', async () => {
  await asPerson('anna', async (session) => {
    expect(await findRemoteUser(session, 'anna@example.com')).toMatchObject({ id: people.anna.id });
    expect(await getRemoteUser(session, people.ben.id)).toBeNull();
    for (const forbidden of [
      'CREATE TABLE public.mine (a int)',
      'CREATE TABLE quire.mine (a int)',
      'ALTER TABLE quire.users NO FORCE ROW LEVEL SECURITY',
      'SET ROLE quire_owner',
      `COPY (SELECT 1) TO PROGRAM 'true'`,
    ]) {
      await expect(session.query(forbidden)).rejects.toMatchObject({ code: 'remote-forbidden' });
    }
  });
  await as('quire_owner', hosted.passwords.owner, async (session) => {
    expect(await session.query('SELECT id FROM quire.users')).toEqual([]);
  });
});

describe('a backup', () => {
  const dumps = async (): Promise<string[]> =>
    (await readdir(join(hosted.backups, 'database'))).filter((name) => name.endsWith('.dump')).sort();
  const restore = (name: string) =>
    hosted.script('backup/restore-database.sh', [join(hosted.backups, 'database', name)]);
  const emails = (): Promise<string> => hosted.sql('SELECT email FROM quire.users ORDER BY email');

  test('has everybody’s rows although it may not write, and says when it is too old', async () => {
    expect(await hosted.script('backup/database.sh', ['check'])).toMatchObject({
      code: 1,
      output: expect.stringMatching(/no backup/),
    });
    expect(await hosted.script('backup/database.sh', ['once'])).toMatchObject({ code: 0 });
    expect(await dumps()).toHaveLength(1);
    expect(await hosted.script('backup/database.sh', ['check'])).toMatchObject({ code: 0 });
    await writeFile(join(hosted.backups, 'database', 'last-success'), `${Math.floor(Date.now() / 1000) - 51 * 3600}\n`);
    expect(await hosted.script('backup/database.sh', ['check'])).toMatchObject({
      code: 1,
      output: expect.stringMatching(/51 hours old/),
    });
    await as('quire_backup', hosted.passwords.backup, async (session) => {
      await expect(session.query('DELETE FROM quire.users')).rejects.toMatchObject({ code: 'remote-forbidden' });
    });
  });

  test('that could not be made leaves nothing that looks like one', async () => {
    const before = await dumps();
    expect(await hosted.script('backup/database.sh', ['once'], { PGPASSWORD: 'wrong' })).toMatchObject({ code: 1 });
    expect(await dumps()).toEqual(before);
  });

  test('brings back what was deleted, for the same people, and what is written next comes after all that was', async () => {
    const [dump = ''] = await dumps();
    const next = Number(await hosted.sql(`SELECT next_seq FROM quire.users WHERE role = 'anna'`));
    await hosted.sql(`DELETE FROM quire.users WHERE role = 'anna'`);
    expect(await restore(dump)).toMatchObject({ code: 0, output: expect.stringMatching(/is that of/) });
    expect(await emails()).toBe('anna@example.com\nben@example.com');
    expect(await asPerson('anna', (session) => findRemoteUser(session, 'anna@example.com'))).not.toBeNull();
    expect(await asPerson('ben', (session) => findRemoteUser(session, 'anna@example.com'))).toBeNull();
    expect(Number(await hosted.sql(`SELECT next_seq FROM quire.users WHERE role = 'anna'`))).toBeGreaterThan(
      next + 100_000,
    );
    // Computers that met the database of before know by it that this is another.
    expect(await hosted.sql(`SELECT value FROM quire.meta WHERE name = 'restored'`)).toMatch(/^[0-9a-f-]{36}$/);
    const kept = await hosted.sql(`SELECT datname FROM pg_database WHERE datname LIKE 'quire_before%'`);
    expect(kept).toMatch(/^quire_before_\d{8}t\d{6}z$/);
    await hosted.sql(`DROP DATABASE ${kept}`, 'postgres');
  });

  test('that is damaged changes nothing', async () => {
    const [dump = ''] = await dumps();
    const path = join(hosted.backups, 'database', dump);
    await truncate(path, 2_000);
    expect(await restore(dump)).toMatchObject({ code: 1, output: expect.stringMatching(/is damaged/) });
    await rm(path.replace(/dump$/, 'sha256'));
    expect(await restore(dump)).toMatchObject({ code: 1, output: expect.stringMatching(/is put back/) });
    expect(await emails()).toBe('anna@example.com\nben@example.com');
    expect(await asPerson('anna', (session) => findRemoteUser(session, 'anna@example.com'))).not.toBeNull();
  });
});

test('a person moves away to another server with their own role; a place that is somebody else’s refuses them', async () => {
  const other = await makeDatabase();
  try {
    const owner = await other.makeRole('owner');
    await other.admin.query(`GRANT CREATE ON DATABASE ${other.name} TO "${owner.name}"`);
    const copy = (to: PostgresSession) =>
      copyAccount(
        {
          from: openAccountRows(openPostgres(hosted.remote('anna'), people.anna.password)),
          to: openAccountRows(to),
          buckets: null,
        },
        { email: null, folder: join(tmpdir(), `quire-move-${randomUUID()}`), readBack: false, skipDamaged: false },
      );
    const report = await copy(other.open(owner));
    expect(report).toMatchObject({ account: { id: people.anna.id }, wasThere: false });
    const session = other.open(owner);
    expect(await findRemoteUser(session, 'anna@example.com')).toMatchObject({
      id: people.anna.id,
      signIn: { hash: 'anna' },
    });
    expect(await copy(other.open(owner))).toMatchObject({ wasThere: true });

    const stranger = await other.makeRole('stranger');
    await other.admin.query('DO $$ BEGIN CREATE ROLE quire_member; EXCEPTION WHEN duplicate_object THEN NULL; END $$');
    await session.query('SELECT quire.grant_to_members()');
    await other.admin.query(`GRANT quire_member TO "${stranger.name}"`);
    await expect(copy(other.open(stranger))).rejects.toMatchObject({ code: 'remote-forbidden' });
  } finally {
    await other.remove();
  }
});
