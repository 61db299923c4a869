/**
 * Migration 18: readings that come from another computer, and the sign that a document's text here is another one than
 * the reading that was known of it.
 */
import type { Connection } from '../connection.ts';

export function readings(connection: Connection): void {
  connection.exec(`
    -- 1 when the local reading was made here and no register has named it yet.
    ALTER TABLE sync_documents ADD COLUMN is_new INTEGER NOT NULL DEFAULT 0;
    -- The reading whose passages are in place and searched, while its pages are still on their way.
    ALTER TABLE sync_documents ADD COLUMN passages_of TEXT;
    -- The reading of the rows below.
    ALTER TABLE sync_documents ADD COLUMN arriving TEXT;

    -- What came of a reading that is not whole yet: nothing searches it. Ids as in chunks, so that it moves there as it is.
    CREATE TABLE arriving_chunks (
      id INTEGER PRIMARY KEY,
      document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
      text_key INTEGER NOT NULL,
      page INTEGER NOT NULL,
      page_end INTEGER NOT NULL,
      token_count INTEGER NOT NULL,
      content_hash BLOB NOT NULL,
      ranges TEXT NOT NULL,
      heading_path TEXT NOT NULL,
      boxes BLOB NOT NULL,
      context_text TEXT NOT NULL,
      search_terms TEXT NOT NULL,
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX arriving_chunks_by_document ON arriving_chunks (document_key);

    CREATE TABLE arriving_pages (
      key INTEGER PRIMARY KEY,
      document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      width REAL NOT NULL,
      height REAL NOT NULL,
      rotation INTEGER NOT NULL,
      has_text INTEGER NOT NULL,
      source TEXT NOT NULL,
      -- 1 when recognition looked at it; the confidence is NULL where it found nothing.
      recognised INTEGER NOT NULL,
      confidence REAL,
      text TEXT NOT NULL,
      geometry BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX arriving_pages_by_number ON arriving_pages (document_key, number);

    -- Whatever makes a document's text another one goes through these columns: reading and chunking through the state,
    -- recognition through its counts. A reading that came sets its own name after them, in the same transaction.
    CREATE TRIGGER reading_changed AFTER UPDATE OF state, searchable, ocr_done, ocr_total, ocr_pages ON documents
    WHEN NEW.state IN ('queued', 'extracting', 'chunking') OR NEW.searchable < OLD.searchable
      OR NEW.ocr_done <> OLD.ocr_done OR NEW.ocr_total <> OLD.ocr_total OR NEW.ocr_pages <> OLD.ocr_pages
    BEGIN
      UPDATE sync_documents SET local_reading = NULL, is_new = 0, passages_of = NULL
      WHERE document_key = NEW.key AND (local_reading IS NOT NULL OR passages_of IS NOT NULL);
    END;
  `);
}
