/**
 * Migration 15: the ledger of what models were asked and what it cost, and the bucket of requests a minute.
 *
 * A call is written before it is made, with what is reserved for it, and again when it ended. What it was made for may be
 * deleted later; that it was made, and what it took, stays.
 */
import type { Connection } from '../connection.ts';

export function modelCalls(connection: Connection): void {
  connection.exec(`
    CREATE TABLE model_calls (
      id INTEGER PRIMARY KEY,
      -- The same in every copy of the library.
      uid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
      account TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      host TEXT NOT NULL,
      model TEXT NOT NULL,
      -- Whether it went to a server on this computer.
      is_local INTEGER NOT NULL,
      conversation_key INTEGER REFERENCES conversations (key) ON DELETE SET NULL,
      message_key INTEGER REFERENCES messages (key) ON DELETE SET NULL,
      piece_key INTEGER REFERENCES written_pieces (key) ON DELETE SET NULL,
      -- What counts: the reservation until the call ended, and for good when it was interrupted.
      prompt_tokens INTEGER NOT NULL,
      completion_tokens INTEGER NOT NULL,
      is_estimated INTEGER NOT NULL DEFAULT 1,
      -- US dollars; null when no price is known.
      cost REAL,
      reserved_tokens INTEGER NOT NULL,
      reserved_cost REAL,
      -- Milliseconds.
      duration INTEGER,
      outcome TEXT NOT NULL DEFAULT 'running'
    ) STRICT;
    CREATE INDEX model_calls_by_time ON model_calls (created_at);
    -- Has all that a month's sum needs, which is made before each call, and passes those by that do not count.
    CREATE INDEX model_calls_by_place ON model_calls
      (is_local, created_at, outcome, prompt_tokens, completion_tokens, cost);
    CREATE INDEX model_calls_running ON model_calls (outcome) WHERE outcome = 'running';
    CREATE INDEX model_calls_without_price ON model_calls (model, host) WHERE cost IS NULL;
    CREATE INDEX model_calls_by_conversation ON model_calls (conversation_key);
    CREATE INDEX model_calls_by_message ON model_calls (message_key);
    CREATE INDEX model_calls_by_piece ON model_calls (piece_key);

    -- The documents whose text was sent; a call's share is told evenly of each.
    CREATE TABLE model_call_documents (
      call_id INTEGER NOT NULL REFERENCES model_calls (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      document_key INTEGER REFERENCES documents (key) ON DELETE SET NULL,
      PRIMARY KEY (call_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX model_call_documents_by_document ON model_call_documents (document_key);

    -- One row, made with the first request that is limited.
    CREATE TABLE request_bucket (
      key INTEGER PRIMARY KEY CHECK (key = 1),
      requests REAL NOT NULL,
      filled_at INTEGER NOT NULL
    ) STRICT;
  `);
}
