/**
 * Migration 8: written pieces (summaries, outlines …) with their documents, citations, and the parts that a model has
 * finished, so that going on after a failure does not ask for them again.
 */
import type { Connection } from '../connection.ts';

export function written(connection: Connection): void {
  connection.exec(`
    CREATE TABLE written_pieces (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      title TEXT NOT NULL,
      kind TEXT NOT NULL,
      -- The person's own; null for the other kinds.
      prompt TEXT,
      -- Selected text with its document and pages, JSON; null for whole documents.
      selection TEXT,
      state TEXT NOT NULL,
      -- JSON, null as long as it is not known.
      source TEXT,
      usage TEXT,
      progress TEXT,
      error TEXT,
      verification TEXT,
      requests TEXT,
      -- The last prompt as it was sent; goes with any of the documents.
      sent_prompt TEXT,
      prompt_removed INTEGER NOT NULL DEFAULT 0,
      created_at INTEGER NOT NULL,
      -- Milliseconds of work, breaks left out.
      duration INTEGER NOT NULL DEFAULT 0,
      -- Milliseconds since the epoch; what has it is purged when its undo has passed.
      deleted_at INTEGER,
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX written_pieces_by_time ON written_pieces (created_at);

    -- document_id is no foreign key: a piece about several documents stays, with their titles, when one is deleted.
    CREATE TABLE written_documents (
      piece_key INTEGER NOT NULL REFERENCES written_pieces (key) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      document_id TEXT NOT NULL,
      title TEXT NOT NULL,
      PRIMARY KEY (piece_key, position)
    ) STRICT;
    CREATE INDEX written_documents_by_document ON written_documents (document_id);

    CREATE TABLE written_citations (
      piece_key INTEGER NOT NULL REFERENCES written_pieces (key) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      document_id TEXT NOT NULL,
      chunk_id INTEGER REFERENCES chunks (id) ON DELETE SET NULL,
      title TEXT NOT NULL,
      page INTEGER NOT NULL,
      boxes BLOB NOT NULL,
      quote TEXT NOT NULL,
      PRIMARY KEY (piece_key, number)
    ) STRICT;
    CREATE INDEX written_citations_by_chunk ON written_citations (chunk_id);
    CREATE INDEX written_citations_by_document ON written_citations (document_id);

    -- What a model made of a part, by the SHA-256 of the prompt that asked for it.
    CREATE TABLE written_parts (
      piece_key INTEGER NOT NULL REFERENCES written_pieces (key) ON DELETE CASCADE,
      input_hash TEXT NOT NULL,
      text TEXT NOT NULL,
      -- Numbers of the prompt's passages that the text cites, a JSON array.
      passages TEXT NOT NULL,
      PRIMARY KEY (piece_key, input_hash)
    ) STRICT;
  `);
}
