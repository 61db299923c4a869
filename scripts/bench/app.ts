/** The window in real Electron: start, memory at rest, stalls while it ingests, and from a provider's bytes to glyphs. */
import { join } from 'node:path';
import { _electron, type ElectronApplication } from 'playwright-core';
import { electronPath, launchApp, makeDataFolder, removeDataFolder } from '../../test/helpers/app.ts';
import { addLetters, libraryOf } from './core.ts';
import { startDisplay } from './display.ts';
import { atMost, median, type BenchResult } from './report.ts';
import { measureStalls } from './stalls.ts';
import { measureStreaming } from './streaming.ts';

const DOCUMENTS = 200;
const STARTS = 15;
const REST_SECONDS = 40;

export async function run(): Promise<BenchResult[]> {
  const stopDisplay = await startDisplay();
  try {
    return [...(await measureStart()), ...(await measureStalls()), ...(await measureStreaming())];
  } finally {
    stopDisplay();
  }
}

async function measureStart(): Promise<BenchResult[]> {
  const dataFolder = await makeDataFolder();
  try {
    await addLetters(libraryOf(dataFolder), DOCUMENTS);
    const ours: number[] = [];
    const empty: number[] = [];
    // One start of each that does not count: it fills the system's cache of files and V8's cache of compiled scripts.
    await timeEmptyStart();
    await timeStart(dataFolder);
    // In turns, so that whatever else the machine does weighs on both.
    for (let round = 0; round < STARTS; round += 1) {
      empty.push(await timeEmptyStart());
      ours.push(await timeStart(dataFolder));
    }
    const ratio = median(ours) / median(empty);
    const ourMemory = await memoryAtRest(async () => (await launchApp({ dataFolder })).app);
    const emptyMemory = await memoryAtRest(launchEmpty);
    return [
      atMost(
        `Dashboard with ${DOCUMENTS} documents usable, against an empty window`,
        ratio,
        1.5,
        'x',
        `${median(ours).toFixed(0)} ms to the first cards with their pictures and an answer to a click, ${median(empty).toFixed(0)} ms for an empty Electron window; medians of ${STARTS} after one that does not count.`,
      ),
      atMost(
        'Memory at rest, against an empty window',
        ourMemory / emptyMemory,
        1.8,
        'x',
        `${mebibytes(ourMemory)} with ${DOCUMENTS} documents, ${mebibytes(emptyMemory)} empty; private and shared working set of all processes after ${REST_SECONDS} s.`,
      ),
    ];
  } finally {
    await removeDataFolder(dataFolder);
  }
}

/** Milliseconds from the start to the first cards with their pictures and an answer to a click. */
export async function timeStart(dataFolder: string): Promise<number> {
  const started = performance.now();
  const running = await launchApp({ dataFolder, untilDrawn: false });
  const { page } = running;
  await page.waitForFunction(() => {
    const cards = document.querySelectorAll('[data-testid=document-card]');
    const picture = document.querySelector<HTMLImageElement>('[data-testid=document-card] img');
    return cards.length > 0 && picture?.complete === true && picture.naturalWidth > 0;
  });
  // In the page itself: the app's answer is measured, not the test driver's patience before a click.
  await page.evaluate(async () => {
    const card = document.querySelector<HTMLElement>('[data-testid=document-card]');
    for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
      card?.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, button: 0 }));
    }
    while (!document.querySelector('[data-testid=document-card][aria-selected=true]')) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
  const took = performance.now() - started;
  await running.close();
  return took;
}

async function launchEmpty(): Promise<ElectronApplication> {
  const app = await _electron.launch({
    executablePath: electronPath(),
    args: [
      join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'empty-app'),
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
  const page = await app.firstWindow();
  await page.waitForSelector('#there');
  return app;
}

async function timeEmptyStart(): Promise<number> {
  const started = performance.now();
  const app = await launchEmpty();
  const took = performance.now() - started;
  await app.close();
  return took;
}

async function memoryAtRest(launch: () => Promise<ElectronApplication>): Promise<number> {
  const app = await launch();
  await new Promise((resolve) => setTimeout(resolve, REST_SECONDS * 1_000));
  const kibibytes = await app.evaluate(({ app: electron }) =>
    electron.getAppMetrics().reduce((sum, { memory }) => sum + memory.workingSetSize, 0),
  );
  await app.close();
  return kibibytes * 1_024;
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
