/**
 * Migration 4: conversations that are pinned, archived and deleted with an undo; messages as a tree, so that an edited
 * question begins a branch beside the first; full-text search in messages.
 */
import type { Connection } from '../connection.ts';

export function conversations(connection: Connection): void {
  connection.exec(`
    ALTER TABLE conversations ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE conversations ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
    -- Titled by the person: no later exchange changes it.
    ALTER TABLE conversations ADD COLUMN renamed INTEGER NOT NULL DEFAULT 0;
    -- Milliseconds since the epoch; what has it is purged when its undo has passed.
    ALTER TABLE conversations ADD COLUMN deleted_at INTEGER;
    -- The last message of the branch that is shown. No foreign key: it would be looked up for every message deleted.
    ALTER TABLE conversations ADD COLUMN leaf_key INTEGER;
    -- The message before; null for the first. No foreign key: SQLite cascades a thousand levels deep at most.
    ALTER TABLE messages ADD COLUMN parent_key INTEGER;
    UPDATE messages SET parent_key = (SELECT max(key) FROM messages AS earlier
      WHERE earlier.conversation_key = messages.conversation_key AND earlier.key < messages.key);
    UPDATE conversations SET leaf_key = (SELECT max(key) FROM messages WHERE conversation_key = conversations.key);
    CREATE INDEX messages_by_parent ON messages (parent_key);
    CREATE INDEX conversations_by_time ON conversations (pinned, updated_at);
    CREATE INDEX conversations_deleted ON conversations (deleted_at) WHERE deleted_at IS NOT NULL;

    -- Contentless as chunk_index is. A message is indexed when it has stopped growing.
    CREATE VIRTUAL TABLE message_index USING fts5 (
      text, content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2'
    );
    INSERT INTO message_index (rowid, text) SELECT key, text FROM messages;
    CREATE TRIGGER messages_indexed AFTER INSERT ON messages WHEN new.state <> 'streaming' BEGIN
      INSERT INTO message_index (rowid, text) VALUES (new.key, new.text);
    END;
    CREATE TRIGGER messages_indexed_anew AFTER UPDATE OF text, state ON messages WHEN new.state <> 'streaming' BEGIN
      DELETE FROM message_index WHERE rowid = new.key;
      INSERT INTO message_index (rowid, text) VALUES (new.key, new.text);
    END;
    CREATE TRIGGER messages_unindexed AFTER DELETE ON messages BEGIN
      DELETE FROM message_index WHERE rowid = old.key;
    END;
  `);
}
