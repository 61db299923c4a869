/** A library of before sync: it stays as it is, and is told of when sync is turned on. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../../electron/db/migrations/index.ts';
import { openConnection } from '../../../electron/db/open.ts';
import type { Connection } from '../../../electron/db/connection.ts';
import { syncQueries } from '../../../electron/db/queries/sync/sync.ts';
import { createStore, type Store } from '../../../electron/db/store.ts';
import { quieten } from '../../../electron/backup/quieten.ts';
import { hashOf, makeChunk, makePage, temporaryFolder, testEmbedder, vectorOf } from '../../helpers/library.ts';

const BEFORE = 16;
let path: string;
let remove: () => void;
let connection: Connection | null = null;

beforeEach(() => {
  const { folder, remove: removeFolder } = temporaryFolder();
  [path, remove] = [join(folder, 'library.db'), removeFolder];
});
afterEach(() => {
  connection?.close();
  connection = null;
  remove();
});

function open(): { connection: Connection; store: Store } {
  connection = openConnection({ path });
  return { connection, store: createStore(connection) };
}

const outbox = (of: Connection): unknown[] => of.prepare('SELECT kind, id FROM sync_outbox ORDER BY kind, id').all();

/** A document that is read as the queues read it. */
function ingest({ documents, pages, chunks, embedders, vectors }: Store): string {
  const id = randomUUID();
  documents.insert({ id, contentHash: hashOf(id), path: '/x/y.pdf', title: 'y', format: 'pdf', size: 9, addedAt: 1 });
  documents.setState(id, 'extracting', { done: 0, total: 2 });
  for (const number of [1, 2]) pages.put(id, [makePage(number)], { done: number, total: 2 });
  documents.setState(id, 'chunking');
  chunks.begin(id);
  chunks.append(id, [makeChunk(0, 'Page 1'), makeChunk(1, 'Page 2')]);
  chunks.finish(id);
  embedders.register(testEmbedder);
  const wanted = vectors.pending(id, testEmbedder.fingerprint, 9);
  vectors.put(
    id,
    testEmbedder.fingerprint,
    wanted.map(({ contentHash, text }) => ({ contentHash, vector: vectorOf(text) })),
  );
  documents.setState(id, 'ready');
  return id;
}

describe('a library of before sync', () => {
  beforeEach(() => {
    const old = openConnection({ path, migrations: migrations.slice(0, BEFORE) });
    old.exec(`
      INSERT INTO documents (id, content_hash, path, title, format, size, state, added_at, updated_at)
        VALUES ('d', 'h', '/x/y.pdf', 'Old', 'pdf', 9, 'ready', 1, 1);
      INSERT INTO document_tags (name, document_key) VALUES ('Tax', 1);
      INSERT INTO collections (id, name, created_at) VALUES ('k', 'Birds', 1);
      INSERT INTO collection_documents VALUES (1, 1);
      INSERT INTO conversations (id, title, document_ids, created_at, updated_at) VALUES ('c', 'Old', '[]', 1, 1);
      INSERT INTO messages (id, conversation_key, role, state, created_at, text)
        VALUES ('q', 1, 'user', 'complete', 1, 'How?'), ('a', 1, 'assistant', 'streaming', 2, 'Hm');
      INSERT INTO settings VALUES ('settings', '{"theme":"dark"}');`);
    old.close();
  });

  // Catches: an update that loses rows, or that gathers changes of everybody who never turns sync on.
  it('is as it was, with sync off, and notes nothing', () => {
    const { connection: updated, store } = open();
    expect(store.documents.get('d')).toMatchObject({ title: 'Old', state: 'ready' });
    expect(store.documents.get('d')).not.toHaveProperty('remoteOnly');
    expect(store.shelves.list()).toMatchObject({ collections: [{ name: 'Birds', documentIds: ['d'] }] });
    store.documents.rename('d', 'New');
    store.messages.update('a', { state: 'complete' });
    store.documents.delete(['d']);
    expect(outbox(updated)).toEqual([]);
  });

  // Catches: a part of a library that never reaches the other devices.
  it('is told of whole when sync is turned on', () => {
    const { connection: updated, store } = open();
    syncQueries(updated, store.documents.delete).turnOn('remote');
    expect(outbox(updated)).toEqual([
      { kind: 'collection', id: 'k' },
      { kind: 'conversation', id: 'c' },
      { kind: 'document', id: 'd' },
      { kind: 'message', id: 'q' },
      { kind: 'setting', id: 'library' },
    ]);
  });
});

