/** Migration 17: placeholder of the branch `parts` until that of the branch `local` is merged. */
import type { Connection } from '../connection.ts';

export function sync(connection: Connection): void {
  connection.exec(`
    CREATE TABLE sync_parts (
      document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
      name TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (document_key, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sync_documents (
      document_key INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE,
      local_reading TEXT,
      pinned INTEGER NOT NULL DEFAULT 0,
      used_at INTEGER NOT NULL DEFAULT 0
    ) STRICT;
  `);
}
