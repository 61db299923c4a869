/**
 * A worker thread that holds one connection to the library and serves its store: one thread writes, another only reads.
 */
import './fail-loudly.ts';
import { parentPort, type MessagePort } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import { fromSqliteError } from '../db/connection.ts';
import type { Connection } from '../db/connection.ts';
import { LibraryLock } from '../db/library-lock.ts';
import { openConnection } from '../db/open.ts';
import { routes } from '../db/protocol.ts';
import type { DatabaseListener } from '../db/database-thread.ts';
import type { Group, WorkerFunctions } from '../db/protocol.ts';
import { isServeMessage, servePort } from '../db/served-port.ts';
import type { ServingPort } from '../db/served-port.ts';
import { createStore } from '../db/store.ts';
import type { Store } from '../db/store.ts';
import { connectRpc } from './rpc.ts';

const port = parentPort;
if (!port) throw new Error('db-worker runs as a worker thread');

interface Opened {
  readonly connection: Connection;
  /** Rows that this connection has changed. */
  readonly changes: () => number;
  readonly store: Store;
  readonly path: string;
  /** Null when the library may be open elsewhere too. */
  readonly lock: LibraryLock | null;
}

let opened: Opened | null = null;
/** Ports that main handed over, for other threads. */
const served = new Set<ServingPort>();

const functions: WorkerFunctions = {
  async open(options) {
    const lock = options.exclusive === true ? new LibraryLock(options) : null;
    let connection: Connection;
    try {
      connection = openConnection({ ...options, onUpdate: () => void main.updating.asEvent() }, lock ?? undefined);
    } finally {
      // This thread's own copy of it.
      options.key?.fill(0);
    }
    try {
      const changes = connection.prepare<[], number>('SELECT total_changes()').pluck();
      const store = createStore(connection);
      opened = { connection, store, path: options.path, lock, changes: () => changes.get() ?? 0 };
    } catch (error) {
      connection.close();
      lock?.release();
      throw fromSqliteError(error, options.path);
    }
  },
  async call(group, method, parameters) {
    if (served.size === 0 || routes[group][method as never] === 'read') return call(group, method, parameters);
    // Some of what may write rarely does: who listens would take a look at it for a change.
    const before = opened?.changes();
    const answer = await call(group, method, parameters);
    if (opened?.changes() !== before) for (const other of served) other.changed();
    return answer;
  },
  async close() {
    // Nothing more to listen to, and so the thread ends; after this turn, in which the answer is posted.
    setImmediate(() => port.close());
    if (!opened) return;
    const { connection, store, lock } = opened;
    opened = null;
    for (const other of served) other.close();
    try {
      store.search.release();
      // One that shares the library leaves the log to the other, and would wait for its writes; the last to close folds
      // it in either way.
      if (lock) connection.pragma('wal_checkpoint(TRUNCATE)');
      connection.close();
    } finally {
      lock?.release();
    }
  },
};

const main = connectRpc<DatabaseListener, WorkerFunctions>(
  {
    post: (message) => port.postMessage(message),
    listen: (listener) =>
      void port.on('message', (message: unknown) =>
        isServeMessage(message) ? serve(message.serve) : listener(message),
      ),
  },
  functions,
);

async function call(group: Group, method: string, parameters: readonly unknown[]): Promise<unknown> {
  if (!opened) throw new AppError('internal', 'The library is not open.');
  const { store, path } = opened;
  try {
    return await methodOf(store, group, method)(...parameters);
  } catch (error) {
    throw fromSqliteError(error, path);
  }
}

function serve(other: MessagePort): void {
  const serving = servePort(other, call, () => served.delete(serving));
  served.add(serving);
}

type Method = (...parameters: readonly unknown[]) => unknown;

function methodOf(store: Store, group: Group, method: string): Method {
  const found: unknown = Object.hasOwn(routes[group], method) ? Reflect.get(store[group], method) : undefined;
  if (typeof found !== 'function') throw new AppError('internal', `The database has no ${group}.${method}.`);
  return found as Method;
}
