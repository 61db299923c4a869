/** Work on backups, each piece in a thread of its own that ends with it. */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import type { BackupProgress, BackupSummary } from '../../shared/requests/backup.ts';
import { workerEntry } from '../workers/entry.ts';
import { connectRpc } from '../workers/rpc.ts';
import { prepareForSourceThreads } from '../workers/source-threads.ts';
import type { Verification } from './read-backup.ts';
import type { RestoreJob } from './restore-backup.ts';
import type { BackupJob } from './write-backup.ts';

/** What the thread serves; see `write-backup.ts`, `read-backup.ts` and `restore-backup.ts`. */
export interface BackupWorkerFunctions {
  write(job: BackupJob): Promise<BackupSummary>;
  inspect(file: string): Promise<BackupSummary>;
  verify(file: string): Promise<Verification>;
  unpack(job: RestoreJob): Promise<void>;
  /** See `quieten.ts`; the path of a database. */
  quieten(path: string): Promise<void>;
  /** Ends the work at its next step; it then rejects with `cancelled`. */
  cancel(): Promise<void>;
}

export interface BackupListener {
  progress(progress: BackupProgress): void;
}

export interface ThreadOptions {
  readonly onProgress?: (progress: BackupProgress) => void;
  readonly signal?: AbortSignal;
}

/** Runs one piece of work and ends its thread. Rejects as the work does, and with `internal` when the thread dies. */
export async function inBackupThread<T>(
  work: (remote: Pick<BackupWorkerFunctions, 'write' | 'inspect' | 'verify' | 'unpack' | 'quieten'>) => Promise<T>,
  { onProgress, signal }: ThreadOptions = {},
): Promise<T> {
  if (signal?.aborted) throw new AppError('cancelled', 'This was cancelled.', { retryable: true });
  const entry = workerEntry('backup-worker');
  if (entry.endsWith('.ts')) prepareForSourceThreads();
  const worker = new Worker(entry, { name: 'backup' });
  const remote = connectRpc<BackupWorkerFunctions, BackupListener>(
    {
      post: (message) => worker.postMessage(message),
      listen: (listener) => void worker.on('message', listener),
    },
    { progress: (progress) => onProgress?.(progress) },
  );
  const end = (cause?: unknown): void =>
    remote.$close(new AppError('internal', 'Work on the backup stopped unexpectedly.', { retryable: true, cause }));
  worker.once('error', end);
  worker.once('exit', () => end());
  const cancel = (): void => void remote.cancel().catch(() => undefined);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await work(remote);
  } finally {
    signal?.removeEventListener('abort', cancel);
    await worker.terminate();
  }
}
