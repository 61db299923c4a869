/** Conversations, messages as they stream, and citations that outlive their documents. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationQuery, Database } from '../../../electron/db/database.ts';
import type { Citation, Message } from '../../../shared/domain.ts';
import { openDatabase } from '../../../electron/db/client.ts';
import { migrations } from '../../../electron/db/migrations/index.ts';
import { openConnection } from '../../../electron/db/open.ts';
import { AppError } from '../../../shared/errors.ts';
import { scopeOf } from '../../../shared/scope.ts';
import { addDocument, openTestLibrary, temporaryFolder } from '../../helpers/library.ts';
import type { TestLibrary } from '../../helpers/library.ts';

let library: TestLibrary;
let database: Database;

beforeEach(async () => {
  library = await openTestLibrary();
  database = library.database;
});
afterEach(async () => library.close());

async function begin(title = 'Sales', documentIds: string[] = [], createdAt = 1_000): Promise<string> {
  const id = randomUUID();
  await database.conversations.create({ id, title, scope: scopeOf(documentIds), createdAt });
  return id;
}

async function say(conversationId: string, text: string, more: Partial<Message> = {}): Promise<Message> {
  const message: Message = {
    id: randomUUID(),
    conversationId,
    role: 'user',
    text,
    state: 'complete',
    citations: [],
    verification: [],
    source: null,
    usage: null,
    error: null,
    createdAt: 2_000,
    ...more,
  };
  await database.messages.append(message);
  return message;
}

const titles = async (query: ConversationQuery | string = {}): Promise<string[]> =>
  (await database.conversations.list(typeof query === 'string' ? { search: query } : query)).conversations.map(
    ({ title }) => title,
  );

describe('conversations', () => {
  it('come newest first, by their last message', async () => {
    const old = await begin('Old', ['a', 'b'], 1_000);
    await begin('New', [], 3_000);
    expect(await titles()).toEqual(['New', 'Old']);
    await say(old, 'again', { createdAt: 4_000 });
    expect(await titles()).toEqual(['Old', 'New']);
    expect((await database.conversations.list({})).conversations[0]).toEqual({
      id: old,
      title: 'Old',
      documentIds: ['a', 'b'],
      collectionId: null,
      pinned: false,
      archived: false,
      hits: [],
      messageCount: 1,
      createdAt: 1_000,
      updatedAt: 4_000,
    });
  });

  // Catches: a collection that is asked as it was once, one that widens to the whole library when it is empty or deleted,
  // and a filter that knows documents alone.
  it('follow their collection, are found by it, and keep what was in it when it is deleted', async () => {
    const first = await addDocument(database, ['One.']);
    const second = await addDocument(database, ['Two.']);
    const collectionId = randomUUID();
    await database.shelves.createCollection({ id: collectionId, name: 'Filings', documentIds: [first], createdAt: 1 });
    const id = randomUUID();
    const scope = { documentIds: [], collectionId };
    await database.conversations.create({ id, title: 'Of the collection', scope, createdAt: 1 });
    await begin('Of the second', [second]);
    await begin('Of all');
    const asked = async () => (await database.conversations.get(id))?.documentIds;
    expect(await asked()).toEqual([first]);
    expect(await titles({ collectionId })).toEqual(['Of the collection']);
    expect(await titles({ documentIds: [second] })).toEqual(['Of the second']);

    await database.shelves.putIn(collectionId, [second]);
    expect(await asked()).toEqual([first, second]);
    expect(await titles({ collectionId })).toEqual(['Of the second', 'Of the collection']);
    expect(await titles({ documentIds: [second] })).toEqual(['Of the second', 'Of the collection']);

    await database.shelves.takeOut(collectionId, [first, second]);
    expect(await database.conversations.get(id)).toMatchObject({ documentIds: [], collectionId });
    await expect(database.conversations.setScope(id, scope)).rejects.toMatchObject({ code: 'request-invalid' });
    await database.shelves.putIn(collectionId, [second]);
    await database.shelves.deleteCollection(collectionId);
    expect(await database.conversations.get(id)).toMatchObject({ documentIds: [second], collectionId: null });
    expect(await titles({ collectionId })).toEqual([]);
    expect((await database.maintenance.integrity()).problems).toEqual([]);
  });

  // Catches: case folding that knows ASCII alone, and % or _ that match everything.
  it('are found by all words, in the title or in one message, in any case', async () => {
    const first = await begin('Überschuss 2022');
    const second = await begin('Other');
    await say(first, 'What grew by 100%?');
    await say(second, 'The segment shrank');
    await say(second, 'Sales stood still');
    expect(await titles('überschuss')).toEqual(['Überschuss 2022']);
    expect(await titles('ÜBER 2022')).toEqual(['Überschuss 2022']);
    expect(await titles('100%')).toEqual(['Überschuss 2022']);
    expect(await titles('segment shrank')).toEqual(['Other']);
    expect(await titles('segment still')).toEqual([]);
    expect(await titles('_')).toEqual([]);
    expect(await titles('  ')).toHaveLength(2);
  });

  it('are renamed, given another scope, and deleted with all in them', async () => {
    const id = await begin();
    const message = await say(id, 'Hello');
    await database.conversations.rename(id, 'Renamed');
    await database.conversations.setScope(id, scopeOf(['x']));
    expect(await database.conversations.get(id)).toMatchObject({ title: 'Renamed', documentIds: ['x'] });
    await database.conversations.delete(id);
    expect(await database.conversations.get(id)).toBeNull();
    expect(await database.messages.get(message.id)).toBeNull();
    await expect(database.conversations.rename(id, 'x')).rejects.toMatchObject({ code: 'not-found' });
    await expect(say(id, 'to nobody')).rejects.toMatchObject({ code: 'not-found' });
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });
});

describe('lists of conversations', () => {
  const day = 86_400_000;

  // Catches: a list that loads everything, or pages that overlap or leave one out.
  it('come in pages, pinned ones first', async () => {
    for (let index = 0; index < 7; index += 1) await begin(`C${index}`, [], index * 1_000);
    const last = (await database.conversations.list({ limit: 1, offset: 6 })).conversations[0];
    await database.conversations.mark(last?.id ?? '', { pinned: true });
    const pages = await Promise.all([0, 3, 6].map((offset) => database.conversations.list({ limit: 3, offset })));
    expect(pages.map(({ total }) => total)).toEqual([7, 7, 7]);
    expect(pages.flatMap(({ conversations }) => conversations.map(({ title }) => title))).toEqual([
      ...['C0', 'C6', 'C5', 'C4', 'C3', 'C2', 'C1'],
    ]);
  });

  it('are narrowed down to documents (limited to or cited), time, and the archive', async () => {
    const document = await addDocument(database, ['one']);
    const chunkId = (await database.chunks.range(document, 0, 0))[0]?.id ?? 0;
    const limited = await begin('Limited', [document], 10 * day);
    const citing = await begin('Citing', [], 20 * day);
    await begin('Neither', ['other'], 30 * day);
    const citation = { number: 1, documentId: document, chunkId, title: 'T', page: 1, boxes: [], quote: 'one' };
    await say(citing, 'It says [1]', { role: 'assistant', citations: [citation], createdAt: 20 * day });
    expect(await titles({ documentIds: [document] })).toEqual(['Citing', 'Limited']);
    expect(await titles({ from: 15 * day })).toEqual(['Neither', 'Citing']);
    expect(await titles({ from: 15 * day, to: 30 * day })).toEqual(['Citing']);
    await database.conversations.mark(limited, { archived: true });
    expect(await titles()).toEqual(['Neither', 'Citing']);
    expect(await titles({ archived: true })).toEqual(['Limited']);
    expect(await titles({ archived: true, documentIds: [document] })).toEqual(['Limited']);
  });

  // Catches: an index that keeps words of a message that changed, was deleted, or went with its conversation.
  it('find words in messages as they are now, and show where', async () => {
    const id = await begin('Title');
    const growing = await say(id, 'The turb', { role: 'assistant', state: 'streaming' });
    await database.messages.update(growing.id, { text: 'The turbines were inspected.', state: 'complete' });
    const found = (await database.conversations.list({ search: 'turbine' })).conversations[0];
    expect(found?.hits).toMatchObject([{ messageId: growing.id, snippet: { text: 'The turbines were inspected.' } }]);
    expect(found?.hits[0]?.snippet.ranges).toEqual([{ start: 4, end: 12 }]);
    await database.messages.update(growing.id, { text: 'The pumps were inspected.' });
    expect(await titles('turbine')).toEqual([]);
    expect(await titles('"pumps were"')).toEqual(['Title']);
    await database.conversations.delete(id);
    expect(await titles('pumps')).toEqual([]);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });

  it('leave out what is deleted; it comes back, or goes for good', async () => {
    const [kept, gone] = [await begin('Kept'), await begin('Gone')];
    await say(gone, 'words');
    await database.conversations.setDeleted(kept, 5_000);
    await database.conversations.setDeleted(gone, 5_000);
    expect(await titles()).toEqual([]);
    expect(await titles('words')).toEqual([]);
    expect(await database.conversations.get(gone)).toBeNull();
    await database.conversations.setDeleted(kept, null);
    expect(await titles()).toEqual(['Kept']);
    expect(await database.conversations.purge(4_999)).toBe(0);
    expect(await database.conversations.purge(5_000)).toBe(1);
    expect(await database.messages.list(gone)).toEqual([]);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });

  it('keep a title that the person gave', async () => {
    const id = await begin('From the question');
    expect(await database.conversations.retitle(id, 'From the exchange')).toBe(true);
    await database.conversations.rename(id, 'Mine');
    expect(await database.conversations.retitle(id, 'Other')).toBe(false);
    expect(await titles()).toEqual(['Mine']);
  });
});

describe('questions that are not asked yet', () => {
  const draft = (conversationId: string | null, text: string) => ({ conversationId, text, scope: scopeOf(['a']) });

  // Catches: two drafts in one place, one that comes back after it was asked, and one of a conversation in another's place.
  it('are kept one in a place, and go when their text does', async () => {
    const id = await begin();
    await database.conversations.putDraft(draft(null, 'How'));
    await database.conversations.putDraft(draft(null, 'How much?'));
    await database.conversations.putDraft(draft(id, 'And who'));
    await database.conversations.putDraft(draft(id, 'And who pays?'));
    await database.conversations.putDraft(draft(randomUUID(), 'Of a conversation that is gone'));
    const kept = (text: string) => database.conversations.drafts().then((all) => all.find((one) => one.text === text));
    expect(await database.conversations.drafts()).toHaveLength(2);
    expect(await kept('How much?')).toEqual(draft(null, 'How much?'));
    expect(await kept('And who pays?')).toEqual(draft(id, 'And who pays?'));
    await database.conversations.putDraft(draft(null, ''));
    expect(await database.conversations.drafts()).toEqual([draft(id, 'And who pays?')]);
    await database.conversations.putDraft(draft(randomUUID(), ''));
    expect(await database.conversations.drafts()).toHaveLength(1);
  });

  // Catches: words of a deleted conversation that stay in the file, and an undo that loses them.
  it('are out of sight with their conversation, come back with it, and go for good with it', async () => {
    const id = await begin();
    await database.conversations.putDraft(draft(id, 'And who pays?'));
    await database.conversations.setDeleted(id, 5_000);
    expect(await database.conversations.drafts()).toEqual([]);
    await database.conversations.setDeleted(id, null);
    expect(await database.conversations.drafts()).toHaveLength(1);
    await database.conversations.setDeleted(id, 5_000);
    await database.conversations.purge(5_000);
    const connection = openConnection({ path: library.path });
    expect(connection.prepare('SELECT count(*) FROM drafts').pluck().get()).toBe(0);
    connection.close();
  });

  // Catches: a library of before in which nothing can be kept, or that loses its conversations.
  it('can be kept in a library of before', async () => {
    const { folder, remove } = temporaryFolder();
    const path = join(folder, 'library.db');
    const old = openConnection({ path, migrations: migrations.slice(0, 15) });
    old.exec(
      `INSERT INTO conversations (id, title, document_ids, created_at, updated_at) VALUES ('c', 'Old', '[]', 1, 1)`,
    );
    old.close();
    const database = await openDatabase({ path });
    expect(await database.conversations.drafts()).toEqual([]);
    await database.conversations.putDraft(draft('c', 'And now?'));
    expect(await database.conversations.drafts()).toEqual([draft('c', 'And now?')]);
    await database.close();
    remove();
  });
});

describe('branches', () => {
  const texts = async (id: string): Promise<string[]> => (await database.messages.list(id)).map(({ text }) => text);

  // Catches: an edited question that takes the first one's answers along, or hides them for good.
  it('stand beside each other; the newest is shown until another is asked for', async () => {
    const id = await begin();
    const [first, , second] = [await say(id, 'Q1'), await say(id, 'A1'), await say(id, 'Q2'), await say(id, 'A2')];
    if (!first || !second) throw new Error('nothing was said');
    const shown = await database.messages.list(id);
    const edited = { ...second, id: randomUUID(), text: 'Q2b' };
    await database.messages.append(edited, shown[1]?.id ?? null);
    await say(id, 'A2b');
    expect(await texts(id)).toEqual(['Q1', 'A1', 'Q2b', 'A2b']);
    expect(await database.messages.branches(id)).toEqual([[second.id, edited.id]]);
    await database.messages.show(second.id);
    expect(await texts(id)).toEqual(['Q1', 'A1', 'Q2', 'A2']);
    await database.messages.show(edited.id);
    expect(await texts(id)).toEqual(['Q1', 'A1', 'Q2b', 'A2b']);
    const root = { ...first, id: randomUUID(), text: 'Q0' };
    await database.messages.append(root, null);
    expect(await texts(id)).toEqual(['Q0']);
    await database.messages.deleteFrom(first.id);
    expect(await texts(id)).toEqual(['Q0']);
    expect((await database.conversations.get(id))?.messageCount).toBe(1);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });

  // Catches: SQLite's limit of a thousand levels of cascades and triggers.
  it('of thousands of messages are read, searched and deleted', async () => {
    const id = await begin();
    for (let index = 0; index < 1_500; index += 1) await say(id, `Message ${index}`);
    expect(await texts(id)).toHaveLength(1_500);
    await database.conversations.delete(id);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });
});

describe('libraries of before', () => {
  // Catches: conversations that are empty, or cannot be found, after the update that made messages a tree.
  it('keep their conversations in order, and can be searched', async () => {
    const { folder, remove } = temporaryFolder();
    const path = join(folder, 'library.db');
    const old = openConnection({ path, migrations: migrations.slice(0, 3) });
    const id = randomUUID();
    old.prepare(`INSERT INTO conversations VALUES (1, ?, 'Old', '[]', 1, 2)`).run(id);
    const insert = old.prepare(
      `INSERT INTO messages (id, conversation_key, role, state, created_at, text) VALUES (?, 1, ?, 'complete', 1, ?)`,
    );
    insert.run(randomUUID(), 'user', 'What of the turbines?');
    insert.run(randomUUID(), 'assistant', 'They turn.');
    old.close();
    const updated = await openDatabase({ path });
    expect((await updated.messages.list(id)).map(({ text }) => text)).toEqual(['What of the turbines?', 'They turn.']);
    expect((await updated.conversations.list({ search: 'turbines' })).total).toBe(1);
    expect(await updated.maintenance.integrity()).toEqual({ ok: true, problems: [] });
    await updated.close();
    remove();
  });
});

describe('messages', () => {
  // Catches: a field that a patch does not name being cleared by it.
  it('grow as they stream, field by field', async () => {
    const conversation = await begin();
    const { id } = await say(conversation, '', { role: 'assistant', state: 'streaming' });
    const source = { kind: 'provider', model: 'm', host: 'localhost', retrieval: 'hybrid', note: null } as const;
    await database.messages.update(id, { text: 'Part', source });
    await database.messages.update(id, { text: 'Part one', usage: { inputTokens: 5, outputTokens: 2 } });
    await database.messages.update(id, { state: 'complete' });
    expect(await database.messages.get(id)).toMatchObject({
      text: 'Part one',
      state: 'complete',
      source,
      usage: { inputTokens: 5, outputTokens: 2 },
      error: null,
    });
    const error = new AppError('provider-timeout', 'It took too long.').toInfo();
    await database.messages.update(id, { state: 'failed', error, usage: null });
    expect(await database.messages.get(id)).toMatchObject({ error, usage: null, source, text: 'Part one' });
    await expect(database.messages.update('nobody', { text: '' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that were streaming when the app died are marked, and no other', async () => {
    const conversation = await begin();
    await say(conversation, 'Question');
    await say(conversation, 'Half an ans', { role: 'assistant', state: 'streaming' });
    expect(await database.messages.markInterrupted()).toBe(1);
    expect((await database.messages.list(conversation)).map(({ text, state }) => [text, state])).toEqual([
      ['Question', 'complete'],
      ['Half an ans', 'interrupted'],
    ]);
    expect(await database.messages.markInterrupted()).toBe(0);
  });

  it('are removed from one on', async () => {
    const [conversation, other] = [await begin(), await begin()];
    await say(conversation, '1');
    await say(other, 'stays');
    const second = await say(conversation, '2');
    await say(conversation, '3');
    await database.messages.deleteFrom(second.id);
    expect((await database.messages.list(conversation)).map(({ text }) => text)).toEqual(['1']);
    expect(await database.messages.list(other)).toHaveLength(1);
  });
});

describe('citations', () => {
  const citation = (documentId: string, chunkId: number, number = 1): Citation => ({
    number,
    documentId,
    chunkId,
    title: 'Annual report',
    page: 3,
    boxes: [{ page: 3, x0: 1.5, y0: 2, x1: 30.25, y1: 4 }],
    quote: 'Sales fell by 9.1 %.',
  });
  /** Of a text file, whose pages have characters and no boxes. */
  const textCitation = (documentId: string, chunkId: number, number = 1): Citation => ({
    ...citation(documentId, chunkId, number),
    boxes: [],
    ranges: [
      { page: 3, start: 10, end: 30 },
      { page: 4, start: 0, end: 12 },
    ],
  });

  it('come back as they were, and are replaced by a patch', async () => {
    const document = await addDocument(database, ['one', 'two']);
    const [first, second] = (await database.chunks.range(document, 0, 1)).map(({ id }) => id);
    const conversation = await begin();
    const citations = [citation(document, first ?? 0, 1), textCitation(document, second ?? 0, 2)];
    const { id } = await say(conversation, 'Yes [1][2]', { role: 'assistant', citations });
    expect((await database.messages.get(id))?.citations).toEqual(citations);
    await database.messages.update(id, { citations: citations.slice(1) });
    expect((await database.messages.list(conversation))[0]?.citations).toEqual(citations.slice(1));
  });

  // Catches: a deletion that fails on, or takes along, an answer that cites the document.
  it('keep page and quote when their document goes, and lose chunk and boxes', async () => {
    const [kept, gone] = [await addDocument(database, ['one']), await addDocument(database, ['two'])];
    const chunkOf = async (id: string): Promise<number> => (await database.chunks.range(id, 0, 0))[0]?.id ?? 0;
    const citations = [citation(kept, await chunkOf(kept), 1), citation(gone, await chunkOf(gone), 2)];
    const { id } = await say(await begin(), 'Both', { citations });
    expect((await database.documents.describeDeletion([gone])).citations).toBe(1);
    await database.documents.delete([gone]);
    expect((await database.messages.get(id))?.citations).toEqual([
      citations[0],
      { ...citations[1], chunkId: null, boxes: [] },
    ]);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });

  it('of a text file lose its characters with it', async () => {
    const gone = await addDocument(database, ['one']);
    const { id } = await say(await begin(), 'Text', { citations: [textCitation(gone, 0)] });
    await database.documents.delete([gone]);
    const [left] = (await database.messages.get(id))?.citations ?? [];
    expect(left).toMatchObject({ chunkId: null, boxes: [], quote: 'Sales fell by 9.1 %.' });
    expect(left?.ranges).toBeUndefined();
  });

  // Catches: an answer lost because a chunk it cites was made anew while it was written.
  it('of a chunk that is no more are stored without it', async () => {
    const document = await addDocument(database, ['one']);
    const { id } = await say(await begin(), 'Late', { citations: [citation(document, 4_711)] });
    expect((await database.messages.get(id))?.citations).toMatchObject([
      { chunkId: null, documentId: document, page: 3 },
    ]);
  });
});

describe('settings', () => {
  it('keep JSON values', async () => {
    expect(await database.settings.get('theme')).toBeNull();
    await database.settings.set('theme', 'dark');
    await database.settings.set('provider', { model: 'm', tools: [1, null, true] });
    await database.settings.set('theme', 'light');
    expect(await database.settings.list()).toEqual({
      provider: { model: 'm', tools: [1, null, true] },
      theme: 'light',
    });
    await database.settings.delete('theme');
    expect(await database.settings.get('theme')).toBeNull();
  });
});
