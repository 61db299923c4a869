/** A library of 5,000 documents in the window: frames while it is scrolled as grid and as list, and while one filters. */
import { createHash, randomUUID } from 'node:crypto';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openDatabase } from '../../electron/db/client.ts';
import { launchApp, makeDataFolder, removeDataFolder } from '../../test/helpers/app.ts';
import { addLetters, libraryOf } from './core.ts';
import { startDisplay } from './display.ts';
import { atMost, median, percentile, type BenchResult } from './report.ts';

const DOCUMENTS = 5_000;
/** Documents that went the whole way; the others have copies of their pictures. */
const REAL = 20;
const SCROLL_SECONDS = 6;
/** Pixels a frame: 60 of them a second are three screens. */
const SCROLL_STEP = 45;
const WORD = 'letter 4711';

export async function run(): Promise<BenchResult[]> {
  const stopDisplay = await startDisplay();
  const dataFolder = await makeDataFolder();
  try {
    await fillLibrary(libraryOf(dataFolder));
    const { page, close } = await launchApp({ dataFolder });
    await page.waitForSelector('[data-testid=document-card]');
    // The whole list has come, and its pictures are asked for.
    await page.waitForFunction((count) => document.body.innerText.includes(count), DOCUMENTS.toLocaleString('en'));
    await page.waitForTimeout(3_000);
    const grid = await scroll(page);
    await page.getByRole('radio', { name: 'List' }).click();
    await page.waitForSelector('[data-layout=list]');
    await page.waitForTimeout(500);
    const list = await scroll(page);
    const filter = await typeFilter(page);
    await close();
    return [
      longestGap('grid', grid),
      longestGap('list', list),
      atMost(
        `Filter of ${DOCUMENTS} documents, a letter to its result`,
        percentile(filter, 0.95),
        50,
        'ms',
        `95th percentile of ${filter.length} letters, from the letter to the frame that shows its result; median ${median(filter).toFixed(1)} ms.`,
      ),
    ];
  } finally {
    stopDisplay();
    await removeDataFolder(dataFolder);
  }
}

function longestGap(layout: string, gaps: readonly number[]): BenchResult {
  const late = gaps.filter((gap) => gap > 20).length;
  return atMost(
    `Longest gap between frames, ${DOCUMENTS} documents scrolled as ${layout}`,
    Math.max(...gaps),
    50,
    'ms',
    `${SCROLL_SECONDS} s at ${SCROLL_STEP * 60} pixels a second: ${(gaps.length / SCROLL_SECONDS).toFixed(1)} frames a second, ${late} of ${gaps.length} late; median ${median(gaps).toFixed(1)} ms, 99th percentile ${percentile(gaps, 0.99).toFixed(1)} ms.`,
  );
}

async function fillLibrary(library: string): Promise<void> {
  await addLetters(library, REAL);
  const thumbnails = join(library, 'thumbs');
  const pictures = await readdir(thumbnails);
  const database = await openDatabase({ path: join(library, 'library.db') });
  for (let index = REAL; index < DOCUMENTS; index += 1) {
    const id = randomUUID();
    const contentHash = createHash('sha256').update(id).digest('hex');
    await copyFile(join(thumbnails, pictures[index % pictures.length] ?? ''), join(thumbnails, `${contentHash}.webp`));
    await database.documents.insert({
      id,
      contentHash,
      path: `/letters/letter-${index}.pdf`,
      title: `Letter ${index} to the harbour office`,
      format: 'pdf',
      size: 20_000,
      addedAt: index,
    });
    await database.documents.setInfo(id, {
      author: `Writer ${index % 97}`,
      pageCount: 1 + (index % 40),
      hasThumbnail: true,
    });
    await database.documents.setState(id, 'ready');
  }
  await database.close();
}

/** Milliseconds between frames while the documents go by. */
async function scroll(page: Page): Promise<number[]> {
  return page.evaluate(
    async ({ seconds, step }) => {
      const scroller = document.querySelector<HTMLElement>('[data-testid=library-grid]');
      if (!scroller) throw new Error('no documents');
      const gaps: number[] = [];
      let last = await new Promise<number>(requestAnimationFrame);
      const end = last + seconds * 1_000;
      while (last < end) {
        const now = await new Promise<number>(requestAnimationFrame);
        gaps.push(now - last);
        // As far as 60 frames a second would have come, so that a slow machine scrolls as fast.
        scroller.scrollTop += step * Math.max(1, Math.round((now - last) / (1_000 / 60)));
        last = now;
      }
      if (scroller.scrollTop < step * 30) throw new Error('the documents did not scroll');
      return gaps;
    },
    { seconds: SCROLL_SECONDS, step: SCROLL_STEP },
  );
}

/** Milliseconds from each typed letter to the second frame after it, in which its result is on the screen. */
async function typeFilter(page: Page): Promise<number[]> {
  const field = page.getByTestId('library-filter');
  await field.focus();
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(globalThis, { quireBenchLetters: times });
    document.querySelector('[data-testid=library-filter]')?.addEventListener('input', (event) => {
      const started = event.timeStamp;
      requestAnimationFrame(() => requestAnimationFrame((now) => times.push(now - started)));
    });
  });
  await field.pressSequentially(WORD, { delay: 150 });
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=document-card]').length === 1, undefined, {
    timeout: 10_000,
  });
  const times = await page.evaluate(() => (globalThis as unknown as { quireBenchLetters: number[] }).quireBenchLetters);
  if (times.length !== WORD.length) throw new Error(`${times.length} of ${WORD.length} letters came`);
  return times;
}
