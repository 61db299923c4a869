/** A document that is recognised again, in another language or with another outcome: what it had is replaced whole, or kept. */
import { expect, test } from 'vitest';
import { makeFiling } from '../helpers/filing.ts';
import { makePlacedLetter } from '../helpers/fixtures.ts';
import { startPackageRegistry } from '../helpers/package-registry.ts';
import { addOne, newCore, queueWith } from '../helpers/recognition.ts';
import { scan } from '../helpers/scans.ts';
import { viewerHandlers } from '../../electron/ipc/handlers/viewer.ts';
import { DOUBTFUL_CONFIDENCE } from '../../shared/domain.ts';
import { AppError } from '../../shared/errors.ts';
import { wholeLibrary } from '../../shared/scope.ts';

test('a document is recognised again in a language that was fetched; what it says meanwhile can still be searched', async () => {
  const registry = await startPackageRegistry(['deu']);
  try {
    const test = await newCore({ languageRegistry: registry.url });
    const { core } = test;
    const letter = await makePlacedLetter();
    const id = await addOne(test, 'scan.pdf', await scan(letter.bytes));
    await test.settled();
    const before = await core.database.documents.get(id);
    expect(before).toMatchObject({ state: 'ready', ocrPages: 1, language: 'en', recognitionLanguages: null });
    await expect(core.recognition.again(id, ['deu'])).rejects.toMatchObject({ code: 'language-missing' });
    // Nothing is fetched before the person asks for it.
    expect(registry.asked).toEqual([]);

    await core.languageData.install('deu');
    await core.recognition.again(id, ['deu', 'eng']);
    const waiting = await core.database.documents.get(id);
    expect(waiting).toMatchObject({
      searchable: true,
      recognition: { total: 1 },
      recognitionLanguages: ['deu', 'eng'],
    });
    await test.settled();
    const after = await core.database.documents.get(id);
    expect(after).toMatchObject({ state: 'ready', ocrPages: 1, textPages: 1, chunkCount: before?.chunkCount });
    expect(after?.embeddedChunks).toBe(after?.chunkCount);
    expect(await core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  } finally {
    await registry.close();
  }
});

// Catches: passages that are still found and cited although their page has no text any more.
test('recognising again that finds nothing takes the passages of before along', async () => {
  const test = await newCore();
  const { database } = test.core;
  const letter = await scan((await makePlacedLetter()).bytes);
  const filing = await makeFiling({ pages: 30 });
  const mixed = await scan(filing.bytes, { pages: [1, 2], kept: [1] });
  const [alone, beside] = [await addOne(test, 'scan.pdf', letter), await addOne(test, 'mixed.pdf', mixed)];
  await test.settled();
  expect(await database.documents.get(beside)).toMatchObject({ state: 'ready', textPages: 2, ocrPages: 1 });

  const blind = queueWith(test, async ({ pages }, recognised) => {
    const nothing = { page: null, confidence: 0, language: null, languages: ['eng'] };
    for (const number of pages) await recognised({ ...nothing, number });
  });
  for (const id of [alone, beside]) {
    await blind.again(id, ['eng']);
    await blind.idle();
  }
  await test.settled();
  expect(await database.documents.get(alone)).toMatchObject({
    ...{ state: 'failed', searchable: false, chunkCount: 0 },
    error: { code: 'document-no-text' },
  });
  expect(await database.chunks.range(alone, 0, 100)).toEqual([]);
  expect(await database.documents.get(beside)).toMatchObject({ state: 'ready', textPages: 1, ocrPages: 0 });
  const left = await database.chunks.range(beside, 0, 100);
  expect(new Set(left.flatMap(({ page, pageEnd }) => [page, pageEnd]))).toEqual(new Set([1]));
  expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
});

// Catches: a page of which nobody can tell that its text was guessed, once it is open beside an answer.
test('a page that is less sure than the threshold is doubtful: in its document, in the viewer and where it is cited', async () => {
  const test = await newCore();
  const { core } = test;
  const id = await addOne(test, 'scan.pdf', await scan((await makePlacedLetter()).bytes));
  await test.settled();
  const shown = () => viewerHandlers(core)['viewer.recognisedText']({ documentId: id, page: 1 });
  expect(await shown()).toMatchObject({ isDoubtful: false });
  const [page] = await core.database.pages.read(id, 1, 1);
  const unsure = queueWith(test, async (_job, recognised) => {
    const confidence = DOUBTFUL_CONFIDENCE - 1;
    await recognised({ number: 1, page: page ?? null, confidence, language: 'en', languages: ['eng'] });
  });
  await unsure.again(id, ['eng']);
  await unsure.idle();
  await test.settled();
  expect(await core.database.documents.get(id)).toMatchObject({ state: 'ready', ocrPages: 1, doubtfulPages: 1 });
  expect(await shown()).toMatchObject({ isDoubtful: true });
  expect((await shown()).lines.length).toBeGreaterThan(3);
  const { conversationId, streamId } = await core.chat.ask(null, 'How worn is the slewing ring?', wholeLibrary);
  await core.chat.finished(streamId);
  const { messages } = await core.chat.conversation(conversationId);
  expect(messages.at(-1)?.citations[0]).toMatchObject({ documentId: id, doubtful: true });
});

// Catches: text that was there, and goes (or is no longer marked as doubtful) because its page fails when recognised anew.
test('a page that fails when it is recognised anew keeps the text that it had', async () => {
  const test = await newCore();
  const { database } = test.core;
  const id = await addOne(test, 'scan.pdf', await scan((await makePlacedLetter()).bytes));
  await test.settled();
  const before = await database.documents.get(id);
  expect(before?.ocrConfidence).toBeGreaterThan(0);
  const broken = queueWith(test, () => Promise.reject(new AppError('recognition-failed', 'It is broken.')));
  await broken.again(id, ['eng']);
  await broken.idle();
  await test.settled();
  expect(await database.documents.get(id)).toMatchObject({
    ...{ state: 'ready', searchable: true, textPages: 1 },
    ...{ ocrPages: 1, ocrConfidence: before?.ocrConfidence, doubtfulPages: before?.doubtfulPages },
    recognitionError: { code: 'recognition-failed' },
  });
  expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  const found = await test.core.questions.retrieve('How worn is the slewing ring?', { documentIds: [], k: 3 });
  expect(found.hits[0]?.text).toContain('4.2 millimetres');
  await test.core.ingest.retry(id);
  await test.settled();
  expect(await database.documents.get(id)).toMatchObject({ state: 'ready', ocrPages: 1, recognitionError: null });
});
