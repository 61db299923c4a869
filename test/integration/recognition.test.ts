/** Recognition of scans with everything real. Each test names a way in which a scanned page could be lost or misplaced. */
import { PDFDocument, StandardFonts } from 'pdf-lib';
import { afterEach, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../helpers/core.ts';
import { makeFiling } from '../helpers/filing.ts';
import { makePlacedLetter, makeScanned } from '../helpers/fixtures.ts';
import { recognitionDirectory } from '../helpers/models.ts';
import { startPackageRegistry } from '../helpers/package-registry.ts';
import { scan } from '../helpers/scans.ts';
import { boxesForRange } from '../../electron/pipeline/geometry.ts';
import { viewerHandlers } from '../../electron/ipc/handlers/viewer.ts';
import { PdfiumReader } from '../../electron/adapters/pdfium-reader.ts';
import { createTesseractRecognizer } from '../../electron/adapters/tesseract-recognizer.ts';
import type { PdfReader } from '../../electron/pipeline/ports/pdf-reader.ts';
import type {
  HostCallbacks,
  HostFunctions,
  HostRunner,
  RecogniseJob,
} from '../../electron/pipeline/ports/pipeline-host.ts';
import { createRecognitionDesk } from '../../electron/pipeline/recognition-desk.ts';
import { RecognitionQueue } from '../../electron/pipeline/recognition-queue.ts';
import type { RecognisedPage } from '../../electron/pipeline/recognition.ts';
import { DOUBTFUL_CONFIDENCE, type DocumentSummary } from '../../shared/domain.ts';
import { AppError } from '../../shared/errors.ts';
import { wholeLibrary } from '../../shared/scope.ts';

const cores: TestCore[] = [];

async function newCore(options: Parameters<typeof openTestCore>[1] = {}): Promise<TestCore> {
  const opened = await openTestCore({}, options);
  cores.push(opened);
  return opened;
}

async function addOne(test: TestCore, name: string, bytes: Uint8Array): Promise<string> {
  const [outcome] = await test.core.ingest.add([await test.file(name, bytes)]);
  if (!outcome?.documentId) throw new Error(`${name} was not added: ${JSON.stringify(outcome)}`);
  return outcome.documentId;
}

/** A queue on the core's library with another engine. */
function queueWith({ core }: TestCore, recognise: Engine): RecognitionQueue {
  const { database, blobs, ingest, languageData } = core;
  const run: HostRunner['run'] = (_, work, callbacks) =>
    work({
      recognise: (job: RecogniseJob) =>
        recognise(job, (page) => callbacks.recognised?.(page) ?? Promise.resolve(false)),
    } as HostFunctions);
  return new RecognitionQueue({
    ...{ database, blobs, languageData, isBusy: () => false, defaultLanguages: () => ['eng'] },
    host: { run, closeDocuments: async () => undefined },
    onChange: () => undefined,
    onRecognised: (id) => ingest.takeUp(id),
    onError: (error) => expect.unreachable(error.message),
  });
}

type Engine = (job: RecogniseJob, recognised: (page: RecognisedPage) => Promise<boolean>) => Promise<void>;

/** The real engine, in this process; `draw` is told of each page before its picture is drawn. */
function realEngine(draw: (number: number) => void): {
  readonly recognise: Engine;
  readonly close: () => Promise<void>;
} {
  const recognizer = createTesseractRecognizer(recognitionDirectory);
  const pdfium = new PdfiumReader();
  const reader: PdfReader = {
    source: pdfium.source,
    async open(bytes, options) {
      const document = await pdfium.open(bytes, options);
      const renderPage = document.renderPage.bind(document);
      document.renderPage = (number, size) => {
        draw(number);
        return renderPage(number, size);
      };
      return document;
    },
  };
  return {
    recognise: (job, recognised) =>
      createRecognitionDesk(
        {
          recognised: (_, page) => recognised(page),
          alive: () => undefined,
        } as Partial<HostCallbacks> as HostCallbacks,
        {
          readers: [reader],
          recognizer,
        },
      ).recognise(job, new AbortController().signal),
    close: () => recognizer.close(),
  };
}

/** Adds a scan that the core's own queue leaves alone until the answered function is called. */
async function addHeld(test: TestCore, bytes: Uint8Array): Promise<{ id: string; release: () => void }> {
  const id = await addOne(test, 'scan.pdf', bytes);
  const release = await test.core.recognition.hold(id);
  await test.until(id, ({ state, recognition }) => state === 'extracting' && recognition.total > 0);
  return { id, release };
}

afterEach(async () => {
  await Promise.all(cores.splice(0).map((opened) => opened.close()));
});

test.each([
  [0, 'shown upright', false],
  [90, 'shown upright', false],
  [180, 'shown upright', false],
  [270, 'shown upright', false],
  [90, 'shown as it lay', true],
  [180, 'shown as it lay', true],
  [270, 'shown as it lay', true],
] as const)(
  'a scanned letter, turned by %i degrees and %s, is read, found, and boxed where its words stand',
  async (turned, _, laidWrong) => {
    const test = await newCore();
    const letter = await makePlacedLetter();
    const id = await addOne(test, 'scan.pdf', await scan(letter.bytes, { turned, laidWrong }));
    await test.settled();
    const document = await test.core.database.documents.get(id);
    expect(document).toMatchObject({
      state: 'ready',
      searchable: true,
      textPages: 1,
      ocrPages: 1,
      doubtfulPages: 0,
      recognition: { done: 1, total: 1 },
      error: null,
    });
    expect(document?.ocrConfidence).toBeGreaterThan(85);
    expect(document?.chunkCount).toBeGreaterThan(0);
    expect(document?.embeddedChunks).toBe(document?.chunkCount);
    const found = await test.core.questions.retrieve('How worn is the slewing ring?', { documentIds: [], k: 3 });
    expect(found.hits[0]).toMatchObject({ documentId: id, page: 1 });
    expect(found.hits[0]?.text).toContain('4.2 millimetres');

    const [page] = await test.core.database.pages.read(id, 1, 1);
    if (!page) throw new Error('no page');
    expect(page.source).toBe('ocr');
    // Words that stand once on the letter, so that place and text can be matched.
    const expected = letter.words.filter(
      ({ text }) => text.length > 4 && letter.words.filter((word) => word.text.includes(text)).length === 1,
    );
    const misplaced: string[] = [];
    for (const word of expected) {
      const at = page.text.indexOf(word.text);
      const [box] = at < 0 ? [] : boxesForRange(page.geometry, 1, at, at + word.text.length);
      const truth = turnBack(word, turned);
      const sideways = turned % 180 !== 0;
      if (!box || !liesOn(sideways ? turnAxes(box) : box, sideways ? turnAxes(truth) : truth))
        misplaced.push(`${word.text} ${JSON.stringify(box)} ${JSON.stringify(truth)}`);
    }
    expect(expected.length).toBeGreaterThan(20);
    expect(misplaced).toEqual([]);
    expect(await test.core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  },
);

interface Rectangle {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Points: a letter is about five wide, a line fourteen high. */
function liesOn(box: Rectangle, truth: Rectangle): boolean {
  const ends = Math.abs(box.x0 - truth.x0) < 3 && Math.abs(box.x1 - truth.x1) < 3;
  return ends && Math.abs((box.y0 + box.y1) / 2 - (truth.y0 + truth.y1) / 2) < 4;
}

function turnAxes({ x0, y0, x1, y1 }: Rectangle): Rectangle {
  return { x0: y0, y0: x0, x1: y1, y1: x1 };
}

/** Where a place of the upright letter is on the sheet that was turned before /Rotate. */
function turnBack({ x0, y0, x1, y1 }: Rectangle, turned: 0 | 90 | 180 | 270): Rectangle {
  const [width, height] = [612, 792];
  if (turned === 90) return { x0: height - y1, y0: x0, x1: height - y0, y1: x1 };
  if (turned === 180) return { x0: width - x1, y0: height - y1, x1: width - x0, y1: height - y0 };
  if (turned === 270) return { x0: y0, y0: width - x1, x1: y1, y1: width - x0 };
  return { x0, y0, x1, y1 };
}

test('pages without text of a longer document are recognised after the others can be searched, and join them', async () => {
  const test = await newCore();
  const filing = await makeFiling({ pages: 30 });
  const mixed = await scan(filing.bytes, { pages: [1, 2, 3, 4], kept: [1, 2, 4] });
  const id = await addOne(test, 'mixed.pdf', mixed);
  const early = await test.until(id, ({ state }) => state === 'ready');
  expect(early).toMatchObject({ searchable: true, textPages: 3, recognition: { done: 0, total: 1 } });
  await test.settled();
  expect(await test.core.database.documents.get(id)).toMatchObject({ state: 'ready', textPages: 4, ocrPages: 1 });
  const chunks = await test.core.database.chunks.range(id, 0, 1_000);
  expect(new Set(chunks.map(({ page }) => page))).toContain(3);
  expect(await test.core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
});

test('what was recognised before the end of the app is kept, and the rest goes on', async () => {
  const test = await newCore();
  const filing = await makeFiling({ pages: 30 });
  const id = await addOne(test, 'scan.pdf', await scan(filing.bytes, { pages: [3, 4, 5, 6] }));
  const half = await test.until(id, ({ recognition }) => recognition.done >= 1);
  expect(half).toMatchObject({ state: 'extracting', searchable: false, recognition: { total: 4 } });
  for (const host of test.hosts) host.kill();
  await test.restart();
  const kept = await test.core.database.documents.get(id);
  expect(kept?.recognition.done).toBeGreaterThanOrEqual(1);
  if (kept?.state === 'failed') await test.core.ingest.retry(id);
  await test.settled();
  const document = await test.core.database.documents.get(id);
  expect(document).toMatchObject({ state: 'ready', textPages: 4, ocrPages: 4, error: null, searchable: true });
});

test('recognition that is stopped can be taken up again, and a deletion in its middle leaves nothing', async () => {
  const test = await newCore();
  const filing = await makeFiling({ pages: 30 });
  const bytes = await scan(filing.bytes, { pages: [1, 3, 4, 5, 6], kept: [1] });
  const id = await addOne(test, 'mixed.pdf', bytes);
  await test.until(id, ({ recognition }) => recognition.done >= 1);
  await test.core.ingest.cancel(id);
  const stopped = await test.until(id, ({ state }) => state === 'ready');
  expect(stopped.recognitionError).toMatchObject({ code: 'cancelled', retryable: true });
  expect(stopped.recognition.done).toBeLessThan(4);
  await test.core.ingest.retry(id);
  const done = stopped.recognition.done;
  await test.until(id, ({ recognition }) => recognition.done > done);
  await test.core.deleteDocuments([id]);
  expect(await test.core.database.documents.list()).toEqual([]);
  expect(await test.core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  expect(test.errors).toEqual([]);
});

test('a page whose own text nobody can read is recognised, and what it says is found', async () => {
  const test = await newCore();
  const letter = await makePlacedLetter();
  const file = await PDFDocument.load(await scan(letter.bytes));
  // What a scanner's bad text layer, or a font without a map of its codes, gives: every code moved by three.
  const text = 'The lease runs for ten years from the first of March and the tenant pays the rent in advance. '.repeat(
    4,
  );
  const moved = [...text].map((code) => (code === ' ' ? ' ' : String.fromCharCode(code.charCodeAt(0) + 3))).join('');
  const font = await file.embedFont(StandardFonts.Helvetica);
  file.getPage(0).drawText(moved, { x: 40, y: 400, size: 8, font, maxWidth: 500, lineHeight: 10, opacity: 0 });
  const id = await addOne(test, 'bad layer.pdf', await file.save());
  await test.settled();
  expect(await test.core.database.documents.get(id)).toMatchObject({ state: 'ready', ocrPages: 1, textPages: 1 });
  const found = await test.core.questions.retrieve('How worn is the slewing ring?', { documentIds: [], k: 3 });
  expect(found.hits[0]?.text).toContain('4.2 millimetres');
  expect(found.hits[0]?.text).not.toContain('ohdvh');
});

test('pictures without a word are never taken for a document that can be asked', async () => {
  const test = await newCore();
  const id = await addOne(test, 'pictures.pdf', await makeScanned(2));
  await test.settled();
  expect(await test.core.database.documents.get(id)).toMatchObject({
    state: 'failed',
    error: { code: 'document-no-text' },
    recognition: { done: 2, total: 2 },
    ocrPages: 0,
  });
});

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

// Catches: a whole scan that is never searched because of one page that fails whenever it is tried.
test.each([
  ['fails in the engine', 'recognition-failed'],
  ['ends the process', 'pipeline-crashed'],
] as const)(
  'a page that %s keeps no other from being recognised, is named, and can be tried again',
  async (_, code) => {
    const test = await newCore();
    const { database, ingest } = test.core;
    const filing = await makeFiling({ pages: 30 });
    const { id, release } = await addHeld(test, await scan(filing.bytes, { pages: [3, 4, 5] }));
    const { recognise, close } = realEngine((number) => {
      if (number === 2 && code === 'recognition-failed') throw new AppError(code, 'The text of a page is not there.');
    });
    const jobs: (readonly number[])[] = [];
    const queue = queueWith(test, async (job, recognised) => {
      jobs.push(job.pages);
      const ends = code === 'pipeline-crashed' && job.pages.includes(2);
      await recognise({ ...job, pages: ends ? job.pages.filter((number) => number < 2) : job.pages }, recognised);
      if (ends) throw new AppError(code, 'The reading process ended unexpectedly.', { retryable: true });
    });
    queue.poke();
    await queue.idle();
    await close();
    await test.settled();
    const document = await database.documents.get(id);
    expect(document).toMatchObject({
      ...{ state: 'ready', searchable: true, textPages: 2, ocrPages: 2, recognition: { done: 3, total: 3 } },
      recognitionError: { code, retryable: true, message: expect.stringContaining('page 2 of “scan.pdf”') as string },
    });
    // Alone, so that it is the only one that can fail.
    expect(jobs.slice(0, 2)).toEqual([[1, 2, 3], [2]]);

    release();
    await ingest.retry(id);
    await test.settled();
    const whole = await database.documents.get(id);
    expect(whole).toMatchObject({ state: 'ready', textPages: 3, ocrPages: 3, recognitionError: null });
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  },
  180_000,
);

// Catches: an engine that does not work, tried a thousand times; and a Retry that never gets past the first pages.
test('where page after page fails, the document says so, and Retry goes on behind them', async () => {
  const test = await newCore();
  const { database, ingest } = test.core;
  const { id } = await addHeld(test, await makeScanned(12));
  const tried: (readonly number[])[] = [];
  const queue = queueWith(test, ({ pages }) => {
    tried.push(pages);
    return Promise.reject(new AppError('recognition-failed', 'It is broken.', { retryable: true }));
  });
  const run = async (): Promise<DocumentSummary | null> => {
    queue.poke();
    await queue.idle();
    return database.documents.get(id);
  };
  const retry = async (): Promise<DocumentSummary | null> => {
    await ingest.retry(id);
    await ingest.idle();
    return run();
  };
  expect(await run()).toMatchObject({ state: 'failed', error: { code: 'recognition-failed', retryable: true } });
  expect(tried.slice(1)).toEqual([[1], [2], [3], [4], [5]]);
  expect(await retry()).toMatchObject({ state: 'failed', recognition: { done: 10, total: 12 } });
  expect(tried.slice(7)).toEqual([[6], [7], [8], [9], [10]]);
  expect(await retry()).toMatchObject({
    ...{ state: 'failed', recognition: { done: 12, total: 12 } },
    error: { message: 'The text of 12 pages (1, 2, 3, 4, 5, 6, 7, 8 …) of “scan.pdf” could not be recognised.' },
  });
  // All were tried once: then all of them again.
  await retry();
  expect(tried.at(-1)).toEqual([5]);
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
