/**
 * Migration 5: recognition of pages without text. Documents that were read before get theirs now.
 */
import type { Connection } from '../connection.ts';

export function recognition(connection: Connection): void {
  connection.exec(`
    -- One row for each page that was looked at; the confidence (0 to 100) is NULL where nothing was found.
    CREATE TABLE recognitions (
      document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      confidence REAL,
      PRIMARY KEY (document_key, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX pages_without_text ON pages (document_key, number) WHERE has_text = 0;

    ALTER TABLE documents ADD COLUMN ocr_total INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE documents ADD COLUMN ocr_done INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE documents ADD COLUMN ocr_pages INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE documents ADD COLUMN ocr_confidence REAL;
    ALTER TABLE documents ADD COLUMN ocr_doubtful INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE documents ADD COLUMN ocr_error TEXT;
    UPDATE documents SET ocr_total = (SELECT count(*) FROM pages WHERE document_key = documents.key AND has_text = 0)
      WHERE format = 'pdf' AND state = 'ready';
  `);
}
