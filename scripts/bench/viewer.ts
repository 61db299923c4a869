/** A PDF of 2,000 pages in the window: from the click on a citation to its page, frames while scrolling, find, memory. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchApp, makeDataFolder, removeDataFolder, type RunningApp } from '../../test/helpers/app.ts';
import { heronPage, makeBook } from '../../test/helpers/book.ts';
import { embedAll } from '../../test/helpers/library.ts';
import { ask } from '../../test/helpers/window.ts';
import { libraryOf, openBenchCore, withFolder } from './core.ts';
import { startDisplay } from './display.ts';
import { atMost, median, percentile, type BenchResult } from './report.ts';
import { measureFind, measureJumps, measureScrolling, watchLongTasks } from './viewer-reading.ts';

const PAGES = 2_000;
/** Pages with a sentence that stands nowhere else, spread over the file. */
const SENTENCES = new Map([
  [120, 'The otter of Lindholm slept under the third arch until noon.'],
  [700, 'A barge with eleven pianos was towed past the customs house.'],
  [1_111, 'Widow Castellan sold the orchard island for forty silver crowns.'],
  [1_500, 'Seven lanterns were stolen from the ferryman of Ostrava quay.'],
  [1_999, 'The bell of Marienkirche fell into the estuary during the storm.'],
]);
/** Milliseconds that a person reads an answer before going to its sources. */
const READING_TIME = 3_000;
/** Rounds through the citations in one window. */
const WARM_ROUNDS = 3;

export async function run(): Promise<BenchResult[]> {
  const stopDisplay = await startDisplay();
  const dataFolder = await makeDataFolder();
  try {
    const size = await addBook(dataFolder);
    await askForPages(dataFolder);
    const cold: number[] = [];
    for (const page of SENTENCES.keys()) {
      const running = await openConversation(dataFolder);
      cold.push(await openCitation(running.page, page));
      // Else the next start would open it again by itself.
      await running.page.getByRole('button', { name: 'Close page' }).click();
      await running.close();
    }
    const running = await openConversation(dataFolder);
    const { page } = running;
    const stalls = await watchLongTasks(page);
    await openCitation(page, 120);
    const warm: number[] = [];
    for (let round = 0; round < WARM_ROUNDS; round += 1) {
      for (const number of [...SENTENCES.keys()].reverse()) warm.push(await openCitation(page, number));
    }
    await page.keyboard.press('Control+2');
    const scrolling = await measureScrolling(page);
    const jumps = await measureJumps(page, PAGES);
    const longTasks = await stalls();
    const found = await measureFind(page, heronPage);
    await running.close();
    const file = `${PAGES} pages, ${(size / 2 ** 20).toFixed(0)} MiB`;
    return [
      atMost(
        `Citation in a PDF of ${PAGES} pages opened on its page, cold`,
        median(cold),
        1_000,
        'ms',
        `From the click on the chip to the drawn page with its boxes, in a window that just started (${file}); ${list(cold)} ms for pages ${[...SENTENCES.keys()].join(', ')}.`,
      ),
      atMost(
        'The same with the document open, 95th percentile',
        percentile(warm, 0.95),
        1_000,
        'ms',
        `${warm.length} citations one after the other, each hundreds of pages off; median ${median(warm).toFixed(0)} ms.`,
      ),
      atMost(
        'Longest gap between frames while scrolling',
        Math.max(...scrolling.gaps),
        50,
        'ms',
        `${scrolling.detail}, ${scrolling.gaps.length} frames; median ${median(scrolling.gaps).toFixed(1)} ms, 99th percentile ${percentile(scrolling.gaps, 0.99).toFixed(1)} ms.`,
      ),
      atMost(
        'Frames with a page in sight that was not drawn yet',
        (100 * scrolling.blank) / scrolling.gaps.length,
        1,
        '%',
        `${scrolling.blank} of ${scrolling.gaps.length} frames of the same scrolling; the longest run of them ${scrolling.longestBlank.toFixed(0)} ms.`,
      ),
      atMost(
        'Every page in sight drawn after a jump, 95th percentile',
        percentile(jumps.times, 0.95),
        500,
        'ms',
        `${jumps.times.length} jumps to anywhere in the file; median ${median(jumps.times).toFixed(0)} ms.`,
      ),
      atMost(
        'Longest task of the renderer while opening, scrolling and jumping',
        Math.max(0, ...longTasks),
        50,
        'ms',
        `${longTasks.length} tasks of 50 ms or more.`,
      ),
      atMost(
        'Canvases kept at the most',
        Math.max(scrolling.canvasBytes, jumps.canvasBytes) / 2 ** 20,
        256,
        'MiB',
        `Four bytes a pixel of every canvas of the pane, at its most while scrolling and jumping through the file.`,
      ),
      atMost(
        `Find over ${PAGES} pages, complete`,
        found,
        1_000,
        'ms',
        'A word that stands on one page, from the last letter to the count of all.',
      ),
    ];
  } finally {
    stopDisplay();
    await removeDataFolder(dataFolder);
  }
}

function list(times: readonly number[]): string {
  return times.map((each) => each.toFixed(0)).join(', ');
}

/** Stores the book with vectors of no meaning: those of 4,000 passages take minutes, and no page waits for them. */
async function addBook(dataFolder: string): Promise<number> {
  return withFolder(async (folder) => {
    const core = await openBenchCore(libraryOf(dataFolder));
    try {
      const file = join(folder, 'book.pdf');
      const { bytes } = await makeBook({ pages: PAGES, sentences: SENTENCES, hasPictures: true });
      await writeFile(file, bytes);
      await core.resume();
      const [added] = await core.ingest.add([file]);
      await core.ingest.idle();
      const documentId = added?.documentId ?? '';
      const release = await core.embedQueue.hold(documentId);
      const { fingerprint, kind, model, dimensions } = await core.embedders.wanted();
      const embedder = { fingerprint, kind, model, dimensions };
      await core.database.embedders.register(embedder);
      await embedAll(core.database, documentId, embedder);
      await core.database.documents.setState(documentId, 'ready');
      release();
      return bytes.length;
    } finally {
      await core.close();
    }
  });
}

/** One conversation whose answers cite each of the pages. */
async function askForPages(dataFolder: string): Promise<void> {
  const running = await launchApp({ dataFolder });
  await running.page.waitForSelector('[data-testid=document-card]');
  for (const [page, sentence] of SENTENCES) {
    const answer = await ask(running.page, sentence);
    await answer.locator(chipOf(page)).first().waitFor();
  }
  await running.close();
}

function chipOf(page: number): string {
  return `[data-testid=citation-chip][aria-label*=", page ${page}"]`;
}

async function openConversation(dataFolder: string): Promise<RunningApp> {
  const running = await launchApp({ dataFolder });
  await running.page.getByTestId('conversation-item').first().click();
  await running.page.locator(chipOf(1_999)).first().waitFor();
  await running.page.waitForTimeout(READING_TIME);
  return running;
}

/** Milliseconds, measured in the page itself: the driver's own waiting does not count. */
async function openCitation(page: Page, number: number): Promise<number> {
  return page.evaluate(
    async ({ chip, target }) => {
      const started = performance.now();
      document.querySelector<HTMLElement>(chip)?.click();
      const sheet = `[data-page-number="${target}"]`;
      while (
        !document.querySelector(`${sheet} [data-drawn=true]`) ||
        !document.querySelector(`${sheet} [data-testid=citation-box]`)
      ) {
        if (performance.now() - started > 20_000) throw new Error(`page ${target} was not drawn`);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return performance.now() - started;
    },
    { chip: chipOf(number), target: number },
  );
}
