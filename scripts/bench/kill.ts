/** `kill -9` at random moments of an ingest: after the restart every document finishes and nothing is left over. */
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openBenchCore, withFolder } from './core.ts';
import { atMost, type BenchResult } from './report.ts';
import { evaluationFolder, pdfsIn } from './sets.ts';

const KILLS = 20;
const FILINGS = 3;
/** Milliseconds: start-up, reading, chunking and the beginning of the vectors lie in it. */
const LATEST_KILL = 6_000;

export async function run(): Promise<BenchResult[]> {
  const files = (await pdfsIn(join(evaluationFolder(), 'pdfs'))).slice(0, FILINGS);
  return withFolder(async (folder) => {
    const account = join(folder, 'accounts', 'local');
    const moments: number[] = [];
    const states: string[] = [];
    for (let round = 0; round < KILLS; round += 1) {
      const moment = Math.round(300 + Math.random() * LATEST_KILL);
      moments.push(moment);
      await ingestAndKill(folder, files, moment);
    }
    const core = await openBenchCore(account);
    for (const document of await core.database.documents.list()) states.push(document.state);
    await core.resume();
    // What was killed before its copy was complete is dropped again; the rest is there already.
    await core.ingest.add(files);
    await core.ingest.idle();
    core.embedQueue.poke();
    await core.embedQueue.idle();
    const documents = await core.database.documents.list();
    const unfinished = documents.filter(
      (document) => document.state !== 'ready' || document.embeddedChunks !== document.chunkCount,
    );
    const integrity = await core.database.maintenance.integrity();
    const owned = new Set(documents.map((document) => document.contentHash));
    const blobs = [...(await readdir(join(account, 'blobs'))), ...(await readdir(join(account, 'thumbs')))];
    const orphans = blobs.filter((name) => !owned.has(name.slice(0, 64)));
    await core.close();
    const missing = files.length - documents.length;
    return [
      atMost(
        'Documents that do not finish after the restart',
        unfinished.length + missing,
        0,
        'documents',
        `${KILLS} kills between ${Math.min(...moments)} and ${Math.max(...moments)} ms into ingesting ${FILINGS} filings (${documents.reduce((sum, document) => sum + document.pageCount, 0)} pages); states after the last: ${states.join(', ')}.`,
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
  });
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
