/**
 * One process at a time works on a library: it resumes unfinished documents and removes files that nobody owns, which
 * two at once would do to each other.
 *
 * The lock is a transaction that is held open on an empty SQLite file beside the library. SQLite locks the file with
 * what the system has for it, so that a process that is killed lets go of it. The file itself stays: were it removed,
 * one process could hold the removed file and another a new one of the same name.
 */
import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { connect } from './connection.ts';
import type { Connection, ConnectOptions } from './connection.ts';

export const LOCK_FILE = 'library.lock';

/** Milliseconds: enough for one that is just closing, too short to keep a person waiting. */
const PATIENCE = 500;

export type LibraryLockOptions = Pick<ConnectOptions, 'path' | 'nativeBinding'>;

export class LibraryLock {
  readonly #options: LibraryLockOptions;
  #connection: Connection | null = null;

  /** @param options `path` is the library file. */
  constructor({ path, nativeBinding }: LibraryLockOptions) {
    // Nothing else of what it is given: options to open a library have its key.
    this.#options = { path, ...(nativeBinding === undefined ? {} : { nativeBinding }) };
  }

  /** Throws `library-in-use` when another has it, in this process or any other; else what SQLite throws. */
  acquire(): void {
    const folder = dirname(this.#options.path);
    const connection = connect({ ...this.#options, path: join(folder, LOCK_FILE), timeout: PATIENCE });
    try {
      // Nothing is ever written: no journal beside the file.
      connection.pragma('journal_mode = MEMORY');
      connection.exec('BEGIN EXCLUSIVE');
    } catch (thrown) {
      connection.close();
      throw isBusy(thrown) ? inUse(folder, thrown) : thrown;
    }
    this.#connection = connection;
  }

  release(): void {
    this.#connection?.close();
    this.#connection = null;
  }
}

function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'SQLITE_BUSY';
}

function inUse(folder: string, cause: unknown): AppError {
  return new AppError('library-in-use', `The library in ${folder} is open in another Quire.`, {
    hint: 'Close the other Quire, or wait until its command line is done. With --data-dir the command line takes another folder.',
    cause,
  });
}
