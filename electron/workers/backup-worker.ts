/** A worker thread for one piece of work on a backup: hashing, packing and SQLite stay off everybody else's thread. */
import './fail-loudly.ts';
import { parentPort } from 'node:worker_threads';
import { carryLedger } from '../backup/carry-ledger.ts';
import { inspectBackup, verifyBackup } from '../backup/read-backup.ts';
import { quietenLibrary } from '../backup/quieten.ts';
import { unpackBackup } from '../backup/restore-backup.ts';
import type { BackupListener, BackupWorkerFunctions } from '../backup/thread.ts';
import { writeBackup } from '../backup/write-backup.ts';
import { fromSqliteError } from '../db/connection.ts';
import type { BackupProgress } from '../../shared/requests/backup.ts';
import { connectRpc } from './rpc.ts';

const port = parentPort;
if (!port) throw new Error('backup-worker runs as a worker thread');

/** Milliseconds between two announcements. */
const PROGRESS_INTERVAL = 100;

const controller = new AbortController();
let announced = -Infinity;
let stage: BackupProgress['stage'] | null = null;

function onProgress(progress: BackupProgress): void {
  const now = performance.now();
  if (progress.stage === stage && progress.done < progress.total && now - announced < PROGRESS_INTERVAL) return;
  announced = now;
  stage = progress.stage;
  void listener.progress.asEvent(progress);
}

/** Coded errors for everything, SQLite's own too. */
async function coded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fromSqliteError(error, path);
  }
}

const functions: BackupWorkerFunctions = {
  write: (job) => coded(job.folder, () => writeBackup(job, onProgress, controller.signal)),
  inspect: (file, key) => coded(file, () => inspectBackup(file, key)),
  verify: (file, key) => coded(file, () => verifyBackup(file, key, onProgress, controller.signal)),
  unpack: (job) => coded(job.file, () => unpackBackup(job, onProgress, controller.signal)),
  quieten: (path, key) => coded(path, () => Promise.resolve(quietenLibrary(path, key ?? null))),
  carryLedger: (job) => coded(job.to, () => Promise.resolve(carryLedger(job))),
  cancel() {
    controller.abort();
    return Promise.resolve();
  },
};

const listener = connectRpc<BackupListener, BackupWorkerFunctions>(
  {
    post: (message) => port.postMessage(message),
    listen: (listen) => void port.on('message', listen),
  },
  functions,
);
