/** Search in all documents as one types, collections, tags, favourites and details, in real Electron. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { mainRequest } from '../helpers/main-request.ts';
import { ask, boxedText, fillLibrary, newConversation, openConversation } from '../helpers/window.ts';

/** A text of eight pages, each with a word of its own once. */
const evening = 'The lighthouse keeper writes every evening. ';
const keeper = Array.from(
  { length: 8 },
  () => `${evening.repeat(33)}\n\n${evening.repeat(30)}The beacon is lit.\n\n`,
).join('');

let running: RunningApp;

beforeAll(async () => {
  running = await launchApp();
  await fillLibrary(running, [
    { name: 'crane.pdf', bytes: await makeLetter('The harbour crane') },
    {
      name: 'ferry.md',
      bytes: '# Ferry notes\n\nThe ferry to Brevik leaves at 06:40 on weekdays. The harbour is near.\n',
    },
    { name: 'keeper.txt', bytes: keeper },
  ]);
});
afterAll(() => running.end());

const card = (title: string) => running.page.getByTestId('document-card').filter({ hasText: title });
const toast = (text: RegExp) => running.page.getByTestId('toast').filter({ hasText: text });

test('the palette finds pages by their words as one types, and leads to all of them', async () => {
  const { page } = running;
  await page.keyboard.press('Control+K');
  await page.getByTestId('palette').waitFor();
  await page.keyboard.type('harb');
  const found = page.getByTestId('palette-pages');
  await expect.poll(() => found.textContent()).toContain('harbour');
  await screenshotBothThemes(page, 'palette-pages');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await found.getByText('All pages with').click();
  await page.getByTestId('search-view').waitFor();
  expect(await page.getByTestId('search-field').inputValue()).toBe('harb');
});

test('results are walked and opened by keyboard, the words marked on the page', async () => {
  const { page } = running;
  const field = page.getByTestId('search-field');
  await field.fill('crane');
  await expect.poll(() => page.getByTestId('search-group').count()).toBe(1);
  await expect.poll(() => page.getByTestId('search-count').textContent()).toMatch(/page/);
  await field.press('Enter');
  await page.getByTestId('page-pane').waitFor();
  const number = Number(await page.getByTestId('search-result').first().getAttribute('data-page'));
  await expect.poll(() => boxedText(page, number), { timeout: 20_000 }).toMatch(/crane/i);
  // Nothing but the word is marked.
  const marked = (await boxedText(page, number)).split(/\s+/);
  expect(marked.every((word) => /crane/i.test(word))).toBe(true);
  await screenshotBothThemes(page, 'search-page');

  await field.fill('harbour');
  await expect.poll(() => page.getByTestId('search-group').count()).toBe(2);
  const rows = await page.getByTestId('search-result').count();
  for (let step = 1; step < rows; step += 1) await field.press('ArrowDown');
  expect(await page.getByTestId('search-result').last().getAttribute('aria-selected')).toBe('true');
  await screenshotBothThemes(page, 'search-results');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await field.press('Enter');
  await expect.poll(() => page.getByTestId('page-pane').getAttribute('data-document-id')).toBeTruthy();
  await page.keyboard.press('Escape');
});

// Catches: `3 more pages` that cannot be opened.
test('all pages of one document are searched from its line, with the keyboard alone', async () => {
  const { page } = running;
  const field = page.getByTestId('search-field');
  await field.fill('beacon');
  const more = page.getByTestId('search-more');
  await expect.poll(() => more.textContent()).toMatch(/^3 more pages/);
  expect(await page.getByTestId('search-result').count()).toBe(5);
  expect(await page.getByTestId('search-count').textContent()).toBe('8 pages in 1 document');
  for (let step = 0; step < 5; step += 1) await field.press('ArrowDown');
  expect(await more.getAttribute('aria-selected')).toBe('true');
  await screenshotBothThemes(page, 'search-more');
  await field.press('Enter');
  await page.getByTestId('search-within').waitFor();
  const numbers = () =>
    page.getByTestId('search-result').evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-page'))));
  await expect.poll(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await more.count()).toBe(0);
  await field.press('End');
  for (let step = 0; step < 7; step += 1) await field.press('ArrowDown');
  await field.press('Enter');
  await expect.poll(() => page.getByTestId('citation-box').allTextContents()).toEqual(['beacon']);
  await screenshotBothThemes(page, 'search-within');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Search all documents' }).click();
  await page.getByTestId('search-within').waitFor({ state: 'detached' });
  await field.fill('harbour');
  await expect.poll(() => page.getByTestId('search-group').count()).toBe(2);
});

