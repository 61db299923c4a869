/**
 * Recognition of a scanned filing: 20 pages of the evaluation set that questions have their evidence on, drawn at
 * 200 dpi and put back into a PDF of pictures. Compared with the same pages' own text, and with Debian's `tesseract`: as
 * a person runs it, which the limit is about, and in its strictest use.
 */
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, constants } from 'node:os';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { PdfiumReader } from '../../electron/adapters/pdfium-reader.ts';
import type { Core } from '../../electron/core/core.ts';
import { decodeLayout } from '../../electron/pipeline/geometry.ts';
import { pictureSize, RECOGNITION_RESOLUTION, toGrey } from '../../electron/pipeline/recognition.ts';
import type { StoredPage } from '../../electron/pipeline/stored-page.ts';
import { scan } from '../../test/helpers/scans.ts';
import { openBenchCore, withFolder } from './core.ts';
import { cpuSeconds } from './cpu-seconds.ts';
import { atLeast, atMost, withoutLimit, type BenchResult } from './report.ts';
import { evaluationFolder } from './sets.ts';

const PAGES = 20;
/** Points by which a word's middle may lie beside the original's: half of a letter. */
const NEAR = 3;
const cores = availableParallelism();

/** A question, and the filing's pages (from 1) that its answer stands on. */
interface Question {
  readonly text: string;
  readonly pages: readonly number[];
}

export async function run(): Promise<BenchResult[]> {
  return withFolder(async (folder) => {
    const { native, questions, pageCount } = await evidenceFiling();
    if (pageCount !== PAGES) throw new Error(`The evaluation set gives ${pageCount} pages, not ${PAGES}.`);
    const scanned = await scan(native);
    const nativeFile = join(folder, 'native.pdf');
    const scannedFile = join(folder, 'scanned.pdf');
    await writeFile(nativeFile, native);
    await writeFile(scannedFile, scanned);
    const pictures = await drawPictures(scanned, join(folder, 'pictures'));
    const first = await measure(join(folder, 'a'), nativeFile, questions);
    // Before and after ours, so that a machine that slows down slows both.
    const peers = [await timePeers(pictures, folder)];
    const second = await measure(join(folder, 'b'), scannedFile, questions);
    peers.push(await timePeers(pictures, folder));
    const asItComes = meanOf(peers.map((peer) => peer.asItComes));
    const strictest = meanOf(peers.map((peer) => peer.strictest));
    const ours = second.recognising;
    const errors = characterErrors(first.pages, second.pages);
    const words = wordPlaces(first.pages, second.pages);
    const rate = ({ wall, cpu }: Spent): string =>
      `${((60 * PAGES) / wall).toFixed(1)} pages a minute and ${cpu.toFixed(1)} CPU seconds`;
    const oursWhole = `ours, with drawing and storing: ${rate(ours)}`;
    return [
      atMost(
        'character errors on a scanned filing',
        errors.rate,
        3,
        '%',
        `${errors.wrong} of ${errors.characters} characters, spaces counted once, on ${PAGES} pages; median page ${errors.median.toFixed(2)} %, worst ${errors.worst.toFixed(1)} %; mean confidence ${second.confidence.toFixed(0)}.`,
      ),
      atLeast(
        'recall@5 of the scan, beside the text itself',
        second.recall - first.recall,
        -5,
        'points',
        `${second.recall.toFixed(0)} % of the pages that ${questions.length} questions have their evidence on, ${first.recall.toFixed(0)} % in the text.`,
      ),
      atLeast(
        'words boxed where they stand',
        words.share,
        98,
        '%',
        `of ${words.count} words that occur once on their page in both; within ${NEAR} points.`,
      ),
      atLeast(
        "pages a minute, beside Debian's tesseract as it comes",
        asItComes.wall / ours.wall,
        0.8,
        'x',
        `Wall clock; ${oursWhole}; “tesseract list.txt out” over the ready pictures of all pages, its own number of threads: ${rate(asItComes)}. ${cores} cores, same priority.`,
      ),
      withoutLimit(
        "pages a minute, beside Debian's tesseract in its strictest use",
        strictest.wall / ours.wall,
        'x',
        `Wall clock; ${oursWhole}; one process a page with one thread (OMP_THREAD_LIMIT=1), ${cores} at a time, on ready pictures: ${rate(strictest)}. By CPU seconds ${(strictest.cpu / ours.cpu).toFixed(2)} x.`,
      ),
    ];
  });
}

function meanOf(spent: readonly Spent[]): Spent {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { wall: mean(spent.map(({ wall }) => wall)), cpu: mean(spent.map(({ cpu }) => cpu)) };
}

