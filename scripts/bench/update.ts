/**
 * A large library of the version before sync, opened with this one: how long the update takes against copying the file, what
 * it holds up meanwhile, and what is left of it when it is killed.
 */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openDatabase } from '../../electron/db/client.ts';
import type { Database } from '../../electron/db/database.ts';
import { launchApp, makeDataFolder, removeDataFolder } from '../../test/helpers/app.ts';
import { copyDocuments } from './copied-documents.ts';
import { libraryOf, withFolder } from './core.ts';
import { startDisplay } from './display.ts';
import { readFilings } from './filing-chunks.ts';
import { makeOldLibrary } from './old-library.ts';
import { atMost, median, withoutLimit, type BenchResult } from './report.ts';

const DOCUMENTS = 200;
const CONVERSATIONS = 2_000;
const TIMES = 5;
const KILLS = 10;
/** Against a plain copy of the file. An update makes a copy that it can be taken back to, and checks all links. */
const LIMITS = { ratio: 8, stall: 50 };
/** Milliseconds until the window says what it does. */
const PATIENCE = 1_000;

export async function run(): Promise<BenchResult[]> {
  return withFolder(async (folder) => {
    const old = join(folder, 'old.db');
    const { filings, embedder } = await readFilings();
    const source = { pages: filings.flatMap(({ pages }) => pages), chunks: filings.flatMap(({ chunks }) => chunks) };
    makeOldLibrary({ path: old, documents: copyDocuments(source, DOCUMENTS), embedder, conversations: CONVERSATIONS });
    const { size } = await stat(old);
    const what = `${DOCUMENTS} documents, ${CONVERSATIONS} conversations, ${(size / 1e6).toFixed(0)} MB`;
    const opened = await measureOpening(old, folder, what);
    return [
      ...opened.results,
      await measureKills(old, folder, opened.milliseconds),
      ...(await measureWindow(old, what)),
    ];
  });
}

async function measureOpening(
  old: string,
  folder: string,
  what: string,
): Promise<{ readonly results: readonly BenchResult[]; readonly milliseconds: number }> {
  const [copies, updates, plain]: [number[], number[], number[]] = [[], [], []];
  let stall = 0;
  for (let time = 0; time < TIMES; time += 1) {
    const path = join(folder, `library-${time}.db`);
    copies.push(await timed(() => copyFile(old, path)));
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    updates.push(await timed(() => openAndClose(path)));
    delay.disable();
    stall = Math.max(stall, delay.max / 1e6);
    plain.push(await timed(() => openAndClose(path)));
    for (const name of [path, `${path}.v16.backup`]) await rm(name, { force: true });
  }
  const milliseconds = median(updates);
  return {
    milliseconds,
    results: [
      atMost(
        'Opening a library of the version before sync, against a plain copy of its file',
        milliseconds / median(copies),
        LIMITS.ratio,
        'x',
        `${what}: ${milliseconds.toFixed(0)} ms with the copy from before the update, ${median(copies).toFixed(0)} ms to copy the file, ${median(plain).toFixed(0)} ms to open it afterwards; medians of ${TIMES}.`,
      ),
      atMost('Longest stall of the thread that waits for it', stall, LIMITS.stall, 'ms', `${TIMES} updates.`),
    ],
  };
}

/** The update is killed at moments that are spread over all of it, each time on what the kill before left. */
async function measureKills(old: string, folder: string, milliseconds: number): Promise<BenchResult> {
  const path = join(folder, 'killed', 'library.db');
  await mkdir(join(folder, 'killed'));
  await copyFile(old, path);
  for (let kill = 1; kill <= KILLS; kill += 1) await openAndKill(path, START + (milliseconds * kill) / (KILLS + 1));
  const database = await openDatabase({ path, exclusive: true });
  const problems = [...(await database.maintenance.integrity()).problems, ...(await missing(database))];
  await database.close();
  return atMost(
    'Problems in a library whose update was killed',
    problems.length,
    0,
    'problems',
    `${KILLS} kills, one after another; integrity_check, orphans in every table, and counts. ${problems.join(' ')}`,
  );
}

/** Milliseconds in which a process of Node comes so far that it opens a library. */
const START = 400;

function openAndKill(path: string, moment: number): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'open-once.ts'), path], { stdio: 'ignore' });
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), moment);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function missing(database: Database): Promise<readonly string[]> {
  const documents = await database.documents.list();
  const whole = documents.filter(({ state, chunkCount, embeddedChunks }) => {
    return state === 'ready' && chunkCount > 0 && chunkCount === embeddedChunks;
  });
  const conversations = (await database.conversations.list({ limit: 2 * CONVERSATIONS })).conversations.length;
  return [
    ...(whole.length === DOCUMENTS ? [] : [`${whole.length} documents of ${DOCUMENTS} are whole.`]),
    ...(conversations === CONVERSATIONS ? [] : [`${conversations} conversations of ${CONVERSATIONS}.`]),
  ];
}

/** What the window shows, and what main is held up by. */
async function measureWindow(old: string, what: string): Promise<BenchResult[]> {
  const stopDisplay = await startDisplay();
  const dataFolder = await makeDataFolder();
  try {
    await mkdir(libraryOf(dataFolder), { recursive: true });
    await copyFile(old, join(libraryOf(dataFolder), 'library.db'));
    const started = performance.now();
    const { app, page, close } = await launchApp({ dataFolder });
    await app.evaluate(() => {
      let longest = 0;
      let last = performance.now();
      setInterval(() => {
        const now = performance.now();
        longest = Math.max(longest, now - last - 5);
        last = now;
        Object.assign(globalThis, { quireBenchLongest: longest });
      }, 5);
    });
    const card = page.waitForSelector('[data-testid=document-card]', { timeout: 120_000 });
    const told = await Promise.race([
      page.waitForSelector('[data-testid=library-opening]', { timeout: 120_000 }).then(() => true),
      card.then(() => false),
    ]);
    const toldAfter = performance.now() - started;
    await card;
    const took = performance.now() - started;
    const stall = await app.evaluate(() => (globalThis as unknown as { quireBenchLongest: number }).quireBenchLongest);
    await close();
    return [
      atMost('Longest stall of main while the library is updated', stall, LIMITS.stall, 'ms', `${what}.`),
      told || took < PATIENCE
        ? withoutLimit(
            'The window says that the library is updated, after its start',
            toldAfter,
            'ms',
            `${told ? 'It does' : 'The update is over by then'}; the documents are there after ${took.toFixed(0)} ms.`,
          )
        : atMost('The window says that the library is updated', took, PATIENCE, 'ms', 'It says nothing.'),
    ];
  } finally {
    await removeDataFolder(dataFolder);
    stopDisplay();
  }
}

async function openAndClose(path: string): Promise<void> {
  const database = await openDatabase({ path, exclusive: true });
  await database.close();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
