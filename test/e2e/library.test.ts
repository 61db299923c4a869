/** Life in the library, in real Electron: bad files, duplicates, cancel and retry, delete, list, keyboard, small window. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  dropFiles,
  launchApp,
  screenshotBothThemes,
  seriousAxeViolations,
  writeFiles,
  type RunningApp,
} from '../helpers/app.ts';
import { makeDamaged, makeEncrypted, makeLetter, makeMixed, makeScanned } from '../helpers/fixtures.ts';
import { mainRequest } from '../helpers/main-request.ts';
import { ask, waitForState } from '../helpers/window.ts';

let running: RunningApp;
/** The same bytes each time: a PDF library writes the time into each file it makes. */
let letter: Uint8Array;

beforeAll(async () => {
  letter = await makeLetter('The harbour crane');
  running = await launchApp();
  await running.page.getByTestId('empty-state').waitFor();
});
afterAll(() => running.end());

function card(title: string): ReturnType<RunningApp['page']['locator']> {
  return running.page.getByTestId('document-card').filter({ hasText: title });
}

async function showLibrary(): Promise<void> {
  await running.page
    .getByRole('button', { name: /all documents/i })
    .or(running.page.getByText('All documents').first())
    .first()
    .click();
}

test('good and bad files side by side: each bad one says what is wrong and what to do, the good ones are ready', async () => {
  const { page } = running;
  const paths = await writeFiles(running.dataFolder, [
    { name: 'crane.pdf', bytes: letter },
    { name: 'mixed.pdf', bytes: await makeMixed() },
    { name: 'locked.pdf', bytes: await makeEncrypted('secret') },
    { name: 'damaged.pdf', bytes: makeDamaged() },
    { name: 'scan.pdf', bytes: await makeScanned(3) },
    { name: 'empty.pdf', bytes: '' },
    { name: 'fake.pdf', bytes: 'This is not a PDF at all.' },
    { name: 'notes.md', bytes: '# Ferry notes\n\nThe ferry to Brevik leaves at 06:40 on weekdays.\n' },
    { name: 'plain.txt', bytes: 'The lighthouse keeper writes every evening.\n' },
  ]);
  await dropFiles(page, paths);
  // A file that could not be taken in at all is told in a message that goes by itself, not in a card.
  await page.getByTestId('toast').filter({ hasText: '“empty.pdf” is empty' }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=document-card]').length >= 8);
  await waitForState(page, ['ready', 'failed']);
  expect(await card('The harbour crane').getAttribute('data-state')).toBe('ready');
  expect(await card('Ferry notes').getAttribute('data-state')).toBe('ready');
  expect(await card('locked').getAttribute('data-state')).toBe('failed');
  expect(await card('locked').textContent()).toMatch(/password/i);
  expect(await card('damaged').textContent()).toMatch(/damaged/i);
  expect(await card('scan').getAttribute('data-state')).toBe('failed');
  expect(await card('scan').textContent()).toMatch(/no text|searched/i);
  expect(await card('fake').textContent()).toMatch(/not a PDF/i);
  await screenshotBothThemes(page, 'library-failed');
  expect(await seriousAxeViolations(page)).toEqual([]);
});

test('a document of which some pages have no text says how many', async () => {
  const documents = await mainRequest(running.page, 'library.listDocuments', {});
  const document = documents.find(({ fileName }) => fileName === 'mixed.pdf');
  expect(document?.textPages).toBeLessThan(document?.pageCount ?? 0);
  const missing = (document?.pageCount ?? 0) - (document?.textPages ?? 0);
  // Its pages are looked at first, whether there is text to recognise.
  await expect
    .poll(() => card(document?.title ?? '').textContent(), { timeout: 60_000 })
    .toMatch(new RegExp(`${missing} of ${document?.pageCount} pages`));
});

test('the same bytes again are not read twice: it says that they are there', async () => {
  const { page } = running;
  const before = await page.getByTestId('document-card').count();
  const paths = await writeFiles(running.dataFolder, [{ name: 'crane again.pdf', bytes: letter }]);
  await dropFiles(page, paths);
  await expect.poll(() => page.locator('body').textContent()).toMatch(/already in your library/i);
  expect(await page.getByTestId('document-card').count()).toBe(before);
});

