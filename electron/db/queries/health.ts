/** What a look at the database's health asks: its figures, and SQLite's quick check, a table at a time. */
import type { Connection } from '../connection.ts';
import type { MaintenanceStore } from '../database.ts';
import type { Synchronous } from '../synchronous.ts';
import { withFreshFullText } from './fresh-full-text.ts';

export function healthQueries(
  connection: Connection,
): Pick<Synchronous<MaintenanceStore>, 'figures' | 'tables' | 'quickCheck'> {
  const checked = withFreshFullText(connection);
  const pragma = (name: string): number => Number(connection.pragma(name, { simple: true }));
  return {
    figures: () => ({
      schemaVersion: pragma('user_version'),
      pageSize: pragma('page_size'),
      pages: pragma('page_count'),
      freePages: pragma('freelist_count'),
    }),
    tables: () =>
      connection
        .prepare<[], string>(
          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        )
        .pluck()
        .all(),
    // Without the checks of content against each other, which take many times as long: https://sqlite.org/pragma.html#pragma_quick_check
    quickCheck: (table) =>
      checked(() =>
        connection
          .prepare<[string], string>('SELECT quick_check FROM pragma_quick_check(?)')
          .pluck()
          .all(table)
          .filter((line) => line !== 'ok'),
      ),
  };
}
