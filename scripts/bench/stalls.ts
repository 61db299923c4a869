/** Longest stalls of the main process's and the renderer's event loop while ten filings are ingested. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { ElectronApplication, Page } from 'playwright-core';
import { dropFiles, launchApp, removeDataFolder } from '../../test/helpers/app.ts';
import { atMost, type BenchResult } from './report.ts';
import { evaluationFolder, pdfsIn } from './sets.ts';

const FILINGS = 10;
/** Milliseconds. */
const LIMIT = 50;

/** A time in which an event loop stood still: milliseconds since the epoch. */
export interface Stall {
  readonly start: number;
  readonly end: number;
}

export async function measureStalls(): Promise<BenchResult[]> {
  const files = (await pdfsIn(join(evaluationFolder(), 'pdfs'))).slice(0, FILINGS);
  const running = await launchApp();
  const { app, page } = running;
  await page.waitForSelector('[data-testid=empty-state]');
  const idle = watchIdleProcess();
  await watchMain(app);
  await watchPage(page);
  const started = performance.now();
  await dropFiles(page, files);
  await page.waitForFunction(
    (count) => {
      const cards = [...document.querySelectorAll('[data-testid=document-card]')];
      return (
        cards.length >= count &&
        cards.every((card) => ['embedding', 'ready', 'failed'].includes(card.getAttribute('data-state') ?? ''))
      );
    },
    files.length,
    { timeout: 300_000 },
  );
  const seconds = (performance.now() - started) / 1_000;
  // A while into the vectors, too.
  await page.waitForTimeout(10_000);
  const main = await mainStalls(app);
  const renderer = await page.evaluate(() => (globalThis as unknown as { quireBenchStalls: Stall[] }).quireBenchStalls);
  const machine = await idle.stop();
  await running.close();
  await removeDataFolder(running.dataFolder);
  const detail = `${files.length} filings, text of all of them after ${seconds.toFixed(1)} s`;
  return [
    longestStall("Longest stall of the main process's event loop", main, machine, detail),
    longestStall("Longest stall of the renderer's event loop", renderer, machine, `${detail}; tasks of 50 ms or more`),
  ];
}

/** Notes from now on when main's event loop stood still. */
export async function watchMain(app: ElectronApplication): Promise<void> {
  await app.evaluate(() => {
    // Every 5 ms, as monitorEventLoopDelay does, which keeps no times.
    const stalls: Stall[] = [];
    let last = Date.now();
    setInterval(() => {
      const now = Date.now();
      if (now - last > 10) stalls.push({ start: last + 5, end: now });
      last = now;
    }, 5);
    Object.assign(globalThis, { quireBenchStalls: stalls });
  });
}

/** Those since `watchMain`. */
export function mainStalls(app: ElectronApplication): Promise<Stall[]> {
  return app.evaluate(() => (globalThis as unknown as { quireBenchStalls: Stall[] }).quireBenchStalls);
}

/**
 * The longest stall that is the app's own. One in which a process that does nothing stood still as well, for longer
 * than the limit, is the machine's, and is told.
 */
export function longestStall(
  name: string,
  stalls: readonly Stall[],
  machine: readonly Stall[],
  detail: string,
): BenchResult {
  const { own, shared } = splitStalls(stalls, machine);
  const told = shared.length
    ? `; left out: ${shared.map((stall) => `${length(stall).toFixed(0)} ms`).join(', ')}, in which an idle process stood still for over ${LIMIT} ms, too`
    : `; an idle process beside it stood still for ${LIMIT} ms or more ${machine.length} times`;
  return atMost(name, Math.max(0, ...own.map(length)), LIMIT, 'ms', `${detail}${told}.`);
}

/** Stalls that fall together with one of the machine's, of those that are long enough to matter, and the others. */
function splitStalls(stalls: readonly Stall[], machine: readonly Stall[]): { own: Stall[]; shared: Stall[] } {
  const isShared = (stall: Stall): boolean =>
    length(stall) > LIMIT && machine.some(({ start, end }) => start < stall.end && stall.start < end);
  return { own: stalls.filter((stall) => !isShared(stall)), shared: stalls.filter(isShared) };
}

function length({ start, end }: Stall): number {
  return end - start;
}

/** A process that does nothing, and when it could not, of the times that matter. */
export function watchIdleProcess(): { stop(): Promise<Stall[]> } {
  const child = fork(join(import.meta.dirname, 'idle-process.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  return {
    stop: () =>
      new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('message', (stalls) => {
          resolve((stalls as Stall[]).filter((stall) => length(stall) >= LIMIT));
          child.kill();
        });
        child.send('stop');
      }),
  };
}

/** Long tasks as the browser itself reports them (50 ms and more). */
async function watchPage(page: Page): Promise<void> {
  await page.evaluate(() => {
    const stalls: Stall[] = [];
    Object.assign(globalThis, { quireBenchStalls: stalls });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const start = performance.timeOrigin + entry.startTime;
        stalls.push({ start, end: start + entry.duration });
      }
    }).observe({ entryTypes: ['longtask'] });
  });
}