test('the list shows the same documents, filters as one types and sorts', async () => {
  const { page } = running;
  await page
    .getByRole('radio', { name: /list/i })
    .or(page.getByRole('button', { name: /list/i }))
    .first()
    .click();
  await screenshotBothThemes(page, 'library-list');
  expect(await seriousAxeViolations(page)).toEqual([]);
  // Beside an open page, rows are still known by their titles.
  const row = page.getByTestId('document-card').filter({ hasText: 'Ferry notes' });
  await row.click();
  await page.keyboard.press('Enter');
  await page.getByTestId('page-pane').waitFor();
  if ((await row.count()) === 0) await page.keyboard.press('Control+2');
  await row.waitFor();
  const title = row.getByText('Ferry notes');
  await expect.poll(() => title.evaluate((element) => (element.parentElement?.clientWidth ?? 0) >= 160)).toBe(true);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'library-list-beside-page');
  await page.getByTestId('pages').focus();
  await page.keyboard.press('Escape');
  await page.getByTestId('page-pane').waitFor({ state: 'detached' });
  await page.getByTestId('library-filter').fill('ferry');
  await expect.poll(() => page.getByTestId('document-card').count()).toBe(1);
  await page.getByTestId('library-filter').fill('');
  await page
    .getByRole('radio', { name: /grid/i })
    .or(page.getByRole('button', { name: /grid/i }))
    .first()
    .click();
});

test('Markdown and text answer with the quote marked in their text', async () => {
  const { page } = running;
  const answer = await ask(page, 'When does the ferry to Brevik leave?');
  expect(await answer.textContent()).toContain('06:40');
  await answer.getByTestId('citation-chip').first().click();
  await page.getByTestId('page-pane').waitFor();
  await expect.poll(() => page.getByTestId('citation-box').first().textContent()).toContain('06:40');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'answer-markdown');
});

test('the palette finds commands and documents by keyboard', async () => {
  const { page } = running;
  await page.keyboard.press('Control+K');
  await page.getByTestId('palette').waitFor();
  await page.keyboard.type('ferry');
  await expect.poll(() => page.getByTestId('palette').textContent()).toContain('Ferry notes');
  await screenshotBothThemes(page, 'palette');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByTestId('palette').waitFor({ state: 'hidden' });
});

test('delete says what goes, in numbers, and leaves nothing of it behind', async () => {
  const { page } = running;
  await showLibrary();
  const list = await mainRequest(page, 'library.listDocuments', {});
  const crane = list.find(({ fileName }) => fileName === 'crane.pdf');
  if (!crane) throw new Error('the letter is not there');
  // Far down a long list, it has no card before it is looked for.
  await page.getByTestId('library-filter').fill('crane');
  await card('The harbour crane').click();
  await page.keyboard.press('Delete');
  const dialog = page.getByTestId('delete-dialog');
  await dialog.waitFor();
  await expect.poll(() => dialog.getByTestId('deletion-counts').textContent()).toMatch(/1 page/);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'delete');
  await dialog
    .getByRole('button', { name: /delete/i })
    .last()
    .click();
  await card('The harbour crane').waitFor({ state: 'detached' });
  await page.getByTestId('library-filter').fill('');
  const account = join(running.dataFolder, 'data', 'accounts', 'local');
  await expect
    .poll(
      async () =>
        [...(await readdir(join(account, 'blobs'))), ...(await readdir(join(account, 'thumbs')))].filter((name) =>
          name.startsWith(crane.contentHash),
        ),
      { timeout: 20_000 },
    )
    .toEqual([]);
  const after = await mainRequest(page, 'library.listDocuments', {});
  expect(after.some(({ id }) => id === crane.id)).toBe(false);
});

test('a narrow window shows the page over the rest, and can be closed with Escape', async () => {
  const { page, app } = running;
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(900, 700));
  // The page that was open beside the answer now lies over it.
  await page.getByTestId('page-pane').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('page-pane').waitFor({ state: 'hidden' });
  await page.getByTestId('conversation-item').first().click();
  await page.getByTestId('citation-chip').first().click();
  await page.getByTestId('page-pane').waitFor();
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'narrow');
  await page.keyboard.press('Escape');
  await page.getByTestId('page-pane').waitFor({ state: 'hidden' });
});
