/**
 * A connection to a SQLite file, and what SQLite's own errors mean to a person.
 */
import Sqlite from 'better-sqlite3';
import { AppError, toAppError } from '../../shared/errors.ts';

export type Connection = Sqlite.Database;

export interface ConnectOptions {
  readonly path: string;
  readonly readonly?: boolean;
  /**
   * better-sqlite3's compiled binding, where its prebuilt one (Node-API 10) does not load: Electron before 35.
   * Default: the environment's QUIRE_SQLITE_BINDING; ignored where the prebuilt one loads.
   */
  readonly nativeBinding?: string;
  /** Milliseconds to wait for another connection's lock. */
  readonly timeout: number;
}

/** The first Node-API version that better-sqlite3's prebuilt binaries load in. */
const PREBUILT_NODE_API = 10;

/** Opens a file, and makes it unless it is to be read only. Throws what better-sqlite3 throws: see `fromSqliteError`. */
export function connect({ path, readonly = false, nativeBinding, timeout }: ConnectOptions): Connection {
  const binding = nativeBinding ?? process.env['QUIRE_SQLITE_BINDING'];
  const needsOwnBinding = Number(process.versions.napi ?? 0) < PREBUILT_NODE_API;
  return new Sqlite(path, {
    readonly,
    fileMustExist: readonly,
    timeout,
    ...(needsOwnBinding && binding !== undefined && binding !== '' ? { nativeBinding: binding } : {}),
  });
}

/** Turns an error of SQLite into the coded error a person can act on; any other passes through `toAppError`. */
export function fromSqliteError(thrown: unknown, path: string): AppError {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return toAppError(thrown);
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return damaged(path, thrown);
  }
  // A write that fails half way (SQLITE_IOERR_WRITE) is what a full disk looks like on some file systems.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE') {
    return new AppError('disk-full', `The disk that holds ${path} is full; nothing of this step was stored.`, {
      hint: 'Free some space on it, then try again.',
      retryable: true,
      cause: thrown,
    });
  }
  if (code === 'SQLITE_BUSY' || code.startsWith('SQLITE_BUSY_')) {
    return new AppError('internal', `The library file ${path} is in use by another program.`, {
      hint: 'Close the other program (or the other Quire), then try again.',
      retryable: true,
      cause: thrown,
    });
  }
  if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_PERM')) {
    return new AppError('file-unreadable', `The library file ${path} cannot be opened for writing.`, {
      hint: 'Check that the folder exists and that you may write to it, or choose another data folder.',
      retryable: true,
      cause: thrown,
    });
  }
  return toAppError(thrown);
}

export function damaged(path: string, cause?: unknown): AppError {
  return new AppError('database-damaged', `The library file ${path} is damaged.`, {
    hint: 'Put a backup of this file in its place, or move it away: Quire then starts an empty library and can read the documents again.',
    cause,
  });
}
