/** Does an errand to a person's own servers in a thread of its own, which ends with it. */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import type { ErrandFunctions, ErrandListener, RemoteErrands } from '../sync/ports/remote-errands.ts';
import { workerEntry } from '../workers/entry.ts';
import { connectRpc } from '../workers/rpc.ts';
import { prepareForSourceThreads } from '../workers/source-threads.ts';

export interface ErrandOptions extends Partial<ErrandListener> {
  /** The errand tidies up what it made, and then ends. */
  readonly signal?: AbortSignal;
}

/** Milliseconds that a cancelled errand has to tidy up: somewhat more than a bucket's test takes for it at most. */
const TIDY_PATIENCE = 15_000;
/** Milliseconds that the thread has to end when its errand is done. */
const END_PATIENCE = 5_000;

/**
 * SECURITY: secrets are handed over as messages, within this process; the thread and its memory end with the errand.
 *
 * Errors: as those of the errand, with `cancelled` for one that an aborted signal ended; `internal` when the thread dies.
 * @param errand Calls one function of the thread, once.
 */
export async function inErrandThread<T>(
  errand: (thread: RemoteErrands) => Promise<T>,
  { signal, steps, deleting, keptKey }: ErrandOptions = {},
): Promise<T> {
  if (signal?.aborted) throw cancelled();
  const entry = workerEntry('errand-worker');
  if (entry.endsWith('.ts')) prepareForSourceThreads();
  const worker = new Worker(entry, { name: 'errand' });
  const listener: ErrandListener = {
    steps: (told) => steps?.(told),
    deleting: (progress) => deleting?.(progress),
    keptKey: async (userId) => (await keptKey?.(userId)) ?? null,
  };
  const remote = connectRpc<ErrandFunctions, ErrandListener>(
    {
      post: (message) => worker.postMessage(message),
      listen: (listen) => void worker.on('message', listen),
    },
    listener,
  );
  const end = (cause?: unknown): void => remote.$close(signal?.aborted ? cancelled() : stopped(cause));
  worker.once('error', end);
  worker.once('exit', () => end());
  const endWithin = (milliseconds: number): void => {
    const overdue = setTimeout(() => void worker.terminate(), milliseconds).unref();
    worker.once('exit', () => clearTimeout(overdue));
  };
  const cancel = (): void => {
    // A thread that has ended can't be told, and need not be.
    void remote.cancel.asEvent().catch(() => undefined);
    endWithin(TIDY_PATIENCE);
  };
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await errand(remote);
  } finally {
    signal?.removeEventListener('abort', cancel);
    endWithin(END_PATIENCE);
  }
}

function cancelled(): AppError {
  return new AppError('cancelled', 'What was asked of your servers was cancelled.', { retryable: true });
}

function stopped(cause: unknown): AppError {
  return new AppError('internal', 'The thread that asks your servers stopped unexpectedly.', {
    hint: 'Try again.',
    retryable: true,
    cause,
  });
}
