/** `kill -9` at random moments of an ingest: after the restart every document finishes and nothing is left over. */
import { spawn } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeLetter } from '../../test/helpers/fixtures.ts';
import { openBenchCore, withFolder } from './core.ts';
import { atMost, type BenchResult } from './report.ts';
import { evaluationFolder, pdfsIn } from './sets.ts';

const KILLS = 20;
const FILINGS = 3;
/** Milliseconds: start-up, reading, chunking and the beginning of the vectors lie in it. */
const LATEST_KILL = 6_000;
const LETTERS = 1_000;
/** Milliseconds after each start. */
const KILLS_OF_IMPORT = [4_000, 9_000, 14_000];

export async function run(): Promise<BenchResult[]> {
  const filings = (await pdfsIn(join(evaluationFolder(), 'pdfs'))).slice(0, FILINGS);
  const moments = Array.from({ length: KILLS }, () => Math.round(300 + Math.random() * LATEST_KILL));
  const range = `${KILLS} kills between ${Math.min(...moments)} and ${Math.max(...moments)} ms into ingesting ${FILINGS} filings`;
  return [
    ...(await withFolder((folder) => measure(folder, filings, moments, range))),
    ...(await withFolder(async (folder) => {
      const inbox = join(folder, 'inbox');
      await mkdir(inbox);
      for (let index = 0; index < LETTERS; index += 1)
        await writeFile(join(inbox, `letter-${index}.pdf`), await makeLetter(`Letter ${index}`));
      const letters = (await readdir(inbox)).map((name) => join(inbox, name));
      const kills = `${KILLS_OF_IMPORT.length} kills while a folder of ${LETTERS} files is imported`;
      return measure(folder, letters, KILLS_OF_IMPORT, kills);
    })),
  ];
}

async function measure(
  folder: string,
  files: readonly string[],
  moments: readonly number[],
  what: string,
): Promise<BenchResult[]> {
  const account = join(folder, 'accounts', 'local');
  for (const moment of moments) await ingestAndKill(folder, files, moment);
  const core = await openBenchCore(account);
  const states = Map.groupBy(await core.database.documents.list(), ({ state }) => state);
  await core.resume();
  // What was killed before its copy was complete is dropped again; the rest is there already.
  await core.ingest.add(files);
  await core.settled();
  const documents = await core.database.documents.list();
  const unfinished = documents.filter(
    (document) => document.state !== 'ready' || document.embeddedChunks !== document.chunkCount,
  );
  const twice = documents.length - new Set(documents.map((document) => document.contentHash)).size;
  const integrity = await core.database.maintenance.integrity();
  const owned = new Set(documents.map((document) => document.contentHash));
  const blobs = [...(await readdir(join(account, 'blobs'))), ...(await readdir(join(account, 'thumbs')))];
  const orphans = blobs.filter((name) => !owned.has(name.slice(0, 64)));
  await core.close();
  const missing = files.length - documents.length;
  const found = [...states].map(([state, { length }]) => `${length} ${state}`).join(', ');
  return [
    atMost(
      'Documents that do not finish after the restart, or are there twice',
      unfinished.length + missing + twice,
      0,
      'documents',
      `${what} (${documents.reduce((sum, document) => sum + document.pageCount, 0)} pages); found after the last: ${found}.`,
    ),
    atMost(
      'Problems in the database',
      integrity.problems.length,
      0,
      'problems',
      `integrity_check and orphans in every table. ${integrity.problems.join(' ')}`,
    ),
    atMost('Files that no document owns', orphans.length, 0, 'files', `${blobs.length} files. ${orphans.join(' ')}`),
  ];
}

/** The command line in a process group of its own, so that one signal kills it with its hosts. */
function ingestAndKill(dataFolder: string, files: readonly string[], moment: number): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '..', '..', 'electron', 'cli.ts'),
      'ingest',
      ...files,
      '--json',
      '--data-dir',
      dataFolder,
    ],
    {
      detached: true,
      stdio: 'ignore',
    },
  );
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    }, moment);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
