/**
 * Opens a library file: pragmas, sqlite-vec, migrations on a snapshot, and clear refusals.
 */
import { chmodSync, existsSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { getLoadablePath } from 'sqlite-vec';
import { AppError } from '../../shared/errors.ts';
import { connect, fromSqliteError, PAGE_SIZE } from './connection.ts';
import type { Connection, ConnectOptions } from './connection.ts';
import { readFileVersion } from './file-header.ts';
import { LibraryLock } from './library-lock.ts';
import { migrations as shippedMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/index.ts';
import { removeOldUpdateCopies, removeUpdateCopies, updateCopy } from './update-copies.ts';

/** `path` is the library file; its folder must exist. */
export interface OpenOptions extends Omit<ConnectOptions, 'timeout'> {
  /** For tests of migrations alone. */
  readonly migrations?: readonly Migration[];
  /** Called before a library that holds something is brought to the newest version, which may take a while. */
  readonly onUpdate?: () => void;
}

/** Pages of the write-ahead log (48 MiB) that are gathered before they are copied into the file. */
const CHECKPOINT_PAGES = 3000;
/** KiB. */
const CACHE_SIZE = 16_384;
/** Milliseconds to wait for another connection's lock. */
const BUSY_TIMEOUT = 10_000;

/**
 * Opens, migrates and returns the connection.
 * Errors: `library-in-use`, `database-from-the-future`, `database-damaged`, `wrong-key`, `disk-full`,
 * `file-unreadable`.
 * @param lock Taken and, unless this throws, left to the caller to release. Without one the library may be open
 * elsewhere too; the lock is then taken for as long as a migration runs, when there is one to run.
 */
export function openConnection(options: OpenOptions, lock?: LibraryLock): Connection {
  const { path } = options;
  const migrations = options.migrations ?? shippedMigrations;
  let connection: Connection | undefined;
  try {
    refuseUnusable(path, migrations.length, options.key);
    lock?.acquire();
    connection = connect({ ...options, timeout: BUSY_TIMEOUT });
    // Reads the schema before anything is written: a damaged file stays as it is.
    connection.prepare('SELECT count(*) FROM sqlite_schema').get();
    connection.pragma(`cache_size = -${CACHE_SIZE}`);
    connection.pragma('foreign_keys = ON');
    connection.pragma('temp_store = MEMORY');
    if (options.readonly !== true) prepare(connection, options, migrations, lock);
    // Electron's asar archive is no real folder: the system's loader needs the file that was unpacked beside it.
    connection.loadExtension(getLoadablePath().replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked'));
    return connection;
  } catch (thrown) {
    connection?.close();
    lock?.release();
    throw fromSqliteError(thrown, path);
  }
}

/** The pragmas of a connection that writes, and the newest schema. */
function prepare(
  connection: Connection,
  options: OpenOptions,
  migrations: readonly Migration[],
  lock: LibraryLock | undefined,
): void {
  // Whoever changes the schema, even of a new file, must be alone.
  const passing = lock || readVersion(connection) >= migrations.length ? null : new LibraryLock(options);
  passing?.acquire();
  try {
    connection.pragma(`page_size = ${PAGE_SIZE}`);
    connection.pragma('auto_vacuum = INCREMENTAL');
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = NORMAL');
    connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    migrate(connection, options.path, migrations, options.onUpdate);
  } finally {
    passing?.release();
  }
}

/** Looks at the file's header, past SQLite: a file that is refused must stay as it is, with nothing beside it. */
export function refuseUnusable(path: string, knownVersion: number, key?: Uint8Array | null): void {
  if (!existsSync(dirname(path))) {
    throw new AppError('file-not-found', `The folder of the library file ${path} does not exist.`, {
      hint: 'Connect the disk it is on, or choose another data folder.',
      retryable: true,
    });
  }
  const version = readFileVersion(path, key ?? null);
  if (version !== null) refuseFuture(path, version, knownVersion);
}

function refuseFuture(path: string, found: number, known: number): void {
  if (found <= known) return;
  throw new AppError(
    'database-from-the-future',
    `The library file ${path} was written by a newer Quire (format ${found}; this one knows up to ${known}).`,
    { hint: 'Install the newest Quire to open it. The file was not changed.' },
  );
}

function readVersion(connection: Connection): number {
  return Number(connection.pragma('user_version', { simple: true }));
}

/**
 * Brings the schema to the newest version in one transaction. A database that holds something is first copied to
 * `<file>.v<version>.backup`, which stays until the next migration or the first deletion, for a week at most: a transaction guards against a migration that
 * fails, the copy against one that succeeds and is wrong.
 */
export function migrate(
  connection: Connection,
  path: string,
  migrations: readonly Migration[],
  onUpdate?: () => void,
): void {
  const from = readVersion(connection);
  // The header may be older than what lies in the write-ahead log.
  refuseFuture(path, from, migrations.length);
  if (from === migrations.length) return removeOldUpdateCopies(path);
  if (from > 0) {
    onUpdate?.();
    snapshot(connection, path, from);
  }
  // Tables that are rebuilt would otherwise cascade; the check below makes up for it.
  connection.pragma('foreign_keys = OFF');
  connection
    .transaction(() => {
      // Another process may have migrated while this one waited for its turn.
      for (const migration of migrations.slice(readVersion(connection))) migration(connection);
      connection.pragma(`user_version = ${migrations.length}`);
      const violations = connection.pragma('foreign_key_check') as unknown[];
      if (violations.length > 0) {
        throw new AppError(
          'internal',
          `Updating the library file ${path} would break ${violations.length} links in it.`,
          {
            hint: 'Nothing was changed. Please report this, and use the earlier version of Quire until it is fixed.',
          },
        );
      }
    })
    .immediate();
  connection.pragma('foreign_keys = ON');
}

function snapshot(connection: Connection, path: string, version: number): void {
  const left = removeUpdateCopies(path);
  const target = updateCopy(path, version);
  // SQLite writes into no file that is there.
  if (left > 0) rmSync(target, { force: true });
  connection.prepare('VACUUM INTO ?').run(target);
  // SECURITY: nobody may read the copy who may not read the file.
  chmodSync(target, statSync(path).mode);
}
