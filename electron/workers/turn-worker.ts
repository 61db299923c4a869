/** A worker thread that turns a library's encryption on or off: SQLite and hashing stay off everybody else's thread. */
import './fail-loudly.ts';
import { parentPort } from 'node:worker_threads';
import { clearKeys } from '../encryption/library-keys.ts';
import { turnLibrary } from '../encryption/turn-library.ts';
import type { TurnListener, TurnWorkerFunctions } from '../encryption/turn-thread.ts';
import type { EncryptionProgress } from '../../shared/accounts.ts';
import { connectRpc } from './rpc.ts';

const port = parentPort;
if (!port) throw new Error('turn-worker runs as a worker thread');

/** Milliseconds between two announcements of a stage. */
const PROGRESS_INTERVAL = 100;

const controller = new AbortController();
let announced = -Infinity;
let stage: EncryptionProgress['stage'] | null = null;

function onProgress(progress: EncryptionProgress): void {
  const now = performance.now();
  if (progress.stage === stage && now - announced < PROGRESS_INTERVAL) return;
  announced = now;
  stage = progress.stage;
  void listener.progress.asEvent(progress);
}

const functions: TurnWorkerFunctions = {
  async turn(job) {
    try {
      await turnLibrary(job, { onProgress, signal: controller.signal });
    } finally {
      // This thread's own copies of them.
      for (const keys of [job.from, job.to]) if (keys) clearKeys(keys);
    }
  },
  cancel() {
    controller.abort();
    return Promise.resolve();
  },
};

const listener = connectRpc<TurnListener, TurnWorkerFunctions>(
  {
    post: (message) => port.postMessage(message),
    listen: (listen) => void port.on('message', listen),
  },
  functions,
);
