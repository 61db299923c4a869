/** Connects the sync thread to a person's own Postgres and bucket. */
import { openPostgres } from '../adapters/postgres/connection.ts';
import { migrateRemote } from '../adapters/postgres/migrate.ts';
import { openRemoteParts } from '../adapters/postgres/remote-parts.ts';
import { PostgresRemoteStore } from '../adapters/postgres/remote-store.ts';
import { openBucket } from '../adapters/s3/blob-store.ts';
import type { ServedDatabase } from '../db/served-port.ts';
import type { BlobStore } from '../sync/ports/blob-store.ts';
import { partSteps } from '../sync/parts/part-steps.ts';
import { blobKeysOf } from '../sync/sealing.ts';
import type { SyncJob } from '../sync/sync-job.ts';
import { AppError } from '../../shared/errors.ts';
import type { OpenedSync, SyncThreadContext } from './serve-sync.ts';

/**
 * Opens both, and brings the remote schema to this version where it may. Rejects with `remote-*`; nothing is left open
 * then.
 */
export async function openRemotes(
  job: SyncJob,
  library: ServedDatabase,
  { policy, onProblem, signal }: SyncThreadContext,
): Promise<OpenedSync> {
  const { remotes, secrets, userId, folder, libraryKeys } = job;
  const { deviceId } = await library.sync.state();
  if (deviceId === null) throw new AppError('remote-not-configured', 'Sync is not turned on for this library.');
  const session = openPostgres(remotes.database, textOf(secrets.databasePassword));
  try {
    await migrateRemote(session, { signal });
    const remote = openRemoteParts({ session, userId, deviceId });
    const bucket =
      remotes.bucket && secrets.secretAccessKey
        ? openBucket(remotes.bucket, textOf(secrets.secretAccessKey), userId)
        : null;
    const former: BlobStore[] = [];
    try {
      for (const [index, one] of (bucket ? (job.formerBuckets ?? []) : []).entries()) {
        const key = secrets.formerKeys?.[index];
        if (key) former.push(openBucket(one, textOf(key), userId));
      }
      const blobKeys = secrets.sealingKey ? blobKeysOf(secrets.sealingKey) : null;
      const files = bucket && { bucket, former, folder, libraryKeys, blobKeys, policy, now: Date.now };
      const parts = partSteps({ parts: library.parts, remote, files, onProblem });
      const store = new PostgresRemoteStore(session, userId);
      return {
        store,
        parts: parts.steps,
        files: parts.files,
        nearest: parts.nearest,
        rows: remote,
        bucket,
        async close() {
          for (const one of [bucket, ...former]) one?.close();
          await store.close();
        },
      };
    } catch (error) {
      for (const one of [bucket, ...former]) one?.close();
      throw error;
    }
  } catch (error) {
    await session.close();
    throw error;
  }
}

function textOf(secret: Uint8Array): string {
  return Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength).toString('utf8');
}
