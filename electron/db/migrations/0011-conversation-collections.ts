/** Migration 11: a conversation that is limited to a collection follows it, in place of what was in it once. */
import type { Connection } from '../connection.ts';

export function conversationCollections(connection: Connection): void {
  connection.exec(`
    ALTER TABLE conversations ADD COLUMN collection_key INTEGER REFERENCES collections (key) ON DELETE SET NULL;
    CREATE INDEX conversations_by_collection ON conversations (collection_key) WHERE collection_key IS NOT NULL;
  `);
}
