/** Odd and damaged PDFs: each ends ready or failed with a reason, none takes the app along. */
import { basename } from 'node:path';
import { readFile } from 'node:fs/promises';
import { openBenchCore, withFolder } from './core.ts';
import { atMost, type BenchResult } from './report.ts';
import { corpusFolder, pdfsIn } from './sets.ts';
import { isRecognising, type DocumentSummary } from '../../shared/domain.ts';
import { errorCodes } from '../../shared/errors.ts';

const SECONDS_A_FILE = 60;
const MEMORY_GIB = 1.5;

export async function run(): Promise<BenchResult[]> {
  const files = await pdfsIn(corpusFolder());
  return withFolder(async (folder) => {
    const clock = new FileClock();
    const core = await openBenchCore(folder, {
      onLibraryChange: ({ documents }) => documents.forEach((document) => clock.told(document)),
    });
    await core.resume();
    const sampler = new MemorySampler();
    const started = performance.now();
    const outcomes = await core.ingest.add(files);
    // Scans among them are recognised last.
    await core.settled();
    const total = (performance.now() - started) / 1_000;
    const peak = sampler.stop();
    const documents = await core.database.documents.list();
    const codes = new Map<string, number>();
    const unclear: string[] = [];
    for (const { error, status, path } of outcomes) {
      if (status === 'rejected') codes.set(error?.code ?? '', (codes.get(error?.code ?? '') ?? 0) + 1);
      if (status === 'rejected' && !error?.message) unclear.push(basename(path));
    }
    for (const document of documents) {
      if (document.state === 'ready') continue;
      if (document.state !== 'failed' || !document.error) unclear.push(`${document.fileName}: ${document.state}`);
      else {
        const { code, message, hint } = document.error;
        codes.set(code, (codes.get(code) ?? 0) + 1);
        const internal = code === 'internal' || !errorCodes.includes(code);
        if (internal || message === '' || hint === '') unclear.push(`${document.fileName}: ${code} ${message}`);
      }
    }
    const crashes = (codes.get('pipeline-crashed') ?? 0) + (codes.get('pipeline-hung') ?? 0);
    const slowest = [...clock.took].sort((a, b) => b[1] - a[1])[0];
    const slowestName = documents.find((document) => document.id === slowest?.[0])?.fileName ?? '';
    const ready = documents.filter((document) => document.state === 'ready').length;
    const integrity = await core.database.maintenance.integrity();
    await core.close();
    const kinds = [...codes].map(([code, count]) => `${count} ${code}`).join(', ');
    return [
      atMost(
        'Files that end without a clear state',
        unclear.length,
        0,
        'files',
        `${files.length} files in ${total.toFixed(0)} s: ${ready} ready; ${kinds}. ${unclear.join('; ')}`,
      ),
      atMost(
        'Crashes and hangs',
        crashes,
        0,
        'files',
        'Documents that took their host down or held it up for a minute.',
      ),
      atMost(
        'Longest time for one file',
        (slowest?.[1] ?? 0) / 1_000,
        SECONDS_A_FILE,
        's',
        `${slowestName}: reading, in turns with others, and recognition, where the wait for its turn is left out.`,
      ),
      atMost(
        'Memory of all processes, peak',
        peak / 2 ** 30,
        MEMORY_GIB,
        'GiB',
        'Proportional set size of the process and its hosts, sampled four times a second.',
      ),
      atMost(
        'Problems in the database after it',
        integrity.problems.length,
        0,
        'problems',
        'integrity_check and orphans in every table.',
      ),
    ];
  });
}

/** How long each file takes; the wait for recognition, which works on one document after another, is left out. */
class FileClock {
  /** Milliseconds by document. */
  readonly took = new Map<string, number>();
  readonly #since = new Map<string, number>();
  readonly #read = new Map<string, number>();
  #recogniserFree = 0;

  told(document: DocumentSummary): void {
    const { id, state } = document;
    const now = performance.now();
    if (state === 'queued' || this.took.has(id)) return;
    if (!this.#since.has(id)) this.#since.set(id, now);
    if (isRecognising(document)) {
      if (!this.#read.has(id)) this.#read.set(id, now);
      return;
    }
    if (state !== 'ready' && state !== 'failed' && state !== 'embedding') return;
    const since = this.#since.get(id) ?? now;
    const read = this.#read.get(id);
    this.took.set(id, read === undefined ? now - since : read - since + now - Math.max(read, this.#recogniserFree));
    if (read !== undefined) this.#recogniserFree = now;
  }
}

/** Samples the memory of this process and its children. */
class MemorySampler {
  #peak = 0;
  readonly #timer = setInterval(() => void this.#sample(), 250);

  stop(): number {
    clearInterval(this.#timer);
    return this.#peak;
  }

  async #sample(): Promise<void> {
    const total = (await Promise.all((await descendants(process.pid)).map(proportionalSetSize))).reduce(
      (a, b) => a + b,
      0,
    );
    this.#peak = Math.max(this.#peak, total);
  }
}

async function descendants(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const pids = children.trim().split(' ').filter(Boolean).map(Number);
  return [pid, ...(await Promise.all(pids.map(descendants))).flat()];
}

/** Bytes; shared pages are counted once over all who share them. 0 for a process that just ended. */
async function proportionalSetSize(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1_024;
}
