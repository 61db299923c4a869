/**
 * The SQLite connection type, and what SQLite's own errors mean to a person.
 */
import type Sqlite from 'better-sqlite3';
import { AppError, toAppError } from '../../shared/errors.ts';

export type Connection = Sqlite.Database;

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
