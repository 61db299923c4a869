/** Every kind of entity from one library to another and back. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Citation, Message } from '../../../shared/domain.ts';
import { hashOf, makeChunk, makePage } from '../../helpers/library.ts';
import { MemoryServer } from '../../helpers/memory-remote.ts';
import { emptyAnswer } from '../../helpers/message.ts';
import { meetAll, syncedLibrary, syncedRows, type SyncedLibrary } from '../../helpers/sync-library.ts';

let server: MemoryServer;
let one: SyncedLibrary;
let other: SyncedLibrary;

beforeEach(() => {
  server = new MemoryServer();
  one = syncedLibrary(server, 'one');
  other = syncedLibrary(server, 'other');
});
afterEach(() => {
  for (const library of [one, other]) {
    const report = library.store.maintenance.integrity();
    library.close();
    expect(report.problems).toEqual([]);
  }
});

it.each(['constructor', 'toString', 'hasOwnProperty'])(
  'a register that has the name of what every object inherits (%s) keeps nothing else from coming',
  (name) => {
    const id = addDocument(one, 'Report');
    one.meet(server);
    const [entity] = server.dump();
    const seen = { seen: 0, stamp: '1800000000000000-aaaaaaaa' };
    // As it comes from a server: JSON makes a property of its own of it.
    const registers = JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify({ ...seen, value: 'x' })}}`) as object;
    server.greet({ id: 'another', name: 'another', platform: 'linux', appVersion: '1' });
    server.push('another', [
      { kind: 'document', id, tombstone: null, registers: { ...entity?.registers, ...registers } },
    ]);
    const later = addDocument(one, 'Later');
    meetAll(server, [one, other]);
    meetAll(server, [one, other]);
    expect(other.store.documents.get(later)).not.toBeNull();
    expect(other.store.documents.get(id)).toMatchObject({ title: 'Report' });
    const kept = other.connection.prepare(`SELECT value FROM sync_registers WHERE name = ?`).pluck().get(name);
    expect(kept).toBe('"x"');
  },
);

function addDocument({ store }: SyncedLibrary, name: string): string {
  const id = randomUUID();
  const content = {
    contentHash: hashOf(name),
    path: `/home/someone/${name}.pdf`,
    title: name,
    format: 'pdf',
    size: 9,
  } as const;
  store.documents.insert({ id, ...content, addedAt: 1_000 });
  return id;
}

function read({ store }: SyncedLibrary, id: string, texts: readonly string[]): void {
  store.documents.setInfo(id, { author: 'Ada', language: 'en', pageCount: texts.length });
  store.pages.put(
    id,
    texts.map((text, index) => makePage(index + 1, text)),
    { done: texts.length, total: texts.length },
  );
  store.documents.setState(id, 'chunking');
  store.chunks.begin(id);
  store.chunks.append(
    id,
    texts.map((text, index) => makeChunk(index, text)),
  );
  store.chunks.finish(id);
  store.documents.setState(id, 'ready');
}

function citationOf(documentId: string, chunkId: number | null = null): Citation {
  const boxes = [{ page: 1, x0: 72.125, y0: 100.1, x1: 540, y1: 112.7 }];
  return { number: 1, documentId, chunkId, title: 'Report', page: 1, boxes, quote: 'Cranes fly' };
}

function talk(
  { store }: SyncedLibrary,
  documentId: string,
): { conversation: string; question: string; answer: string } {
  const [conversation, question, answer] = [randomUUID(), randomUUID(), randomUUID()];
  store.conversations.create({
    id: conversation,
    title: 'About cranes',
    scope: { documentIds: [documentId], collectionId: null },
    createdAt: 2_000,
  });
  const said = { ...emptyAnswer, conversationId: conversation, createdAt: 3_000 };
  store.messages.append({ ...said, id: question, role: 'user', state: 'complete', text: 'Do cranes fly?' });
  const answered: Message = {
    ...said,
    id: answer,
    state: 'complete',
    text: 'They do [1].',
    citations: [citationOf(documentId)],
    usage: { inputTokens: 5, outputTokens: 3 },
    createdAt: 3_001,
  } as Message;
  store.messages.append(answered);
  return { conversation, question, answer };
}

describe('what is on one device', () => {
  // Catches: any column that is lost or changed on its way to another device.
  it('is on the other, column by column', () => {
    const [first, second] = [addDocument(one, 'first'), addDocument(one, 'second')];
    read(one, first, ['Cranes fly', 'in autumn']);
    one.store.documents.rename(first, 'My cranes');
    one.store.shelves.tag('Tax', [first, second]);
    one.store.shelves.tag('Ünïcode', [first]);
    one.store.shelves.setFavourite([second], true);
    const collection = randomUUID();
    one.store.shelves.createCollection({ id: collection, name: 'Birds', documentIds: [first], createdAt: 5 });
    const { conversation } = talk(one, first);
    one.store.conversations.setScope(conversation, { documentIds: [], collectionId: collection });
    one.store.conversations.mark(conversation, { pinned: true });
    const piece = randomUUID();
    one.store.written.create({
      ...{ id: piece, title: 'Summary', createdAt: 7, source: null, kind: 'summary', prompt: null },
      ...{ documentIds: [first, second], selection: { documentId: first, firstPage: 1, lastPage: 1, text: 'Cranes' } },
    });
    one.store.written.update(piece, {
      state: 'complete',
      text: 'Short [1].',
      citations: [citationOf(first)],
      duration: 4,
    });
    one.store.settings.set('settings', {
      theme: 'dark',
      recognition: { languages: ['eng'] },
      answers: { kind: 'provider' },
    });
    one.store.modelCalls.setPrices([{ host: 'h', model: 'm', input: 1, output: 2 }]);
    const call = one.store.modelCalls.reserve(
      {
        ...{ account: 'a', createdAt: 8, kind: 'answer', host: 'h', model: 'm', isLocal: false, pieceId: null },
        ...{ conversationId: conversation, messageId: null, documentIds: [first], promptTokens: 10, canWait: false },
      },
      { monthlyCost: null, monthlyTokens: null, requestsPerMinute: null },
    );
    if (call.outcome !== 'reserved') throw new Error(call.outcome);
    const end = { outcome: 'complete', promptTokens: 9, completionTokens: 4, isEstimated: false, duration: 5 } as const;
    one.store.modelCalls.settle(call.id, end);
    meetAll(server, [one, other]);
    expect(syncedRows(other)).toEqual({
      ...syncedRows(one),
      settings: [{ theme: 'dark', recognition: '{"languages":["eng"]}' }],
    });
    expect(other.store.settings.get('settings')).not.toHaveProperty('answers');
    expect(syncedRows(other)['calls']).toHaveLength(1);
    expect(other.store.messages.list(conversation).map(({ text }) => text)).toEqual(['Do cranes fly?', 'They do [1].']);
    const span = { from: 0, to: 100 };
    expect(other.store.modelCalls.spending(span, false).spent.tokens).toBe(13);
  });

  // Catches: a device that sends back what it was sent, over and over.
  it('is not sent back, and the same page twice changes nothing', () => {
    const document = addDocument(one, 'first');
    talk(one, document);
    meetAll(server, [one, other]);
    const head = server.head;
    const rows = syncedRows(other);
    const all = server.pull(0, 1_000);
    other.sync.receive(all.entities, all.cursor);
    expect(other.sync.apply(other.now, 1_000)).toMatchObject({ left: 0, conflicts: 0, documentIds: [] });
    meetAll(server, [one, other]);
    expect(syncedRows(other)).toEqual(rows);
    expect(server.head).toBe(head);
  });

  // Catches: a document of another device that is read here, where its file is not, and fails.
  it('waits for its text, and no queue takes it up', () => {
    const document = addDocument(one, 'first');
    read(one, document, ['Cranes fly']);
    meetAll(server, [one, other]);
    expect(other.store.documents.get(document)).toMatchObject({ remoteOnly: true, pageCount: 1, searchable: false });
    expect(other.store.documents.listUnfinished()).toEqual([]);
    expect(one.store.documents.get(document)).not.toHaveProperty('remoteOnly');
  });

  // Catches: an answer that is sent while it grows, or not at all.
  it('is told of an answer when it has stopped growing', () => {
    const { conversation } = talk(one, addDocument(one, 'first'));
    meetAll(server, [one, other]);
    const late = randomUUID();
    one.store.messages.append({ ...emptyAnswer, id: late, conversationId: conversation, createdAt: 4_000 });
    one.store.messages.update(late, { text: 'Half' });
    meetAll(server, [one, other]);
    expect(other.store.messages.get(late)).toBeNull();
    expect(other.store.maintenance.integrity().problems).toEqual([]);
    one.store.messages.update(late, { text: 'Whole.', state: 'complete' });
    meetAll(server, [one, other]);
    expect(other.store.messages.get(late)?.text).toBe('Whole.');
    expect(syncedRows(other)).toEqual(syncedRows(one));
  });

  // Catches: a removal (a tag, a favourite, a place in a collection) that is no change, and comes back.
  it('goes from the other when it is taken away', () => {
    const document = addDocument(one, 'first');
    const collection = randomUUID();
    one.store.shelves.tag('Tax', [document]);
    one.store.shelves.setFavourite([document], true);
    one.store.shelves.createCollection({ id: collection, name: 'Birds', documentIds: [document], createdAt: 5 });
    meetAll(server, [one, other]);
    other.store.shelves.untag('tax', [document]);
    other.store.shelves.setFavourite([document], false);
    other.store.shelves.takeOut(collection, [document]);
    meetAll(server, [one, other]);
    expect(one.store.shelves.list()).toEqual({
      collections: [{ id: collection, name: 'Birds', documentIds: [] }],
      tags: [],
      favourites: [],
    });
    expect(syncedRows(one)).toEqual(syncedRows(other));
  });

  // Catches: other bytes of a document that another device goes on showing with its earlier text.
  it('is another file, where it was replaced', () => {
    const document = addDocument(one, 'first');
    meetAll(server, [one, other]);
    one.store.documents.replace(document, { contentHash: hashOf('new'), size: 10, path: '/home/someone/first.pdf' });
    one.collect();
    one.push(server);
    const [applied] = other.pull(server);
    expect(applied?.contentHashes).toEqual([hashOf('first')]);
    expect(other.store.documents.get(document)).toMatchObject({ contentHash: hashOf('new'), remoteOnly: true });
    expect(other.store.files.pendingDeletions()).toEqual([hashOf('first')]);
    meetAll(server, [one, other]);
  });
});
