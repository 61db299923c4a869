/** The sync thread as main sees it: started with a job, told what a person wants, and telling how it stands. */
import { MessageChannel, Worker } from 'node:worker_threads';
import { AppError, type ErrorInfo } from '../../shared/errors.ts';
import type { FilesPolicy } from '../../shared/files-policy.ts';
import type { SyncStatus } from '../../shared/sync.ts';
import type { Database } from '../db/database.ts';
import type { Applied } from '../db/sync-types.ts';
import type { BroughtNearest, NearestRequest } from '../sync/parts/nearest.ts';
import type { SeenDevice } from '../sync/ports/remote-store.ts';
import { clearSecrets, type SyncFunctions, type SyncJob, type SyncListener } from '../sync/sync-job.ts';
import { workerEntry } from '../workers/entry.ts';
import { connectRpc } from '../workers/rpc.ts';
import type { SyncThreadData } from '../workers/serve-sync.ts';
import { prepareForSourceThreads } from '../workers/source-threads.ts';

export interface SyncThreadOptions {
  readonly database: Pick<Database, 'serve'>;
  /** Its secrets are overwritten when it was handed over. */
  readonly job: SyncJob;
  readonly onStatus: (status: SyncStatus) => void;
  /** What came: the window shows it anew, and files of `contentHashes` are removed. */
  readonly onApplied: (applied: Omit<Applied, 'left'>) => void;
  /** Failures, for the log; also that of the thread itself, after which there is no sync until another is started. */
  readonly onError: (error: ErrorInfo) => void;
  /** Path of the worker; found beside this module when absent. */
  readonly worker?: string;
}

/** Milliseconds that the thread has to end what it is in the midst of. */
const PATIENCE = 5_000;

export class SyncThread {
  readonly #worker: Worker;
  readonly #remote;
  readonly #exited: Promise<void>;
  #closing: Promise<void> | null = null;
  #ended = false;
  #status: SyncStatus | null = null;

  /** Starts the thread; its first round begins at once. The library must have sync turned on. */
  static async start(options: SyncThreadOptions): Promise<SyncThread> {
    const { database, job } = options;
    const { port1, port2 } = new MessageChannel();
    try {
      await database.serve(port1);
    } catch (error) {
      port1.close();
      clearSecrets(job.secrets);
      throw error;
    }
    const thread = new SyncThread(options, { library: port2 });
    try {
      await thread.#remote.start(job);
    } finally {
      // The thread has a copy of its own.
      clearSecrets(job.secrets);
    }
    return thread;
  }

  private constructor({ onStatus, onApplied, onError, worker: path }: SyncThreadOptions, workerData: SyncThreadData) {
    const entry = path ?? workerEntry('sync-worker');
    if (entry.endsWith('.ts')) prepareForSourceThreads();
    const worker = new Worker(entry, { name: 'sync', workerData, transferList: [workerData.library] });
    this.#worker = worker;
    this.#remote = connectRpc<SyncFunctions, SyncListener>(
      {
        post: (message) => worker.postMessage(message),
        listen: (listener) => void worker.on('message', listener),
      },
      {
        status: (status) => {
          this.#status = status;
          onStatus(status);
        },
        applied: onApplied,
        failed: onError,
      },
    );
    const end = (cause: unknown): void => {
      if (this.#ended) return;
      this.#ended = true;
      const stopped = new AppError('internal', 'Syncing stopped unexpectedly; nothing is lost.', {
        hint: 'Quit Quire and start it again.',
        retryable: true,
        cause,
      });
      this.#remote.$close(stopped);
      if (this.#closing) return;
      const error = stopped.toInfo();
      onError(error);
      if (this.#status) onStatus({ ...this.#status, state: 'off', progress: null, retryAt: null, error });
    };
    worker.once('error', end);
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        end(undefined);
        resolve();
      });
    });
  }

  /** Resolves when the round ended, well or not; while sync is paused, at once. */
  syncNow(): Promise<SyncStatus> {
    return this.#remote.syncNow();
  }

  /** Resolves when nothing runs any more. */
  pause(): Promise<void> {
    return this.#remote.pause();
  }

  resume(): Promise<void> {
    return this.#remote.resume();
  }

  setPolicy(policy: FilesPolicy): Promise<void> {
    return this.#remote.setPolicy(policy);
  }

  /** Resolves when a document's original is here. Errors: see `FileSync.fetchOriginal`. */
  fetchOriginal(documentId: string): Promise<void> {
    return this.#remote.fetchOriginal(documentId);
  }

  devices(): Promise<readonly SeenDevice[]> {
    return this.#remote.devices();
  }

  removeDevice(deviceId: string): Promise<void> {
    return this.#remote.removeDevice(deviceId);
  }

  shareLink(documentId: string, seconds: number, fileName: string): Promise<string> {
    return this.#remote.shareLink(documentId, seconds, fileName);
  }

  /** Brings what a question is about; see `SyncFunctions.bringNearest`. */
  bringNearest(request: NearestRequest, budget: number): Promise<BroughtNearest> {
    return this.#remote.bringNearest(request, budget);
  }

  bytesThere(): Promise<number> {
    return this.#remote.bytesThere();
  }

  leftOf(documentIds: readonly string[]): Promise<Readonly<Record<string, number>>> {
    return this.#remote.leftOf(documentIds);
  }

  /** Ends it, before the library is closed. A thread that does not end in five seconds is ended from outside. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const overdue = setTimeout(() => void this.#worker.terminate(), PATIENCE);
    // One that died has nothing left to end, and was told of then.
    await this.#remote.close().catch(() => undefined);
    await this.#exited;
    clearTimeout(overdue);
  }
}
