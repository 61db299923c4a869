/**
 * A large library of the version before sync, opened with this one: how long the update takes against copying the file, what
 * it holds up meanwhile, and what is left of it when it is killed.
 */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../../electron/db/client.ts';
import type { Database } from '../../electron/db/database.ts';
import { launchApp, makeDataFolder, removeDataFolder } from '../../test/helpers/app.ts';
import { copyDocuments } from './copied-documents.ts';
import { libraryOf, withFolder } from './core.ts';
import { startDisplay } from './display.ts';
import { readFilings } from './filing-chunks.ts';
import { makeOldLibrary } from './old-library.ts';
import { longestStall, mainStalls, watchIdleProcess, watchMain } from './stalls.ts';
import { atMost, median, withoutLimit, type BenchResult } from './report.ts';

const DOCUMENTS = 200;
const CONVERSATIONS = 2_000;
const TIMES = 5;
const KILLS = 10;
/** Against a plain copy of the file. An update makes a copy that it can be taken back to, and checks all links. */
const LIMITS = { ratio: 10 };
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
      opened.result,
      await measureKills(old, folder, opened.update),
      ...(await measureWindow(old, what, opened.added)),
    ];
  });
}

interface Opening {
  /** Milliseconds with the update, and of the update alone. */
  readonly update: number;
  readonly added: number;
  readonly result: BenchResult;
}

async function measureOpening(old: string, folder: string, what: string): Promise<Opening> {
  const [copies, updates, plain]: [number[], number[], number[]] = [[], [], []];
  for (let time = 0; time < TIMES; time += 1) {
    const path = join(folder, `library-${time}.db`);
    copies.push(await timed(() => copyFile(old, path)));
    updates.push(await timed(() => openAndClose(path)));
    plain.push(await timed(() => openAndClose(path)));
    for (const name of [path, `${path}.v16.backup`]) await rm(name, { force: true });
  }
  const [update, copy, open] = [median(updates), median(copies), median(plain)];
  return {
    update,
    added: update - open,
    result: atMost(
      'Updating a library of the version before sync, against a plain copy of its file',
      (update - open) / copy,
      LIMITS.ratio,
      'x',
      `${what}: ${(update - open).toFixed(0)} ms more than the ${open.toFixed(0)} ms in which it opens afterwards, with the copy from before the update; ${copy.toFixed(0)} ms to copy the file; medians of ${TIMES}.`,
    ),
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
  const conversations = (await database.conversations.list({ limit: 1 })).total;
  return [
    ...(whole.length === DOCUMENTS ? [] : [`${whole.length} documents of ${DOCUMENTS} are whole.`]),
    ...(conversations === CONVERSATIONS ? [] : [`${conversations} conversations of ${CONVERSATIONS}.`]),
  ];
}

/** What the window shows, and what main is held up by. */
async function measureWindow(old: string, what: string, added: number): Promise<BenchResult[]> {
  const stopDisplay = await startDisplay();
  const dataFolder = await makeDataFolder();
  try {
    await mkdir(libraryOf(dataFolder), { recursive: true });
    await copyFile(old, join(libraryOf(dataFolder), 'library.db'));
    const started = performance.now();
    const { app, page, close } = await launchApp({ dataFolder });
    const idle = watchIdleProcess();
    await watchMain(app);
    const card = page.waitForSelector('[data-testid=document-card]', { timeout: 120_000 });
    const told = await Promise.race([
      page.waitForSelector('[data-testid=library-opening]', { timeout: 120_000 }).then(() => true),
      card.then(() => false),
    ]);
    const toldAfter = performance.now() - started;
    // What the start itself loads is measured elsewhere.
    if (told) await watchMain(app);
    await card;
    const took = performance.now() - started;
    const stalls = await mainStalls(app);
    const machine = await idle.stop();
    await close();
    return [
      longestStall('Longest stall of main while the library is updated', stalls, machine, what),
      told || added < PATIENCE
        ? withoutLimit(
            'The window says that the library is updated, after its start',
            toldAfter,
            'ms',
            `${told ? 'It does' : 'It does not: the update takes less than a second'}; the documents are there after ${took.toFixed(0)} ms.`,
          )
        : atMost('The window says nothing of an update that takes', added, PATIENCE, 'ms', what),
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
