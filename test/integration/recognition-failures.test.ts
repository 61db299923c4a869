/** Recognition that is stopped, killed or fails: no page is lost by it, and none keeps the others from being read. */
import { expect, test } from 'vitest';
import { makeRunningHeaders, makeScanned } from '../helpers/fixtures.ts';
import { recognitionDirectory } from '../helpers/models.ts';
import type { TestCore } from '../helpers/core.ts';
import { addOne, newCore, queueWith, type Engine } from '../helpers/recognition.ts';
import { scan } from '../helpers/scans.ts';
import { PdfiumReader } from '../../electron/adapters/pdfium-reader.ts';
import { createTesseractRecognizer } from '../../electron/adapters/tesseract-recognizer.ts';
import type { PdfReader } from '../../electron/pipeline/ports/pdf-reader.ts';
import type { HostCallbacks } from '../../electron/pipeline/ports/pipeline-host.ts';
import { createRecognitionDesk } from '../../electron/pipeline/recognition-desk.ts';
import type { DocumentSummary } from '../../shared/domain.ts';
import { AppError } from '../../shared/errors.ts';

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

test('what was recognised before the end of the app is kept, and the rest goes on', async () => {
  const test = await newCore();
  const id = await addOne(test, 'scan.pdf', await scan(await makeRunningHeaders(6)));
  const half = await test.until(id, ({ recognition }) => recognition.done >= 1);
  expect(half).toMatchObject({ state: 'extracting', searchable: false, recognition: { total: 6 } });
  for (const host of test.hosts) host.kill();
  await test.restart();
  const kept = await test.core.database.documents.get(id);
  expect(kept?.recognition.done).toBeGreaterThanOrEqual(1);
  if (kept?.state === 'failed') await test.core.ingest.retry(id);
  await test.settled();
  const document = await test.core.database.documents.get(id);
  expect(document).toMatchObject({ state: 'ready', textPages: 6, ocrPages: 6, error: null, searchable: true });
});

test('recognition that is stopped can be taken up again, and a deletion in its middle leaves nothing', async () => {
  const test = await newCore();
  const bytes = await scan(await makeRunningHeaders(9), { kept: [1] });
  const id = await addOne(test, 'mixed.pdf', bytes);
  await test.until(id, ({ recognition }) => recognition.done >= 1);
  await test.core.ingest.cancel(id);
  const stopped = await test.until(id, ({ state }) => state === 'ready');
  expect(stopped.recognitionError).toMatchObject({ code: 'cancelled', retryable: true });
  expect(stopped.recognition.done).toBeLessThan(8);
  await test.core.ingest.retry(id);
  const done = stopped.recognition.done;
  await test.until(id, ({ recognition }) => recognition.done > done);
  await test.core.deleteDocuments([id]);
  expect(await test.core.database.documents.list()).toEqual([]);
  expect(await test.core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  expect(test.errors).toEqual([]);
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
    const { id, release } = await addHeld(test, await scan(await makeRunningHeaders(3)));
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
