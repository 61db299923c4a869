/** What the sync thread serves: the engine, the library through a port of its own, and the remotes that are opened here. */
import { workerData, type MessagePort } from 'node:worker_threads';
import { connectServed, type ServedDatabase } from '../db/served-port.ts';
import type { Applied } from '../db/sync-types.ts';
import { SyncEngine, type OpenedRemotes } from '../sync/engine.ts';
import type { FilesPolicy } from '../../shared/files-policy.ts';
import type { FileSync } from '../sync/parts/files.ts';
import { fileIn } from '../sync/parts/named-files.ts';
import type { NearestSync } from '../sync/parts/nearest.ts';
import type { BlobStore } from '../sync/ports/blob-store.ts';
import type { RemoteParts } from '../sync/ports/remote-parts.ts';
import { clearJob, clearSecrets, type SyncFunctions, type SyncJob, type SyncListener } from '../sync/sync-job.ts';
import { startTimeLimit } from '../time-limit.ts';
import { AppError } from '../../shared/errors.ts';
import { connectRpc } from './rpc.ts';

/** What the thread knows beside its job. */
export interface SyncThreadContext {
  /** As the person chose it last. */
  readonly policy: () => FilesPolicy;
  /** Told of a file that stays behind for a reason of its own. */
  readonly onProblem: (documentId: string, error: AppError) => void;
  readonly signal: AbortSignal;
}

export interface OpenedSync extends OpenedRemotes {
  /** Null where there is no bucket. */
  readonly files: Pick<FileSync, 'fetchOriginal'> | null;
  /** Null where only entities are kept. */
  readonly nearest: Pick<NearestSync, 'bring'> | null;
  /** Null where only entities are kept. */
  readonly rows: Pick<RemoteParts, 'sizes' | 'leftOf'> | null;
  /** Null where there is none. */
  readonly bucket: Pick<BlobStore, 'presign' | 'name'> | null;
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
  let policy: FilesPolicy = { files: 'on-demand', limit: null };
  let remotes: OpenedSync | null = null;
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
          remotes = await openRemotes(job, library, { policy: () => policy, onProblem, signal });
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
    async setPolicy(chosen) {
      policy = chosen;
      void started().syncNow();
    },
    async fetchOriginal(documentId) {
      const { files } = await opened();
      if (!files) throw noBucket();
      await files.fetchOriginal(documentId, { signal: closing.signal });
    },
    async shareLink(documentId, seconds, fileName) {
      const { bucket } = await opened();
      if (!bucket) throw noBucket();
      const document = await library.parts.get(documentId);
      const file = document && fileIn(document, 'original', bucket.name);
      if (!file)
        throw new AppError('file-not-found', 'The file is not in the bucket yet.', {
          hint: 'Sync now in Settings, Sync, and try again when the document says that it is synced.',
          retryable: true,
        });
      if (file.sealed) throw sealedFile();
      return bucket.presign(file.address, seconds, fileName);
    },
    async bringNearest(request, budget) {
      const limit = startTimeLimit(budget, closing.signal);
      const { nearest } = await opened();
      const changed = new Set<string>();
      try {
        const nothing = { compared: [], brought: [], late: [] };
        return (await nearest?.bring(request, (id) => changed.add(id), limit.signal)) ?? nothing;
      } finally {
        limit.end();
        if (changed.size > 0) void listener.applied.asEvent(onlyDocuments([...changed]));
      }
    },
    bytesThere: async () => ((await (await opened()).rows?.sizes()) ?? []).reduce((sum, { bytes }) => sum + bytes, 0),
    async leftOf(documentIds) {
      const { rows } = await opened();
      const left: Record<string, number> = {};
      for (const id of documentIds) {
        for (const [table, count] of Object.entries((await rows?.leftOf(id)) ?? {})) {
          if (count > 0) left[table] = (left[table] ?? 0) + count;
        }
      }
      return left;
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
    engine?.note(error.toInfo());
    void listener.failed.asEvent(error.toInfo());
  }

  /** The connections, opened where they are not yet. */
  async function opened(): Promise<OpenedSync> {
    await started().ask(() => Promise.resolve());
    if (!remotes) throw new AppError('internal', 'The remotes are not open.');
    return remotes;
  }

  function started(): SyncEngine {
    if (!engine) throw new AppError('internal', 'Sync was not started.');
    return engine;
  }
}

function onlyDocuments(documentIds: readonly string[]): Omit<Applied, 'left'> {
  return { documentIds, conversationIds: [], contentHashes: [], conflicts: 0, settings: false };
}

function noBucket(): AppError {
  return new AppError('remote-not-configured', 'This file is on another computer, and there is no bucket.', {
    hint: 'Name a bucket in Settings, Sync, on both computers.',
  });
}

function sealedFile(): AppError {
  return new AppError('forbidden', 'Files in this bucket are encrypted: a link would lead to what nobody can read.', {
    hint: 'Send the file itself, or turn the encryption of files off in Settings, Sync.',
  });
}
