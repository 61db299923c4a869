/** Reading in real Electron: find, go to page, zoom, rotation, outline, links, thumbnails, selection, keyboard, small window. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { askedSoFar, keepQuestions, openedSoFar } from '../helpers/asked.ts';
import { externalAddress, heronPage, heronSentence, landscapePage, makeBook, tablesPage } from '../helpers/book.ts';
import { fillLibrary } from '../helpers/window.ts';

const pageCount = 120;
const notes = [
  '# Ferry notes',
  '',
  'The ferry to Brevik leaves at 06:40 on weekdays.',
  '',
  '## Winter',
  '',
  'In winter the ﬁrst ferry leaves at 07:10.',
  '',
].join('\n');
let running: RunningApp;
let page: Page;

beforeAll(async () => {
  const book = await makeBook({ pages: pageCount });
  running = await launchApp();
  page = running.page;
  const files = [
    { name: 'river.pdf', bytes: book.bytes },
    { name: 'notes.md', bytes: notes },
  ];
  await fillLibrary(running, files, { states: ['embedding', 'ready'] });
  await keepQuestions(running);
});
afterAll(() => running.end());

const pane = () => page.getByTestId('page-pane');
const pageShown = () => pane().getAttribute('data-page');
const onPage = (number: number) => expect.poll(pageShown, { timeout: 10_000 }).toBe(String(number));
const sheet = (number: number) => page.locator(`[data-testid=page][data-page-number="${number}"]`);

async function drawn(number: number): Promise<void> {
  await sheet(number).locator('[data-testid=page-canvas][data-drawn=true]').waitFor({ timeout: 20_000 });
}

async function focusPages(): Promise<void> {
  await page.getByTestId('pages').focus();
}

/** Top and bottom of an element within the pages' own pane, as parts of its height. */
async function placeInPane(testId: string): Promise<number> {
  return page.evaluate((id) => {
    const frame = document.querySelector('[data-testid=pages]')?.getBoundingClientRect();
    const box = document.querySelector(`[data-testid=${id}]`)?.getBoundingClientRect();
    return frame && box ? (box.top - frame.top) / frame.height : -1;
  }, testId);
}

/** A stop is a pixel or two wide at some sizes: whether a mouse that ends on it takes it along is not what is tested. */
const withoutStop = (text: string): string => text.replace('.”', '”');

test('a double click opens the full view; the pane comes back beside the library with one key', async () => {
  await page.getByTestId('document-card').filter({ hasText: 'The book of the river' }).dblclick();
  await pane().waitFor();
  await drawn(1);
  expect(await page.getByTestId('document-card').count()).toBe(0);
  expect(await page.getByTestId('toggle-full').getAttribute('aria-pressed')).toBe('true');
  await screenshotBothThemes(page, 'viewer-full');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await page.keyboard.press('Control+2');
  await page.getByTestId('document-card').first().waitFor();
  await expect.poll(() => page.getByTestId('toggle-full').getAttribute('aria-pressed')).toBe('false');
  await page.keyboard.press('Control+2');
  await expect.poll(() => page.getByTestId('document-card').count()).toBe(0);
});

test('pages are reached by their number and by keys, and pages of another size leave no gap', async () => {
  await focusPages();
  await page.keyboard.press('Control+g');
  await page.keyboard.type('118');
  await page.keyboard.press('Enter');
  await onPage(118);
  await drawn(118);
  await focusPages();
  await page.keyboard.press('ArrowRight');
  await onPage(119);
  await page.keyboard.press('End');
  await onPage(pageCount);
  await page.keyboard.press('Home');
  await onPage(1);
  await page.keyboard.press('Alt+ArrowLeft');
  await onPage(1);
  for (const number of [2, landscapePage]) {
    await page.keyboard.press('ArrowRight');
    await onPage(number);
  }
  await drawn(landscapePage);
  const gaps = await page.evaluate(() => {
    const sheets = [...document.querySelectorAll('[data-testid=page]')].map((each) => each.getBoundingClientRect());
    return sheets.slice(1).map((each, index) => Math.round(each.top - (sheets[index]?.bottom ?? 0)));
  });
  // Sheets lie on fractions of a pixel.
  expect(gaps.filter((gap) => Math.abs(gap - 12) > 1)).toEqual([]);
});

