/** Citations in real Electron: boxes on exactly the lines of a passage, over lines, columns and pages; j and k through them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { launchApp, screenshotBothThemes, type RunningApp } from '../helpers/app.ts';
import { fontSize, makeCrossing, type CrossingPdf, type PlacedLine } from '../helpers/crossing.ts';
import { ask, boxedText, fillLibrary } from '../helpers/window.ts';

/** Points that a box may be off its line: padding of the marker and rounding of pixels. */
const tolerance = 2;
/** Helvetica's ascent and descent, in em, with room for how readers take them. */
const tallest = 1.5;

let running: RunningApp;
let page: Page;
let crossing: CrossingPdf;
let answer: Locator;

beforeAll(async () => {
  crossing = await makeCrossing();
  running = await launchApp();
  page = running.page;
  await fillLibrary(running, [{ name: 'tarnholm.pdf', bytes: crossing.bytes }]);
  answer = await ask(page, 'Who repaired the Tarnholm lighthouse, and why did the Tarnholm ferry sink?');
});
afterAll(() => running.end());

interface DrawnBox {
  readonly page: number;
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** The citation's boxes as they are drawn, in points of the page, from its lower left corner. */
async function drawnBoxes(): Promise<readonly DrawnBox[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('[data-testid=citation-box]')].map((mark) => {
      const sheet = mark.closest<HTMLElement>('[data-page-number]')!;
      const frame = sheet.getBoundingClientRect();
      const box = mark.getBoundingClientRect();
      const scale = frame.width / 612;
      return {
        page: Number(sheet.dataset['pageNumber']),
        x0: (box.left - frame.left) / scale,
        x1: (box.right - frame.left) / scale,
        y0: 792 - (box.bottom - frame.top) / scale,
        y1: 792 - (box.top - frame.top) / scale,
      };
    }),
  );
}

/** One box a line, from the line's first to its last letter, and about as tall as its letters. */
async function expectBoxesOn(lines: readonly PlacedLine[]): Promise<void> {
  await expect.poll(async () => (await drawnBoxes()).length).toBe(lines.length);
  const boxes = await drawnBoxes();
  for (const line of lines) {
    const box = boxes.find(
      (each) =>
        each.page === line.page &&
        each.y0 < line.y + 2 &&
        each.y1 > line.y + 5 &&
        each.x0 < line.x1 &&
        each.x1 > line.x0,
    );
    expect(box, line.text).toBeDefined();
    expect(Math.abs(box!.x0 - line.x0), `left of “${line.text}”`).toBeLessThan(tolerance);
    expect(Math.abs(box!.x1 - line.x1), `right of “${line.text}”`).toBeLessThan(tolerance);
    expect(box!.y1 - box!.y0, `height of “${line.text}”`).toBeLessThan(fontSize * tallest);
  }
}

const strip = () => page.getByTestId('citation-strip');

/** Back to the first citation with k, then on with j. */
async function walkTo(words: string): Promise<void> {
  const isThere = async () => (await strip().textContent())?.includes(words) === true;
  for (let step = 0; step < 8; step += 1) await page.keyboard.press('k');
  for (let step = 0; step < 8 && !(await isThere()); step += 1) await page.keyboard.press('j');
  await expect.poll(isThere).toBe(true);
}
const wordsOf = (lines: readonly PlacedLine[]) => lines.map(({ text }) => text).join(' ');

test('a passage over two columns is marked line by line in both, and nothing else', async () => {
  await answer.locator('li, p').filter({ hasText: 'Ingrid Vasse' }).getByTestId('citation-chip').first().click();
  await page.getByTestId('citation-box').first().waitFor();
  await page.locator('[data-page-number="1"] [data-testid=text-layer][data-complete=true]').waitFor();
  await expectBoxesOn(crossing.overColumns);
  expect(await boxedText(page, 1)).toBe(wordsOf(crossing.overColumns));
  await screenshotBothThemes(page, 'citation-columns');
});

test('j and k lead to the passage over two pages, whose boxes are drawn on both', async () => {
  await page.getByTestId('pages').focus();
  await walkTo('Captain Brodie');
  await page.locator('[data-page-number="2"] [data-drawn=true]').waitFor();
  await page.locator('[data-page-number="3"] [data-drawn=true]').waitFor();
  await expectBoxesOn(crossing.overPages);
  await page.locator('[data-page-number="2"] [data-testid=text-layer][data-complete=true]').waitFor();
  await page.locator('[data-page-number="3"] [data-testid=text-layer][data-complete=true]').waitFor();
  expect(`${await boxedText(page, 2)} ${await boxedText(page, 3)}`).toBe(wordsOf(crossing.overPages));
  const inSight = await page.evaluate(() => {
    const frame = document.querySelector('[data-testid=pages]')!.getBoundingClientRect();
    return [...document.querySelectorAll('[data-testid=citation-box]')].map((box) => {
      const { top, bottom } = box.getBoundingClientRect();
      return top >= frame.top && bottom <= frame.bottom;
    });
  });
  expect(inSight).toEqual([true, true]);
  await screenshotBothThemes(page, 'citation-pages');
});

test('k goes back, and the ends of the walk are ends', async () => {
  for (let step = 0; step < 8; step += 1) await page.keyboard.press('k');
  await expect.poll(() => strip().textContent()).toContain('1 of');
  await expect.poll(async () => (await drawnBoxes()).length).toBeGreaterThan(0);
  expect(await page.getByRole('button', { name: /Previous source/ }).isDisabled()).toBe(true);
  const first = await page.getByTestId('page-pane').getAttribute('data-page');
  for (let step = 0; step < 12; step += 1) await page.keyboard.press('j');
  expect(await page.getByRole('button', { name: /Next source/ }).isDisabled()).toBe(true);
  expect(first).not.toBeNull();
});

test('boxes stay on their lines when the page is zoomed and turned', async () => {
  await walkTo('Ingrid Vasse');
  await page.getByTestId('pages').focus();
  await page.keyboard.press('0');
  await expectBoxesOn(crossing.overColumns);
  await page.keyboard.press('r');
  await page.locator('[data-page-number="1"] [data-drawn=true][data-rotation="90"]').waitFor();
  await page.locator('[data-page-number="1"] [data-testid=text-layer][data-complete=true]').waitFor();
  await expect.poll(() => boxedText(page, 1)).toBe(wordsOf(crossing.overColumns));
  await page.keyboard.press('Shift+R');
  await page.keyboard.press('w');
});
