/**
 * Migration 6: how the person keeps documents (collections, tags, favourites), and when each step of reading them
 * began and ended. All of it goes with its document.
 */
import type { Connection } from '../connection.ts';

export function shelves(connection: Connection): void {
  connection.exec(`
    CREATE TABLE collections (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL COLLATE NOCASE UNIQUE,
      created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE collection_documents (
      collection_key INTEGER NOT NULL REFERENCES collections (key) ON DELETE CASCADE,
      document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
      PRIMARY KEY (collection_key, document_key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX collection_documents_by_document ON collection_documents (document_key);

    -- A tag is there as long as a document has it.
    CREATE TABLE document_tags (
      name TEXT NOT NULL COLLATE NOCASE,
      document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
      PRIMARY KEY (name, document_key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX document_tags_by_document ON document_tags (document_key);

    CREATE TABLE favourites (
      document_key INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE
    ) STRICT;

    -- One row for each state that a document was in. A state may be entered again (a retry): its times add up.
    CREATE TABLE document_stages (
      document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
      stage TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      -- Of the latest stay; null while it lasts.
      finished_at INTEGER,
      entered_at INTEGER NOT NULL,
      -- Milliseconds of all stays that ended.
      spent INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (document_key, stage)
    ) STRICT, WITHOUT ROWID;

    -- Triggers, because several statements move a document on, each with its time in updated_at.
    CREATE TRIGGER document_stages_first AFTER INSERT ON documents BEGIN
      INSERT INTO document_stages (document_key, stage, started_at, entered_at)
      VALUES (NEW.key, NEW.state, NEW.updated_at, NEW.updated_at);
    END;
    CREATE TRIGGER document_stages_next AFTER UPDATE OF state ON documents WHEN OLD.state <> NEW.state BEGIN
      UPDATE document_stages SET finished_at = NEW.updated_at, spent = spent + max(0, NEW.updated_at - entered_at)
      WHERE document_key = NEW.key AND stage = OLD.state;
      INSERT INTO document_stages (document_key, stage, started_at, entered_at)
      VALUES (NEW.key, NEW.state, NEW.updated_at, NEW.updated_at)
      ON CONFLICT (document_key, stage) DO UPDATE SET finished_at = NULL, entered_at = excluded.entered_at;
    END;
  `);
}
