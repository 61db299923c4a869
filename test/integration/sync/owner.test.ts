/**
 * A library's owner as the servers know them: found by e-mail and password, which change here first; and deleted with
 * everything. Real cores and sync threads, a Postgres (PGlite) and a bucket on loopback.
 */
import { randomUUID } from 'node:crypto';
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPostgres } from '../../../electron/adapters/postgres/connection.ts';
import { migrateRemote } from '../../../electron/adapters/postgres/migrate.ts';
import { connectBucket } from '../../../electron/adapters/s3/client.ts';
import type { BucketServer } from '../../helpers/bucket-server.ts';
import type { TestCore } from '../../helpers/core.ts';
import { makeLetter } from '../../helpers/fixtures.ts';
import { bucketUser, closeOwnServers, rowsOfAccounts, startOwnServers } from '../../helpers/own-servers.ts';
import { startPglite, type TestPostgres } from '../../helpers/pglite-server.ts';
import { openSecondComputer } from '../../helpers/second-computer.ts';
import type { DatabaseRemote } from '../../../shared/remotes.ts';

const password = 'engines weave patterns';
const old = 'ada@example.com';
const patience = { timeout: 30_000 };

let postgres: TestPostgres;
let bucket: BucketServer;
/** Of the account on the first computer. */
let email: string;
/** Called with each state of the first computer. */
let onStatus: (phase: string | undefined) => void;
const open: TestCore[] = [];

beforeEach(async () => {
  email = old;
  onStatus = () => undefined;
  ({ postgres, bucket } = await startOwnServers());
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  await closeOwnServers({ postgres, bucket });
});

/** With sync on, and a round that ended well. */
async function computer(own: { readonly email?: string; readonly password?: string } = {}): Promise<TestCore> {
  const opened = await openSecondComputer({
    ...{ postgres, bucket, user: bucketUser, email: old, password, ...own },
    ...(own.email === undefined ? { presentEmail: () => email } : {}),
    onSyncStatus: ({ progress }) => onStatus(progress?.phase),
  });
  open.push(opened);
  await round(opened);
  return opened;
}

async function round({ core }: TestCore): Promise<void> {
  expect((await core.sync.round()).error).toBeNull();
}

async function add(to: TestCore, name: string, text: string): Promise<string> {
  const [outcome] = await to.core.ingest.add([await to.file(name, await makeLetter(text))]);
  await to.settled();
  return outcome?.documentId ?? '';
}

async function emails(): Promise<string[]> {
  const { rows } = await postgres.pglite.query<{ email: string }>('SELECT email FROM quire.users ORDER BY email');
  return rows.map((row) => row.email);
}

test('a second computer signs in with the e-mail that was changed; one that syncs already goes on, with its own', async () => {
  const first = await computer();
  const beside = await computer({ email: old });
  email = 'countess@example.com';
  await first.core.sync.emailChanged();
  expect(await emails()).toEqual([email]);
  const id = await add(first, 'crane.pdf', 'The harbour crane');
  await round(first);
  await round(beside);
  expect(await beside.core.database.documents.ids()).toEqual([id]);
  // Its own account has the old address still, and must not put it back.
  expect(await emails()).toEqual([email]);
  await beside.restart();
  await expect.poll(() => beside.core.sync.status.state, patience).toBe('idle');
  await round(beside);
  expect(await emails()).toEqual([email]);
  const second = await computer({ email });
  expect(await second.core.database.documents.ids()).toEqual([id]);
  expect(await emails()).toEqual([email]);
});

test('an e-mail and a password that change while the server is away are told when it is back, also after a restart', async () => {
  const first = await computer();
  const id = await add(first, 'crane.pdf', 'The harbour crane');
  await round(first);
  await postgres.door?.shut();
  email = 'countess@example.com';
  await first.core.sync.emailChanged();
  await first.core.sync.passwordChanged('the ferry leaves at ten');
  expect(first.errors.map(({ code }) => code)).toContain('remote-unreachable');
  expect(await emails()).toEqual([old]);
  await first.restart();
  await expect.poll(() => first.core.sync.status.state, patience).toBe('waiting');
  expect(await emails()).toEqual([old]);
  await postgres.door?.open();
  await round(first);
  await expect.poll(emails, patience).toEqual([email]);
  await expect(computer({ email })).rejects.toMatchObject({ code: 'wrong-credentials' });
  const second = await computer({ email, password: 'the ferry leaves at ten' });
  expect(await second.core.database.documents.ids()).toEqual([id]);
});

