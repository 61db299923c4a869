/** Makes a file's text in a thread of its own, which ends with it. */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import type { ExportJob } from '../pipeline/export-job.ts';
import { workerEntry } from '../workers/entry.ts';
import { prepareForSourceThreads } from '../workers/source-threads.ts';

/** Rejects with `internal` when the thread fails or dies. */
export function inExportThread(job: ExportJob): Promise<string> {
  const entry = workerEntry('export-worker');
  if (entry.endsWith('.ts')) prepareForSourceThreads();
  const worker = new Worker(entry, { name: 'export', workerData: job });
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown): void =>
      reject(new AppError('internal', 'The file could not be made.', { retryable: true, cause }));
    worker.once('message', resolve);
    worker.once('error', fail);
    worker.once('exit', () => fail());
  });
}
