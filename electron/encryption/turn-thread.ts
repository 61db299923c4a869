/** Turns a library's encryption on or off in a thread of its own, which ends with it. */
import { Worker } from 'node:worker_threads';
import type { EncryptionProgress } from '../../shared/accounts.ts';
import { AppError } from '../../shared/errors.ts';
import { workerEntry } from '../workers/entry.ts';
import { connectRpc } from '../workers/rpc.ts';
import { prepareForSourceThreads } from '../workers/source-threads.ts';
import { clearKeys, deriveLibraryKeys } from './library-keys.ts';
import type { TurnJob } from './turn-library.ts';

/** What the thread serves; see `turn-library.ts`. */
export interface TurnWorkerFunctions {
  turn(job: TurnJob): Promise<void>;
  /** Ends the work at its next step; it then rejects with `cancelled`. */
  cancel(): Promise<void>;
}

export interface TurnListener {
  progress(progress: EncryptionProgress): void;
}

export interface TurnThreadOptions {
  readonly onProgress?: (progress: EncryptionProgress) => void;
  /** The database's copy is one statement, which nothing interrupts: it may take a while until the thread heeds it. */
  readonly signal?: AbortSignal;
}

/** Goes the way that a state of `keys.json` tells. Errors: as `inTurnThread`. */
export async function turnTowards(
  folder: string,
  dataKey: Uint8Array,
  state: 'turning-on' | 'turning-off',
  options: TurnThreadOptions,
): Promise<void> {
  const keys = deriveLibraryKeys(dataKey);
  try {
    const [from, to] = state === 'turning-on' ? [null, keys] : [keys, null];
    await inTurnThread({ folder, from, to }, options);
  } finally {
    clearKeys(keys);
  }
}

/** Errors: as `turnLibrary`, and `internal` when the thread dies. */
export async function inTurnThread(job: TurnJob, { onProgress, signal }: TurnThreadOptions = {}): Promise<void> {
  signal?.throwIfAborted();
  const entry = workerEntry('turn-worker');
  if (entry.endsWith('.ts')) prepareForSourceThreads();
  const worker = new Worker(entry, { name: 'encryption' });
  const remote = connectRpc<TurnWorkerFunctions, TurnListener>(
    {
      post: (message) => worker.postMessage(message),
      listen: (listener) => void worker.on('message', listener),
    },
    { progress: (progress) => onProgress?.(progress) },
  );
  const end = (cause?: unknown): void =>
    remote.$close(
      new AppError('internal', 'Work on the encryption stopped unexpectedly; nothing was lost.', {
        hint: 'Sign in again: it goes on where it stopped.',
        retryable: true,
        cause,
      }),
    );
  worker.once('error', end);
  worker.once('exit', () => end());
  // A thread that has ended can't be told, and need not be.
  const cancel = (): void => void remote.cancel().catch(() => undefined);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    await remote.turn(job);
  } finally {
    signal?.removeEventListener('abort', cancel);
    await worker.terminate();
  }
}
