/** Written pieces on a real library: kept, found, deleted with their documents, cleaned when one of several goes. */
import { randomUUID } from 'node:crypto';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database, NewPiece } from '../../../electron/db/database.ts';
import type { Citation } from '../../../shared/domain.ts';
import { addDocument, openTestLibrary, type TestLibrary } from '../../helpers/library.ts';

let library: TestLibrary;
let database: Database;
let first: string;
let second: string;

beforeEach(async () => {
  library = await openTestLibrary();
  database = library.database;
  first = await addDocument(database, ['The harbour crane is worn.'], { name: 'first.pdf' });
  second = await addDocument(database, ['The ferry runs twice a day.'], { name: 'second.pdf' });
});
afterEach(async () => library.close());

async function write(fields: Partial<NewPiece> = {}): Promise<string> {
  const id = randomUUID();
  const piece = { kind: 'summary', prompt: null, documentIds: [first], selection: null } as const;
  await database.written.create({ ...piece, id, title: 'Summary of first.pdf', createdAt: 1, source: null, ...fields });
  return id;
}

async function cite(documentId: string, number: number): Promise<Citation> {
  const [chunk] = await database.chunks.range(documentId, 0, 0);
  const boxes = [{ page: 1, x0: 1, y0: 2, x1: 3, y1: 4 }];
  const chunkId = chunk?.id ?? null;
  return { number, documentId, chunkId, title: 'A title', page: 1, boxes, quote: chunk?.text ?? '' };
}

const model = { kind: 'provider', model: 'test-chat', host: 'example.org', retrieval: 'text', note: null } as const;

describe('pieces', () => {
  it('keep all that is told of them, in a list and alone', async () => {
    const id = await write();
    const citations = [await cite(first, 1)];
    const prompt = [{ role: 'user', content: 'Write.' }] as const;
    const progress = { stage: 'writing', done: 1, total: 1 } as const;
    await database.written.update(id, {
      state: 'complete',
      text: 'It is worn [1].',
      citations,
      source: model,
      progress,
    });
    await database.written.update(id, { sentPrompt: prompt, usage: { inputTokens: 5, outputTokens: 2 }, duration: 70 });
    const piece = await database.written.get(id);
    expect(piece).toMatchObject({ text: 'It is worn [1].', citations, source: model, progress, duration: 70 });
    expect(piece).toMatchObject({ sentPrompt: prompt, promptRemoved: false, documents: [{ id: first, gone: false }] });
    const { pieces, total, all, models } = await database.written.list({});
    expect([pieces[0]?.id, total, all, models]).toEqual([id, 1, 1, ['test-chat']]);
  });

  it('are found by kind, document, state, model and words in title, prompt, text and documents', async () => {
    const summary = await write({ createdAt: 1 });
    await database.written.update(summary, { state: 'complete', text: 'Der Kran ist abgenützt.', source: model });
    const own = await write({ kind: 'prompt', prompt: 'Name the ferry', documentIds: [second, first], createdAt: 2 });
    const idsOf = async (query: Parameters<typeof database.written.list>[0]) =>
      (await database.written.list(query)).pieces.map(({ id }) => id);
    expect(await idsOf({})).toEqual([own, summary]);
    expect(await idsOf({ kind: 'prompt' })).toEqual([own]);
    expect(await idsOf({ documentId: second })).toEqual([own]);
    expect(await idsOf({ state: 'complete' })).toEqual([summary]);
    expect(await idsOf({ model: 'test-chat' })).toEqual([summary]);
    // Accents and capitals do not hide a word; all words must be there.
    expect(await idsOf({ search: 'ABGENUTZT kran' })).toEqual([summary]);
    expect(await idsOf({ search: 'ferry second.pdf' })).toEqual([own]);
    expect(await idsOf({ search: 'ferry kran' })).toEqual([]);
    expect(await database.written.list({ limit: 1, offset: 1 })).toMatchObject({ pieces: [{ id: summary }], total: 2 });
  });

  it('that were being written when the app died are interrupted; their parts stay', async () => {
    const id = await write();
    const part = { inputHash: 'a1', text: 'A note [1]', references: [3] };
    expect(await database.written.putPart(id, part)).toBe(true);
    expect(await database.written.markInterrupted()).toBe(1);
    expect(await database.written.get(id)).toMatchObject({ state: 'interrupted', keptParts: 1 });
    expect(await database.written.parts(id)).toEqual([part]);
  });

  it('come back until they are purged', async () => {
    const id = await write();
    await database.written.setDeleted(id, 10);
    expect(await database.written.get(id)).toBeNull();
    expect((await database.written.list({})).all).toBe(0);
    await database.written.setDeleted(id, null);
    expect(await database.written.get(id)).not.toBeNull();
    await database.written.setDeleted(id, 10);
    expect(await database.written.purge(9)).toBe(0);
    expect(await database.written.purge(10)).toBe(1);
    await expect(database.written.setDeleted(id, null)).rejects.toMatchObject({ code: 'not-found' });
  });
});

