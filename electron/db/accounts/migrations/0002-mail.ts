/** Migration 2 of the registry: the mail server, the queue of mails, one-time codes. */
import type { Connection } from '../../connection.ts';

export function mail(connection: Connection): void {
  connection.exec(`
    -- One row at most. JSON; its password is in the keychain.
    CREATE TABLE mail_server (
      key INTEGER PRIMARY KEY CHECK (key = 1),
      settings TEXT NOT NULL
    ) STRICT;

    CREATE TABLE mails (
      id TEXT PRIMARY KEY,
      account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
      kind TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'failed')),
      created_at INTEGER NOT NULL,
      next_attempt_at INTEGER NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0,
      -- After how many of them nobody knows whether it was sent.
      uncertain INTEGER NOT NULL DEFAULT 0,
      -- JSON of why the last one failed.
      error TEXT
    ) STRICT;
    CREATE INDEX mails_by_account ON mails (account_id, kind);
    CREATE INDEX mails_by_state ON mails (state, next_attempt_at);

    CREATE TABLE one_time_codes (
      account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
      purpose TEXT NOT NULL,
      hash TEXT NOT NULL,
      expires_at INTEGER NOT NULL,
      tries INTEGER NOT NULL,
      PRIMARY KEY (account_id, purpose)
    ) STRICT, WITHOUT ROWID;
  `);
}
