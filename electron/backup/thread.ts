/** Work on backups, each piece in a thread of its own that ends with it. */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import type { BackupProgress, BackupSummary } from '../../shared/requests/backup.ts';
import { workerEntry } from '../workers/entry.ts';
import { connectRpc } from '../workers/rpc.ts';
import { prepareForSourceThreads } from '../workers/source-threads.ts';
import type { CarryJob } from './carry-ledger.ts';
import type { Inspection, Verification } from './read-backup.ts';
import type { RestoreJob } from './restore-backup.ts';
import type { BackupJob } from './write-backup.ts';

/** Milliseconds that work which was cancelled has to end by itself and leave nothing. */
const LONGEST_CANCEL = 5_000;

/** What the thread serves; see `write-backup.ts`, `read-backup.ts` and `restore-backup.ts`. */
export interface BackupWorkerFunctions {
  write(job: BackupJob): Promise<BackupSummary>;
  /** @param key Of the encrypted library that the backup may be of: see `manifest.ts`. */
  inspect(file: string, key: Uint8Array | null): Promise<Inspection>;
  verify(file: string, key: Uint8Array | null): Promise<Verification>;
  /** Answers with a sentence for each thing that was repaired or is lacking. */
  unpack(job: RestoreJob): Promise<readonly string[]>;
  /** See `quieten.ts`; the path of a database, and its key where it has one. */
  quieten(path: string, key?: Uint8Array | null): Promise<void>;
  /** See `carry-ledger.ts`. */
  carryLedger(job: CarryJob): Promise<boolean>;
  /** Ends the work at its next step; it then rejects with `cancelled`. */
  cancel(): Promise<void>;
}

/** Told when `carryLedger` answers false. */
export const ledgerLost =
  'What models were asked since the backup is not in it, and could not be taken over from the library of before.';

/** The same of an earlier library that is put back. */
export const ledgerLeft =
  'What models were asked meanwhile is not told of in it, and counts in no budget of this month: the library of before cannot be read.';

export interface BackupListener {
  progress(progress: BackupProgress): void;
}

export interface ThreadOptions {
  readonly onProgress?: (progress: BackupProgress) => void;
  readonly signal?: AbortSignal;
}

/** Runs one piece of work and ends its thread. Rejects as the work does, and with `internal` when the thread dies. */
export async function inBackupThread<T>(
  work: (remote: Omit<BackupWorkerFunctions, 'cancel'>) => Promise<T>,
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
  let givesUp: NodeJS.Timeout | undefined;
  let isStuck = false;
  let cancel = (): void => undefined;
  const stuck = new Promise<never>((_resolve, reject) => {
    cancel = () => {
      // A thread that has ended can't be told, and need not be; one that hangs is given up below.
      remote.cancel().catch(() => undefined);
      givesUp = setTimeout(() => {
        isStuck = true;
        reject(new AppError('cancelled', 'This was cancelled.', { retryable: true }));
      }, LONGEST_CANCEL);
    };
  });
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await Promise.race([work(remote), stuck]);
  } finally {
    signal?.removeEventListener('abort', cancel);
    clearTimeout(givesUp);
    const ended = worker.terminate();
    // A statement of SQLite's can't be interrupted from here: the thread ends with it, and nobody waits for that.
    if (!isStuck) await ended;
  }
}
