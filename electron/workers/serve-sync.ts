/** What the sync thread serves: the engine, the library through a port of its own, and the remotes that are opened here. */
import { workerData, type MessagePort } from 'node:worker_threads';
import { connectServed, type ServedDatabase } from '../db/served-port.ts';
import { SyncEngine, type OpenedRemotes } from '../sync/engine.ts';
import type { FilePolicy } from '../sync/parts/file-cache.ts';
import { clearSecrets, type SyncFunctions, type SyncJob, type SyncListener } from '../sync/sync-job.ts';
import { AppError } from '../../shared/errors.ts';
import { connectRpc } from './rpc.ts';

/** Connects to the servers that a job names; the secrets are overwritten after it resolved. */
export type OpenRemotes = (
  job: SyncJob,
  library: ServedDatabase,
  options: OpenRemotesOptions,
) => Promise<OpenedRemotes>;

export interface OpenRemotesOptions {
  readonly signal: AbortSignal;
  readonly policy: () => FilePolicy;
  /** Told of a document whose file stays behind for a reason of its own. */
  readonly onProblem: (documentId: string, error: AppError) => void;
}

/** Handed over with the thread. */
export interface SyncThreadData {
  readonly library: MessagePort;
}

/** Serves main over its port until it is closed. */
export function serveSync(port: MessagePort, openRemotes: OpenRemotes): void {
  const library = connectServed((workerData as SyncThreadData).library, () => engine?.changed());
  let engine: SyncEngine | null = null;
  let secretsOf: SyncJob | null = null;
  let policy: FilePolicy = { originals: 'on-demand', limit: null };
  const stopping = new AbortController();

  const functions: SyncFunctions = {
    async start(job) {
      secretsOf = job;
      policy = job.policy;
      engine = new SyncEngine({
        store: library.sync,
        device: job.device,
        paused: job.paused,
        async open(signal) {
          const remotes = await openRemotes(job, library, {
            signal,
            policy: () => policy,
            onProblem: (_documentId, error) => void listener.failed.asEvent(error.toInfo()),
          });
          clearSecrets(job.secrets);
          return remotes;
        },
        onStatus: (status) => void listener.status.asEvent(status),
        onApplied: (applied) => void listener.applied.asEvent(applied),
        onError: (error) => void listener.failed.asEvent(error.toInfo()),
      });
      engine.start();
    },
    syncNow: async () => started().syncNow(),
    pause: async () => started().pause(),
    resume: async () => started().resume(),
    devices: async () => started().ask(({ store }) => store.devices()),
    removeDevice: async (deviceId) => started().ask(({ store }) => store.removeDevice(deviceId)),
    async setPolicy(wanted) {
      policy = wanted;
      void started().syncNow();
    },
    fetchOriginal: async (documentId) =>
      started().ask(async ({ files }) => {
        if (!files) throw noBucket();
        await files.fetchOriginal(documentId, { signal: stopping.signal });
      }),
    shareLink: async (documentId, seconds, fileName) =>
      started().ask(async ({ bucket }) => {
        const file = (await library.parts.get(documentId))?.file;
        if (!bucket) throw noBucket();
        if (!file) throw new AppError('file-not-found', 'The file is not in the bucket yet.', { retryable: true });
        if (file.sealed) throw sealedFile();
        return bucket.presign(file.address, seconds, fileName);
      }),
    bytesThere: async () =>
      started().ask(async ({ rows }) => (await rows?.sizes())?.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0),
    leftOf: async (documentIds) =>
      started().ask(async ({ rows }) => {
        const left: Record<string, number> = {};
        for (const id of documentIds) {
          for (const [table, count] of Object.entries((await rows?.leftOf(id)) ?? {})) {
            if (count > 0) left[table] = (left[table] ?? 0) + count;
          }
        }
        return left;
      }),
    async close() {
      // Nothing more to listen to, and so the thread ends; after this turn, in which the answer is posted.
      const end = (): void => void setImmediate(() => port.close());
      stopping.abort();
      try {
        await engine?.close();
      } finally {
        if (secretsOf) clearSecrets(secretsOf.secrets);
        library.close();
        end();
      }
    },
  };

  const listener = connectRpc<SyncListener, SyncFunctions>(
    {
      post: (message) => port.postMessage(message),
      listen: (listen) => void port.on('message', listen),
    },
    functions,
  );

  function started(): SyncEngine {
    if (!engine) throw new AppError('internal', 'Sync was not started.');
    return engine;
  }
}

function noBucket(): AppError {
  return new AppError(
    'remote-not-configured',
    'No bucket is named, so files stay on the computers they were added on.',
    {
      hint: 'Name one in Settings, Sync.',
    },
  );
}

function sealedFile(): AppError {
  return new AppError(
    'forbidden',
    'Files in this bucket are encrypted: a link would lead to bytes that nobody can read.',
    {
      hint: 'Send the file itself, or turn the encryption of files off in Settings, Sync.',
    },
  );
}