test('find counts every match in a long document, goes round them, and marks the words', async () => {
  await focusPages();
  await page.keyboard.press('Control+f');
  const field = page.getByTestId('find-field');
  await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.type('cafe brevik');
  await expect.poll(() => page.getByTestId('find-count').textContent()).toBe('1 of 1');
  await onPage(heronPage);
  await page.getByTestId('found-current').waitFor();
  const place = await placeInPane('found-current');
  expect(place).toBeGreaterThan(0);
  expect(place).toBeLessThan(1);
  expect(await coveredText(heronPage, 'found-current')).toBe('Café Brevik.');

  await field.fill('harbourmaster');
  await expect.poll(() => page.getByTestId('find-count').textContent()).toBe('1 of 1');
  await onPage(2);
  await expect.poll(() => page.getByTestId('found-current').count()).toBe(2);

  await field.fill('river survey');
  await expect.poll(() => page.getByTestId('find-count').textContent()).toBe(`1 of ${pageCount - 1}`);
  await field.press('Enter');
  await expect.poll(() => page.getByTestId('find-count').textContent()).toBe(`2 of ${pageCount - 1}`);
  await onPage(3);
  await field.press('Shift+Enter');
  await field.press('Shift+Enter');
  await expect.poll(() => page.getByTestId('find-count').textContent()).toBe(`${pageCount - 1} of ${pageCount - 1}`);
  await onPage(pageCount);
  await screenshotBothThemes(page, 'viewer-find');
  expect(await seriousAxeViolations(page)).toEqual([]);

  await field.fill('zeppelin');
  await expect.poll(() => page.getByTestId('find-count').textContent()).toBe('Nothing found');
  await field.press('Escape');
  expect(await page.getByTestId('find-bar').count()).toBe(0);
  expect(await pane().count()).toBe(1);
});

/** Words of the text layer whose middle lies in the boxes. */
async function coveredText(number: number, testId: string): Promise<string> {
  await sheet(number).locator('[data-testid=text-layer][data-complete=true]').waitFor();
  return page.evaluate(
    ([wanted, id]) => {
      const shown = document.querySelector(`[data-page-number="${wanted}"]`);
      const boxes = [...(shown?.querySelectorAll(`[data-testid=${id}]`) ?? [])].map((box) =>
        box.getBoundingClientRect(),
      );
      const layer = shown?.querySelector('[data-testid=text-layer]');
      const found: string[] = [];
      const walker = document.createTreeWalker(layer ?? document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (const match of (node.textContent ?? '').matchAll(/\S+/g)) {
          const range = document.createRange();
          range.setStart(node, match.index);
          range.setEnd(node, match.index + match[0].length);
          const word = range.getBoundingClientRect();
          const x = (word.left + word.right) / 2;
          const y = (word.top + word.bottom) / 2;
          if (boxes.some((box) => x > box.left && x < box.right && y > box.top && y < box.bottom)) found.push(match[0]);
        }
      }
      return found.join(' ');
    },
    [number, testId] as const,
  );
}

test('zoom and rotation keep the page, and the marks turn with it', async () => {
  await focusPages();
  await page.keyboard.press('Home');
  await page.keyboard.press('0');
  await expect.poll(() => page.getByTestId('zoom').textContent()).toBe('100 %');
  const width = () => sheet(1).evaluate((element) => Math.round(element.getBoundingClientRect().width));
  expect(await width()).toBe(816);
  await page.keyboard.press('+');
  await expect.poll(width).toBe(Math.round(612 * 1.1 * (96 / 72)));
  await page.keyboard.press('p');
  await expect
    .poll(async () => (await sheet(1).boundingBox())?.height ?? 0)
    .toBeLessThan((await page.getByTestId('pages').boundingBox())?.height ?? 0);
  await page.keyboard.press('r');
  await expect
    .poll(async () => {
      const box = await sheet(1).boundingBox();
      return (box?.width ?? 0) > (box?.height ?? 0);
    })
    .toBe(true);
  await sheet(1).locator('[data-drawn=true][data-rotation="90"]').waitFor();
  await page.keyboard.press('Control+f');
  await page.getByTestId('find-field').fill('heron');
  await onPage(heronPage);
  await page.getByTestId('found-current').waitFor();
  await drawn(heronPage);
  expect(await coveredText(heronPage, 'found-current')).toBe('heron');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'viewer-rotated');
  await page.keyboard.press('Escape');
  await focusPages();
  await page.keyboard.press('Shift+R');
  await page.keyboard.press('w');
  await expect
    .poll(async () => page.getByRole('button', { name: 'Fit width' }).getAttribute('aria-pressed'))
    .toBe('true');
});

