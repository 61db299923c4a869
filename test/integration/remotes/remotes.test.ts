/** Naming one's own Postgres and bucket: nothing untested is saved, and a secret is only ever where it belongs. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bucketEntry, databaseEntry, keychainOf } from '../../../electron/accounts/account-keychain.ts';
import type { JsonValue } from '../../../electron/db/database.ts';
import type { EventMap } from '../../../shared/events.ts';
import type { BucketRemote, DatabaseRemote } from '../../../shared/remotes.ts';
import { anna, callerOf, failure, MemorySecrets, open, openTestAccounts } from '../../helpers/accounts.ts';
import { openTestCore, type TestCore } from '../../helpers/core.ts';
import {
  bucketRemote as bucket,
  databaseRemote as database,
  toldTests,
  type ToldTests,
} from '../../helpers/remotes.ts';
import { findSecrets, type Secrets } from '../../helpers/secrets.ts';

const password = 'the ferry leaves at dawn';
const secretKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const secret: Secrets = new Map([
  ['password', password],
  ['secret key', secretKey],
]);
const selfSigned = `-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----`;

let secrets: MemorySecrets;
let tests: ToldTests;
let testing: EventMap['remotes.testing'][];
let library: TestCore;

beforeEach(async () => {
  secrets = new MemorySecrets();
  tests = toldTests();
  testing = [];
  library = await openTestCore(
    {},
    {
      keychain: keychainOf(secrets, 'local'),
      remoteTests: tests,
      onRemoteTesting: (event) => void testing.push(event),
    },
  );
});
afterEach(() => library.close());

const remotes = () => library.core.remotes;

async function nameDatabase(remote: DatabaseRemote = database, typed: string | undefined = password): Promise<void> {
  await remotes().testDatabase(remote, typed);
  await remotes().set({ database: remote });
}

async function nameBucket(remote: BucketRemote = bucket): Promise<void> {
  await remotes().testBucket(remote, secretKey);
  await remotes().set({ bucket: remote });
}

describe('what is named', () => {
  // Catches: a form that saves what never answered, and a window that saves another server than the one that did.
  test('has passed a test, and is exactly what passed', async () => {
    expect((await failure(remotes().set({ database }))).code).toBe('request-invalid');
    tests.passes = false;
    expect(await remotes().testDatabase(database, password)).toMatchObject({ ok: false });
    expect((await failure(remotes().set({ database }))).code).toBe('request-invalid');
    tests.passes = true;
    expect(await remotes().testDatabase(database, password)).toMatchObject({ ok: true });
    const other = { ...database, host: 'other.example.com' };
    expect((await failure(remotes().set({ database: other }))).code).toBe('request-invalid');
    expect(await remotes().view()).toEqual({ database: null, bucket: null, formerBuckets: [], keychainError: null });
    await remotes().set({ database });
    expect((await remotes().view()).database).toEqual({ remote: database, secret: 'kept' });
  });

  // Catches: a first test that passed for what a later one refused.
  test('is not what an earlier test passed with', async () => {
    await remotes().testBucket(bucket, secretKey);
    tests.passes = false;
    await remotes().testBucket(bucket, 'another');
    expect((await failure(remotes().set({ bucket }))).code).toBe('request-invalid');
  });

  test('is there after a restart, and is what sync signs in with', async () => {
    expect(await remotes().access()).toBeNull();
    await nameDatabase();
    await nameBucket();
    await library.restart();
    expect(await remotes().view()).toEqual({
      database: { remote: database, secret: 'kept' },
      bucket: { remote: bucket, secret: 'kept' },
      formerBuckets: [],
      keychainError: null,
    });
    expect(await remotes().access()).toEqual({
      database: { remote: database, password },
      bucket: { remote: bucket, secretAccessKey: secretKey },
      formerBuckets: [],
    });
  });

  // Catches: files that only a former bucket has and nobody can fetch, and keys of buckets that are named by nobody.
  test('of buckets the former ones are kept with their keys, until they are forgotten', async () => {
    await nameDatabase();
    const named = (name: string): BucketRemote => ({ ...bucket, bucket: name });
    const keysKept = (): number => [...secrets.entries.keys()].filter((entry) => entry.includes('bucket@')).length;
    for (const name of ['one', 'two', 'three', 'four', 'five', 'two']) await nameBucket(named(name));
    await library.restart();
    const access = await remotes().access();
    expect(access?.bucket?.remote.bucket).toBe('two');
    expect(access?.formerBuckets.map(({ remote, secretAccessKey }) => [remote.bucket, secretAccessKey])).toEqual(
      ['five', 'four', 'three'].map((name) => [name, secretKey]),
    );
    expect((await remotes().view()).formerBuckets[0]).toContain('“five” at ');
    expect(keysKept()).toBe(4);
    // Another key of the same bucket makes no former one.
    await nameBucket({ ...named('two'), accessKeyId: 'ANOTHER' });
    expect((await remotes().view()).formerBuckets).toHaveLength(3);
    expect(keysKept()).toBe(4);
    await remotes().forgetFormer();
    expect((await remotes().access())?.formerBuckets).toEqual([]);
    expect(keysKept()).toBe(1);
    await nameBucket(named('six'));
    await remotes().remove('bucket');
    expect((await remotes().view()).formerBuckets).toEqual([]);
    expect(keysKept()).toBe(0);
  });

  test('may want no password, and then misses none', async () => {
    await nameDatabase(database, '');
    expect((await remotes().view()).database?.secret).toBe('none');
    expect([...secrets.entries.keys()]).toEqual([]);
    expect((await remotes().access())?.database.password).toBe('');
  });

  // Catches: a library that can't be opened any more, or sends something somewhere, for what another program wrote in it.
  test('is nothing where what is stored is broken', async () => {
    await nameBucket();
    const stored = (await library.core.database.settings.get('remotes')) as { readonly bucket: JsonValue };
    const broken = { database: { remote: { host: 'evil; --' } }, bucket: stored.bucket };
    await library.core.database.settings.set('remotes', broken);
    await library.restart();
    expect(await remotes().view()).toMatchObject({ database: null, bucket: { remote: bucket } });
    expect(await remotes().access()).toBeNull();
  });
});

describe('a test', () => {
  test('tells of its steps while it runs, and of nothing once another began', async () => {
    const held = Promise.withResolvers<void>();
    tests.held = held.promise;
    const first = failure(remotes().testDatabase(database, 'first'));
    await expect.poll(() => testing.length).toBe(1);
    expect(testing[0]).toMatchObject({
      kind: 'database',
      steps: [{ name: 'reach', state: 'running' }, {}, {}, {}, {}, {}, {}],
    });
    const second = remotes().testDatabase(database, 'second');
    expect((await first).name).toBe('AbortError');
    held.resolve();
    expect(await second).toMatchObject({ ok: true });
    expect(testing.map(({ steps }) => steps[0]?.state)).toEqual(['running', 'running', 'passed']);
    await remotes().set({ database });
    expect(await keychainOf(secrets, 'local').get(databaseEntry(database))).toBe('second');
  });

  test('is ended when nobody waits for it, and leaves nothing that could be saved', async () => {
    tests.held = new Promise(() => undefined);
    const tried = failure(remotes().testBucket(bucket, secretKey));
    await expect.poll(() => tests.given.length).toBe(1);
    remotes().cancelTest('database');
    remotes().cancelTest('bucket');
    expect((await tried).name).toBe('AbortError');
    expect((await failure(remotes().set({ bucket }))).code).toBe('request-invalid');
  });

  test('is not begun with a certificate that is none', async () => {
    const refused = await failure(remotes().testDatabase({ ...database, authority: selfSigned }, password));
    expect(refused).toMatchObject({ code: 'request-invalid', hint: expect.stringContaining('BEGIN CERTIFICATE') });
    expect(tests.given).toEqual([]);
  });
});

describe('a secret', () => {
  // Catches: a password that goes to a server that was typed later, by whoever typed it.
  test('is for exactly what it was typed for', async () => {
    await nameDatabase();
    await nameBucket();
    tests.given.length = 0;
    const databases: Partial<DatabaseRemote>[] = [
      { host: 'evil.example.com' },
      { port: 5433 },
      { user: 'eve' },
      { database: 'other' },
      // The same server, in the clear: whoever is on the way would read it.
      { tls: 'off', plainTextAccepted: true },
    ];
    for (const change of databases) await remotes().testDatabase({ ...database, ...change });
    const buckets: Partial<BucketRemote>[] = [
      { endpoint: 'https://evil.example.com' },
      { endpoint: 'http://s3.example.com', plainTextAccepted: true },
      { endpoint: null },
      { bucket: 'other-papers' },
      { accessKeyId: 'QUIREEVE' },
    ];
    for (const change of buckets) await remotes().testBucket({ ...bucket, ...change });
    expect(tests.given.map((given) => given.secret)).toEqual(Array<string>(10).fill(''));
    await remotes().testDatabase(database);
    await remotes().testBucket({ ...bucket, sealed: false, checksums: 'always' });
    expect(tests.given.slice(10).map((given) => given.secret)).toEqual([password, secretKey]);
  });

  // Catches: names that run into each other, so that one server gets what was typed for another.
  test('has an entry of its own, whatever stands in the names', () => {
    const entries = [
      databaseEntry({ ...database, user: 'a@b', host: 'c' }),
      databaseEntry({ ...database, user: 'a', host: 'b@c' }),
      databaseEntry({ ...database, user: 'a@b/c', host: 'c' }),
      databaseEntry({ ...database, authority: selfSigned }),
      databaseEntry({ ...database, tls: 'off', authority: selfSigned }),
      databaseEntry({ ...database, database: 'quire#plain' }),
      bucketEntry({ ...bucket, endpoint: 'https://s3.example.com/a', bucket: 'bcd' }),
      bucketEntry({ ...bucket, endpoint: 'https://s3.example.com', bucket: 'bcd' }),
      bucketEntry({ ...bucket, endpoint: null }),
    ];
    expect(new Set(entries).size).toBe(entries.length);
  });

  test('comes out neither in what the window is told nor in a file', async () => {
    await nameDatabase();
    await nameBucket();
    tests.passes = false;
    await remotes().testDatabase(database, password);
    const told = JSON.stringify([await remotes().view(), testing, library.errors]);
    await library.core.close();
    expect(await findSecrets(library.folder, secret, { told })).toEqual([]);
    // What is looked for would be found.
    expect(await findSecrets(library.folder, new Map([['server', database.host]]))).not.toEqual([]);
  });

  test('of a server that was changed or removed goes', async () => {
    await nameDatabase();
    await nameBucket();
    const other = { ...database, host: 'other.example.com' };
    await nameDatabase(other, 'another password');
    expect([...secrets.entries.keys()].sort()).toEqual([bucketEntry(bucket), databaseEntry(other)].sort());
    // What changes nothing of it keeps it, with nothing typed.
    const open = { ...bucket, sealed: false };
    await remotes().testBucket(open);
    await remotes().set({ bucket: open });
    expect((await remotes().access())?.bucket).toEqual({ remote: open, secretAccessKey: secretKey });
    await remotes().remove('bucket');
    await remotes().remove('database');
    expect([...secrets.entries.keys()]).toEqual([]);
    expect(await remotes().view()).toEqual({ database: null, bucket: null, formerBuckets: [], keychainError: null });
  });

  // Catches: a password in the settings' table, for want of a keychain.
  test('holds until the library is closed where there is no keychain, and is in no file', async () => {
    secrets.isThere = false;
    await nameDatabase();
    expect(await remotes().view()).toMatchObject({
      database: { secret: 'this-run' },
      keychainError: { code: 'keychain-unavailable' },
    });
    expect((await remotes().access())?.database.password).toBe(password);
    await library.restart();
    expect((await remotes().view()).database?.secret).toBe('missing');
    expect((await failure(remotes().access())).code).toBe('keychain-unavailable');
    secrets.isThere = true;
    expect(await remotes().view()).toMatchObject({ database: { secret: 'missing' }, keychainError: null });
    const refused = await failure(remotes().access());
    expect(refused).toMatchObject({ code: 'remote-unauthorized', hint: expect.stringContaining('Settings, Sync') });
    await library.core.close();
    expect(await findSecrets(library.folder, secret)).toEqual([]);
  });

  // Catches: an entry in the keychain that nothing names, so that no deletion ever finds it.
  test('is not left behind when the settings can’t be written', async () => {
    await remotes().testDatabase(database, password);
    const { settings } = library.core.database;
    const { set } = settings;
    Object.assign(settings, { set: () => Promise.reject(new Error('the disk is full')) });
    await expect(remotes().set({ database })).rejects.toThrow('the disk is full');
    Object.assign(settings, { set });
    expect([...secrets.entries.keys()]).toEqual([]);
    expect((await remotes().view()).database).toBeNull();
  });
});

describe('an account', () => {
  test('takes the local profile’s secrets along, and its deletion leaves none', async () => {
    const accounts = openTestAccounts();
    try {
      await accounts.service.current();
      const local = keychainOf(accounts.secrets, 'local');
      await local.set(databaseEntry(database), password);
      await local.set(bucketEntry(bucket), secretKey);
      const state = open(await accounts.service.register({ ...anna, takeLocal: true }));
      const own = keychainOf(accounts.secrets, state.account.id);
      expect(await own.get(databaseEntry(database))).toBe(password);
      expect(await own.get(bucketEntry(bucket))).toBe(secretKey);
      expect(await local.get(databaseEntry(database))).toBeNull();
      expect(await local.get(bucketEntry(bucket))).toBeNull();
      await accounts.service.delete(await callerOf(accounts.service, state), anna.password);
      expect([...accounts.secrets.entries.keys()]).toEqual([]);
    } finally {
      await accounts.close();
    }
  });
});