test('search says what it can do when it is empty, and that nothing was found', async () => {
  const { page } = running;
  const field = page.getByTestId('search-field');
  await field.fill('zeppelin');
  await expect.poll(() => page.getByTestId('search-nothing').textContent()).toContain('No page has “zeppelin”');
  await field.fill('');
  await expect.poll(() => page.getByTestId('search-nothing').textContent()).toContain('Type to search');
  await screenshotBothThemes(page, 'search-empty');
  expect(await seriousAxeViolations(page)).toEqual([]);
});

test('a collection is made, filled by dragging, and deleted without its documents; each can be undone', async () => {
  const { page } = running;
  await page.getByTestId('section-all').click();
  await page.getByTestId('new-collection').click();
  await page.getByTestId('collection-name-dialog').getByLabel('Name').fill('Harbour papers');
  await page.keyboard.press('Enter');
  const item = page.getByTestId('collection-item').filter({ hasText: 'Harbour papers' });
  await item.waitFor();
  await page.getByTestId('section-all').click();
  await card('The harbour crane').dragTo(item);
  await expect.poll(() => item.textContent()).toContain('1');
  await expect.poll(() => toast(/put into “Harbour papers”/).count()).toBe(1);

  await card('Ferry notes').click();
  await page.keyboard.press('c');
  const dialog = page.getByTestId('shelves-dialog');
  await dialog.waitFor();
  await dialog.getByRole('checkbox', { name: /Harbour papers/ }).click();
  await expect.poll(() => item.textContent()).toContain('2');
  await screenshotBothThemes(page, 'collections-dialog');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });

  await item.click();
  await expect.poll(() => page.getByTestId('document-card').count()).toBe(2);
  await item.focus();
  await page.keyboard.press('Delete');
  await item.waitFor({ state: 'detached' });
  await expect.poll(() => page.getByTestId('document-card').count()).toBe(3);
  await toast(/Deleted the collection/)
    .getByRole('button', { name: 'Undo' })
    .click();
  await expect.poll(() => item.textContent()).toContain('2');
});

test('a collection is what a conversation asks', async () => {
  const { page } = running;
  await openConversation(page);
  await page.getByTestId('scope').click();
  await page.getByRole('checkbox', { name: /Harbour papers/ }).click();
  await expect.poll(() => page.getByTestId('scope').textContent()).toContain('Harbour papers');
  await screenshotBothThemes(page, 'collection-scope');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await ask(page, 'When does the ferry to Brevik leave?');
});

