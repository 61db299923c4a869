/** Libraries that meet on a server in memory, without threads: what they do is done when it is answered. */
import { join } from 'node:path';
import type { Connection } from '../../electron/db/connection.ts';
import { openConnection } from '../../electron/db/open.ts';
import { syncQueries } from '../../electron/db/queries/sync/sync.ts';
import { createStore, type Store } from '../../electron/db/store.ts';
import type { Applied, SyncStore } from '../../electron/db/sync-types.ts';
import type { Synchronous } from '../../electron/db/synchronous.ts';
import { temporaryFolder } from './library.ts';
import type { MemoryServer } from './memory-remote.ts';

export interface SyncedLibrary {
  readonly connection: Connection;
  readonly store: Omit<Store, 'sync'>;
  readonly sync: Synchronous<SyncStore>;
  readonly deviceId: string;
  /** Milliseconds since the epoch, by its own clock, which goes on by a second with each look. */
  now: number;
  /** Stamps what changed. */
  collect(): void;
  /** Sends what is stamped. */
  push(server: MemoryServer): void;
  /** Takes in what is there. */
  pull(server: MemoryServer): Applied[];
  /** All of it, until nothing is left to send. */
  meet(server: MemoryServer): void;
  close(): void;
}

export const REMOTE = 'remote';
const SOME = 3;

/** @param name Of the device, on the server. */
export function syncedLibrary(server: MemoryServer, name = 'device', isOn = true): SyncedLibrary {
  const { folder, remove } = temporaryFolder();
  const connection = openConnection({ path: join(folder, 'library.db') });
  const store = createStore(connection);
  const sync = syncQueries(connection, store.documents.delete);
  if (isOn) sync.turnOn(REMOTE);
  const library: SyncedLibrary = {
    connection,
    store,
    sync,
    now: 1_700_000_000_000,
    get deviceId() {
      return sync.state().deviceId ?? '';
    },
    collect() {
      library.now += 1_000;
      while (sync.collect(library.now, SOME) > 0);
    },
    push() {
      server.greet({ id: library.deviceId, name, platform: 'linux', appVersion: '1' });
      for (let batch = sync.outgoing(SOME); batch.length > 0; batch = sync.outgoing(SOME)) {
        const sequences = server.push(library.deviceId, batch);
        sync.pushed(
          batch.map(({ kind, id, registers, tombstone }, index) => ({
            ...{ kind, id, sequence: sequences[index] ?? 0 },
            stamps: tombstone
              ? { '': tombstone.stamp }
              : Object.fromEntries(Object.entries(registers).map(([register, { stamp }]) => [register, stamp])),
          })),
          server.markAt(server.head),
        );
      }
    },
    pull() {
      for (;;) {
        const page = server.pull(sync.state().pulled, SOME);
        sync.receive(page.entities, page.cursor, page.mark);
        if (page.atHead) break;
      }
      const applied: Applied[] = [];
      while (sync.state().inbox > 0) applied.push(sync.apply((library.now += 1_000), SOME));
      if (applied.length === 0) sync.apply(library.now, SOME);
      return applied;
    },
    meet() {
      for (let round = 0; round < 20; round += 1) {
        library.collect();
        library.push(server);
        library.pull(server);
        library.collect();
        if (sync.state().waiting === 0) return;
      }
      throw new Error(`${name} always has something new to send.`);
    },
    close() {
      connection.close();
      remove();
    },
  };
  return library;
}

/** All devices until nobody has anything new. */
export function meetAll(server: MemoryServer, libraries: readonly SyncedLibrary[]): void {
  for (let round = 0; round < 10; round += 1) {
    const before = server.head;
    for (const library of libraries) library.meet(server);
    if (server.head === before && round > 0) return;
  }
  throw new Error('The devices go on sending for ever.');
}

const queries: Readonly<Record<string, string>> = {
  documents: `SELECT id, content_hash, title, renamed, author, language, format, size, added_at FROM documents ORDER BY id`,
  tags: 'SELECT documents.id, name FROM document_tags JOIN documents ON documents.key = document_key ORDER BY id, name',
  favourites: 'SELECT documents.id FROM favourites JOIN documents ON documents.key = document_key ORDER BY id',
  parts:
    'SELECT documents.id, name, value FROM sync_parts JOIN documents ON documents.key = document_key ORDER BY id, name',
  collections: 'SELECT id, name, created_at FROM collections ORDER BY id',
  members: `SELECT collections.id AS collection, documents.id AS document FROM collection_documents
    JOIN collections ON collections.key = collection_key JOIN documents ON documents.key = document_key ORDER BY 1, 2`,
  conversations: `SELECT id, title, renamed, document_ids, pinned, archived, deleted_at, created_at, updated_at,
    (SELECT id FROM collections WHERE key = collection_key) AS collection,
    (SELECT id FROM messages WHERE key = leaf_key) AS leaf FROM conversations ORDER BY id`,
  messages: `SELECT messages.id, conversations.id AS conversation, role, state, source, usage, error, verification, text,
    messages.created_at, (SELECT id FROM messages AS before WHERE before.key = messages.parent_key) AS parent
    FROM messages JOIN conversations ON conversations.key = conversation_key ORDER BY messages.id`,
  citations: `SELECT messages.id, number, document_id, title, page, hex(boxes), ranges, quote FROM citations
    JOIN messages ON messages.key = message_key ORDER BY 1, 2`,
  pieces: `SELECT id, title, kind, prompt, selection, state, source, usage, error, verification, requests, created_at,
    duration, deleted_at, text FROM written_pieces ORDER BY id`,
  pieceDocuments: `SELECT written_pieces.id, position, document_id, written_documents.title FROM written_documents
    JOIN written_pieces ON written_pieces.key = piece_key ORDER BY 1, 2`,
  pieceCitations: `SELECT written_pieces.id, number, document_id, written_citations.title, page, hex(boxes), ranges, quote
    FROM written_citations JOIN written_pieces ON written_pieces.key = piece_key ORDER BY 1, 2`,
  calls: `SELECT uid, account, created_at, kind, host, model, is_local, prompt_tokens, completion_tokens, is_estimated, cost,
    reserved_tokens, reserved_cost, duration, outcome, (SELECT id FROM conversations WHERE key = conversation_key) AS conversation
    FROM model_calls ORDER BY uid`,
  callDocuments: `SELECT uid, position, documents.id FROM model_call_documents JOIN model_calls ON model_calls.id = call_id
    LEFT JOIN documents ON documents.key = document_key ORDER BY 1, 2`,
  settings: `SELECT json_extract(value, '$.theme') AS theme, json_extract(value, '$.recognition') AS recognition
    FROM settings WHERE key = 'settings'`,
  prices: `SELECT value FROM settings WHERE key = 'prices'`,
};

/** Everything of a library that is synced, with ids in the place of keys. */
export function syncedRows({ connection }: SyncedLibrary): Record<string, unknown> {
  return Object.fromEntries(Object.entries(queries).map(([name, query]) => [name, connection.prepare(query).all()]));
}
