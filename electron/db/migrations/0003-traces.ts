/**
 * Migration 3: how each answer was made. Passages are named, their text is not kept; a prompt holds passages, and goes
 * when one of their documents is deleted.
 */
import type { Connection } from '../connection.ts';

export function traces(connection: Connection): void {
  connection.exec(`
    CREATE TABLE message_traces (
      message_key INTEGER PRIMARY KEY REFERENCES messages (key) ON DELETE CASCADE,
      facts TEXT NOT NULL,
      prompt_removed INTEGER NOT NULL DEFAULT 0,
      prompt TEXT
    ) STRICT;

    -- document_id is no foreign key: that a passage was considered outlives its document, what it says does not.
    CREATE TABLE trace_passages (
      message_key INTEGER NOT NULL REFERENCES message_traces (message_key) ON DELETE CASCADE,
      rank INTEGER NOT NULL,
      document_id TEXT NOT NULL,
      chunk_id INTEGER REFERENCES chunks (id) ON DELETE SET NULL,
      page INTEGER NOT NULL,
      text_rank INTEGER,
      bm25 REAL,
      vector_rank INTEGER,
      cosine REAL,
      score REAL NOT NULL,
      sent_as INTEGER,
      tokens INTEGER,
      cited_as INTEGER,
      PRIMARY KEY (message_key, rank)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX trace_passages_by_chunk ON trace_passages (chunk_id);
    CREATE INDEX trace_passages_by_document ON trace_passages (document_id);
  `);
}