test('the outline is walked with the keys, and the way back leads to where reading was', async () => {
  await focusPages();
  await page.keyboard.press('Home');
  await onPage(1);
  await page.keyboard.press('o');
  const tree = page.getByTestId('outline');
  await tree.waitFor();
  await tree.focus();
  expect(await tree.getByRole('treeitem').count()).toBe(24);
  await page.keyboard.press('ArrowLeft');
  expect(await tree.getByRole('treeitem').count()).toBe(23);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await onPage(11);
  await screenshotBothThemes(page, 'viewer-outline');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await focusPages();
  await page.keyboard.press('Alt+ArrowLeft');
  await onPage(1);
  // It follows the page, however that was reached.
  await page.keyboard.press('Control+g');
  await page.keyboard.type('67');
  await page.keyboard.press('Enter');
  await onPage(67);
  const marked = tree.locator('[data-active=true]');
  await expect.poll(() => marked.textContent()).toMatch(/^(Chapter|Introduction) 7$/);
});

test('thumbnails are drawn for what is in sight, and lead to their pages', async () => {
  await focusPages();
  await page.keyboard.press('t');
  const strip = page.getByTestId('thumbnails');
  await strip.locator('[data-drawn=true]').first().waitFor();
  expect(await strip.getByRole('option').count()).toBeLessThan(20);
  await strip.focus();
  await page.keyboard.press('End');
  await onPage(pageCount);
  await expect.poll(() => strip.locator(`[data-number="${pageCount}"]`).getAttribute('aria-selected')).toBe('true');
  await strip.locator(`[data-number="${pageCount}"] [data-drawn=true]`).waitFor();
  await screenshotBothThemes(page, 'viewer-thumbnails');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await strip.locator(`[data-number="${pageCount - 1}"]`).click();
  await onPage(pageCount - 1);
  await focusPages();
  await page.keyboard.press('t');
  expect(await strip.count()).toBe(0);
});

test('a link within the document is followed and left again; one to the web is asked about with its address', async () => {
  await focusPages();
  await page.keyboard.press('Home');
  await drawn(1);
  await page.getByTestId('internal-link').click();
  await onPage(tablesPage);
  await page.getByTestId('go-back').click();
  await onPage(1);
  const link = page.getByTestId('external-link');
  await link.focus();
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await askedSoFar(running)).join()).toContain(externalAddress);
  // The answer was Cancel.
  expect(await openedSoFar(running)).toEqual([]);
});

test('selected text is copied with its page, and asked about in its document', async () => {
  await focusPages();
  await page.keyboard.press('Control+f');
  await page.getByTestId('find-field').fill('heron');
  await onPage(heronPage);
  await drawn(heronPage);
  await page.keyboard.press('Escape');
  const line = sheet(heronPage).locator('[data-testid=text-layer] span').filter({ hasText: heronSentence }).last();
  await line.scrollIntoViewIfNeeded();
  const box = await line.boundingBox();
  if (!box) throw new Error('the line has no place');
  await page.mouse.move(box.x + 1, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 1, box.y + box.height / 2, { steps: 8 });
  await page.mouse.up();
  await page.getByTestId('selection-bar').waitFor();
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'viewer-selection');
  await page.getByTestId('copy-citation').click();
  await expect
    .poll(async () => withoutStop(await running.app.evaluate(({ clipboard }) => clipboard.readText())))
    .toBe(withoutStop(`“${heronSentence}” (The book of the river, p. ${heronPage})`));
  await page.getByTestId('ask-selection').click();
  const composer = page.getByTestId('composer');
  await composer.waitFor();
  await expect.poll(async () => withoutStop(await composer.inputValue())).toBe(withoutStop(`“${heronSentence}”\n\n`));
  expect(await composer.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await page.getByTestId('conversation').textContent()).toContain('The book of the river');
});