// Catches: text of a deleted document that lives on in a piece, a kept part or a prompt; a count that says otherwise.
describe('when documents are deleted', () => {
  const prompt = [{ role: 'user', content: 'SECRETWORD in the prompt' }] as const;

  async function two(): Promise<{ alone: string; both: string }> {
    const alone = await write();
    const both = await write({ documentIds: [first, second], title: 'Summary of two' });
    await database.written.update(alone, { text: 'SECRETWORD alone [1]', citations: [await cite(first, 1)] });
    const citations = [await cite(first, 1), await cite(second, 2)];
    await database.written.update(both, { text: 'Crane [1], ferry [2].', citations, sentPrompt: prompt });
    await database.written.putPart(both, { inputHash: 'a1', text: 'SECRETWORD in a note', references: [] });
    return { alone, both };
  }

  it('pieces about them alone go, others stay without place, prompt and parts', async () => {
    const { alone, both } = await two();
    expect(await database.documents.describeDeletion([first])).toMatchObject({ pieces: 1, citations: 1 });
    await database.documents.delete([first]);
    expect(await database.written.get(alone)).toBeNull();
    const left = await database.written.get(both);
    expect(left?.documents.map(({ title, gone }) => [title, gone])).toEqual([
      ['first.pdf', true],
      ['second.pdf', false],
    ]);
    expect(left?.citations.map(({ chunkId, boxes }) => [chunkId !== null, boxes.length])).toEqual([
      [false, 0],
      [true, 1],
    ]);
    expect(left).toMatchObject({ sentPrompt: null, promptRemoved: true, keptParts: 0 });
    // Nothing that is still under way brings them back.
    await database.written.update(both, { sentPrompt: prompt });
    expect((await database.written.get(both))?.sentPrompt).toBeNull();
    expect(await database.written.putPart(both, { inputHash: 'b2', text: 'again', references: [] })).toBe(false);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });

  // Catches: boxes and characters of a deleted document that come back with the text that was under way.
  it('citations that are stored after it have no place in it', async () => {
    const id = await write({ documentIds: [first, second] });
    const lost = await cite(first, 1);
    const ranges = [{ page: 1, start: 0, end: 11 }];
    const kept = await cite(second, 2);
    await database.documents.delete([first]);
    await database.written.update(id, { text: 'Crane [1], ferry [2].', citations: [{ ...lost, ranges }, kept] });
    expect((await database.written.get(id))?.citations).toEqual([{ ...lost, chunkId: null, boxes: [] }, kept]);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });

  it('a piece about several goes with the last of them, and nothing of it is left in the file', async () => {
    await two();
    await database.documents.delete([second]);
    expect(await database.documents.describeDeletion([first])).toMatchObject({ pieces: 2, citations: 0 });
    await database.documents.delete([first]);
    expect((await database.written.list({})).all).toBe(0);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
    await database.close();
    const file = new Sqlite(library.path);
    expect(file.prepare('SELECT count(*) FROM written_documents').pluck().get()).toBe(0);
    expect(file.serialize().includes('SECRETWORD')).toBe(false);
    file.close();
  });
});