describe('the notes of changes', () => {
  // Catches: an ingest that gets slower by a note for each page, and an answer for each word.
  it('are not made while something is read or written', () => {
    const { connection: now, store } = open();
    syncQueries(now, store.documents.delete).turnOn('remote');
    const before = now.prepare('SELECT total_changes()').pluck();
    const id = randomUUID();
    store.documents.insert({
      id,
      contentHash: hashOf(id),
      path: '/x/y.pdf',
      title: 'y',
      format: 'pdf',
      size: 9,
      addedAt: 1,
    });
    store.documents.setInfo(id, { pageCount: 2 });
    now.exec('DELETE FROM sync_outbox');
    const start = Number(before.get());
    store.documents.setState(id, 'extracting', { done: 0, total: 2 });
    store.pages.put(id, [makePage(1)], { done: 1, total: 2 });
    store.documents.setProgress(id, { done: 2, total: 2 });
    store.documents.setState(id, 'chunking');
    store.chunks.begin(id);
    store.chunks.append(id, [makeChunk(0, 'Page 1')]);
    store.chunks.finish(id);
    expect(Number(before.get())).toBeGreaterThan(start);
    expect(outbox(now)).toEqual([]);
    const conversationId = randomUUID();
    store.conversations.create({
      id: conversationId,
      title: 'T',
      scope: { documentIds: [], collectionId: null },
      createdAt: 1,
    });
    now.exec('DELETE FROM sync_outbox');
    const message = { id: 'a', conversationId, role: 'assistant', text: '', citations: [], verification: [] } as const;
    store.messages.append({ ...message, state: 'streaming', source: null, usage: null, error: null, createdAt: 2 });
    store.messages.update('a', { text: 'Half' });
    expect(outbox(now)).toEqual([{ kind: 'conversation', id: conversationId }]);
    store.messages.update('a', { state: 'complete' });
    expect(outbox(now)).toContainEqual({ kind: 'message', id: 'a' });
  });

  // Catches: a document that is read once and told of for ever.
  it('of a document that was read are one', () => {
    const { connection: now, store } = open();
    syncQueries(now, store.documents.delete).turnOn('remote');
    const id = ingest(store);
    expect(outbox(now)).toEqual([{ kind: 'document', id }]);
  });
});

describe('a library that was put back', () => {
  // Catches: a backup of last year whose stamps count, or whose device id two libraries share.
  it('has sync off, keeps what nobody looked at, and is another device afterwards', () => {
    const { connection: now, store } = open();
    const sync = syncQueries(now, store.documents.delete);
    sync.turnOn('remote');
    const before = sync.state().deviceId;
    ingest(store);
    sync.collect(1_000, 100);
    now.exec(`INSERT INTO sync_conflicts (kind, entity_id, register, deleted, at, title, mine, theirs)
      VALUES ('document', 'd', 'title', 0, 1, 'T', '"mine"', '"theirs"')`);
    quieten(now);
    expect(sync.state()).toMatchObject({ deviceId: null, remoteId: null, waiting: 0, pulled: 0, conflicts: 1 });
    expect(now.prepare('SELECT count(*) FROM sync_registers').pluck().get()).toBe(0);
    sync.turnOn('remote');
    expect(sync.state().deviceId).not.toBe(before);
    sync.collect(1_700_000_000_000, 100);
    const stamps = sync.outgoing(10).flatMap(({ registers }) => Object.values(registers).map(({ stamp }) => stamp));
    expect(stamps.every((stamp) => stamp.startsWith('0000000000000001-'))).toBe(true);
    expect(store.maintenance.integrity().problems).toEqual([]);
  });
});
