/**
 * Recognises text with Tesseract (tesseract.js: WebAssembly in worker threads) and language data: English is built in,
 * others lie in a folder.
 * Offline by construction: engine, worker and data are given as local paths, and nothing is cached elsewhere.
 */
import { randomUUID } from 'node:crypto';
import { access, copyFile, readdir, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Page, PSM, Worker } from 'tesseract.js';
import { AppError } from '../../shared/errors.ts';
import { BUILT_IN_LANGUAGE, languageMissing } from '../../shared/recognition-languages.ts';
import type {
  GreyImage,
  LanguageChoice,
  PageRecognizer,
  RecogniseOptions,
  RecognisedLine,
} from '../pipeline/ports/page-recognizer.ts';
import { recognitionDataFile } from './recognition-data.ts';

/** More take memory (about 90 MB each) without being faster beside the window. */
const mostWorkers = 2;
/** OEM.LSTM_ONLY of Tesseract: the neural engine, which the data below is for. */
const neuralEngine = 1;
/** PSM.AUTO: finds columns, blocks and lines itself; the page stands upright already. PSM.SINGLE_BLOCK: lines only. */
const segmentation = { page: '3', block: '6' } as Readonly<Record<RecogniseOptions['layout'], PSM>>;

interface Lane {
  worker: Promise<Worker> | null;
  /** Of the worker, with plus signs between them. */
  languages: string;
  /** The worker's own reports of progress go to the page that it works on. */
  onProgress: () => void;
}

/**
 * Threads are started with the first page.
 *
 * @param builtIn Folder with the data of English: the small network (tessdata_fast), as Debian's program has it. The
 *   larger one of `@tesseract.js-data/eng` takes 1.4 times as long, and errs as often on a scanned filing (1.12 against
 *   1.17 % of the characters).
 */
export function createTesseractRecognizer(
  builtIn: string,
  lanes = Math.min(mostWorkers, availableParallelism()),
): PageRecognizer {
  const all: Lane[] = Array.from({ length: lanes }, () => ({
    worker: null,
    languages: '',
    onProgress: () => undefined,
  }));
  const free = [...all];
  const waiting: ((lane: Lane) => void)[] = [];

  function enter(): Promise<Lane> {
    const lane = free.pop();
    return lane ? Promise.resolve(lane) : new Promise((resolve) => waiting.push(resolve));
  }

  function leave(lane: Lane): void {
    lane.onProgress = () => undefined;
    const next = waiting.shift();
    if (next) next(lane);
    else free.push(lane);
  }

  async function discard(lane: Lane): Promise<void> {
    const worker = lane.worker;
    lane.worker = null;
    await worker?.then(
      (started) => started.terminate(),
      () => undefined,
    );
  }

  async function recognise(
    image: GreyImage,
    { layout, languages, signal, onProgress }: RecogniseOptions,
  ): Promise<readonly RecognisedLine[]> {
    const lane = await enter();
    lane.onProgress = onProgress;
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(cancelled());
    signal.addEventListener('abort', onAbort, { once: true });
    // Nobody may be racing when the abort comes; that is not an unhandled failure.
    aborted.promise.catch(() => undefined);
    try {
      if (signal.aborted) throw cancelled();
      if (lane.languages !== languages.codes.join('+')) await discard(lane);
      lane.languages = languages.codes.join('+');
      const worker = await (lane.worker ??= startWorker(lane, builtIn, languages));
      await worker.setParameters({
        tessedit_pageseg_mode: segmentation[layout],
        user_defined_dpi: String(image.resolution),
      });
      const asked = worker.recognize(toPgm(image), {}, { text: false, blocks: true });
      // The race may be over when it fails.
      asked.catch(() => undefined);
      const { data } = await Promise.race([asked, aborted.promise]);
      return linesOf(data);
    } catch (thrown) {
      // It may still be at work on this page, or be broken: the next page gets a new one.
      await discard(lane);
      throw thrown instanceof AppError ? thrown : failed(thrown);
    } finally {
      signal.removeEventListener('abort', onAbort);
      leave(lane);
    }
  }

  return {
    lanes,
    recognise,
    async close() {
      await Promise.all(all.map(discard));
    },
  };
}

async function startWorker(lane: Lane, builtIn: string, languages: LanguageChoice): Promise<Worker> {
  // Loaded with the first page: reading text needs none of it.
  const { createWorker, setLogging } = (await import('tesseract.js')).default;
  setLogging(false);
  return createWorker([...languages.codes], neuralEngine, {
    workerPath: outsideArchive(createRequire(import.meta.url).resolve('tesseract.js/src/worker-script/node/index.js')),
    langPath: await dataFolder(builtIn, languages),
    gzip: true,
    cacheMethod: 'none',
    logger: () => lane.onProgress(),
    // The call that failed rejects as well.
    errorHandler: () => undefined,
  });
}

/** The one folder that has the data of all: the engine's wrapper takes no second one, and no data from memory. */
async function dataFolder(builtIn: string, { codes, folder }: LanguageChoice): Promise<string> {
  const english = recognitionDataFile(BUILT_IN_LANGUAGE);
  if (codes.includes(BUILT_IN_LANGUAGE)) await access(join(builtIn, english)).catch(notBuiltIn);
  if (codes.every((code) => code === BUILT_IN_LANGUAGE)) return builtIn;
  // A folder that is not there has no data.
  const there = new Set(await readdir(folder).catch(() => []));
  const missing = codes.find((code) => code !== BUILT_IN_LANGUAGE && !there.has(recognitionDataFile(code)));
  if (missing !== undefined) throw languageMissing(missing);
  if (codes.includes(BUILT_IN_LANGUAGE) && !there.has(english)) {
    // Both lanes may do it at once; the last one's copy is as good.
    const copy = join(folder, `${english}.${randomUUID()}.part`);
    await copyFile(join(builtIn, english), copy);
    await rename(copy, join(folder, english));
  }
  return folder;
}

/** Packaged apps keep what a thread loads outside the archive. */
function outsideArchive(path: string): string {
  return path.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
}

/** Portable grey map (Netpbm P5): needs no compression, and Tesseract reads it as it is. */
function toPgm({ width, height, pixels }: GreyImage): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`, 'latin1'), pixels]);
}

function linesOf(data: Page): RecognisedLine[] {
  const lines: RecognisedLine[] = [];
  for (const block of data.blocks ?? []) {
    for (const { lines: found } of block.paragraphs) {
      for (const { words, baseline, rowAttributes } of found) {
        lines.push({
          words: words.map(({ text, confidence, bbox }) => ({ text, confidence, ...bbox })),
          baseline: (baseline.y0 + baseline.y1) / 2,
          height: rowAttributes.rowHeight,
        });
      }
    }
  }
  return lines;
}

function cancelled(): AppError {
  return new AppError('cancelled', 'Recognising was stopped.', { retryable: true });
}

function notBuiltIn(cause: unknown): never {
  throw new AppError('recognition-failed', 'The built-in data for recognising English is not there.', {
    hint: 'Run “npm run setup” again (or reinstall Quire), then try again.',
    retryable: true,
    cause,
  });
}

function failed(cause: unknown): AppError {
  return new AppError('recognition-failed', 'The text of a page could not be recognised.', {
    hint: 'Try again; if it fails again, recognise the file with another program and add the result.',
    retryable: true,
    cause: cause instanceof Error ? cause : new Error(String(cause)),
  });
}
