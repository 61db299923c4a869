/**
 * Migration 9: watched folders, the files in them as they were last seen, and which documents these became.
 */
import type { Connection } from '../connection.ts';

export function watched(connection: Connection): void {
  connection.exec(`
    -- 1 when the file that the document came from was in a watched folder and no longer is.
    ALTER TABLE documents ADD COLUMN file_gone INTEGER NOT NULL DEFAULT 0;

    CREATE TABLE watched_folders (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      path TEXT NOT NULL UNIQUE,
      paused INTEGER NOT NULL DEFAULT 0,
      -- 1 when a disk begins at it: without the disk, an empty folder stays in its place.
      mount_point INTEGER NOT NULL,
      added_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE watched_files (
      key INTEGER PRIMARY KEY,
      folder_key INTEGER NOT NULL REFERENCES watched_folders (key) ON DELETE CASCADE,
      path TEXT NOT NULL,
      -- What is left of the path when the person deletes the document: see below.
      path_hash BLOB NOT NULL,
      size INTEGER NOT NULL,
      modified_at INTEGER NOT NULL,
      -- Null when the file could not be taken in, for the reason in error.
      document_key INTEGER REFERENCES documents (key) ON DELETE CASCADE,
      -- 1 when the document came into the library through this file.
      brought INTEGER NOT NULL,
      gone INTEGER NOT NULL DEFAULT 0,
      error TEXT
    ) STRICT;
    CREATE UNIQUE INDEX watched_files_by_path ON watched_files (folder_key, path);
    CREATE INDEX watched_files_by_document ON watched_files (document_key);

    -- Files whose document the person deleted: they come back only when they change.
    CREATE TABLE watched_exclusions (
      folder_key INTEGER NOT NULL REFERENCES watched_folders (key) ON DELETE CASCADE,
      path_hash BLOB NOT NULL,
      size INTEGER NOT NULL,
      modified_at INTEGER NOT NULL,
      PRIMARY KEY (folder_key, path_hash)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER watched_files_excluded BEFORE DELETE ON documents BEGIN
      INSERT OR REPLACE INTO watched_exclusions (folder_key, path_hash, size, modified_at)
      SELECT folder_key, path_hash, size, modified_at FROM watched_files WHERE document_key = OLD.key AND gone = 0;
    END;
  `);
}
