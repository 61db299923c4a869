/**
 * Migration 10: the languages in which a document's scanned pages are recognised, and the vectors that are kept while a
 * document is chunked again.
 */
import type { Connection } from '../connection.ts';

export function recognitionLanguages(connection: Connection): void {
  connection.exec(`
    -- Codes with plus signs between them, as the engine takes them; NULL where the person did not choose.
    ALTER TABLE documents ADD COLUMN ocr_languages TEXT;

    -- Texts of the chunks that went when chunking began anew: most come again, and their vectors need not be made twice.
    CREATE TABLE kept_vectors (
      document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
      text_key INTEGER NOT NULL,
      PRIMARY KEY (document_key, text_key)
    ) STRICT, WITHOUT ROWID;
  `);
}