// Catches: a password that was forgotten and set anew by mail, and is asked for, by its old name, on the next computer.
test('a password that was set anew while the library was closed is told when its owner signs in with it', async () => {
  const first = await computer();
  const beside = await computer({ email: old });
  await first.core.sync.passwordProven(password);
  const record = async () => (await postgres.pglite.query('SELECT sign_in FROM quire.users')).rows;
  const before = await record();
  await first.restart();
  await first.core.sync.passwordProven('the ferry leaves at ten');
  expect(await record()).not.toEqual(before);
  // One that has its own, older one signs in with that: it is no news.
  await beside.core.sync.passwordProven(password);
  const second = await computer({ email: old, password: 'the ferry leaves at ten' });
  expect(second.core.sync.isOn).toBe(true);
});

test('while sync is paused nothing is told, and it is when sync goes on', async () => {
  const first = await computer();
  await first.core.sync.pause();
  email = 'countess@example.com';
  await first.core.sync.emailChanged();
  expect(await emails()).toEqual([old]);
  await first.core.sync.resume();
  await expect.poll(emails, patience).toEqual([email]);
});

test('an e-mail that another library there has is refused with its reason, and the old one opens the library still', async () => {
  const first = await computer();
  await postgres.pglite.query(`INSERT INTO quire.users (id, email, sign_in) VALUES ($1, 'Taken@example.com', '{}')`, [
    randomUUID(),
  ]);
  email = 'taken@example.com';
  await first.core.sync.passwordChanged('the ferry leaves at ten');
  const { account } = first.core.sync.status;
  expect(account).toMatchObject({ code: 'email-taken', message: expect.stringContaining(email) });
  expect(account?.hint).toContain(old);
  await round(first);
  expect(first.core.sync.status.account).toEqual(account);
  expect(await emails()).toEqual(['Taken@example.com', old]);
  // The password went all the same.
  const second = await computer({ email: old, password: 'the ferry leaves at ten' });
  expect(second.core.sync.status.account).toBeNull();
  email = 'free@example.com';
  await first.core.sync.emailChanged();
  expect(first.core.sync.status.account).toBeNull();
  expect(await emails()).toEqual(['Taken@example.com', email]);
});

test('sync that is turned on again finds its library by what it was, whatever its e-mail there is by now', async () => {
  const first = await computer();
  const beside = await computer({ email: old });
  email = 'countess@example.com';
  await first.core.sync.emailChanged();
  await beside.core.sync.turnOn(password);
  await round(beside);
  // No second library under the old address, and the new one stays.
  expect(await emails()).toEqual([email]);
  // Nor after it was off, for as long as one likes.
  await beside.core.sync.turnOff();
  await beside.restart();
  await beside.core.sync.turnOn(password);
  await round(beside);
  expect(await emails()).toEqual([email]);
});

test('an e-mail that was changed while sync was off is told when it is on again, and makes no second library', async () => {
  const first = await computer();
  await first.core.sync.turnOff();
  email = 'countess@example.com';
  await first.restart();
  await first.core.sync.turnOn(password);
  await round(first);
  await expect.poll(emails, patience).toEqual([email]);
});

/** Has the library there deleted, and shuts the database's door when the files are gone and the rows are not. */
async function breakDeletionOff({ core }: TestCore): Promise<void> {
  let shut: Promise<void> | undefined;
  onStatus = (phase) => {
    if (phase === 'deleting-rows') shut ??= postgres.door?.shut();
  };
  await expect(core.sync.deleteThere(password)).rejects.toMatchObject({ code: 'remote-unreachable' });
  await shut;
  onStatus = () => undefined;
}

/** Names another server to a computer; how it is reached. */
async function nameOther({ core: { remotes } }: TestCore, other: TestPostgres): Promise<DatabaseRemote> {
  const named = (await remotes.view()).database?.remote;
  if (!named) throw new Error('No database is named.');
  const remote = { ...named, port: other.port };
  await remotes.testDatabase(remote, other.password);
  await remotes.set({ database: remote });
  return remote;
}

interface User {
  readonly id: string;
  readonly email: string;
  readonly sign_in: string;
}
const usersOf = async ({ pglite }: TestPostgres): Promise<User[]> =>
  (await pglite.query<User>('SELECT id::text, email, sign_in::text FROM quire.users')).rows;

test('with another database that is named while sync is off, a library there is its own', async () => {
  const first = await computer();
  await first.core.sync.turnOff();
  const other = await startPglite({ shared: true });
  try {
    await nameOther(first, other);
    await first.core.sync.turnOn(password);
    await round(first);
    const [[before], [now]] = [await usersOf(postgres), await usersOf(other)];
    expect(now?.id).toEqual(expect.any(String));
    expect(now?.id).not.toBe(before?.id);
  } finally {
    await first.core.sync.turnOff();
    await other.close();
  }
});

