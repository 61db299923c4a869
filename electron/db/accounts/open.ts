/** Opens the registry's file: pragmas and migrations. */
import { chmodSync } from 'node:fs';
import { AppError } from '../../../shared/errors.ts';
import { connect, fromSqliteError, type Connection, type ConnectOptions } from '../connection.ts';
import { migrate, refuseUnusable } from '../open.ts';
import { registryMigrations } from './migrations/index.ts';

export type RegistryOpenOptions = Pick<ConnectOptions, 'path' | 'nativeBinding'>;

/** Milliseconds to wait for another connection's lock. */
const BUSY_TIMEOUT = 10_000;
/** The owner alone; on Windows the folder's own rights say who. */
const PRIVATE = 0o600;

/**
 * Opens, migrates and returns the connection; makes the file when there is none.
 * Errors: `database-from-the-future`, `database-damaged`, `disk-full`, `file-unreadable`.
 */
export function openRegistryConnection(options: RegistryOpenOptions): Connection {
  const { path } = options;
  let connection: Connection | undefined;
  try {
    refuseUnusable(path, registryMigrations.length);
    connection = connect({ ...options, timeout: BUSY_TIMEOUT });
    chmodSync(path, PRIVATE);
    connection.pragma('foreign_keys = ON');
    // SECURITY: what is deleted is overwritten, and no log beside the file keeps it.
    connection.pragma('secure_delete = ON');
    connection.pragma('journal_mode = DELETE');
    // A session that was ended must be so after a power cut, too.
    connection.pragma('synchronous = FULL');
    migrate(connection, path, registryMigrations);
    return connection;
  } catch (thrown) {
    connection?.close();
    throw fromRegistryError(thrown, path);
  }
}

/** As `fromSqliteError`; only what to do about a damaged file differs. */
export function fromRegistryError(thrown: unknown, path: string): AppError {
  const error = fromSqliteError(thrown, path);
  if (error.code !== 'database-damaged') return error;
  return new AppError('database-damaged', `The file with this computer’s accounts, ${path}, is damaged.`, {
    hint: 'Put a backup of this file in its place. The libraries lie in folders of their own and are not touched.',
    cause: thrown,
  });
}
