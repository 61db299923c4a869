/**
 * The database for the rest of Quire: a typed promise proxy to two worker threads, one that writes and one that reads.
 */
import { existsSync } from 'node:fs';
import { AppError } from '../../shared/errors.ts';
import { prepareForSourceThreads } from '../workers/source-threads.ts';
import type { Database } from './database.ts';
import { DatabaseThread } from './database-thread.ts';
import { routes } from './protocol.ts';
import type { Group, Route, WorkerOpenOptions } from './protocol.ts';

export interface DatabaseOptions {
  /** The library file; its folder must exist, the file is made when it does not. */
  readonly path: string;
  /** Entry of the worker thread; found beside this module when absent. */
  readonly workerUrl?: URL;
  /** See OpenOptions. */
  readonly nativeBinding?: string;
  /** See ConnectOptions; threads that start later read it, too, so that it must stay as it is until `close`. */
  readonly key?: Uint8Array | null;
  /** Refuses when another process (or this one) has the library open exclusively, and keeps such out until `close`. */
  readonly exclusive?: boolean;
  /** See `OpenOptions`. */
  readonly onUpdate?: () => void;
}

/**
 * Opens the library and starts its threads.
 * Errors: `library-in-use`, `database-from-the-future`, `database-damaged`, `wrong-key`, `disk-full`,
 * `file-unreadable`.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const workerUrl = options.workerUrl ?? findWorker();
  const open = {
    path: options.path,
    key: options.key ?? null,
    ...(options.nativeBinding ? { nativeBinding: options.nativeBinding } : {}),
  };
  const start = (own: WorkerOpenOptions): DatabaseThread =>
    new DatabaseThread({
      workerUrl,
      name: own.readonly ? 'database reader' : 'database writer',
      subject: 'The library',
      open: own,
      onUpdate: options.onUpdate,
    });
  const writer = start({ ...open, exclusive: options.exclusive ?? false });
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
    if (!reader || reader.ended) reader = start({ ...open, readonly: true });
    return reader;
  }

  /** Ends by itself, so that its memory and its connection are not kept for a look that is taken once in a while. */
  let aside: { readonly thread: DatabaseThread; looks: number; ends: NodeJS.Timeout | null } | null = null;
  let asideEnded: Promise<void> = Promise.resolve();

  async function callAside(group: Group, method: string, parameters: readonly unknown[]): Promise<unknown> {
    if (!aside || aside.thread.ended) {
      aside = { thread: start({ ...open, readonly: true }), looks: 0, ends: null };
    }
    const used = aside;
    if (used.ends) clearTimeout(used.ends);
    used.looks += 1;
    try {
      return await used.thread.call(group, method, parameters);
    } finally {
      used.looks -= 1;
      if (used.looks === 0) used.ends = setTimeout(() => void endAside(), ASIDE_PATIENCE);
    }
  }

  function endAside(): Promise<void> {
    if (aside) {
      if (aside.ends) clearTimeout(aside.ends);
      // One that died has nothing left to close, and has told so where it was asked.
      asideEnded = aside.thread.close().catch(() => undefined);
      aside = null;
    }
    return asideEnded;
  }

  async function call(route: Route, group: Group, method: string, parameters: readonly unknown[]): Promise<unknown> {
    if (closing) throw new AppError('interrupted', 'The library is closed.', { retryable: true });
    if (route === 'aside') return callAside(group, method, parameters);
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
  ) as unknown as Omit<Database, 'close' | 'serve'>;

  return {
    ...groups,
    async serve(port) {
      if (closing) throw new AppError('interrupted', 'The library is closed.', { retryable: true });
      await writer.serve(port);
    },
    close() {
      closing ??= (async () => {
        // The reader first: the last connection to close folds the log into the file, and only a writer can.
        await Promise.all([reader?.close(), endAside()]);
        await writer.close();
      })();
      return closing;
    },
  };
}

/** Milliseconds without a call after which the thread for long looks ends. */
const ASIDE_PATIENCE = 1_000;

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
