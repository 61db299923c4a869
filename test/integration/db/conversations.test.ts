/** Conversations, messages as they stream, and citations that outlive their documents. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationQuery, Database } from '../../../electron/db/database.ts';
import type { Citation, Message } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { addDocument, openTestLibrary } from '../../helpers/library.ts';
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
  await database.conversations.create({ id, title, documentIds, createdAt });
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
      pinned: false,
      archived: false,
      hits: [],
      messageCount: 1,
      createdAt: 1_000,
      updatedAt: 4_000,
    });
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
    await database.conversations.setDocuments(id, ['x']);
    expect(await database.conversations.get(id)).toMatchObject({ title: 'Renamed', documentIds: ['x'] });
    await database.conversations.delete(id);
    expect(await database.conversations.get(id)).toBeNull();
    expect(await database.messages.get(message.id)).toBeNull();
    await expect(database.conversations.rename(id, 'x')).rejects.toMatchObject({ code: 'not-found' });
    await expect(say(id, 'to nobody')).rejects.toMatchObject({ code: 'not-found' });
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
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

  it('come back as they were, and are replaced by a patch', async () => {
    const document = await addDocument(database, ['one', 'two']);
    const [first, second] = (await database.chunks.range(document, 0, 1)).map(({ id }) => id);
    const conversation = await begin();
    const citations = [citation(document, first ?? 0, 1), citation(document, second ?? 0, 2)];
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
