/** What is out of the ordinary in real Electron: damaged pages, passwords, links of every kind, zoom under the pointer. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { askedSoFar, keepQuestions } from '../helpers/asked.ts';
import { makeBook } from '../helpers/book.ts';
import { makeEncrypted } from '../helpers/fixtures.ts';
import { linkTexts, makeDamagedPage, makeLinks } from '../helpers/odd-pdfs.ts';
import { fillLibrary } from '../helpers/window.ts';

let running: RunningApp;
let page: Page;

beforeAll(async () => {
  running = await launchApp();
  page = running.page;
  const files = [
    { name: 'damaged.pdf', bytes: await makeDamagedPage() },
    { name: 'locked.pdf', bytes: await makeEncrypted('tarn') },
    { name: 'links.pdf', bytes: await makeLinks() },
    { name: 'book.pdf', bytes: (await makeBook({ pages: 80 })).bytes },
  ];
  await fillLibrary(running, files, { states: ['embedding', 'ready', 'failed'] });
  await keepQuestions(running);
});
afterAll(() => running.end());

const sheet = (number: number) => page.locator(`[data-testid=page][data-page-number="${number}"]`);
const drawn = (number: number) => sheet(number).locator('[data-drawn=true]').waitFor({ timeout: 20_000 });
const pageShown = () => page.getByTestId('page-pane').getAttribute('data-page');

async function open(title: string): Promise<void> {
  if ((await page.getByTestId('page-pane').count()) > 0) {
    await page.getByRole('button', { name: /Close page/ }).click();
  }
  const card = page.getByTestId('document-card').filter({ hasText: title });
  await card.scrollIntoViewIfNeeded();
  await card.dblclick();
  await page.getByTestId('page-pane').waitFor();
}

async function goToPage(number: number): Promise<void> {
  await page.getByTestId('pages').focus();
  await page.keyboard.press('Control+g');
  await page.keyboard.type(String(number));
  await page.keyboard.press('Enter');
}

test('a damaged page says so in its place, with a way to try again; the pages around it are there', async () => {
  await open('One bad page');
  await drawn(1);
  await goToPage(3);
  await sheet(3).getByTestId('page-failed').waitFor();
  expect(await sheet(3).textContent()).toContain('Page 3 could not be drawn');
  await screenshotBothThemes(page, 'viewer-damaged-page');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await sheet(3).getByRole('button', { name: 'Try again' }).click();
  await sheet(3).getByTestId('page-failed').waitFor();
  await goToPage(5);
  await drawn(5);
  await sheet(5).locator('[data-testid=text-layer][data-complete=true]').waitFor();
  expect(await sheet(5).textContent()).toContain('sheet number 5 of the cellar plan');
});

test('a PDF with a password asks for it, says that a wrong one is wrong, and opens with the right one', async () => {
  await open('locked');
  await page.getByTestId('password-form').waitFor();
  const field = page.getByLabel('This PDF is protected by a password.');
  await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.type('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('This password is not the right one.').waitFor();
  await screenshotBothThemes(page, 'viewer-password');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await field.fill('tarn');
  await page.keyboard.press('Enter');
  await drawn(1);
  await sheet(1).locator('[data-testid=text-layer][data-complete=true]').waitFor();
  expect(await sheet(1).textContent()).toContain('The secret harbour plan');
  expect(await page.getByTestId('page-pane').textContent()).toContain('/ 1');
});

test('links lead where they say: by name, by number, to the web after asking; others say where they would lead', async () => {
  await open('Every kind of link');
  await drawn(1);
  const link = (text: string) => sheet(1).getByRole('link', { name: text });
  for (const [text, target] of [
    [linkTexts.named, '3'],
    [linkTexts.explicit, '2'],
  ] as const) {
    await link(text).click();
    await expect.poll(pageShown).toBe(target);
    await page.getByTestId('pages').focus();
    await page.keyboard.press('Alt+ArrowLeft');
    await expect.poll(pageShown).toBe('1');
  }
  for (const text of [linkTexts.web, linkTexts.lookalike, linkTexts.mail]) await link(text).click();
  const asked = () => askedSoFar(running);
  await expect.poll(async () => (await asked()).length).toBe(3);
  const [web, lookalike, mail] = await asked();
  expect(web).toBe('Open this address in your browser? https://example.org/annexe?part=2');
  expect(lookalike).toContain('“аpple.com”: it may look like another site');
  expect(mail).toContain('mailto:clerk@example.org');
  await link(linkTexts.file).click();
  await page.getByText('This link leads to file:///etc/passwd, which Quire does not open.').first().waitFor();
  expect((await asked()).length).toBe(3);
});

test('ctrl and the wheel zoom smoothly, and what is under the pointer stays there', async () => {
  await open('The book of the river');
  await drawn(1);
  await goToPage(5);
  await drawn(5);
  await page.getByTestId('pages').focus();
  await page.keyboard.press('0');
  await sheet(5).locator('[data-testid=text-layer][data-complete=true]').waitFor();
  const word = sheet(5).locator('[data-testid=text-layer] span').nth(12);
  const before = await word.boundingBox();
  const widthBefore = (await sheet(5).boundingBox())?.width ?? 0;
  if (!before) throw new Error('the word has no place');
  const at = { x: before.x + 4, y: before.y + before.height / 2 };
  await page.mouse.move(at.x, at.y);
  await page.keyboard.down('Control');
  for (let step = 0; step < 3; step += 1) await page.mouse.wheel(0, -100);
  await page.keyboard.up('Control');
  await expect.poll(async () => ((await sheet(5).boundingBox())?.width ?? 0) / widthBefore).toBeGreaterThan(1.4);
  const after = await word.boundingBox();
  if (!after) throw new Error('the word has no place');
  expect(after.width / before.width).toBeGreaterThan(1.4);
  // The pointer is still on the same letters.
  expect(Math.abs(after.y + after.height / 2 - at.y)).toBeLessThan(6);
  expect(Math.abs(after.x - at.x)).toBeLessThan(14);
  // What was stretched while it zoomed is drawn sharp once it rests.
  await expect
    .poll(() =>
      sheet(5)
        .locator('canvas')
        .evaluate((canvas: HTMLCanvasElement) => Math.round(canvas.width - canvas.getBoundingClientRect().width)),
    )
    .toBeLessThanOrEqual(1);
  expect(await page.getByTestId('zoom').textContent()).not.toBe('100 %');
});

test('screen readers find the pages as regions with their text, and the keys reach them', async () => {
  const region = page.getByRole('region', { name: 'Page 5', exact: true });
  await region.waitFor();
  expect(await region.getByText('Page 5 of the river survey').count()).toBeGreaterThan(0);
  expect(await page.getByRole('document', { name: 'Pages' }).getAttribute('tabindex')).toBe('0');
  expect(await sheet(5).locator('canvas').getAttribute('aria-hidden')).toBe('true');
});

test('page, place, zoom and rotation are there again after a restart', async () => {
  await goToPage(42);
  await drawn(42);
  await page.getByTestId('pages').focus();
  await page.keyboard.press('r');
  await sheet(42).locator('[data-drawn=true][data-rotation="90"]').waitFor();
  const zoom = await page.getByTestId('zoom').textContent();
  const top = await page.getByTestId('pages').evaluate((element) => Math.round(element.scrollTop));
  // The gap above page 42 is counted to the page before it.
  await page.waitForFunction(() => /,4[12],[^\]]*,90\]/.test(localStorage.getItem('quire.reading') ?? ''));
  await running.close();
  running = await launchApp({ dataFolder: running.dataFolder });
  page = running.page;
  // It was open, and is open again.
  await sheet(42).locator('[data-drawn=true][data-rotation="90"]').waitFor({ timeout: 20_000 });
  await expect.poll(pageShown).toBe('42');
  expect(await page.getByTestId('zoom').textContent()).toBe(zoom);
  await expect
    .poll(async () =>
      Math.abs((await page.getByTestId('pages').evaluate((element) => Math.round(element.scrollTop))) - top),
    )
    .toBeLessThan(12);
});

test('the page reported no fault', () => {
  expect(running.complaints.filter((line) => !/viz_main_impl|bus\.cc|gpu|vaapi|dri3|GLES|gl_/i.test(line))).toEqual([]);
});
