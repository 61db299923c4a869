/**
 * The text stage against poppler on real filings: pages per CPU second, words, first-page pictures, two workers.
 *
 * Words are compared as bags: both texts in Unicode's NFKC form (ligatures written out, no-break spaces plain), split at
 * white space, nothing else done to them: hyphens, signs and case count.
 */
import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { HOST_FLAGS } from '../../electron/pipeline/ports/host-launcher.ts';
import { cpuSeconds } from './cpu-seconds.ts';
import { atLeast, atMost, median, type BenchResult } from './report.ts';
import { evaluationFolder, pdfsIn } from './sets.ts';
import type { WorkerReport } from './text-worker.ts';

const execute = promisify(execFile);
const worker = join(import.meta.dirname, 'text-worker.ts');
const rounds = 3;
const workerRounds = 5;

export async function run(): Promise<BenchResult[]> {
  const files = await pdfsIn(join(evaluationFolder(), 'pdfs'));
  const folder = await mkdtemp(join(tmpdir(), 'quire-bench-text-'));
  try {
    return [...(await speedAndWords(files, folder)), await thumbnails(files, folder), await twoWorkers(files, folder)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function speedAndWords(files: readonly string[], folder: string): Promise<BenchResult[]> {
  const ours: number[] = [];
  const theirs: number[] = [];
  let pages = 0;
  for (let round = 0; round < rounds; round++) {
    const report = await work('text', folder, files);
    pages = report.pages;
    ours.push(report.cpuSeconds);
    let seconds = 0;
    for (const file of files)
      seconds += await cpuSeconds('pdftotext', [file, join(folder, `${basename(file)}.poppler`)]);
    theirs.push(seconds);
  }
  const speed = median(theirs) / median(ours);
  const f1 = await wordF1(files, folder);
  const rates = `${(pages / median(ours)).toFixed(0)} against ${(pages / median(theirs)).toFixed(0)} pages per CPU second`;
  return [
    atLeast(
      'Text stage against pdftotext, pages per CPU second',
      speed,
      1.8,
      'x',
      `${rates}; ${pages} pages of ${files.length} filings, text and geometry, start of the process included, flags as the host's, median of ${rounds}`,
    ),
    atLeast(
      'Word F1 against pdftotext',
      f1,
      0.998,
      '',
      'bags of words, NFKC, split at white space, all files together',
    ),
  ];
}

async function work(task: 'text' | 'thumbnails', folder: string, files: readonly string[]): Promise<WorkerReport> {
  const { stdout } = await execute(process.execPath, [...HOST_FLAGS, worker, task, folder, ...files], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as WorkerReport;
}

async function wordF1(files: readonly string[], folder: string): Promise<number> {
  let shared = 0;
  let total = 0;
  for (const file of files) {
    const ours = bag(await readFile(join(folder, `${basename(file)}.txt`), 'utf8'));
    const theirs = bag(await readFile(join(folder, `${basename(file)}.poppler`), 'utf8'));
    for (const [word, count] of ours) {
      shared += Math.min(count, theirs.get(word) ?? 0);
      total += count;
    }
    for (const count of theirs.values()) total += count;
  }
  return (2 * shared) / total;
}

function bag(text: string): Map<string, number> {
  const words = new Map<string, number>();
  for (const word of text.normalize('NFKC').split(/\s+/)) if (word !== '') words.set(word, (words.get(word) ?? 0) + 1);
  return words;
}

/** Time a file in the process that stays, as the app's host does, against a run of pdftoppm. */
async function thumbnails(files: readonly string[], folder: string): Promise<BenchResult> {
  // Twice the list: the first pass warms the process up.
  const { milliseconds } = await work('thumbnails', folder, [...files, ...files]);
  const ours = milliseconds.slice(files.length);
  const theirs: number[] = [];
  for (const file of files) {
    const start = performance.now();
    await execute('pdftoppm', ['-r', '72', '-png', '-f', '1', '-l', '1', file, join(folder, 'page')]);
    theirs.push(performance.now() - start);
  }
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return atMost(
    'First-page thumbnail against pdftoppm -r 72 -png',
    sum(ours) / sum(theirs),
    0.85,
    'x',
    `opening, title, drawing and webp: median ${median(ours).toFixed(0)} ms a file against ${median(theirs).toFixed(0)} ms`,
  );
}

/** The same files by one process and by two that take the next file when they are free; all stay, as the app's do. */
async function twoWorkers(files: readonly string[], folder: string): Promise<BenchResult> {
  const sizes = await Promise.all(files.map(async (file) => ({ file, size: (await stat(file)).size })));
  const largestFirst = sizes.sort((a, b) => b.size - a.size).map(({ file }) => file);
  const workers = [0, 1].map(() => fork(worker, ['serve', folder], { execArgv: [...HOST_FLAGS] }));
  try {
    const [first] = workers;
    await Promise.all(workers.map((each) => readAll([each], largestFirst)));
    const one: number[] = [];
    const two: number[] = [];
    for (let round = 0; round < workerRounds; round++) {
      one.push(await elapsed(() => readAll([first!], largestFirst)));
      two.push(await elapsed(() => readAll(workers, largestFirst)));
    }
    const detail = `${(median(one) / 1000).toFixed(1)} s by one process, ${(median(two) / 1000).toFixed(1)} s by two; both warm, ${files.length} files from one queue, median of ${workerRounds}`;
    return atLeast('Two workers against one', median(one) / median(two), 1.6, 'x', detail);
  } finally {
    for (const each of workers) each.kill();
  }
}

/** Each worker takes the next file as soon as it has read one. */
async function readAll(workers: readonly ChildProcess[], files: readonly string[]): Promise<void> {
  const queue = [...files];
  await Promise.all(
    workers.map(async (each) => {
      for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
        each.send(file);
        const ended = new AbortController();
        const [answer] = (await Promise.race([
          once(each, 'message', { signal: ended.signal }),
          once(each, 'exit', { signal: ended.signal }),
        ])) as unknown[];
        ended.abort();
        if (answer !== null) throw new Error(`The worker ended while it read ${file}.`);
      }
    }),
  );
}

async function elapsed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
