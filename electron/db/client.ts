/**
 * The database for the rest of Quire: a typed promise proxy to two worker threads, one that writes and one that reads.
 */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import { connectRpc } from '../workers/rpc.ts';
import { prepareForSourceThreads } from '../workers/source-threads.ts';
import type { Database } from './database.ts';
import { routes } from './protocol.ts';
import type { Group, Route, WorkerFunctions, WorkerOpenOptions } from './protocol.ts';

export interface DatabaseOptions {
  /** The library file; its folder must exist, the file is made when it does not. */
  readonly path: string;
  /** Entry of the worker thread; found beside this module when absent. */
  readonly workerUrl?: URL;
  /** See OpenOptions. */
  readonly nativeBinding?: string;
  /** Refuses when another process (or this one) has the library open exclusively, and keeps such out until `close`. */
  readonly exclusive?: boolean;
}

/**
 * Opens the library and starts its threads.
 * Errors: `library-in-use`, `database-from-the-future`, `database-damaged`, `disk-full`, `file-unreadable`.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const workerUrl = options.workerUrl ?? findWorker();
  const open = { path: options.path, ...(options.nativeBinding ? { nativeBinding: options.nativeBinding } : {}) };
  const writer = new DatabaseThread(workerUrl, { ...open, exclusive: options.exclusive ?? false });
  try {
    await writer.ready;
  } catch (error) {
    await writer.close();
    throw error;
  }
  let reader: DatabaseThread | null = null;
  let closing: Promise<void> | null = null;
  /** Writes that are not answered yet. */
  let writes = 0;

  /**
   * A second thread is of use for long reads and for those that would wait behind a write; until there is one of either,
   * the writing thread reads too: starting a thread takes longer than the window's first list.
   */
  function readingThreadFor(group: Group): DatabaseThread {
    return reader || writes > 0 || group === 'search' || group === 'maintenance' ? readingThread() : writer;
  }

  function readingThread(): DatabaseThread {
    // A reader that died (out of memory) holds nothing that is lost: another takes its place.
    if (!reader || reader.ended) reader = new DatabaseThread(workerUrl, { ...open, readonly: true });
    return reader;
  }

  async function call(route: Route, group: Group, method: string, parameters: readonly unknown[]): Promise<unknown> {
    if (closing) throw new AppError('interrupted', 'The library is closed.', { retryable: true });
    if (route === 'read') return readingThreadFor(group).call(group, method, parameters);
    writes += 1;
    let answer: unknown;
    try {
      answer = await writer.call(group, method, parameters);
    } finally {
      writes -= 1;
    }
    if (route === 'both' && reader) await reader.call(group, method, parameters);
    return answer;
  }

  const groups = Object.fromEntries(
    Object.entries(routes).map(([group, methods]) => [
      group,
      Object.fromEntries(
        Object.entries(methods).map(([method, route]) => [
          method,
          (...parameters: readonly unknown[]) => call(route, group as Group, method, parameters),
        ]),
      ),
    ]),
  ) as unknown as Omit<Database, 'close'>;

  return {
    ...groups,
    close() {
      closing ??= (async () => {
        // The reader first: the last connection to close folds the log into the file, and only a writer can.
        await reader?.close();
        await writer.close();
      })();
      return closing;
    },
  };
}

/** Milliseconds that a thread whose connection is closed has to end by itself. */
const patience = 2_000;

/** One worker thread with its connection. */
class DatabaseThread {
  /** Resolves when the file is open; rejects with the reason when it cannot be. */
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #remote;
  readonly #exited: Promise<void>;
  #ended = false;

  constructor(workerUrl: URL, options: WorkerOpenOptions) {
    const worker = new Worker(workerUrl, { name: options.readonly ? 'database reader' : 'database writer' });
    this.#worker = worker;
    this.#remote = connectRpc<WorkerFunctions, object>(
      {
        post: (message) => worker.postMessage(message),
        listen: (listener) => void worker.on('message', listener),
      },
      {},
    );
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#end(undefined);
        resolve();
      });
    });
    worker.once('error', (error) => this.#end(error));
    this.ready = this.#remote.open(options);
    // Awaited by every call; without one, a failure must not count as unhandled.
    this.ready.catch(() => undefined);
  }

  get ended(): boolean {
    return this.#ended;
  }

  async call(group: Group, method: string, parameters: readonly unknown[]): Promise<unknown> {
    await this.ready;
    if (this.#ended) throw stopped(undefined);
    return this.#remote.call(group, method, parameters);
  }

  async close(): Promise<void> {
    if (!this.#ended) {
      try {
        // The thread ends by itself after this: one that is torn down from outside may be in the midst of native code.
        await this.#remote.close();
      } finally {
        const overdue = setTimeout(() => void this.#worker.terminate(), patience);
        await this.#exited;
        clearTimeout(overdue);
      }
    }
    await this.#exited;
  }

  /** Everything that waits for this thread learns that no answer will come. */
  #end(cause: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#remote.$close(stopped(cause));
  }
}

function stopped(cause: unknown): AppError {
  return new AppError('internal', 'The library stopped unexpectedly; what was stored before is safe.', {
    hint: 'Quit Quire and start it again.',
    retryable: true,
    cause,
  });
}

/** From source (Node strips the types) the worker's own file; from a bundle the entry beside or above this chunk. */
function findWorker(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  if (isSource) prepareForSourceThreads();
  const names = isSource ? ['../workers/db-worker.ts'] : ['./db-worker.js', '../db-worker.js'];
  const urls = names.map((name) => new URL(name, import.meta.url));
  const found = urls.find((url) => existsSync(url));
  if (!found) throw new AppError('internal', `Quire is incomplete: ${names.join(' or ')} is missing.`);
  return found;
}
