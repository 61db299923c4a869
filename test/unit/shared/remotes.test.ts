/** What may be named as one's own Postgres and bucket at all, whatever the window sends. */
import { describe, expect, test } from 'vitest';
import {
  hasSameBucketSecret,
  hasSameDatabaseSecret,
  namedBucketSchema,
  namedDatabaseSchema,
  storedRemotesSchema,
} from '../../../shared/remotes.ts';
import { bucketRemote as bucket, databaseRemote as database } from '../../helpers/remotes.ts';

const isDatabase = (change: object) => namedDatabaseSchema.safeParse({ ...database, ...change }).success;
const isBucket = (change: object) => namedBucketSchema.safeParse({ ...bucket, ...change }).success;

describe('a database', () => {
  test('is taken with TLS, its usual port and a name in small letters', () => {
    const { host, port, tls } = namedDatabaseSchema.parse({
      host: ' DB.Example.com ',
      database: 'quire',
      user: 'ada',
    });
    expect({ host, port, tls }).toEqual({ host: 'db.example.com', port: 5432, tls: 'verify-full' });
  });

  // Catches: a password and a whole library in the clear on a network, for one click too few.
  test('is reached in the clear on this computer alone, or after an explicit yes', () => {
    for (const host of ['localhost', '127.0.0.1', '::1']) expect(isDatabase({ host, tls: 'off' })).toBe(true);
    for (const host of ['db.example.com', '192.168.1.20', '127.0.0.1.example.com'])
      expect(isDatabase({ host, tls: 'off' })).toBe(false);
    expect(isDatabase({ tls: 'off', plainTextAccepted: true })).toBe(true);
  });

  // Catches: a socket of this computer, an address with a password in it, or a second line for a log, in place of a name.
  test('has names that are names', () => {
    for (const host of ['/var/run/postgresql', 'postgres://ada:secret@db', 'db.example.com:5432', 'a b', '', 'a\nb'])
      expect(isDatabase({ host }), host).toBe(false);
    for (const name of ['', ' ', 'a\nb', 'a\0b', 'x'.repeat(64)]) {
      expect(isDatabase({ user: name }), name).toBe(false);
      expect(isDatabase({ database: name }), name).toBe(false);
    }
    for (const port of [0, 65_536, 1.5, '5432']) expect(isDatabase({ port })).toBe(false);
    expect(isDatabase({ authority: 'not a certificate' })).toBe(false);
  });
});

describe('a bucket', () => {
  test('is Amazon’s, or at an address that holds nothing but a server', () => {
    expect(isBucket({ endpoint: null })).toBe(true);
    expect(isBucket({ endpoint: 'https://project.example.com/storage/v1/s3' })).toBe(true);
    for (const endpoint of [
      'ftp://s3.example.com',
      'https://ada:secret@s3.example.com',
      'https://s3.example.com?a',
      'x',
    ])
      expect(isBucket({ endpoint }), endpoint).toBe(false);
  });

  test('is reached in the clear on this computer alone, or after an explicit yes', () => {
    expect(isBucket({ endpoint: 'http://127.0.0.1:9000' })).toBe(true);
    expect(isBucket({ endpoint: 'http://s3.example.com' })).toBe(false);
    expect(isBucket({ endpoint: 'http://s3.example.com', plainTextAccepted: true })).toBe(true);
  });

  // Catches: a bucket or region that ends the address and begins another: `a.evil.example.com/`.
  test('has names that can stand in an address', () => {
    for (const name of ['ab', 'a/b', 'a?b', '../etc', 'evil.example.com/x', 'ä'.repeat(4), 'x'.repeat(64)])
      expect(isBucket({ bucket: name }), name).toBe(false);
    for (const region of ['', 'a/b', 'evil.example.com#', 'a b']) expect(isBucket({ region }), region).toBe(false);
  });

  test('seals files unless it is told otherwise', () => {
    expect(bucket.sealed).toBe(true);
  });
});

// Catches: a password that is offered to whatever is typed next.
test('a secret is the same for the same server, user and connection alone', () => {
  expect(hasSameDatabaseSecret(database, { ...database, plainTextAccepted: true })).toBe(true);
  for (const change of [{ host: 'a' }, { port: 1 }, { user: 'a' }, { database: 'a' }, { tls: 'off' as const }])
    expect(hasSameDatabaseSecret(database, { ...database, ...change }), JSON.stringify(change)).toBe(false);
  expect(hasSameBucketSecret(bucket, { ...bucket, sealed: false, pathStyle: false, region: 'auto' })).toBe(true);
  for (const change of [
    { endpoint: null },
    { endpoint: 'http://s3.example.com' },
    { bucket: 'aaa' },
    { accessKeyId: 'a' },
  ])
    expect(hasSameBucketSecret(bucket, { ...bucket, ...change }), JSON.stringify(change)).toBe(false);
});

test('what is stored is read each by itself, and a broken one is none', () => {
  const stored = {
    database: { remote: { ...database, host: '/tmp' }, hasSecret: true },
    bucket: { remote: bucket, hasSecret: true },
  };
  const named = { remote: bucket, hasSecret: true };
  expect(storedRemotesSchema.parse(stored)).toEqual({ database: null, bucket: named, formerBuckets: [] });
  expect(storedRemotesSchema.parse({ formerBuckets: [named] }).formerBuckets).toEqual([named]);
  expect(storedRemotesSchema.parse({})).toEqual({ database: null, bucket: null, formerBuckets: [] });
});
