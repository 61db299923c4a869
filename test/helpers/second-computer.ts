/** Another computer of the same person: a core of its own, with a keychain in memory, that syncs through the same servers. */
import { expect } from 'vitest';
import type { Keychain } from '../../electron/pipeline/ports/keychain.ts';
import { databaseRemoteSchema } from '../../shared/remotes.ts';
import type { SyncStatus } from '../../shared/sync.ts';
import type { BucketServer, BucketUser } from './bucket-server.ts';
import { openTestCore, type TestCore } from './core.ts';
import type { TestPostgres } from './pglite-server.ts';

export interface SecondComputerOptions {
  /** A shared one. */
  readonly postgres: TestPostgres;
  readonly bucket: BucketServer;
  readonly user: BucketUser;
  readonly email: string;
  readonly password: string;
  /** The account's e-mail as it is at the moment, where a test changes it; `email` else. */
  readonly presentEmail?: () => string;
  readonly onSyncStatus?: (status: SyncStatus) => void;
}

/** Names both servers, after they passed their tests, and turns sync on; no round has ended yet. */
export async function openSecondComputer(options: SecondComputerOptions): Promise<TestCore> {
  const { postgres, bucket, user, password, onSyncStatus } = options;
  const email = options.presentEmail ?? (() => options.email);
  const kept = new Map<string, string>();
  const keychain: Keychain = {
    get: (name) => Promise.resolve(kept.get(name) ?? null),
    set: (name, key) => Promise.resolve(void kept.set(name, key)),
    delete: (name) => Promise.resolve(void kept.delete(name)),
  };
  const test = await openTestCore(
    {},
    {
      keychain,
      proveOwner: () => Promise.resolve({ email: email() }),
      ownerEmail: () => Promise.resolve(email()),
      ...(onSyncStatus ? { onSyncStatus } : {}),
    },
  );
  const { remotes, sync } = test.core;
  const named = {
    database: databaseRemoteSchema.parse({
      host: postgres.host,
      port: postgres.port,
      database: postgres.database,
      user: postgres.user,
      tls: 'off',
    }),
    bucket: bucket.remote(user, { sealed: false }),
  };
  const tested = [
    await remotes.testDatabase(named.database, postgres.password),
    await remotes.testBucket(named.bucket, user.secretAccessKey),
  ];
  expect(tested.flatMap(({ steps }) => steps.map(({ error }) => error)).filter(Boolean)).toEqual([]);
  await remotes.set(named);
  await sync.turnOn(password);
  return test;
}
