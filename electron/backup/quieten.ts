/**
 * What a library must not take up by itself after it was put in the place of another: its watched folders and its import
 * tell of an earlier state of the disk, and would bring documents that were restored in line with files of today.
 */
import type { Connection } from '../db/connection.ts';
import { connect } from '../db/connection.ts';
import { forgetSync } from '../db/queries/sync/forget.ts';

/** Milliseconds to wait for another connection's lock. */
const PATIENCE = 10_000;

/**
 * Pauses every watched folder, forgets an import that is not over, and turns sync off: turned on again, the library is a
 * new device, and what it holds counts as older than anything the server has.
 */
export function quieten(connection: Connection): void {
  connection
    .transaction(() => {
      // A library of an older Quire, which is brought up to date when it is opened, has none of these yet.
      if (hasTable(connection, 'watched_folders')) connection.exec('UPDATE watched_folders SET paused = 1');
      if (hasTable(connection, 'import_files')) connection.exec('DELETE FROM import_files');
      if (hasTable(connection, 'sync_state')) forgetSync(connection);
    })
    .immediate();
}

/** As `quieten`, of a library that nobody has open. */
export function quietenLibrary(path: string, key: Uint8Array | null): void {
  const connection = connect({ path, key, timeout: PATIENCE });
  try {
    quieten(connection);
  } finally {
    connection.close();
  }
}

export function hasTable(connection: Connection, name: string): boolean {
  const table = connection.prepare<[string], number>("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
  return table.get(name) !== undefined;
}
