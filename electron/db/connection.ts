/**
 * A connection to a SQLite file, and what SQLite's own errors mean to a person.
 */
import Sqlite from 'better-sqlite3';
import { AppError, toAppError } from '../../shared/errors.ts';

export type Connection = Sqlite.Database;

/** What SQLite3 Multiple Ciphers adds to better-sqlite3. */
interface Keyed {
  /** Throws SQLite's errors; whether the key fits shows at the first statement. */
  key(key: Buffer): number;
}

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
  /** What the file is encrypted with: 32 bytes, of which no copy is kept here. Absent or null: a plain file. */
  readonly key?: Uint8Array | null;
}

/**
 * Bytes of a library's page. Ten vectors of 384 float32 fill one to 94 %; of SQLite's default of 4 KiB a quarter would
 * stay empty. Larger pages also cost fewer system calls to write: measured 0.8 of the time of 8 KiB, and 32 KiB is no
 * faster. An encrypted file can't be opened without knowing it.
 */
export const PAGE_SIZE = 16_384;

const KEY_SIZE = 32;
/** Says that what follows is the key itself, from which none has to be derived. */
const RAW = 'raw:';

/** The first Node-API version that better-sqlite3's prebuilt binaries load in. */
const PREBUILT_NODE_API = 10;

/** Opens a file, and makes it unless it is to be read only. Throws what better-sqlite3 throws: see `fromSqliteError`. */
export function connect({ path, readonly = false, nativeBinding, timeout, key }: ConnectOptions): Connection {
  const binding = nativeBinding ?? process.env['QUIRE_SQLITE_BINDING'];
  const needsOwnBinding = Number(process.versions.napi ?? 0) < PREBUILT_NODE_API;
  const connection = new Sqlite(path, {
    readonly,
    fileMustExist: readonly,
    timeout,
    ...(needsOwnBinding && binding !== undefined && binding !== '' ? { nativeBinding: binding } : {}),
  });
  if (!key) return connection;
  try {
    setCipher(connection);
    withRawKey(key, (raw) => (connection as Connection & Keyed).key(raw));
    // SECURITY: what SQLite sorts and gathers would be written to the disk in plain.
    connection.pragma('temp_store = MEMORY');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Attaches another file to a connection, under a key of its own or, with null, a plain one. */
export function attach(connection: Connection, path: string, name: string, key: Uint8Array | null): void {
  const statement = connection.prepare<[string, Buffer | string]>(`ATTACH DATABASE ? AS ${name} KEY ?`);
  // Without a word on it the main database's key would be tried.
  if (!key) return void statement.run(path, '');
  setCipher(connection);
  withRawKey(key, (raw) => statement.run(path, raw));
}

/**
 * SQLCipher 4's format, for the keys that a connection is given from here on:
 * https://utelle.github.io/SQLite3MultipleCiphers/docs/ciphers/cipher_sqlcipher/
 */
function setCipher(connection: Connection): void {
  connection.pragma("cipher = 'sqlcipher'");
  connection.pragma('legacy = 4');
  connection.pragma(`legacy_page_size = ${PAGE_SIZE}`);
}

/** Hands the key over as SQLite3 Multiple Ciphers takes it; what was made for that is zero again afterwards. */
function withRawKey<T>(key: Uint8Array, use: (raw: Buffer) => T): T {
  // A shorter one would be taken for a password.
  if (key.length !== KEY_SIZE) throw new AppError('internal', `A key of a library has ${KEY_SIZE} bytes.`);
  const raw = Buffer.alloc(RAW.length + KEY_SIZE);
  try {
    raw.write(RAW, 'latin1');
    raw.set(key, RAW.length);
    return use(raw);
  } finally {
    raw.fill(0);
  }
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

export function wrongKey(path: string, cause?: unknown): AppError {
  return new AppError('wrong-key', `The library file ${path} can’t be opened with this library’s key.`, {
    hint: 'It is of another library, or damaged. Put a backup in its place; the file was not changed.',
    cause,
  });
}

export function damaged(path: string, cause?: unknown): AppError {
  return new AppError('database-damaged', `The library file ${path} is damaged.`, {
    hint: 'Put a backup of this file in its place, or move it away: Quire then starts an empty library and can read the documents again.',
    cause,
  });
}
