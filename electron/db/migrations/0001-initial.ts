/**
 * Migration 1: the whole schema of the first release. Never edited once shipped.
 */
import type { Connection } from '../connection.ts';

export function initial(connection: Connection): void {
  connection.exec(`
    CREATE TABLE documents (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      content_hash TEXT NOT NULL UNIQUE,
      path TEXT NOT NULL,
      title TEXT NOT NULL,
      renamed INTEGER NOT NULL DEFAULT 0,
      author TEXT,
      language TEXT,
      format TEXT NOT NULL,
      size INTEGER NOT NULL,
      page_count INTEGER NOT NULL DEFAULT 0,
      text_pages INTEGER NOT NULL DEFAULT 0,
      chunk_count INTEGER NOT NULL DEFAULT 0,
      embedded_chunks INTEGER NOT NULL DEFAULT 0,
      has_thumbnail INTEGER NOT NULL DEFAULT 0,
      searchable INTEGER NOT NULL DEFAULT 0,
      state TEXT NOT NULL CHECK (state IN ('queued', 'extracting', 'chunking', 'embedding', 'ready', 'failed')),
      failed_state TEXT,
      progress_done INTEGER NOT NULL DEFAULT 0,
      progress_total INTEGER NOT NULL DEFAULT 0,
      error TEXT,
      added_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT;

    -- Text before geometry: what lies behind in a row costs nothing to those who read only what lies in front.
    CREATE TABLE pages (
      key INTEGER PRIMARY KEY,
      document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      width REAL NOT NULL,
      height REAL NOT NULL,
      rotation INTEGER NOT NULL,
      has_text INTEGER NOT NULL,
      source TEXT NOT NULL,
      text TEXT NOT NULL,
      geometry BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX pages_by_number ON pages (document_key, number);
    CREATE INDEX pages_with_text ON pages (document_key) WHERE has_text = 1;

    -- One row per distinct text: what vectors hang on, shared by the chunks of several documents.
    CREATE TABLE texts (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      content_hash BLOB NOT NULL UNIQUE
    ) STRICT;

    -- AUTOINCREMENT: the id of a deleted chunk must never name another one in an old citation.
    CREATE TABLE chunks (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      document_key INTEGER NOT NULL REFERENCES documents (key),
      text_key INTEGER NOT NULL REFERENCES texts (key),
      ordinal INTEGER NOT NULL,
      page INTEGER NOT NULL,
      page_end INTEGER NOT NULL,
      token_count INTEGER NOT NULL,
      ranges TEXT NOT NULL,
      heading_path TEXT NOT NULL,
      boxes BLOB NOT NULL,
      context_text TEXT NOT NULL,
      search_terms TEXT NOT NULL,
      text TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX chunks_by_ordinal ON chunks (document_key, ordinal);
    CREATE INDEX chunks_by_text ON chunks (text_key);

    -- Contentless: the text lies in chunks already; contentless_delete makes a delete a tombstone, without the old text.
    CREATE VIRTUAL TABLE chunk_index USING fts5 (
      context, body, terms,
      content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2'
    );

    CREATE TABLE embedders (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      fingerprint TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      model TEXT NOT NULL,
      dimensions INTEGER NOT NULL,
      active INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE UNIQUE INDEX embedders_one_active ON embedders (active) WHERE active = 1;

    -- AUTOINCREMENT: readers load the keys above the highest they know, so a key must never come back.
    CREATE TABLE vectors (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      embedder_key INTEGER NOT NULL REFERENCES embedders (key),
      text_key INTEGER NOT NULL REFERENCES texts (key),
      vector BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX vectors_by_text ON vectors (text_key, embedder_key);

    -- One row: how often vectors were deleted, so that a reader's copy in memory knows that it holds dead rows.
    CREATE TABLE vector_deletions (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      count INTEGER NOT NULL
    ) STRICT;
    INSERT INTO vector_deletions (one, count) VALUES (1, 0);

    CREATE TABLE conversations (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      title TEXT NOT NULL,
      document_ids TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE messages (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      conversation_key INTEGER NOT NULL REFERENCES conversations (key) ON DELETE CASCADE,
      role TEXT NOT NULL,
      state TEXT NOT NULL,
      source TEXT,
      usage TEXT,
      error TEXT,
      created_at INTEGER NOT NULL,
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX messages_by_conversation ON messages (conversation_key, key);
    CREATE INDEX messages_streaming ON messages (state) WHERE state = 'streaming';

    -- document_id is no foreign key: a citation outlives its document.
    CREATE TABLE citations (
      message_key INTEGER NOT NULL REFERENCES messages (key) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      document_id TEXT NOT NULL,
      chunk_id INTEGER REFERENCES chunks (id) ON DELETE SET NULL,
      title TEXT NOT NULL,
      page INTEGER NOT NULL,
      boxes BLOB NOT NULL,
      quote TEXT NOT NULL,
      PRIMARY KEY (message_key, number)
    ) STRICT;
    CREATE INDEX citations_by_chunk ON citations (chunk_id);
    CREATE INDEX citations_by_document ON citations (document_id);

    CREATE TABLE settings (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT;

    CREATE TABLE pending_file_deletions (
      content_hash TEXT PRIMARY KEY
    ) STRICT;
  `);
}
