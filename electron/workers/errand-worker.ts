/** The thread of one errand to a person's own servers: pg and the AWS SDK take longer to load than main has. */
import './fail-loudly.ts';
import { parentPort } from 'node:worker_threads';
import { serveErrands } from './serve-errands.ts';

if (!parentPort) throw new Error('errand-worker runs as a worker thread');

serveErrands(parentPort);
