/** Lets checks of the full-text indexes see them as they are. */
import type { Connection } from '../connection.ts';

/**
 * Runs a check of tables after a look into every full-text index, in one transaction.
 *
 * FTS5 (as of SQLite 3.54) checks an index by the structure that this connection saw last, and calls it corrupt when
 * another connection merged parts of it since. A search makes it look again; within the transaction nothing changes.
 */
export function withFreshFullText(connection: Connection): <T>(check: () => T) => T {
  const names = connection
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE % USING fts5%'",
    )
    .pluck();
  return (check) =>
    connection.transaction(() => {
      for (const name of names.all()) look(connection, name);
      return check();
    })();
}

function look(connection: Connection, name: string): void {
  try {
    connection.prepare(`SELECT rowid FROM ${name} WHERE ${name} MATCH 'a' LIMIT 1`).get();
  } catch (error) {
    // What is damaged is for the check to tell.
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CORRUPT'))) throw error;
  }
}
