/**
 * What sync costs the app that has it turned on and nothing to sync: its start, its memory, and what it does while nobody
 * does anything. Against the same library with sync off, in the same run; Postgres with TLS and a bucket are on loopback.
 */
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElectronApplication } from 'playwright-core';
import { createKeychain } from '../../electron/adapters/keychain.ts';
import { launchApp, makeDataFolder, removeDataFolder } from '../../test/helpers/app.ts';
import { mebibytes, timeStart } from './app.ts';
import { addLetters, libraryOf, withFolder } from './core.ts';
import { startDisplay } from './display.ts';
import { startKeyring } from './keyring.ts';
import { atMost, median, withoutLimit, type BenchResult } from './report.ts';
import { account, openComputer, startSyncPlace, syncRound, type SyncPlace } from './sync-place.ts';

const DOCUMENTS = 200;
const STARTS = 15;
/** Seconds until what the start began is over; then those in which nobody does anything. */
const REST = 45;
const QUIET = 300;
/** Of a second of the processor, a minute; a round through everything is among those five minutes neither way. */
const LIMITS = { start: 1.05, mebibytes: 60, cpu: 0.5, requests: 12 };
/** Of the kernel's clock: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const TICKS_A_SECOND = 100;

interface Rest {
  /** Bytes of all processes. */
  readonly memory: number;
  /** Seconds of the processor, a minute. */
  readonly cpu: number;
  /** A minute. */
  readonly statements: number;
  readonly connections: number;
  readonly objects: number;
}

/** Needs what `npm run bench` sets up: QUIRE_TEST_POSTGRES names the server's programs. Linux alone. */
export async function run(): Promise<BenchResult[]> {
  const stopDisplay = await startDisplay();
  const place = await startSyncPlace();
  const folders = { off: await makeDataFolder(), on: await makeDataFolder() };
  try {
    return await withFolder(async (folder) => {
      const stopKeyring = await startKeyring(folder);
      try {
        await addLetters(libraryOf(folders.off), DOCUMENTS);
        await cp(folders.off, folders.on, { recursive: true });
        await turnOn(place, libraryOf(folders.on));
        return await measure(place, folders);
      } finally {
        await stopKeyring();
      }
    });
  } finally {
    for (const one of Object.values(folders)) await removeDataFolder(one);
    await place.close();
    stopDisplay();
  }
}

/** Sends everything, so that the app finds nothing to do. */
async function turnOn(place: SyncPlace, library: string): Promise<void> {
  const core = await openComputer(place, library, { keychain: createKeychain() });
  await core.resume();
  await core.sync.turnOn(account.password);
  await syncRound(core);
  await syncRound(core);
  await core.close();
}

async function measure(place: SyncPlace, folders: { off: string; on: string }): Promise<BenchResult[]> {
  const starts = { off: [] as number[], on: [] as number[] };
  // One start of each that does not count.
  await timeStart(folders.off);
  await timeStart(folders.on);
  for (let round = 0; round < STARTS; round += 1) {
    // In turns, and each is first as often.
    for (const how of round % 2 ? (['on', 'off'] as const) : (['off', 'on'] as const)) {
      starts[how].push(await timeStart(folders[how]));
    }
  }
  const [off, on] = [await rest(place, folders.off), await rest(place, folders.on)];
  const quiet = `a minute, in ${(QUIET / 60).toFixed(1)} minutes after ${REST} s; ${DOCUMENTS} documents`;
  return [
    atMost(
      'Start with sync on, against off',
      median(starts.on) / median(starts.off),
      LIMITS.start,
      'x',
      `${median(starts.on).toFixed(0)} ms against ${median(starts.off).toFixed(0)} ms to the first cards with their pictures and an answer to a click; medians of ${STARTS} each, in turns; ${DOCUMENTS} documents that are synced already.`,
    ),
    atMost(
      'Memory at rest with sync on, more than off',
      (on.memory - off.memory) / 2 ** 20,
      LIMITS.mebibytes,
      'MiB',
      `${mebibytes(on.memory)} against ${mebibytes(off.memory)}, of all processes after ${REST} s.`,
    ),
    atMost(
      'Processor time with sync on and nothing to do, more than off',
      on.cpu - off.cpu,
      LIMITS.cpu,
      's/min',
      `${on.cpu.toFixed(2)} against ${off.cpu.toFixed(2)} seconds of all processes ${quiet}.`,
    ),
    atMost(
      'Transactions with the database while there is nothing to do',
      on.statements,
      LIMITS.requests,
      '/min',
      `${on.connections.toFixed(1)} connections ${quiet}.`,
    ),
    withoutLimit('Requests of the bucket while there is nothing to do', on.objects, '/min', quiet),
  ];
}

async function rest(place: SyncPlace, dataFolder: string): Promise<Rest> {
  const { app, close } = await launchApp({ dataFolder });
  await seconds(REST);
  const memory = await memoryOf(app);
  const before = await counters(app, place);
  await seconds(QUIET);
  const after = await counters(app, place);
  await close();
  const [cpu = 0, statements = 0, connections = 0, objects = 0] = after.map(
    (count, index) => ((count - (before[index] ?? 0)) * 60) / QUIET,
  );
  return { memory, cpu, statements, connections, objects };
}

async function memoryOf(app: ElectronApplication): Promise<number> {
  const kibibytes = await app.evaluate(({ app: electron }) =>
    electron.getAppMetrics().reduce((sum, { memory }) => sum + memory.workingSetSize, 0),
  );
  return kibibytes * 1_024;
}

/** Processor time of the app in seconds; transactions, connections and objects that were asked for, all since ever. */
async function counters(app: ElectronApplication, place: SyncPlace): Promise<number[]> {
  const pids = await app.evaluate(({ app: electron }) => electron.getAppMetrics().map(({ pid }) => pid));
  let ticks = 0;
  for (const pid of pids) {
    const fields = (await readFile(join('/proc', String(pid), 'stat'), 'utf8')).split(') ').at(-1)?.split(' ') ?? [];
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  const [counted] = await place.administrator.query<{ transactions: number; sessions: number }>(
    `SELECT xact_commit + xact_rollback AS transactions, sessions FROM pg_stat_database WHERE datname = 'postgres'`,
  );
  return [ticks / TICKS_A_SECOND, counted?.transactions ?? 0, counted?.sessions ?? 0, place.bucket.requests.length];
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1_000));
}
