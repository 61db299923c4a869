/** Migration 1 of the registry: accounts, sessions, failed sign-ins, limits. */
import { randomUUID } from 'node:crypto';
import type { Connection } from '../../connection.ts';

export function accounts(connection: Connection): void {
  connection.exec(`
    CREATE TABLE installation (
      id TEXT NOT NULL,
      has_used_keychain INTEGER NOT NULL DEFAULT 0
    ) STRICT;

    CREATE TABLE accounts (
      id TEXT PRIMARY KEY,
      email TEXT NOT NULL,
      email_key TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      password_hash TEXT NOT NULL,
      is_administrator INTEGER NOT NULL,
      is_email_verified INTEGER NOT NULL DEFAULT 0,
      stage TEXT NOT NULL CHECK (stage IN ('ready', 'moving', 'deleting')),
      -- Minutes; NULL for never.
      idle_lock INTEGER,
      created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE sessions (
      id TEXT PRIMARY KEY,
      account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
      -- Of the one token that is good.
      token_hash TEXT NOT NULL,
      -- Of the one that it is being exchanged for; NULL while none is.
      next_hash TEXT,
      is_kept INTEGER NOT NULL,
      is_locked INTEGER NOT NULL DEFAULT 0,
      created_at INTEGER NOT NULL,
      used_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX sessions_by_account ON sessions (account_id);

    CREATE TABLE sign_in_failures (
      -- A hash: what was typed as an address may be a password.
      key TEXT PRIMARY KEY,
      count INTEGER NOT NULL,
      last_at INTEGER NOT NULL
    ) STRICT;

    -- Set by the administrator; NULL for no limit.
    CREATE TABLE account_limits (
      account_id TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
      monthly_cost REAL,
      monthly_tokens INTEGER,
      requests_per_minute INTEGER
    ) STRICT;
  `);
  connection.prepare<[string]>('INSERT INTO installation (id) VALUES (?)').run(randomUUID());
}
