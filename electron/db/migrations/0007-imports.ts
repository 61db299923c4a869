/**
 * Migration 7: the journal of an import, so that a folder of a thousand files is taken in whole, whatever ends the app
 * on the way.
 */
import type { Connection } from '../connection.ts';

export function imports(connection: Connection): void {
  connection.exec(`
    -- The files of the one import there is; none when it is over. States: see import-types.ts.
    CREATE TABLE import_files (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      path TEXT NOT NULL,
      state TEXT NOT NULL
        CHECK (state IN ('looking', 'waiting', 'added', 'duplicate', 'rejected', 'cancelling', 'cancelled')),
      document_key INTEGER REFERENCES documents (key) ON DELETE CASCADE,
      error TEXT
    ) STRICT;
    CREATE INDEX import_files_by_document ON import_files (document_key);

    -- A document that the import itself takes out again leaves its file, which can be added after all. One that the
    -- person deletes takes it along.
    CREATE TRIGGER import_files_cancelled BEFORE DELETE ON documents BEGIN
      UPDATE import_files SET state = 'cancelled', document_key = NULL
      WHERE document_key = OLD.key AND state = 'cancelling';
    END;
  `);
}
