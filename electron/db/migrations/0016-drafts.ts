/** Migration 16: questions that are written and not asked yet, so that a restart finds them again. */
import type { Connection } from '../connection.ts';

export function drafts(connection: Connection): void {
  connection.exec(`
    CREATE TABLE drafts (
      -- Null for the question that is to begin a conversation.
      conversation_key INTEGER UNIQUE REFERENCES conversations (key) ON DELETE CASCADE,
      text TEXT NOT NULL,
      -- JSON: what it is to ask. A conversation has its own.
      scope TEXT NOT NULL
    ) STRICT;
  `);
}