test('a mouse released in the gap below a line selects no more than was passed over', async () => {
  await focusPages();
  await page.keyboard.press('Control+g');
  await page.keyboard.type(String(heronPage));
  await page.keyboard.press('Enter');
  await drawn(heronPage);
  await sheet(heronPage).locator('[data-testid=text-layer][data-complete=true]').waitFor();
  const spans = sheet(heronPage).locator('[data-testid=text-layer] span');
  const heron = spans.filter({ hasText: heronSentence }).last();
  await heron.scrollIntoViewIfNeeded();
  const lines = await spans.evaluateAll((found) =>
    found.map((span) => ({ text: span.textContent ?? '', top: span.getBoundingClientRect().top })),
  );
  const first = await heron.boundingBox();
  const above = lines.filter(({ top }) => first && top < first.y - 5).sort((a, b) => b.top - a.top)[0];
  const last = above && (await spans.filter({ hasText: above.text }).last().boundingBox());
  if (!first || !last || !above) throw new Error('the lines have no place');
  // Between the last line of the paragraph and the sentence stands a gap of three lines.
  const gap = (last.y + last.height + first.y) / 2;
  await page.mouse.move(last.x + 1, last.y + last.height / 2);
  await page.mouse.down();
  await page.mouse.move(last.x + last.width / 2, gap, { steps: 12 });
  await page.mouse.move(last.x + last.width + 60, gap, { steps: 6 });
  await page.mouse.up();
  await page.getByTestId('selection-bar').waitFor();
  await page.getByTestId('copy-citation').click();
  await expect
    .poll(() => running.app.evaluate(({ clipboard }) => clipboard.readText()))
    .toBe(`“${above.text.trim()}” (The book of the river, p. ${heronPage})`);
  // And below the last text of a page, it does not run into the next one.
  await page.mouse.move(first.x + 1, first.y + first.height / 2);
  await page.mouse.down();
  await page.mouse.move(first.x + first.width / 2, first.y + first.height * 3, { steps: 12 });
  await page.mouse.up();
  await page.getByTestId('copy-citation').click();
  await expect
    .poll(() => running.app.evaluate(({ clipboard }) => clipboard.readText()))
    .toBe(`“${heronSentence}” (The book of the river, p. ${heronPage})`);
});

test('by keyboard alone: a page is selected, asked about, and the place of reading is kept for the next time', async () => {
  await focusPages();
  await page.keyboard.press('Control+g');
  await page.keyboard.type('42');
  await page.keyboard.press('Enter');
  await drawn(42);
  await focusPages();
  await sheet(42).locator('[data-testid=text-layer][data-complete=true]').waitFor();
  await page.keyboard.press('Control+a');
  await page.getByTestId('selection-bar').waitFor();
  await page.keyboard.press('a');
  await expect.poll(() => page.getByTestId('composer').inputValue()).toContain('Page 42 of the river survey');
  await page.getByTestId('composer').fill('');
  await page.waitForTimeout(600);
  await focusPages();
  await page.keyboard.press('Escape');
  await expect.poll(() => pane().count()).toBe(0);
  await page
    .getByRole('button', { name: /all documents/i })
    .or(page.getByText('All documents').first())
    .first()
    .click();
  await page.getByTestId('document-card').filter({ hasText: 'The book of the river' }).dblclick();
  await drawn(42);
  await onPage(42);
});

test('a Markdown file is found in, marked and outlined like a PDF', async () => {
  await focusPages();
  await page.keyboard.press('Escape');
  await page.getByTestId('document-card').filter({ hasText: 'Ferry notes' }).dblclick();
  await page.getByText('The ferry to Brevik leaves').first().waitFor();
  await focusPages();
  await page.keyboard.press('Control+f');
  await page.getByTestId('find-field').fill('first FERRY');
  await expect.poll(() => page.getByTestId('find-count').textContent()).toBe('1 of 1');
  expect(await page.getByTestId('found-current').textContent()).toBe('ﬁrst ferry');
  await page.keyboard.press('Escape');
  await focusPages();
  await page.keyboard.press('o');
  await page.getByTestId('outline').getByText('Winter').waitFor();
  await screenshotBothThemes(page, 'viewer-text');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await focusPages();
  await page.keyboard.press('o');
  await page.keyboard.press('Escape');
});

test('at 900 by 600 nothing is cut off, alone and over the library', async () => {
  await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(900, 600));
  await page.getByTestId('document-card').filter({ hasText: 'The book of the river' }).dblclick();
  await drawn(42);
  const outside = () =>
    page.evaluate(
      () =>
        [...document.querySelectorAll('[data-testid=page-pane] button, [data-testid=page-pane] input')]
          .filter((element) => !element.closest('[data-testid=pages]'))
          .map((element) => element.getBoundingClientRect())
          .filter((box) => box.width > 0 && (box.right > innerWidth || box.left < 0 || box.bottom > innerHeight))
          .length,
    );
  await expect.poll(outside).toBe(0);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'viewer-small-full');
  await page.keyboard.press('Control+2');
  await drawn(42);
  await page.keyboard.press('Control+f');
  await page.getByTestId('find-field').fill('sluice keeper');
  await expect.poll(outside).toBe(0);
  await screenshotBothThemes(page, 'viewer-small-over');
  expect(await seriousAxeViolations(page)).toEqual([]);
});

test('the page reported no fault', () => {
  expect(running.complaints.filter((line) => !/viz_main_impl|bus\.cc|gpu|vaapi|dri3|GLES|gl_/i.test(line))).toEqual([]);
});
