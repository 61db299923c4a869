/** Changes of two devices to the same thing: who wins, what is kept, and what becomes of what was typed. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entity } from '../../../electron/sync/entity.ts';
import { hashOf, makeChunk, makePage } from '../../helpers/library.ts';
import { MemoryServer } from '../../helpers/memory-remote.ts';
import { emptyAnswer } from '../../helpers/message.ts';
import { meetAll, REMOTE, syncedLibrary, syncedRows, type SyncedLibrary } from '../../helpers/sync-library.ts';

let server: MemoryServer;
let one: SyncedLibrary;
let other: SyncedLibrary;
const extra: SyncedLibrary[] = [];

beforeEach(() => {
  server = new MemoryServer();
  one = syncedLibrary(server, 'one');
  other = syncedLibrary(server, 'other');
});
afterEach(() => {
  for (const library of [one, other, ...extra.splice(0)]) {
    const report = library.store.maintenance.integrity();
    library.close();
    expect(report.problems).toEqual([]);
  }
});

/** Ids in this order, whatever chance makes of them. */
const smaller = '11111111-1111-4111-8111-111111111111';
const larger = '22222222-2222-4222-8222-222222222222';

function addDocument({ store }: SyncedLibrary, name: string, id = randomUUID()): string {
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

function converse({ store }: SyncedLibrary, documentIds: readonly string[] = []): string {
  const id = randomUUID();
  store.conversations.create({ id, title: 'New', scope: { documentIds, collectionId: null }, createdAt: 2_000 });
  return id;
}

function ask({ store }: SyncedLibrary, conversationId: string, text: string, cited: readonly string[] = []): string {
  const id = randomUUID();
  const boxes = [{ page: 1, x0: 1, y0: 2, x1: 3, y1: 4 }];
  const citations = cited.map((documentId, index) => ({
    ...{ number: index + 1, documentId, chunkId: null, title: 'T', page: 1, boxes, quote: 'Cranes fly' },
  }));
  store.messages.append({
    ...emptyAnswer,
    id,
    conversationId,
    role: 'user',
    state: 'complete',
    text,
    citations,
    createdAt: 3_000,
  });
  return id;
}

const same = (): void => expect(syncedRows(one)).toEqual(syncedRows(other));

describe('two titles that were typed at once', () => {
  let document: string;
  beforeEach(() => {
    document = addDocument(one, 'first');
    meetAll(server, [one, other]);
    one.store.documents.rename(document, 'Of one');
    other.now += 10_000;
    other.store.documents.rename(document, 'Of other');
    meetAll(server, [one, other]);
  });

  // Catches: the earlier title, which is silently gone.
  it('leave the later one, and show the earlier', () => {
    same();
    expect(one.store.documents.get(document)?.title).toBe('Of other');
    expect(other.sync.conflicts()).toEqual([]);
    expect(one.sync.conflicts()).toMatchObject([
      {
        ...{ kind: 'document', entityId: document, register: 'title', deleted: false },
        mine: { title: 'Of one', renamed: true },
        theirs: { title: 'Of other', renamed: true },
      },
    ]);
    expect(one.sync.state().conflicts).toBe(1);
  });

  // Catches: a choice that the other device undoes, or that makes a conflict there.
  it('can both be chosen', () => {
    const [conflict] = one.sync.conflicts();
    one.sync.settleConflict(conflict?.id ?? 0, 'mine');
    meetAll(server, [one, other]);
    same();
    expect(other.store.documents.get(document)?.title).toBe('Of one');
    expect([one.sync.conflicts(), other.sync.conflicts()]).toEqual([[], []]);
  });

  it('need no change for theirs', () => {
    const head = server.head;
    const [conflict] = one.sync.conflicts();
    one.sync.settleConflict(conflict?.id ?? 0, 'theirs');
    meetAll(server, [one, other]);
    expect([one.sync.conflicts(), server.head]).toEqual([[], head]);
  });
});

// Catches: a heading that names a document as nobody has called it since, beside the two titles to choose from.
it('a conflict is listed under the present title of what it is about', () => {
  const document = addDocument(one, 'first');
  const conversation = converse(one);
  meetAll(server, [one, other]);
  one.store.documents.rename(document, 'Of one');
  other.store.documents.rename(document, 'Of other');
  one.store.conversations.rename(conversation, 'Talk of one');
  other.store.conversations.rename(conversation, 'Talk of other');
  meetAll(server, [one, other]);
  const lists = () => [...one.sync.conflicts(), ...other.sync.conflicts()].map(({ title }) => title).sort();
  const present = one.store.documents.get(document)?.title ?? '';
  expect(lists()).toEqual([present, present.replace('Of', 'Talk of')]);
  for (const { store } of [one, other]) {
    store.documents.rename(document, 'Of neither');
    store.conversations.rename(conversation, 'Talk of neither');
  }
  expect(lists()).toEqual(['Of neither', 'Talk of neither']);
  // Of what is gone, as it was called then.
  other.store.conversations.delete(conversation);
  one.store.conversations.rename(conversation, 'Talk at last');
  meetAll(server, [one, other]);
  const ofGone = one.sync.conflicts().filter(({ kind }) => kind === 'conversation');
  expect(ofGone.map(({ deleted }) => deleted)).toContain(true);
  expect(new Set(ofGone.map(({ title }) => title))).toEqual(new Set(['Talk at last']));
});

describe('changes after each other', () => {
  // Catches: a conflict about what was seen, and changed on purpose.
  it('are no conflict', () => {
    const document = addDocument(one, 'first');
    one.store.documents.rename(document, 'First');
    meetAll(server, [one, other]);
    other.store.documents.rename(document, 'Second');
    meetAll(server, [one, other]);
    one.store.documents.rename(document, 'Third');
    meetAll(server, [one, other]);
    same();
    expect([...one.sync.conflicts(), ...other.sync.conflicts()]).toEqual([]);
    expect(other.store.documents.get(document)?.title).toBe('Third');
  });

  // Catches: a clock that is hours behind, whose person can change nothing any more.
  it('win also where the clock is hours behind', () => {
    const document = addDocument(one, 'first');
    one.store.documents.rename(document, 'First');
    meetAll(server, [one, other]);
    other.now -= 7_200_000;
    other.store.documents.rename(document, 'Second');
    meetAll(server, [one, other]);
    expect(one.store.documents.get(document)?.title).toBe('Second');
  });
});

describe('a deletion', () => {
  // Catches: a rename that brings a deleted document back, or one that is gone without a word.
  it('wins over a rename, which is shown', () => {
    const document = addDocument(one, 'first');
    meetAll(server, [one, other]);
    one.store.documents.delete([document]);
    other.now += 60_000;
    other.store.documents.rename(document, 'Mine');
    other.collect();
    one.collect();
    one.push(server);
    const [applied] = other.pull(server);
    expect(applied).toMatchObject({ contentHashes: [hashOf('first')], documentIds: [document], conflicts: 1 });
    meetAll(server, [one, other]);
    same();
    expect(one.store.documents.list()).toEqual([]);
    const [conflict] = other.sync.conflicts();
    expect(conflict).toMatchObject({
      title: 'Mine',
      mine: { title: 'Mine', renamed: true },
      theirs: null,
      deleted: true,
    });
    expect(() => other.sync.settleConflict(conflict?.id ?? 0, 'mine')).toThrow(/deleted/);
    other.sync.settleConflict(conflict?.id ?? 0, 'theirs');
    expect(other.sync.conflicts()).toEqual([]);
  });

  // Catches: a question that somebody typed into a conversation that another device had deleted.
  it('of a conversation shows the questions that it takes, and what was not asked yet', () => {
    const conversation = converse(one);
    ask(one, conversation, 'Old');
    meetAll(server, [one, other]);
    one.store.conversations.delete(conversation);
    ask(other, conversation, 'New');
    other.store.conversations.putDraft({
      conversationId: conversation,
      text: 'And then',
      scope: { documentIds: [], collectionId: null },
    });
    meetAll(server, [one, other]);
    same();
    expect(one.sync.conflicts()).toEqual([]);
    expect(other.sync.conflicts().map(({ mine }) => mine)).toEqual(['New', 'And then']);
  });

  // Catches: text of a deleted document in what sync keeps, and passages that stay on the other device.
  it('leaves nothing of the document in any table, on both sides', () => {
    const document = addDocument(one, 'first');
    for (const { store } of [one, other]) void store;
    one.store.pages.put(document, [makePage(1, 'zyzzyva')], { done: 1, total: 1 });
    one.store.documents.setState(document, 'chunking');
    one.store.chunks.begin(document);
    one.store.chunks.append(document, [makeChunk(0, 'zyzzyva')]);
    one.store.chunks.finish(document);
    one.store.shelves.tag('zyzzyva', [document]);
    const conversation = converse(one, [document]);
    ask(one, conversation, 'Which?', [document]);
    meetAll(server, [one, other]);
    one.store.documents.rename(document, 'zyzzyva one');
    // Later, so that the loss is kept where the document is deleted: elsewhere it would stay, since nobody there saw it.
    other.now += 10_000;
    other.store.documents.rename(document, 'zyzzyva other');
    meetAll(server, [one, other]);
    expect(one.sync.conflicts().length + other.sync.conflicts().length).toBe(1);
    expect(one.store.documents.delete([document]).left).toEqual([]);
    meetAll(server, [one, other]);
    same();
    for (const { connection } of [one, other]) {
      const tables = connection
        .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE name LIKE 'sync_%' AND type = 'table'`)
        .pluck()
        .all();
      const rows = tables.map((table) => JSON.stringify(connection.prepare(`SELECT * FROM ${table}`).all()));
      expect(rows.filter((row) => row.includes('zyzzyva'))).toEqual([]);
    }
    expect(server.dump().filter(({ tombstone, kind }) => kind === 'document' && tombstone === null)).toEqual([]);
    const places = other.store.messages
      .list(conversation)
      .flatMap(({ citations }) => citations.map(({ boxes, quote }) => [boxes, quote]));
    expect(places).toEqual([[[], 'Cranes fly']]);
  });

  // Catches: a device that was away for so long that the tombstones are gone, and brings everything back.
  it('is taken in by a device that was away too long', () => {
    const [kept, gone] = [addDocument(one, 'kept'), addDocument(one, 'gone')];
    const conversation = converse(one);
    meetAll(server, [one, other]);
    const away = addDocument(other, 'mine alone');
    const known = [
      ...other.sync.known('document', null, 1),
      ...other.sync.known('document', other.sync.known('document', null, 1)[0] ?? '', 9),
    ];
    expect(known).toEqual([kept, gone].sort());
    other.sync.receiveGone('document', [gone]);
    other.sync.receiveGone('conversation', [conversation]);
    other.meet(server);
    expect(other.store.documents.ids().sort()).toEqual([kept, away].sort());
    expect(server.dump().find(({ id }) => id === gone)?.tombstone).toBeNull();
  });
});

describe('the same file on two devices', () => {
  for (const [mine, theirs] of [
    [smaller, larger],
    [larger, smaller],
  ] as const) {
    // Catches: two documents with the same bytes, or one of which half the notes are gone.
    it(`becomes one document (${mine < theirs ? 'the first' : 'the second'} stays)`, () => {
      addDocument(one, 'cranes', mine);
      one.store.shelves.tag('Tax', [mine]);
      one.store.documents.rename(mine, 'My cranes');
      const conversation = converse(one, [mine]);
      const question = ask(one, conversation, 'Do they fly?', [mine]);
      const collection = randomUUID();
      one.store.shelves.createCollection({ id: collection, name: 'Birds', documentIds: [mine], createdAt: 5 });
      addDocument(other, 'cranes', theirs);
      other.store.shelves.tag('Law', [theirs]);
      other.store.shelves.setFavourite([theirs], true);
      const piece = randomUUID();
      other.store.written.create({
        ...{ id: piece, title: 'Summary', createdAt: 7, source: null, kind: 'summary', prompt: null, selection: null },
        documentIds: [theirs],
      });
      other.store.written.update(piece, { state: 'complete', text: 'Short.' });
      meetAll(server, [one, other]);
      const third = syncedLibrary(server, 'third');
      extra.push(third);
      meetAll(server, [one, other, third]);
      same();
      expect(syncedRows(third)).toEqual(syncedRows(one));
      for (const { store } of [one, other, third]) {
        expect(store.documents.list()).toMatchObject([{ id: smaller, title: 'My cranes' }]);
        expect(store.shelves.list()).toEqual({
          collections: [{ id: collection, name: 'Birds', documentIds: [smaller] }],
          tags: [
            { name: 'Law', documentIds: [smaller] },
            { name: 'Tax', documentIds: [smaller] },
          ],
          favourites: [smaller],
        });
        expect(store.messages.get(question)?.citations).toMatchObject([{ documentId: smaller, boxes: [{ page: 1 }] }]);
        expect(store.conversations.get(conversation)?.documentIds).toEqual([smaller]);
        expect(store.written.get(piece)?.documents).toMatchObject([{ id: smaller, gone: false }]);
        expect(store.files.pendingDeletions()).toEqual([]);
      }
      expect(server.dump().find(({ id }) => id === larger)?.tombstone?.into).toBe(smaller);
    });
  }

  // Catches: a text that was read here and is thrown away, because the document has another name now.
  it('keeps what was read here', () => {
    addDocument(one, 'cranes', smaller);
    one.meet(server);
    addDocument(other, 'cranes', larger);
    other.store.pages.put(larger, [makePage(1, 'Cranes')], { done: 1, total: 1 });
    other.store.documents.setState(larger, 'ready');
    other.meet(server);
    expect(other.store.documents.list()).toMatchObject([{ id: smaller, state: 'ready' }]);
    expect(other.store.pages.readText(smaller, 1, 1)).toMatchObject([{ text: 'Cranes' }]);
    expect(other.store.documents.get(smaller)).not.toHaveProperty('remoteOnly');
  });

  // Catches: the title that one of two people typed for the same file.
  it('shows the title that lost', () => {
    addDocument(one, 'cranes', smaller);
    one.store.documents.rename(smaller, 'Cranes of one');
    addDocument(other, 'cranes', larger);
    other.store.documents.rename(larger, 'Cranes of other');
    meetAll(server, [one, other]);
    same();
    const all = [...one.sync.conflicts(), ...other.sync.conflicts()];
    expect(all.map(({ mine }) => mine)).toEqual([{ title: 'Cranes of other', renamed: true }]);
    expect(one.store.documents.get(smaller)?.title).toBe('Cranes of one');
  });

  // Catches: a document that took over the bytes of another, whose own file is lost by that.
  it('is not told of two that exchange their files', () => {
    const [first, second] = [addDocument(one, 'a', smaller), addDocument(one, 'b', larger)];
    meetAll(server, [one, other]);
    one.store.documents.replace(first, { contentHash: hashOf('c'), size: 1, path: '/x/a.pdf' });
    one.store.documents.replace(second, { contentHash: hashOf('a'), size: 1, path: '/x/b.pdf' });
    one.store.documents.replace(first, { contentHash: hashOf('b'), size: 1, path: '/x/a.pdf' });
    meetAll(server, [one, other]);
    same();
    expect(other.store.documents.get(first)?.contentHash).toBe(hashOf('b'));
    expect(other.store.documents.get(second)?.contentHash).toBe(hashOf('a'));
  });
});

describe('collections', () => {
  // Catches: two collections of one name, which no library can have.
  it('with the same name become one, with the documents of both', () => {
    const [a, b] = [addDocument(one, 'a'), addDocument(other, 'b')];
    one.store.shelves.createCollection({ id: larger, name: 'Birds', documentIds: [a], createdAt: 5 });
    other.store.shelves.createCollection({ id: smaller, name: 'BIRDS', documentIds: [b], createdAt: 6 });
    const conversation = converse(one);
    one.store.conversations.setScope(conversation, { documentIds: [], collectionId: larger });
    meetAll(server, [one, other]);
    same();
    expect(other.store.shelves.list().collections).toMatchObject([{ id: smaller }]);
    expect(other.store.shelves.list().collections[0]?.documentIds.toSorted()).toEqual([a, b].sort());
    expect(other.store.conversations.get(conversation)?.collectionId).toBe(smaller);
  });

  // Catches: a collection that is deleted on one device, and whose followers ask the whole library on the other.
  it('leave what was in them to conversations that followed, when they are deleted elsewhere', () => {
    const document = addDocument(one, 'a');
    one.store.shelves.createCollection({ id: larger, name: 'Birds', documentIds: [document], createdAt: 5 });
    const conversation = converse(one);
    one.store.conversations.setScope(conversation, { documentIds: [], collectionId: larger });
    meetAll(server, [one, other]);
    one.store.shelves.deleteCollection(larger);
    meetAll(server, [one, other]);
    same();
    expect(other.store.conversations.get(conversation)).toMatchObject({ collectionId: null, documentIds: [document] });
  });

  // Catches: a deletion that was undone after it was told, which leaves the collection on this device alone.
  it('that are brought back after their deletion was told, are back everywhere', () => {
    const collection = { id: larger, name: 'Birds', documentIds: [], createdAt: 5 };
    one.store.shelves.createCollection(collection);
    meetAll(server, [one, other]);
    one.store.shelves.deleteCollection(larger);
    one.meet(server);
    one.store.shelves.restoreCollection(collection, []);
    meetAll(server, [one, other]);
    same();
    expect(other.store.shelves.list().collections).toMatchObject([{ name: 'Birds' }]);
  });
});

describe('what a server sends', () => {
  const stamp = '1700000000000000-abcdef01';
  const entity = (registers: Record<string, unknown>, facts: Record<string, unknown> = {}): Entity =>
    ({ kind: 'document', id: larger, registers, tombstone: null, ...facts }) as unknown as Entity;
  const content = { stamp, seen: 0, value: { hash: hashOf('x'), size: 1, format: 'pdf', fileName: 'x.pdf' } };

  // Catches: a broken or hostile answer that ends sync for good, or gets a path or an id into the library.
  it('may be anything, and stops nothing', () => {
    const odd: unknown[] = [
      null,
      7,
      {},
      { kind: 'document' },
      { kind: 'document', id: '../../x', registers: { content }, tombstone: null },
      { kind: 'nonsense', id: larger, registers: {}, tombstone: null },
      { kind: 'message', id: larger, registers: { body: { stamp, seen: 0, value: Number.NaN } }, tombstone: null },
      { kind: 'conversation', id: larger, registers: null, tombstone: { stamp: 7 } },
      { kind: 'piece', id: larger, registers: { body: { stamp: 'x', seen: -1, value: {} } }, tombstone: null },
      { kind: 'usage', id: larger, registers: { call: content }, tombstone: { stamp, seen: 0, into: 'x' } },
      {
        kind: 'setting',
        id: 'library',
        registers: { answers: content, theme: { stamp, seen: 0, value: 'pink' } },
        tombstone: null,
      },
      {
        kind: 'collection',
        id: larger,
        registers: { name: { stamp, seen: 0, value: ['x'] }, __proto__: content },
        tombstone: null,
      },
      entity({ content: { ...content, value: { ...content.value, hash: '../../etc' } } }),
    ];
    other.sync.receive(odd as Entity[], 20);
    other.sync.receive([entity({ content }, { id: smaller })], 21);
    const applied = other.sync.apply(other.now, 100);
    expect(applied.left).toBe(0);
    expect(other.store.documents.list()).toMatchObject([{ id: smaller, fileName: 'x.pdf' }]);
    expect(other.store.conversations.list({}).total).toBe(0);
    expect(other.store.settings.get('settings')).toBeNull();
    expect(other.sync.state()).toMatchObject({ pulled: 21, applied: 21, inbox: 0 });
  });

  // Catches: an older Quire that throws away what a newer one wrote, or tells others to.
  it('of a newer Quire is kept, and not taken for a change', () => {
    const mood = { stamp, seen: 0, value: { mood: 'calm' } };
    const info = { stamp, seen: 0, value: { author: null, language: null, pageCount: 3, addedAt: 1 } };
    other.sync.receive([entity({ content, info, mood })], 1);
    other.sync.apply(other.now, 100);
    other.store.documents.rename(larger, 'Mine');
    other.collect();
    expect(other.sync.outgoing(10)).toMatchObject([{ registers: { title: {} } }]);
    expect(Object.keys(other.sync.outgoing(10)[0]?.registers ?? {})).toEqual(['title']);
    const kept = other.connection.prepare(`SELECT value FROM sync_registers WHERE name = 'mood'`).pluck().get();
    expect(JSON.parse(String(kept))).toEqual(mood.value);
    expect(other.connection.prepare('SELECT count(*) FROM sync_inbox').pluck().get()).toBe(0);
  });

  // Catches: a question that comes before the conversation it belongs to, and is lost.
  it('waits for what it belongs to', () => {
    const conversation = converse(one);
    const first = ask(one, conversation, 'First');
    const second = ask(one, conversation, 'Second');
    one.collect();
    const all = one.sync.outgoing(100);
    const of = (id: string): Entity[] => all.filter((each) => each.id === id);
    other.sync.receive(of(second), 1);
    expect(other.sync.apply(other.now, 100).left).toBe(0);
    other.sync.receive(of(conversation), 2);
    other.sync.apply(other.now, 100);
    expect(other.store.messages.list(conversation)).toEqual([]);
    other.sync.receive(of(first), 3);
    other.sync.apply(other.now, 1);
    other.sync.apply(other.now, 100);
    expect(other.store.messages.list(conversation).map(({ text }) => text)).toEqual(['First', 'Second']);
    other.collect();
    expect(other.sync.outgoing(100)).toEqual([]);
  });
});

describe('turning sync on', () => {
  // Catches: a library of last year's backup that overwrites a year's work on the other devices.
  it('tells nothing of before as new', () => {
    const document = addDocument(one, 'first');
    meetAll(server, [one, other]);
    one.sync.turnOff();
    one.store.documents.rename(document, 'Of last year');
    other.store.documents.rename(document, 'Of today');
    other.meet(server);
    one.sync.turnOn(REMOTE);
    meetAll(server, [one, other]);
    same();
    expect(one.store.documents.get(document)?.title).toBe('Of today');
    expect(one.sync.conflicts().map(({ mine }) => mine)).toEqual([{ title: 'Of last year', renamed: true }]);
  });

  // Catches: a library without sync that gathers changes for nobody, and a device that is taken for the one before.
  it('off records nothing, and on again is another device', () => {
    const before = one.deviceId;
    addDocument(one, 'first');
    one.sync.turnOff();
    addDocument(one, 'second');
    expect(one.sync.state()).toMatchObject({ deviceId: null, remoteId: null, waiting: 0, inbox: 0 });
    expect(() => one.sync.receive([], 1)).toThrow(/off/);
    expect(one.sync.turnOn(REMOTE)).toMatchObject({ remoteId: REMOTE, waiting: 2 });
    expect(one.deviceId).not.toBe(before);
    const again = one.sync.turnOn(REMOTE);
    expect(again.deviceId).toBe(one.deviceId);
  });

  // Catches: a change during a push that counts as sent.
  it('sends what changed while it was sent', () => {
    const document = addDocument(one, 'first');
    one.collect();
    const [sent] = one.sync.outgoing(1);
    one.store.documents.rename(document, 'Later');
    one.collect();
    const stamps = Object.fromEntries(Object.entries(sent?.registers ?? {}).map(([name, { stamp }]) => [name, stamp]));
    one.sync.pushed([{ kind: 'document', id: document, stamps, sequence: 1 }]);
    expect(Object.keys(one.sync.outgoing(1)[0]?.registers ?? {})).toEqual(['title']);
  });
});
