/** Connects the engine to a person's own Postgres and bucket; runs in the sync thread. */
import { openPostgres } from '../adapters/postgres/connection.ts';
import { migrateRemote } from '../adapters/postgres/migrate.ts';
import { openRemoteParts } from '../adapters/postgres/remote-parts.ts';
import { PostgresRemoteStore } from '../adapters/postgres/remote-store.ts';
import { openBucket } from '../adapters/s3/blob-store.ts';
import { FileSync } from '../sync/parts/files.ts';
import { ReadingSync } from '../sync/parts/readings.ts';
import { VectorSync } from '../sync/parts/vectors.ts';
import { blobKeysOf } from '../sync/sealing.ts';
import { AppError } from '../../shared/errors.ts';
import type { OpenRemotes } from './serve-sync.ts';

/** Errors: those of the servers; `remote-forbidden` where the schema is to be made and this role may not. */
export const openRemotes: OpenRemotes = async (job, library, { signal, policy, onProblem }) => {
  const { remotes, secrets, userId, folder } = job;
  const { deviceId } = await library.sync.state();
  if (deviceId === null) throw new AppError('remote-not-configured', 'Sync is off.');
  const session = openPostgres(remotes.database, textOf(secrets.databasePassword));
  try {
    await migrateRemote(session, { signal });
  } catch (error) {
    await session.close();
    throw error;
  }
  const context = { session, userId, deviceId };
  const remote = openRemoteParts(context);
  const vectors = new VectorSync({ parts: library.parts, remote });
  const readings = new ReadingSync({ parts: library.parts, remote, vectors });
  const bucket =
    remotes.bucket && secrets.secretAccessKey
      ? openBucket(remotes.bucket, textOf(secrets.secretAccessKey), userId)
      : null;
  const files =
    bucket &&
    new FileSync({
      parts: library.parts,
      remote,
      bucket,
      folder,
      libraryKeys: secrets.libraryKeys && {
        files: secrets.libraryKeys.files.slice(),
        fileNames: secrets.libraryKeys.fileNames.slice(),
      },
      blobKeys: secrets.sealingKey && blobKeysOf(secrets.sealingKey),
      policy,
      now: Date.now,
      onProblem,
    });
  return {
    store: new PostgresRemoteStore(session, userId),
    // What makes the library searchable comes first.
    parts: [readings.passages, vectors, readings.pages, ...(files ? [files] : [])],
    rows: remote,
    files,
    bucket,
    async close() {
      bucket?.close();
      await session.close();
    },
  };
};

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