test('a conversation follows its collection, and is found by it with the keyboard alone', async () => {
  const { page } = running;
  const scope = page.getByTestId('scope');
  await expect.poll(() => scope.textContent()).toMatch(/Harbour papers · 2 documents/);
  await page.getByTestId('section-all').click();
  await card('keeper').dragTo(page.getByTestId('collection-item').filter({ hasText: 'Harbour papers' }));
  await toast(/Harbour papers/)
    .first()
    .waitFor();
  await page.getByTestId('conversation-item').first().click();
  await expect.poll(() => scope.textContent()).toMatch(/Harbour papers · 3 documents/);
  // What was put in after the first question is asked as well.
  const answer = await ask(page, 'What does the lighthouse keeper do every evening?');
  expect(await answer.textContent()).toContain('writes every evening');

  await newConversation(page);
  await ask(page, 'Xylophone?');
  const items = page.getByTestId('conversation-item');
  await expect.poll(() => items.count()).toBe(2);
  await page.getByTestId('search-conversations').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('searchbox', { name: 'Search conversations' }).waitFor();
  const filter = page.getByTestId('filter-document');
  for (let presses = 0; presses < 4 && !(await filter.evaluate((button) => button.matches(':focus'))); presses++) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.getByPlaceholder('Find a document or collection').waitFor();
  await page.keyboard.type('papers');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(() => items.count()).toBe(1);
  await screenshotBothThemes(page, 'collection-filter-open');
  await page.keyboard.press('Escape');
  expect(await filter.textContent()).toBe('Harbour papers');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await page.setViewportSize({ width: 900, height: 600 });
  await screenshotBothThemes(page, 'collection-filter-small');
  await page.setViewportSize({ width: 1280, height: 820 });
  await page.getByRole('button', { name: 'End search' }).click();
  await expect.poll(() => items.count()).toBe(2);
  await page.getByTestId('section-all').click();
});

test('several documents are tagged and marked at once, filtered by it, and turned back', async () => {
  const { page } = running;
  await page.getByTestId('section-all').click();
  await card('Ferry notes').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('f');
  await expect.poll(() => page.getByTestId('favourite').count()).toBe(3);
  await page.keyboard.press('t');
  const dialog = page.getByTestId('shelves-dialog');
  await dialog.waitFor();
  await page.keyboard.type('Coast');
  await page.keyboard.press('Enter');
  const tag = page.getByTestId('tag-item').filter({ hasText: 'Coast' });
  await expect.poll(() => tag.count()).toBe(1);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await tag.click();
  await expect.poll(() => page.getByTestId('document-card').count()).toBe(3);
  await screenshotBothThemes(page, 'tags');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await toast(/tagged “Coast”/)
    .getByRole('button', { name: 'Undo' })
    .click();
  await expect.poll(() => tag.count()).toBe(0);
  await page.getByTestId('section-favourites').click();
  await expect.poll(() => page.getByTestId('document-card').count()).toBe(3);
});

test('details tell what is known of a document; read again, it comes out the same', async () => {
  const { page } = running;
  await page.getByTestId('section-all').click();
  await card('The harbour crane').click();
  await page.keyboard.press('i');
  const dialog = page.getByTestId('details-dialog');
  await dialog.waitFor();
  await expect.poll(() => dialog.getByTestId('detail-stages').textContent()).toContain('Vectors made');
  expect(await dialog.textContent()).toMatch(/crane\.pdf.*[0-9a-f]{64}/s);
  const passages = await dialog.getByTestId('detail-passages').textContent();
  await screenshotBothThemes(page, 'details');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Read again' }).click();
  await expect
    .poll(
      async () => {
        const list = await mainRequest(page, 'library.listDocuments', {});
        return list.every(
          ({ state, embeddedChunks, chunkCount }) => state === 'ready' && embeddedChunks === chunkCount,
        );
      },
      { timeout: 30_000 },
    )
    .toBe(true);
  await expect.poll(() => dialog.getByTestId('detail-passages').textContent()).toBe(passages);
  await page.keyboard.press('Escape');
});

test('everything fits a small window', async () => {
  const { page, app } = running;
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(900, 600));
  await page.keyboard.press('Control+Shift+F');
  await page.getByTestId('search-field').fill('harbour');
  await expect.poll(() => page.getByTestId('search-group').count()).toBe(2);
  await screenshotBothThemes(page, 'search-small');
  await page.getByTestId('section-all').click();
  await card('Ferry notes').click();
  await screenshotBothThemes(page, 'library-small');
  expect(await seriousAxeViolations(page)).toEqual([]);
  // Of the page: what a machine without a session bus makes Electron say is not Quire's.
  expect(running.complaints.filter((line) => /^(?:page|console):/.test(line))).toEqual([]);
});
