/** A Postgres with TLS and roles, and a bucket that checks signatures, for benchmarks of sync; and computers that use them. */
import { randomBytes } from 'node:crypto';
import { openPostgres } from '../../electron/adapters/postgres/connection.ts';
import type { PostgresSession } from '../../electron/adapters/postgres/session.ts';
import type { Core } from '../../electron/core/core.ts';
import type { CoreOptions } from '../../electron/core/core-options.ts';
import type { Keychain } from '../../electron/pipeline/ports/keychain.ts';
import { databaseRemoteSchema, type Remotes } from '../../shared/remotes.ts';
import { startBucketServer, type BucketServer } from '../../test/helpers/bucket-server.ts';
import { startCluster } from '../../test/helpers/postgres-cluster.ts';
import { openBenchCore } from './core.ts';

export interface SyncPlace {
  readonly remotes: Remotes & { readonly bucket: NonNullable<Remotes['bucket']> };
  readonly bucket: BucketServer;
  readonly databasePassword: string;
  readonly secretAccessKey: string;
  /** The server's superuser. */
  readonly administrator: PostgresSession;
  /** As the account's own role. */
  readonly session: PostgresSession;
  close(): Promise<void>;
}

export const account = { email: 'bench@example.com', password: 'the ferry leaves at nine' };
const ROLE = 'bench';

/** Needs what `npm run bench` sets up: QUIRE_TEST_POSTGRES names the server's programs. */
export async function startSyncPlace(): Promise<SyncPlace> {
  const secretAccessKey = randomBytes(20).toString('hex');
  const bucket = await startBucketServer({ users: [{ accessKeyId: 'QUIRE', secretAccessKey, prefix: '' }] });
  const cluster = await startCluster();
  const { host, port, user, password, authority } = cluster.access;
  const remote = (name: string) =>
    databaseRemoteSchema.parse({ host, port, user: name, database: 'postgres', authority });
  const administrator = openPostgres(remote(user), password);
  await administrator.query('CREATE EXTENSION vector');
  await administrator.query(`CREATE ROLE ${ROLE} LOGIN PASSWORD '${password}'`);
  await administrator.query(`GRANT CREATE ON DATABASE postgres TO ${ROLE}`);
  const session = openPostgres(remote(ROLE), password);
  return {
    remotes: { database: remote(ROLE), bucket: bucket.remote() },
    bucket,
    databasePassword: password,
    secretAccessKey,
    administrator,
    session,
    async close() {
      await session.close();
      await administrator.close();
      await cluster.stop();
      await bucket.close();
    },
  };
}

/** A core of a computer that knows the place; sync is off. */
export async function openComputer(
  place: SyncPlace,
  folder: string,
  options: Partial<CoreOptions> = {},
): Promise<Core> {
  const core = await openBenchCore(folder, {
    keychain: memoryKeychain(),
    proveOwner: () => Promise.resolve({ email: account.email }),
    ...options,
  });
  const { remotes } = core;
  const tested = [
    await remotes.testDatabase(place.remotes.database, place.databasePassword),
    await remotes.testBucket(place.remotes.bucket, place.secretAccessKey),
  ];
  const failed = tested.flatMap(({ steps }) => steps.flatMap(({ error }) => (error ? [error.message] : [])));
  if (failed.length > 0) throw new Error(failed.join(' '));
  await remotes.set(place.remotes);
  return core;
}

/** Runs a round to its end. */
export async function syncRound(core: Core): Promise<void> {
  const { error } = await core.sync.round();
  if (error) throw new Error(error.message);
}

/** Kept for as long as the process runs, so that a core can be opened again with the same one. */
export function memoryKeychain(): Keychain {
  const kept = new Map<string, string>();
  return {
    get: (name) => Promise.resolve(kept.get(name) ?? null),
    set: (name, key) => Promise.resolve(void kept.set(name, key)),
    delete: (name) => Promise.resolve(void kept.delete(name)),
  };
}
