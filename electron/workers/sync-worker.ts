/** The sync thread: merging, hashing, sealing and the servers' protocols stay off everybody else's thread. */
import './fail-loudly.ts';
import { parentPort } from 'node:worker_threads';
import { openRemotes } from './open-remotes.ts';
import { serveSync } from './serve-sync.ts';

if (!parentPort) throw new Error('sync-worker runs as a worker thread');

serveSync(parentPort, openRemotes);
