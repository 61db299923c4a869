/** Reading a stored document again: it comes out the same, is searched meanwhile, and its citations hold. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Message } from '../../shared/domain.ts';
import { locateWords } from '../../electron/pipeline/locate-words.ts';
import { openTestCore, type TestCore } from '../helpers/core.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { emptyAnswer } from '../helpers/message.ts';
import { wholeLibrary } from '../../shared/scope.ts';

let test: TestCore;
let id: string;

beforeEach(async () => {
  test = await openTestCore();
  const [outcome] = await test.core.ingest.add([await test.file('crane.pdf', await makeLetter('The harbour crane'))]);
  id = outcome?.documentId ?? '';
  await test.settled();
});
afterEach(async () => test.close());

it('marks the words of a search on the page, and nothing else', async () => {
  const { database } = test.core;
  const { documents } = await database.search.pages({ text: 'cran', documents: [], limit: 5, pagesEach: 3 });
  const [found] = documents;
  const [place] = await locateWords(database, 'cran', [found?.pages[0]?.chunkId ?? 0]);
  expect(place).toMatchObject({ page: 1 });
  expect(place?.boxes.length).toBeGreaterThan(1);
  // A word is narrower than a line of the letter.
  expect(place?.boxes.every(({ x0, x1 }) => x1 - x0 < 80)).toBe(true);
});

// Catches: a document that is read twice over, or citations that lose their passage because its rows were made anew.
it('keeps passages, vectors and citations', async () => {
  const { database, ingest } = test.core;
  const before = await database.documents.get(id);
  const [chunk] = await database.chunks.range(id, 0, 0);
  if (!chunk) throw new Error('no passage');
  const conversationId = randomUUID();
  await database.conversations.create({ id: conversationId, title: 'x', scope: wholeLibrary, createdAt: 1 });
  const quote = chunk.text.slice(0, 20);
  const { documentId, page, boxes } = chunk;
  const citation = { number: 1, documentId, chunkId: chunk.id, title: 'x', page, boxes, quote };
  const answer: Message = {
    ...emptyAnswer,
    id: randomUUID(),
    conversationId,
    state: 'complete',
    citations: [citation],
  };
  await database.messages.append(answer);

  await ingest.reindex(id);
  await test.settled();
  const after = await database.documents.get(id);
  expect(after).toMatchObject({
    state: 'ready',
    title: before?.title,
    pageCount: before?.pageCount,
    textPages: before?.textPages,
    chunkCount: before?.chunkCount,
    embeddedChunks: before?.embeddedChunks,
  });
  const [cited] = (await database.messages.get(answer.id))?.citations ?? [];
  expect(cited).toMatchObject({ chunkId: chunk.id, page, boxes, quote });
  expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  expect(await database.documents.storedBytes(id)).toBeGreaterThan(1_000);
});
