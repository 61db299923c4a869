/** A PDF of 2,000 pages in the window: from the click to its page, frames while scrolling, find over all of it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchApp, makeDataFolder, removeDataFolder } from '../../test/helpers/app.ts';
import { heronPage, makeBook } from '../../test/helpers/book.ts';
import { openBenchCore, withFolder } from './core.ts';
import { startDisplay } from './display.ts';
import { atMost, median, percentile, type BenchResult } from './report.ts';

const PAGES = 2_000;
const OPENINGS = 5;
/** Pages that are opened: spread over the file, none of them looked at before. */
const FIRST_PAGES = [1_500, 120, 1_999, 700, 1_111];
const SCROLL_SECONDS = 8;
/** Pixels a frame: 60 of them a second are two screens. */
const SCROLL_STEP = 30;

export async function run(): Promise<BenchResult[]> {
  const stopDisplay = await startDisplay();
  const dataFolder = await makeDataFolder();
  try {
    await addBook(dataFolder);
    const opened: number[] = [];
    for (const page of FIRST_PAGES.slice(0, OPENINGS)) opened.push(await timeOpening(dataFolder, page));
    const { gaps, blank, found } = await measureReading(dataFolder);
    const longest = Math.max(...gaps);
    return [
      atMost(
        `A PDF of ${PAGES} pages opened on its page`,
        median(opened),
        1_000,
        'ms',
        `From the double click in a window that just started to the drawn page; ${opened.map((each) => each.toFixed(0)).join(', ')} ms for pages ${FIRST_PAGES.join(', ')}.`,
      ),
      atMost(
        'Longest gap between frames while scrolling',
        longest,
        50,
        'ms',
        `${SCROLL_SECONDS} s at ${SCROLL_STEP * 60} pixels a second, ${gaps.length} frames; median ${median(gaps).toFixed(1)} ms, 99th percentile ${percentile(gaps, 0.99).toFixed(1)} ms.`,
      ),
      atMost(
        'Frames with a page in sight that was not drawn yet',
        (100 * blank) / gaps.length,
        1,
        '%',
        `${blank} of ${gaps.length} frames of the same scrolling.`,
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

async function addBook(dataFolder: string): Promise<void> {
  await withFolder(async (folder) => {
    const core = await openBenchCore(join(dataFolder, 'data', 'accounts', 'local'));
    const file = join(folder, 'book.pdf');
    await writeFile(file, (await makeBook({ pages: PAGES })).bytes);
    await core.resume();
    await core.ingest.add([file]);
    // Its text is what the viewer needs; the vectors would only take the machine's time from what is measured.
    await core.ingest.idle();
    await core.embedQueue.idle();
    await core.close();
  });
}

/** Puts the reading position on a page, starts anew, and opens the document there. */
async function timeOpening(dataFolder: string, number: number): Promise<number> {
  const first = await launchApp({ dataFolder });
  await first.page.waitForSelector('[data-testid=document-card]');
  await first.page.evaluate((target) => {
    const id = document.querySelector('[data-testid=document-card]')?.closest<HTMLElement>('[data-document-id]')
      ?.dataset['documentId'];
    localStorage.setItem('quire.reading', JSON.stringify([[id, target, 0, 'fit', 0]]));
  }, number);
  await first.close();
  const running = await launchApp({ dataFolder });
  await running.page.waitForSelector('[data-testid=document-card]');
  // As a person, who has looked at the library before opening one of its documents.
  await running.page.waitForTimeout(3_000);
  const took = await openFirst(running.page, number);
  await running.close();
  return took;
}

/** Milliseconds, measured in the page itself: the driver's own waiting does not count. */
async function openFirst(page: Page, number: number): Promise<number> {
  return page.evaluate(async (target) => {
    const started = performance.now();
    const card = document.querySelector<HTMLElement>('[data-testid=document-card]');
    card?.dispatchEvent(new MouseEvent('dblclick', { bubbles: true, cancelable: true }));
    while (!document.querySelector(`[data-page-number="${target}"] [data-drawn=true]`)) {
      if (performance.now() - started > 20_000) throw new Error(`page ${target} was not drawn`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return performance.now() - started;
  }, number);
}

async function measureReading(dataFolder: string): Promise<{ gaps: number[]; blank: number; found: number }> {
  const running = await launchApp({ dataFolder });
  const { page } = running;
  await page.waitForSelector('[data-testid=document-card]');
  await page.waitForTimeout(3_000);
  await openFirst(page, FIRST_PAGES[FIRST_PAGES.length - 1] ?? 1);
  await page.waitForTimeout(1_000);
  const { gaps, blank } = await page.evaluate(
    async ({ seconds, step }) => {
      const scroller = document.querySelector<HTMLElement>('[data-testid=pages]');
      if (!scroller) throw new Error('no pages');
      const frame = scroller.getBoundingClientRect();
      const times: number[] = [];
      let notDrawn = 0;
      let last = await new Promise<number>(requestAnimationFrame);
      const end = last + seconds * 1_000;
      while (last < end) {
        const now = await new Promise<number>(requestAnimationFrame);
        times.push(now - last);
        // As far as 60 frames a second would have come, so that a slow machine scrolls as fast.
        scroller.scrollTop += step * Math.max(1, Math.round((now - last) / (1_000 / 60)));
        last = now;
        const inSight = [...scroller.querySelectorAll('[data-testid=page]')].filter((sheet) => {
          const box = sheet.getBoundingClientRect();
          return box.bottom > frame.top && box.top < frame.bottom;
        });
        if (inSight.length === 0 || inSight.some((sheet) => !sheet.querySelector('[data-drawn=true]'))) notDrawn += 1;
      }
      return { gaps: times, blank: notDrawn };
    },
    { seconds: SCROLL_SECONDS, step: SCROLL_STEP },
  );
  await page.getByTestId('pages').focus();
  await page.keyboard.press('Control+f');
  await page.getByTestId('find-field').fill('heron crosse');
  await page.waitForTimeout(1_000);
  const found = await page.evaluate(async (target) => {
    const field = document.querySelector<HTMLInputElement>('[data-testid=find-field]');
    const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
    const started = performance.now();
    value?.set?.call(field, 'heron crossed');
    field?.dispatchEvent(new Event('input', { bubbles: true }));
    const count = () => document.querySelector<HTMLElement>('[data-testid=find-count]');
    // The old count stands until the search began.
    await new Promise(requestAnimationFrame);
    while (count()?.dataset['busy'] === 'true' || count()?.textContent !== '1 of 1') {
      if (performance.now() - started > 20_000) throw new Error(`the heron of page ${target} was not found`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return performance.now() - started;
  }, heronPage);
  await running.close();
  return { gaps, blank, found };
}