/** Evidence pages with their own text as one PDF, in the order of the questions; documents that pdf-lib can't take apart are left out. */
async function evidenceFiling(): Promise<{
  native: Uint8Array;
  questions: readonly Question[];
  pageCount: number;
}> {
  const lines = (await readFile(join(evaluationFolder(), 'questions.jsonl'), 'utf8')).split('\n');
  const filing = await PDFDocument.create();
  const sources = new Map<string, PDFDocument | null>();
  /** Numbers in the filing, by document and page. */
  const numbers = new Map<string, number>();
  const questions: Question[] = [];
  for (const line of lines.filter((text) => text.trim() !== '')) {
    const { question, document, evidencePages } = JSON.parse(line) as {
      question: string;
      document: string;
      evidencePages: number[];
    };
    if (!sources.has(document)) sources.set(document, await openForCopy(document));
    const source = sources.get(document);
    if (!source) continue;
    const pages: number[] = [];
    for (const page of evidencePages) {
      const key = `${document} ${page}`;
      if (!numbers.has(key) && numbers.size < PAGES) {
        const [copy] = await filing.copyPages(source, [page - 1]);
        if (!copy) continue;
        filing.addPage(copy);
        numbers.set(key, filing.getPageCount());
      }
      const number = numbers.get(key);
      if (number !== undefined) pages.push(number);
    }
    if (pages.length > 0) questions.push({ text: question, pages });
  }
  return { native: await filing.save(), questions, pageCount: numbers.size };
}

async function openForCopy(document: string): Promise<PDFDocument | null> {
  const bytes = await readFile(join(evaluationFolder(), 'pdfs', document));
  try {
    const opened = await PDFDocument.load(bytes, { throwOnInvalidObject: true });
    return opened.getPageCount() > 0 ? opened : null;
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

/** Seconds. */
interface Spent {
  readonly wall: number;
  /** Of all processes that took part. */
  readonly cpu: number;
}

interface Measured {
  readonly pages: readonly StoredPage[];
  /** Percent of the questions' evidence pages that are among their first five distinct pages. */
  readonly recall: number;
  /** From the plan to the last page stored; zero for a document that has its own text. */
  readonly recognising: Spent;
  readonly confidence: number;
}

async function measure(folder: string, file: string, questions: readonly Question[]): Promise<Measured> {
  let started: Spent | null = null;
  let ended: Spent | null = null;
  const core = await openBenchCore(folder, {
    onLibraryChange: ({ documents }) => {
      for (const { recognition } of documents) {
        if (recognition.total > 0) started ??= spentSoFar();
        if (recognition.total > 0 && recognition.done === recognition.total) ended ??= spentSoFar();
      }
    },
  });
  try {
    await core.resume();
    const [outcome] = await core.ingest.add([file]);
    const id = outcome?.documentId;
    if (!id) throw new Error(outcome?.error?.message ?? 'not added');
    await core.settled();
    await core.feed.flush();
    const document = await core.database.documents.get(id);
    if (document?.state !== 'ready') throw new Error(document?.error?.message ?? 'not ready');
    return {
      pages: await core.database.pages.read(id, 1, PAGES),
      recall: await recallOf(core, questions),
      recognising: between(started, ended),
      confidence: document.ocrConfidence ?? 0,
    };
  } finally {
    await core.close();
  }
}

function between(started: Spent | null, ended: Spent | null): Spent {
  return { wall: (ended?.wall ?? 0) - (started?.wall ?? 0), cpu: (ended?.cpu ?? 0) - (started?.cpu ?? 0) };
}

/** Of this process and its hosts, as Linux counts them; hosts live as long as the core. */
function spentSoFar(): Spent {
  const { user, system } = process.cpuUsage();
  let cpu = (user + system) / 1e6;
  const self = `/proc/${process.pid}/task/${process.pid}/children`;
  for (const child of readFileSync(self, 'utf8').split(' ').filter(Boolean)) {
    // After the name in brackets; times are the 14th and the 15th field (man 5 proc), in hundredths of a second.
    const fields = readFileSync(`/proc/${child}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    cpu += (Number(fields[11]) + Number(fields[12])) / 100;
  }
  return { wall: performance.now() / 1_000, cpu };
}

async function recallOf(core: Core, questions: readonly Question[]): Promise<number> {
  let found = 0;
  for (const { text, pages } of questions) {
    const { hits } = await core.questions.retrieve(text, { documentIds: [], k: 40 });
    const first = [...new Set(hits.map(({ page }) => page))].slice(0, 5);
    found += pages.filter((page) => first.includes(page)).length / pages.length;
  }
  return (100 * found) / questions.length;
}

/** What both writings of a character are: quotes, dashes and spaces differ in width, not in what they say. */
function plain(text: string): string {
  return (
    text
      .normalize('NFKC')
      .replace(/[‘’‚′]/g, "'")
      .replace(/[“”„″]/g, '"')
      .replace(/[‐-―−]/g, '-')
      .replace(/[•●▪■◦·]/g, '•')
      // Dot leaders, which a passage does not keep either.
      .replace(/(?:\s*[.…_]){3,}/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

function characterErrors(
  native: readonly StoredPage[],
  scanned: readonly StoredPage[],
): { rate: number; wrong: number; characters: number; median: number; worst: number } {
  let wrong = 0;
  let characters = 0;
  const rates: number[] = [];
  native.forEach((page, index) => {
    const truth = plain(page.text);
    const errors = editDistance(truth, plain(scanned[index]?.text ?? ''));
    wrong += errors;
    characters += truth.length;
    rates.push((100 * errors) / Math.max(1, truth.length));
  });
  if (process.env['QUIRE_BENCH_VERBOSE']) console.log(rates.map((rate) => rate.toFixed(1)).join(' '));
  rates.sort((a, b) => a - b);
  return {
    rate: (100 * wrong) / characters,
    wrong,
    characters,
    median: rates[rates.length >> 1] ?? 0,
    worst: rates.at(-1) ?? 0,
  };
}

/** Levenshtein's, row by row. */
function editDistance(a: string, b: string): number {
  let before = Uint32Array.from({ length: b.length + 1 }, (_, j) => j);
  let row = new Uint32Array(b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    const letter = a.charCodeAt(i - 1);
    for (let j = 1; j <= b.length; j++) {
      const replaced = before[j - 1]! + (letter === b.charCodeAt(j - 1) ? 0 : 1);
      row[j] = Math.min(replaced, before[j]! + 1, row[j - 1]! + 1);
    }
    [before, row] = [row, before];
  }
  return before[b.length]!;
}

/** Words that stand once on a page, by their text, with the middle of their box. */
function middles(page: StoredPage): Map<string, readonly [x: number, y: number]> {
  const places = new Map<string, readonly [number, number]>();
  const repeated = new Set<string>();
  for (const line of decodeLayout(page.geometry).lines) {
    for (const { start, end, from, to } of line.words) {
      const text = page.text.slice(start, end);
      if (places.has(text)) repeated.add(text);
      const along = (from + to) / 2;
      places.set(text, line.vertical ? [(line.x0 + line.x1) / 2, along] : [along, (line.y0 + line.y1) / 2]);
    }
  }
  for (const text of repeated) places.delete(text);
  return places;
}

function wordPlaces(native: readonly StoredPage[], scanned: readonly StoredPage[]): { share: number; count: number } {
  let near = 0;
  let count = 0;
  native.forEach((page, index) => {
    const other = scanned[index];
    if (!other) return;
    const found = middles(other);
    for (const [text, [x, y]] of middles(page)) {
      const place = found.get(text);
      if (!place || text.length < 3) continue;
      count += 1;
      if (Math.abs(place[0] - x) <= NEAR && Math.abs(place[1] - y) <= NEAR) near += 1;
    }
  });
  return { share: (100 * near) / Math.max(1, count), count };
}

/** The pages' pictures as our engine gets them. */
async function drawPictures(scanned: Uint8Array, folder: string): Promise<readonly string[]> {
  await mkdir(folder);
  const document = await new PdfiumReader().open(scanned, { fileName: 'scanned.pdf' });
  const files: string[] = [];
  for (let number = 1; number <= document.pageCount; number++) {
    const picture = await document.renderPage(number, pictureSize(await document.readPage(number)));
    const { width, height, pixels } = toGrey(picture, RECOGNITION_RESOLUTION);
    const file = join(folder, `${number}.pgm`);
    await writeFile(file, Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`, 'latin1'), pixels]));
    files.push(file);
  }
  await document.close();
  return files;
}

