/** Losses that nobody saw, as the simulation found them: what was typed is kept all the same. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noLimits } from '../../../shared/accounts.ts';
import { hashOf } from '../../helpers/library.ts';
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
    const { problems } = library.store.maintenance.integrity();
    library.close();
    expect(problems).toEqual([]);
  }
});

const document = '11111111-1111-4111-8111-111111111111';
const another = '22222222-2222-4222-8222-222222222222';

function addDocument({ store }: SyncedLibrary, id = document): void {
  store.documents.insert({
    id,
    contentHash: hashOf(id),
    path: '/home/someone/report.pdf',
    title: 'report',
    format: 'pdf',
    size: 9,
    addedAt: 1_000,
  });
}

function addPiece({ store }: SyncedLibrary, title: string): string {
  const facts = { kind: 'summary', prompt: null, documentIds: [document], selection: null, source: null } as const;
  store.written.create({ ...facts, id: another, title, createdAt: 1_000 });
  store.written.update(another, { state: 'complete', text: 'A summary.' });
  return another;
}

/** What a library keeps as lost: the register and the text. */
function kept({ sync }: SyncedLibrary): [string, string][] {
  return sync.conflicts().map(({ register, mine }) => [register, JSON.stringify(mine)]);
}

test('a title that lost unseen is kept, although the title that won was typed over knowingly since', () => {
  addDocument(one);
  meetAll(server, [one, other]);
  one.now = 1_800_000_000_000;
  one.store.documents.rename(document, 'Of one');
  other.store.documents.rename(document, 'Of other');
  one.collect();
  other.meet(server);
  // Takes the place of the other's on the server, and then the other's sequence counts as read.
  one.meet(server);
  one.store.documents.rename(document, 'Of one again');
  one.meet(server);
  other.meet(server);
  expect(other.store.documents.get(document)?.title).toBe('Of one again');
  expect(kept(other)).toEqual([['title', expect.stringContaining('Of other')]]);
  same();
});

test('the same when the document is deleted by who never saw that title', () => {
  addDocument(one);
  meetAll(server, [one, other]);
  one.now = 1_800_000_000_000;
  one.store.documents.rename(document, 'Of one');
  other.store.documents.rename(document, 'Of other');
  one.collect();
  other.meet(server);
  one.meet(server);
  one.store.documents.delete([document]);
  one.meet(server);
  other.meet(server);
  expect(other.store.documents.get(document)).toBeNull();
  expect(kept(other)).toEqual([['title', expect.stringContaining('Of other')]]);
});

test('what is typed over in turns, knowingly, is no conflict', () => {
  addDocument(one);
  meetAll(server, [one, other]);
  for (let turn = 0; turn < 6; turn += 1) {
    const writer = turn % 2 === 0 ? one : other;
    writer.store.documents.rename(document, `Turn ${turn}`);
    meetAll(server, [one, other]);
  }
  other.store.documents.delete([document]);
  meetAll(server, [one, other]);
  expect([...kept(one), ...kept(other)]).toEqual([]);
});

test('a piece that was written while its document was deleted elsewhere leaves its title', () => {
  addDocument(one);
  meetAll(server, [one, other]);
  one.store.documents.delete([document]);
  addPiece(other, 'What the report says');
  meetAll(server, [one, other]);
  expect(other.store.written.get(another)).toBeNull();
  expect(kept(other)).toEqual([['title', JSON.stringify('What the report says')]]);
  same();
});

test('a document is deleted in the midst of a round: what came in that round was not known', () => {
  addDocument(one);
  meetAll(server, [one, other]);
  addPiece(other, 'What the report says');
  other.meet(server);
  one.sync.receive(server.pull(one.sync.state().pulled, 100).entities, server.head);
  // After everything was stamped, before what came is applied.
  one.store.documents.delete([document]);
  meetAll(server, [one, other]);
  expect(kept(other)).toEqual([['title', JSON.stringify('What the report says')]]);
});

test('a collection that was renamed while it was led together with another elsewhere leaves its name', () => {
  const make = ({ store }: SyncedLibrary, id: string): void =>
    store.shelves.createCollection({ id, name: 'Tax', documentIds: [], createdAt: 1_000 });
  make(one, another);
  one.meet(server);
  one.store.shelves.renameCollection(another, 'Taxes of last year');
  make(other, document);
  other.meet(server);
  meetAll(server, [one, other]);
  expect(one.store.shelves.list().collections.map(({ name }) => name)).toEqual(['Tax']);
  expect(kept(one)).toEqual([['name', JSON.stringify('Taxes of last year')]]);
  same();
});

test('what is gone without a trace leaves what was typed here, whoever deleted it', () => {
  addDocument(one);
  meetAll(server, [one, other]);
  other.store.documents.rename(document, 'Of other');
  meetAll(server, [one, other]);
  other.sync.receiveGone('document', [document]);
  other.sync.apply(other.now, 100);
  expect(other.store.documents.get(document)).toBeNull();
  expect(kept(other)).toEqual([['title', expect.stringContaining('Of other')]]);
});

test('a call whose conversation is deleted between its stamp and its push is sent all the same', () => {
  const conversation = another;
  one.store.conversations.create({
    id: conversation,
    title: 'New',
    scope: { documentIds: [], collectionId: null },
    createdAt: 1_000,
  });
  one.store.messages.append({
    ...emptyAnswer,
    id: document,
    conversationId: conversation,
    role: 'user',
    state: 'complete',
    text: 'Why?',
    createdAt: 1_000,
  });
  const facts = { account: 'local', createdAt: 1_000, kind: 'answer', host: '127.0.0.1', model: 'made-up' } as const;
  const made = { isLocal: true, conversationId: conversation, messageId: null, pieceId: null } as const;
  const reserved = one.store.modelCalls.reserve(
    { ...facts, ...made, documentIds: [], promptTokens: 9, canWait: false },
    noLimits,
  );
  if (reserved.outcome !== 'reserved') throw new Error('There is no limit.');
  const end = { outcome: 'complete', promptTokens: 9, completionTokens: 1, isEstimated: false, duration: 1 } as const;
  one.store.modelCalls.settle(reserved.id, end);
  one.collect();
  one.store.conversations.delete(conversation);
  meetAll(server, [one, other]);
  expect(one.sync.state().waiting).toBe(0);
  expect(server.dump().filter(({ kind }) => kind === 'usage')).toHaveLength(1);
});

function same(): void {
  expect(syncedRows(one)).toEqual(syncedRows(other));
}
