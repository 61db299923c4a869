/**
 * Migration 1: the whole schema of the first release. Never edited once shipped.
 */
import type { Connection } from '../connection.ts';

export function initial(connection: Connection): void {
  connection.exec(`
    CREATE TABLE documents (
      -- AUTOINCREMENT: chunk ids begin with it, and an old citation must never name another document's chunk.
      key INTEGER PRIMARY KEY AUTOINCREMENT,
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

    -- The id is the document's key and, in its last 20 bits, the place in it: see queries/chunk-ids.ts.
    CREATE TABLE chunks (
      id INTEGER PRIMARY KEY,
      document_key INTEGER GENERATED ALWAYS AS (id >> 20) VIRTUAL,
      ordinal INTEGER GENERATED ALWAYS AS (id & 1048575) VIRTUAL,
      -- What vectors hang on, the same for equal texts: see queries/text-keys.ts.
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
    CREATE INDEX chunks_by_text ON chunks (text_key);

    -- Contentless: the text lies in chunks already; contentless_delete makes a delete a tombstone, without the old text.
    CREATE VIRTUAL TABLE chunk_index USING fts5 (
      context, body, terms,
      content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2'
    );
    -- A transaction of 600 chunks fits in memory before it is written out (bytes), eight and not four such parts are
    -- merged at a time, and a leaf fills a page of 16 KiB. Together a quarter less time to store.
    INSERT INTO chunk_index (chunk_index, rank) VALUES ('hashsize', 8388608);
    INSERT INTO chunk_index (chunk_index, rank) VALUES ('automerge', 8);
    INSERT INTO chunk_index (chunk_index, rank) VALUES ('pgsz', 16200);

    CREATE TABLE embedders (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      fingerprint TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      model TEXT NOT NULL,
      dimensions INTEGER NOT NULL,
      active INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE UNIQUE INDEX embedders_one_active ON embedders (active) WHERE active = 1;

    CREATE TABLE vectors (
      key INTEGER PRIMARY KEY,
      embedder_key INTEGER NOT NULL REFERENCES embedders (key),
      text_key INTEGER NOT NULL,
      vector BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX vectors_by_text ON vectors (text_key, embedder_key);

    -- One row, for readers that hold a copy in memory: they load the keys above the highest they know, so no key ever
    -- comes back (a row a batch is cheaper than AUTOINCREMENT's a vector), and a new count of deletions tells them
    -- that they hold dead rows.
    CREATE TABLE vector_state (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      next_key INTEGER NOT NULL,
      deletions INTEGER NOT NULL
    ) STRICT;
    INSERT INTO vector_state (one, next_key, deletions) VALUES (1, 1, 0);

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