/** Debian's program in two uses. */
interface Peers {
  /** One call for all pages, as a person runs it; it starts a thread for each core, up to four. */
  readonly asItComes: Spent;
  /**
   * One process a page, one thread each, as many at a time as there are cores: its threads wait for each other, and without
   * them it is up to three times as fast.
   */
  readonly strictest: Spent;
}

async function timePeers(files: readonly string[], folder: string): Promise<Peers> {
  const list = join(folder, 'list.txt');
  await writeFile(list, `${files.join('\n')}\n`);
  const asItComes = { ...process.env, OMP_THREAD_LIMIT: undefined, OMP_NUM_THREADS: undefined };
  const single = { ...asItComes, OMP_THREAD_LIMIT: '1' };
  const pages = files.values();
  return {
    asItComes: await timed(() => tesseract(list, join(folder, 'out'), asItComes)),
    strictest: await timed(async () => {
      let cpu = 0;
      const lane = async (): Promise<void> => {
        for (const file of pages) cpu += await tesseract(file, 'stdout', single);
      };
      await Promise.all(Array.from({ length: cores }, lane));
      return cpu;
    }),
  };
}

/** @param work Answers with the CPU seconds that it took. */
async function timed(work: () => Promise<number>): Promise<Spent> {
  const started = performance.now();
  const cpu = await work();
  return { wall: (performance.now() - started) / 1_000, cpu };
}

/** With its own data (for English the same as ours), and at the priority that our hosts give themselves. CPU seconds. */
function tesseract(input: string, output: string, env: NodeJS.ProcessEnv): Promise<number> {
  // The pictures do not say their resolution, as a scan's file would.
  const program = ['tesseract', input, output, '--dpi', String(RECOGNITION_RESOLUTION)];
  return cpuSeconds('nice', ['-n', String(constants.priority.PRIORITY_BELOW_NORMAL), ...program], { env });
}
