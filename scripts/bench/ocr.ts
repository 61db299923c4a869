/**
 * Recognition of a scanned filing: 20 pages of the evaluation set that questions have their evidence on, drawn at
 * 200 dpi and put back into a PDF of pictures. Compared with the same pages' own text, and with Debian's `tesseract`.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PDFDocument } from 'pdf-lib';
import { PdfiumReader } from '../../electron/adapters/pdfium-reader.ts';
import type { Core } from '../../electron/core/core.ts';
import { decodeLayout } from '../../electron/pipeline/geometry.ts';
import { pictureSize, RECOGNITION_RESOLUTION, toGrey } from '../../electron/pipeline/recognition.ts';
import type { StoredPage } from '../../electron/pipeline/stored-page.ts';
import { scan } from '../../test/helpers/scans.ts';
import { openBenchCore, withFolder } from './core.ts';
import { atLeast, atMost, type BenchResult } from './report.ts';
import { evaluationFolder } from './sets.ts';

const PAGES = 20;
/** Questions of one document at most, so that several companies' pages are among them. */
const PAGES_A_DOCUMENT = 6;
/** Points by which a word's middle may lie beside the original's: half of a letter. */
const NEAR = 3;

interface EvidencePage {
  readonly document: string;
  readonly page: number;
  readonly question: string;
}

export async function run(): Promise<BenchResult[]> {
  return withFolder(async (folder) => {
    const { native, chosen } = await evidenceFiling();
    const scanned = await scan(native);
    const nativeFile = join(folder, 'native.pdf');
    const scannedFile = join(folder, 'scanned.pdf');
    await writeFile(nativeFile, native);
    await writeFile(scannedFile, scanned);
    const peer = await timePeer(scanned, join(folder, 'pictures'));
    const first = await measure(join(folder, 'a'), nativeFile, chosen);
    const second = await measure(join(folder, 'b'), scannedFile, chosen);
    const errors = characterErrors(first.pages, second.pages);
    const words = wordPlaces(first.pages, second.pages);
    const perMinute = (60 * chosen.length) / second.recognisingSeconds;
    return [
      atMost(
        'character errors on a scanned filing',
        errors.rate,
        3,
        '%',
        `${errors.wrong} of ${errors.characters} characters, spaces counted once, on ${chosen.length} pages; median page ${errors.median.toFixed(2)} %, worst ${errors.worst.toFixed(1)} %; mean confidence ${second.confidence.toFixed(0)}.`,
      ),
      atLeast(
        'hit@5 of the scan, beside the text itself',
        second.hits - first.hits,
        -5,
        'points',
        `${second.hits.toFixed(0)} % of ${chosen.length} questions on the scan, ${first.hits.toFixed(0)} % on the text.`,
      ),
      atLeast(
        'words boxed where they stand',
        words.share,
        98,
        '%',
        `of ${words.count} words that occur once on their page in both; within ${NEAR} points.`,
      ),
      atLeast(
        "pages a minute, beside Debian's tesseract",
        perMinute / peer,
        0.8,
        'x',
        `${perMinute.toFixed(1)} a minute with drawing and storing; tesseract ${peer.toFixed(1)} on ready pictures, one after another, with one thread.`,
      ),
    ];
  });
}

/** Pages with their own text as one PDF, in the order of the questions; documents that pdf-lib can't take apart are left out. */
async function evidenceFiling(): Promise<{ native: Uint8Array; chosen: readonly EvidencePage[] }> {
  const lines = (await readFile(join(evaluationFolder(), 'questions.jsonl'), 'utf8')).split('\n');
  const filing = await PDFDocument.create();
  const sources = new Map<string, PDFDocument | null>();
  const chosen: EvidencePage[] = [];
  for (const line of lines.filter((text) => text.trim() !== '')) {
    const { question, document, evidencePages } = JSON.parse(line) as {
      question: string;
      document: string;
      evidencePages: number[];
    };
    const page = evidencePages[0];
    if (page === undefined || chosen.length >= PAGES) continue;
    const same = chosen.filter((other) => other.document === document);
    if (same.length >= PAGES_A_DOCUMENT || same.some((other) => other.page === page)) continue;
    if (!sources.has(document)) sources.set(document, await openForCopy(document));
    const source = sources.get(document);
    if (!source) continue;
    const [copy] = await filing.copyPages(source, [page - 1]);
    if (!copy) continue;
    filing.addPage(copy);
    chosen.push({ document, page, question });
  }
  return { native: await filing.save(), chosen };
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

interface Measured {
  readonly pages: readonly StoredPage[];
  /** Percent of the questions whose page is among the first five distinct pages. */
  readonly hits: number;
  readonly recognisingSeconds: number;
  readonly confidence: number;
}

async function measure(folder: string, file: string, chosen: readonly EvidencePage[]): Promise<Measured> {
  let started = 0;
  let ended = 0;
  const core = await openBenchCore(folder, {
    onLibraryChange: ({ documents }) => {
      for (const { recognition } of documents) {
        if (recognition.total > 0) started ||= performance.now();
        if (recognition.total > 0 && recognition.done === recognition.total) ended ||= performance.now();
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
      hits: await hitShare(core, chosen),
      recognisingSeconds: (ended - started) / 1_000,
      confidence: document.ocrConfidence ?? 0,
    };
  } finally {
    await core.close();
  }
}

async function hitShare(core: Core, chosen: readonly EvidencePage[]): Promise<number> {
  let found = 0;
  for (const [index, { question }] of chosen.entries()) {
    const { hits } = await core.questions.retrieve(question, { documentIds: [], k: 40 });
    const pages = [...new Set(hits.map(({ page }) => page))].slice(0, 5);
    if (pages.includes(index + 1)) found += 1;
  }
  return (100 * found) / chosen.length;
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

/**
 * Debian's program on the pages' pictures, one after another. With one thread: on two cores its threads wait for each
 * other, and it takes three times as long.
 */
async function timePeer(scanned: Uint8Array, folder: string): Promise<number> {
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
  const started = performance.now();
  const env = { ...process.env, OMP_THREAD_LIMIT: '1' };
  for (const file of files) {
    // At the priority that our own process gives itself.
    const command = ['-n', '10', 'tesseract', file, 'stdout', '-l', 'eng', '--dpi', String(RECOGNITION_RESOLUTION)];
    await promisify(execFile)('nice', command, { env, maxBuffer: 2 ** 24 });
  }
  return (60_000 * files.length) / (performance.now() - started);
}
