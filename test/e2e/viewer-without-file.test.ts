/** A document whose stored copy was lost or damaged on this computer, without sync: a long one, read as text. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dropFiles, launchApp, screenshotBothThemes, seriousAxeViolations, writeFiles } from '../helpers/app.ts';
import type { RunningApp } from '../helpers/app.ts';
import { makeBook } from '../helpers/book.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { fillLibrary } from '../helpers/window.ts';

const patience = { timeout: 60_000 };
const pageCount = 2_000;
/** Pixels above a page that was gone to. */
const topGap = 20;
const pagesWith = new Map([[1_500, 'The lamp room of the weir was painted green.']]);

let running: RunningApp;
let book: Uint8Array;

beforeAll(async () => {
  running = await launchApp();
  book = (await makeBook({ pages: pageCount, sentences: pagesWith })).bytes;
  await fillLibrary(running, [{ name: 'river.pdf', bytes: book }], { states: ['embedding', 'ready'] });
});
afterAll(() => running.end());

const pane = () => running.page.getByTestId('page-pane');
const failed = () => pane().getByTestId('original-failed');
const sheet = (number: number) => pane().locator(`[data-testid=page][data-page-number="${number}"]`);
const onPage = (number: number) => expect.poll(() => pane().getAttribute('data-page'), patience).toBe(String(number));
const open = () => running.page.getByTestId('document-card').dblclick();

async function storedCopy(contentHash: string): Promise<string> {
  const { dataFolder } = running;
  const found = (await readdir(dataFolder, { recursive: true })).find(
    (path) => basename(path) === `${contentHash}.pdf`,
  );
  if (found === undefined) throw new Error('There is no stored copy.');
  return join(dataFolder, found);
}

async function look(name: string): Promise<void> {
  await screenshotBothThemes(running.page, `without-file-${name}`);
  expect(await seriousAxeViolations(running.page)).toEqual([]);
}

// Catches: all pages are fetched before the first shows.
test('two thousand pages open at once as text, and any of them is there soon after it is asked for', async () => {
  const { page } = running;
  await rm(await storedCopy(createHash('sha256').update(book).digest('hex')));
  await open();
  await sheet(1).getByText('See the tables').waitFor(patience);
  await failed()
    .getByText(/Add its file again/)
    .waitFor(patience);
  await pane().getByTestId('pages').focus();
  await page.keyboard.press('Control+g');
  await page.keyboard.type('1500');
  await page.keyboard.press('Enter');
  await sheet(1_500)
    .getByText(/lamp room/)
    .waitFor(patience);
  await onPage(1_500);
  // Most were never asked for.
  expect(await pane().getByTestId('text-layer').count()).toBeLessThan(pageCount / 4);
  await look('missing');
  // Its place holds while its text and that of the pages around it come.
  await onPage(1_500);
  const [top, heading] = await Promise.all(
    [pane().getByTestId('pages'), sheet(1_500)].map((each) => each.boundingBox()),
  );
  expect(Math.abs((heading?.y ?? 0) - (top?.y ?? 0) - topGap)).toBeLessThan(3);
  await page.keyboard.press('End');
  await onPage(pageCount);
  await sheet(pageCount).getByText(`Page ${pageCount} of the river survey`).waitFor(patience);
  await page.keyboard.press('Control+f');
  await page.keyboard.type('lamp room');
  await pane().getByTestId('found-current').waitFor(patience);
  await onPage(1_500);
  await page.keyboard.press('Escape');
});

/** Pixels of the text of page 1,500 below the upper edge of the pane. */
async function textPlace(): Promise<number> {
  const [top, found] = await Promise.all([
    pane().getByTestId('pages').boundingBox(),
    sheet(1_500).getByTestId('text-layer').boundingBox(),
  ]);
  return (found?.y ?? 0) - (top?.y ?? 0);
}

// Catches: the text slides away when its column gets narrower and the thousand pages above it are laid out anew.
test('the place stays when the outline opens, the pane gets narrower or the text larger, also after the wheel', async () => {
  const { page } = running;
  const pages = pane().getByTestId('pages');
  for (const isScrolled of [false, true]) {
    if (isScrolled) {
      await pages.hover();
      const before = await textPlace();
      await page.mouse.wheel(0, -60);
      await expect.poll(textPlace).toBeGreaterThan(before + 40);
      await onPage(1_500);
    }
    const before = await textPlace();
    for (const [key, back] of [
      ['o', 'o'],
      ['Control+2', 'Control+2'],
      ['+', '-'],
    ] as const) {
      await pages.focus();
      await page.keyboard.press(key);
      await onPage(1_500);
      // The upper edge keeps its place on a page that is now taller.
      await expect.poll(async () => Math.abs((await textPlace()) - before)).toBeLessThan(120);
      await pages.focus();
      await page.keyboard.press(back);
      await onPage(1_500);
      await expect.poll(async () => Math.abs((await textPlace()) - before)).toBeLessThan(3);
    }
  }
});

test('the file that is added again shows its pages, at the one that was read', async () => {
  const { page } = running;
  await onPage(1_500);
  const [path = ''] = await writeFiles(join(running.dataFolder, 'again'), [{ name: 'river.pdf', bytes: book }]);
  await dropFiles(page, [path]);
  await sheet(1_500).locator('[data-testid=page-canvas][data-drawn=true]').waitFor(patience);
  await onPage(1_500);
  expect(await failed().count()).toBe(0);
  await pane().getByRole('button', { name: 'Close page' }).click();
});

/** Adds a letter, overwrites its stored copy and opens it. */
async function openDamaged(title: string) {
  const { page, dataFolder } = running;
  const letter = await makeLetter(title);
  const [path = ''] = await writeFiles(dataFolder, [{ name: `${title}.pdf`, bytes: letter }]);
  await dropFiles(page, [path]);
  const card = page.getByTestId('document-card').filter({ hasText: title });
  await card.waitFor(patience);
  await expect.poll(() => card.getAttribute('data-state'), patience).toMatch(/embedding|ready/);
  const stored = await storedCopy(createHash('sha256').update(letter).digest('hex'));
  await writeFile(stored, Buffer.alloc(letter.length, 7));
  await card.dblclick();
  await failed()
    .getByText(/damaged/)
    .waitFor(patience);
  return { path, letter, stored };
}

test('one that was damaged on the disk says so, and its text is read', async () => {
  const { letter, stored } = await openDamaged('The harbour crane');
  await sheet(1)
    .getByText(/slewing ring/)
    .waitFor(patience);
  await look('damaged');
  await writeFile(stored, letter);
  await failed().getByRole('button', { name: 'Try again' }).click();
  await sheet(1).locator('[data-testid=page-canvas][data-drawn=true]').waitFor(patience);
  expect(await failed().count()).toBe(0);
});

// Catches: what the window advises for a damaged copy, and does not help.
test('adding its file again mends it, and its pages show', async () => {
  const { path, letter, stored } = await openDamaged('The river pump');
  await dropFiles(running.page, [path]);
  await sheet(1).locator('[data-testid=page-canvas][data-drawn=true]').waitFor(patience);
  expect(await failed().count()).toBe(0);
  expect(Buffer.compare(await readFile(stored), letter)).toBe(0);
});