// Catches: a library that was moved, and is taken for the one whose deletion broke off at the old place.
test('a copy elsewhere is found by what it is, and synced, also when deleting it at the old place did not end', async () => {
  const first = await computer();
  await add(first, 'crane.pdf', 'The harbour crane');
  await round(first);
  const [user] = await usersOf(postgres);
  if (!user) throw new Error('There is no account.');
  await breakDeletionOff(first);
  await first.core.sync.turnOff();
  const other = await startPglite({ shared: true });
  try {
    const remote = await nameOther(first, other);
    const session = openPostgres(remote, other.password, { connections: 1 });
    await migrateRemote(session).finally(() => session.close());
    // Its e-mail was changed at the new place, on another computer.
    const insert = 'INSERT INTO quire.users (id, email, sign_in) VALUES ($1, $2, $3::jsonb)';
    await other.pglite.query(insert, [user.id, 'countess@example.com', user.sign_in]);
    await first.core.sync.turnOn(password);
    await round(first);
    expect(first.core.sync.status).toMatchObject({ state: 'idle', error: null });
    expect((await usersOf(other)).map(({ id }) => id)).toEqual([user.id]);
  } finally {
    await first.core.sync.turnOff();
    await other.close();
  }
});

test('the library there is deleted whole, with proof; servers that can’t be reached lose nothing', async () => {
  const first = await computer();
  await add(first, 'crane.pdf', 'The harbour crane');
  await round(first);
  const rows = await rowsOfAccounts(postgres);
  const keys = await bucket.keys();
  expect(keys).toHaveLength(2);

  await postgres.door?.shut();
  await expect(first.core.sync.deleteThere(password)).rejects.toMatchObject({ code: 'remote-unreachable' });
  expect(await bucket.keys()).toEqual(keys);
  await postgres.door?.open();
  bucket.fault = () => 'drop-before';
  await expect(first.core.sync.deleteThere(password)).rejects.toMatchObject({ code: 'remote-unreachable' });
  bucket.fault = () => null;
  expect(await rowsOfAccounts(postgres)).toBe(rows);
  expect(first.core.sync.isOn).toBe(true);
  await round(first);

  // What was begun and never arrived; its object is not there.
  const unfinished = `${keys[0]?.slice(0, -64)}${'e'.repeat(64)}`;
  const { client, close } = connectBucket(bucket.remote(bucketUser), bucketUser.secretAccessKey);
  await client.send(new CreateMultipartUploadCommand({ Bucket: bucket.bucket, Key: unfinished }));
  close();
  expect([...bucket.uploads.values()].map(({ key }) => key)).toEqual([unfinished]);

  const phases = new Set<string>();
  onStatus = (phase) => phase && phases.add(phase);
  const present = await rowsOfAccounts(postgres);
  expect(await first.core.sync.deleteThere(password)).toEqual({ rows: present, objects: 2 });
  expect([...phases]).toEqual(['deleting-files', 'deleting-rows']);
  expect(await bucket.keys()).toEqual([]);
  expect(bucket.uploads.size).toBe(0);
  expect(await rowsOfAccounts(postgres)).toBe(0);
  expect(first.core.sync.isOn).toBe(false);
  expect(first.core.sync.status).toMatchObject({ state: 'off', error: null });
  expect(await first.core.database.documents.ids()).toHaveLength(1);
});

test('a deletion there that breaks off says so, syncs nothing more, also after a restart, and is ended when it is tried again', async () => {
  const first = await computer();
  await add(first, 'crane.pdf', 'The harbour crane');
  await round(first);
  await breakDeletionOff(first);
  expect(await bucket.keys()).toEqual([]);
  await postgres.door?.open();
  await first.restart();
  expect(first.core.sync.isOn).toBe(true);
  expect(first.core.sync.status).toMatchObject({ state: 'waiting', error: { code: 'deletion-incomplete' } });
  await expect(first.core.sync.round()).rejects.toMatchObject({ code: 'deletion-incomplete' });
  // Nor is it when it was turned off and on: rows would come back whose files are gone.
  await first.core.sync.turnOff();
  await first.core.sync.turnOn(password);
  expect(first.core.sync.status).toMatchObject({ state: 'waiting', error: { code: 'deletion-incomplete' } });
  await expect(first.core.sync.round()).rejects.toMatchObject({ code: 'deletion-incomplete' });
  expect(await first.core.sync.deleteThere(password)).toMatchObject({ objects: 0 });
  expect(await rowsOfAccounts(postgres)).toBe(0);
  expect(first.core.sync.isOn).toBe(false);
  // From then on it is a new one.
  await first.core.sync.turnOn(password);
  await round(first);
  expect(await bucket.keys()).toHaveLength(2);
});

test('where another database is named by now, nobody is told that nothing is left', async () => {
  const first = await computer();
  const { sync } = first.core;
  const other = await startPglite({ shared: true });
  try {
    await nameOther(first, other);
    await sync.restart();
    await expect(sync.deleteThere(password)).rejects.toMatchObject({ code: 'remote-not-configured' });
    expect(await emails()).toEqual([old]);
  } finally {
    await other.close();
  }
});
