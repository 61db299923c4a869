/** A worker thread that makes one file's text: a long conversation's Markdown takes a second, which main has not. */
import './fail-loudly.ts';
import { parentPort, workerData } from 'node:worker_threads';
import { exportedText, type ExportJob } from '../pipeline/export-job.ts';

if (!parentPort) throw new Error('export-worker runs as a worker thread');

parentPort.postMessage(exportedText(workerData as ExportJob));
