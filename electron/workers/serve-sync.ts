/** What the sync thread serves: the engine, the library through a port of its own, and the remotes that are opened here. */
import { workerData, type MessagePort } from 'node:worker_threads';
import { connectServed, type ServedDatabase } from '../db/served-port.ts';
import { SyncEngine, type OpenedRemotes } from '../sync/engine.ts';
import { clearSecrets, type SyncFunctions, type SyncJob, type SyncListener } from '../sync/sync-job.ts';
import { AppError } from '../../shared/errors.ts';
import { connectRpc } from './rpc.ts';

/** Connects to the servers that a job names; the secrets are overwritten after it resolved. */
export type OpenRemotes = (job: SyncJob, library: ServedDatabase, signal: AbortSignal) => Promise<OpenedRemotes>;

/** Handed over with the thread. */
export interface SyncThreadData {
  readonly library: MessagePort;
}

/** Serves main over its port until it is closed. */
export function serveSync(port: MessagePort, openRemotes: OpenRemotes): void {
  const library = connectServed((workerData as SyncThreadData).library, () => engine?.changed());
  let engine: SyncEngine | null = null;
  let secretsOf: SyncJob | null = null;

  const functions: SyncFunctions = {
    async start(job) {
      secretsOf = job;
      engine = new SyncEngine({
        store: library.sync,
        device: job.device,
        paused: job.paused,
        async open(signal) {
          const remotes = await openRemotes(job, library, signal);
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
    devices: async () => started().ask((store) => store.devices()),
    removeDevice: async (deviceId) => started().ask((store) => store.removeDevice(deviceId)),
    async close() {
      // Nothing more to listen to, and so the thread ends; after this turn, in which the answer is posted.
      const end = (): void => void setImmediate(() => port.close());
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
