/** What the sync thread serves: the engine, the library through a port of its own, and the remotes that are opened here. */
import { workerData, type MessagePort } from 'node:worker_threads';
import { connectServed, type ServedDatabase } from '../db/served-port.ts';
import { SyncEngine, type OpenedRemotes } from '../sync/engine.ts';
import type { FilePolicy } from '../sync/parts/file-cache.ts';
import type { FileSync } from '../sync/parts/files.ts';
import { clearJob, clearSecrets, type SyncFunctions, type SyncJob, type SyncListener } from '../sync/sync-job.ts';
import { AppError } from '../../shared/errors.ts';
import { connectRpc } from './rpc.ts';

/** What the thread knows beside its job. */
export interface SyncThreadContext {
  /** As the person chose it last. */
  readonly policy: () => FilePolicy;
  /** Told of a file that stays behind for a reason of its own. */
  readonly onProblem: (documentId: string, error: AppError) => void;
  readonly signal: AbortSignal;
}

export interface OpenedSync extends OpenedRemotes {
  /** Null where there is no bucket. */
  readonly files: Pick<FileSync, 'fetchOriginal'> | null;
}

/** Connects to the servers that a job names; the secrets are overwritten after it resolved. */
export type OpenRemotes = (job: SyncJob, library: ServedDatabase, context: SyncThreadContext) => Promise<OpenedSync>;

/** Handed over with the thread. */
export interface SyncThreadData {
  readonly library: MessagePort;
}

/** Serves main over its port until it is closed. */
export function serveSync(port: MessagePort, openRemotes: OpenRemotes): void {
  const library = connectServed((workerData as SyncThreadData).library, () => engine?.changed());
  let engine: SyncEngine | null = null;
  let given: SyncJob | null = null;
  let policy: FilePolicy = { originals: 'on-demand', limit: null };
  let files: OpenedSync['files'] = null;
  const closing = new AbortController();

  const functions: SyncFunctions = {
    async start(job) {
      given = job;
      policy = job.policy;
      engine = new SyncEngine({
        store: library.sync,
        device: job.device,
        paused: job.paused,
        async open(signal) {
          const remotes = await openRemotes(job, library, { policy: () => policy, onProblem, signal });
          clearSecrets(job.secrets);
          files = remotes.files;
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
    async setPolicy(chosen) {
      policy = chosen;
    },
    async fetchOriginal(documentId) {
      // The connection may not be open yet.
      await started().ask(() => Promise.resolve());
      if (!files) {
        throw new AppError('remote-not-configured', 'This file is on another computer, and there is no bucket.', {
          hint: 'Name a bucket in Settings, on both computers.',
        });
      }
      await files.fetchOriginal(documentId, { signal: closing.signal });
    },
    devices: async () => started().ask((store) => store.devices()),
    removeDevice: async (deviceId) => started().ask((store) => store.removeDevice(deviceId)),
    async close() {
      // Nothing more to listen to, and so the thread ends; after this turn, in which the answer is posted.
      const end = (): void => void setImmediate(() => port.close());
      closing.abort();
      try {
        await engine?.close();
      } finally {
        if (given) clearJob(given);
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

  function onProblem(_documentId: string, error: AppError): void {
    void listener.failed.asEvent(error.toInfo());
  }

  function started(): SyncEngine {
    if (!engine) throw new AppError('internal', 'Sync was not started.');
    return engine;
  }
}
