/** Every action has its place: the palette on what is chosen, tags by menu and keys, keys under dialogs, in real Electron. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { mainRequest } from '../helpers/main-request.ts';
import { answerRequests, fillLibrary, runFromPalette } from '../helpers/window.ts';

let running: RunningApp;

beforeAll(async () => {
  running = await launchApp();
  await fillLibrary(running, [
    { name: 'crane.pdf', bytes: await makeLetter('The harbour crane') },
    { name: 'ferry.md', bytes: '# Ferry notes\n\nThe ferry to Brevik leaves at 06:40 on weekdays.\n' },
    { name: 'keeper.txt', bytes: 'The lighthouse keeper writes every evening.\n' },
  ]);
});
afterAll(() => running.end());

const card = (title: string) => running.page.getByTestId('document-card').filter({ hasText: title });
const toast = (text: RegExp) => running.page.getByTestId('toast').filter({ hasText: text });
const tag = (name: string) => running.page.getByTestId('tag-item').filter({ hasText: name });

async function tagSelected(name: string): Promise<void> {
  const { page } = running;
  await page.keyboard.press('t');
  const dialog = page.getByTestId('shelves-dialog');
  await dialog.waitFor();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await tag(name).waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'hidden' });
}

// Catches: keys that do nothing at every start, without a word.
test('keys for a page that is not there say so; with a document chosen it opens', async () => {
  const { page } = running;
  await page.keyboard.press('Control+3');
  await toast(/No page is open\. Open a document first/).waitFor();
  await page.keyboard.press('Control+2');
  await toast(/no page to read alone/).waitFor();
  await card('keeper').click();
  await page.keyboard.press('Control+3');
  await page.getByTestId('page-pane').getByText('writes every evening').waitFor();
  await page.keyboard.press('Control+3');
  await page.getByTestId('page-pane').waitFor({ state: 'detached' });
});

// Catches: actions that only a menu or a dialog has.
test('the palette lists what can be done with the chosen document, with the keys of its menu', async () => {
  const { page } = running;
  await card('The harbour crane').click();
  await page.keyboard.press('Control+K');
  const group = page.getByTestId('palette-document');
  await group.waitFor();
  expect(await group.textContent()).toContain('“The harbour crane”');
  const lines = await group.getByRole('option').allTextContents();
  for (const label of [
    /^Favourite/,
    /^Collections…/,
    /^Tags…/,
    /^Details/,
    /^Rename….*F2/,
    /^Open original/,
    /^Show in folder/,
    /^Save a copy…/,
    /^Read again/,
    /^Delete….*Del/,
  ]) {
    expect(lines).toContainEqual(expect.stringMatching(label));
  }
  await page.getByPlaceholder(/search or ask/i).fill('document');
  await group.getByText('Read again').waitFor();
  await screenshotBothThemes(page, 'palette-chosen');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');

  await runFromPalette(page, 'Rename…');
  const title = page.getByLabel('Title');
  await title.fill('The old crane');
  await page.keyboard.press('Enter');
  await card('The old crane').waitFor();
  await runFromPalette(page, 'Details');
  await page.getByTestId('details-dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('details-dialog').waitFor({ state: 'hidden' });
  await runFromPalette(page, 'Delete…');
  await page.getByTestId('delete-dialog').getByText('“The old crane”').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('delete-dialog').waitFor({ state: 'hidden' });
});

test('several documents are read again at once', async () => {
  const { page } = running;
  await page.getByTestId('library-grid').focus();
  await page.keyboard.press('Control+a');
  const began = Date.now();
  await runFromPalette(page, 'Read 3 again');
  const isRead = async () =>
    (await mainRequest(running.page, 'library.listDocuments', {})).every(
      ({ state, updatedAt }) => state === 'ready' && updatedAt >= began,
    );
  await expect.poll(isRead, { timeout: 120_000 }).toBe(true);
});

test('the palette is about the page that is read where nothing is selected', async () => {
  const { page } = running;
  await page.getByTestId('new-conversation').click();
  await page.getByTestId('composer').waitFor();
  await page.keyboard.press('Control+K');
  await page.getByPlaceholder(/search or ask/i).waitFor();
  expect(await page.getByTestId('palette-document').count()).toBe(0);
  await page.getByPlaceholder(/search or ask/i).fill('ferry');
  await page.getByTestId('palette').getByText('Ferry notes').first().click();
  await page.getByTestId('page-pane').waitFor();
  await runFromPalette(page, 'Favourite');
  await toast(/1 document marked as favourite/).waitFor();
  await page.keyboard.press('Control+3');
  await page.getByTestId('section-all').click();
});

// Catches: Ctrl+N or Ctrl+1 carried out under an open dialog.
test('under a dialog the window’s keys rest, in the palette they are its own', async () => {
  const { page } = running;
  await page.keyboard.press('Control+,');
  const settings = page.getByTestId('settings-dialog');
  await settings.waitFor();
  await page.keyboard.press('Control+1');
  await page.keyboard.press('Control+n');
  await page.keyboard.press('Escape');
  await settings.waitFor({ state: 'hidden' });
  await page.getByTestId('section-all').waitFor();
  await page.getByTestId('library-grid').waitFor();
  await page.keyboard.press('Control+K');
  await page.getByTestId('palette').waitFor();
  await page.keyboard.press('Control+n');
  await page.getByTestId('composer').waitFor();
  await page.getByTestId('palette').waitFor({ state: 'hidden' });
  await page.getByTestId('section-all').click();
});

// Catches: shortcuts that compare what is printed on a key alone.
test('shortcuts hold on a layout without Latin letters', async () => {
  const { page } = running;
  await page.evaluate(() =>
    document.body.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'л', code: 'KeyK', ctrlKey: true, bubbles: true, cancelable: true }),
    ),
  );
  await page.getByTestId('palette').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('palette').waitFor({ state: 'hidden' });
});

test('a tag is renamed, merged and deleted by keys and menu, and each is turned back', async () => {
  const { page } = running;
  await card('The old crane').click();
  await tagSelected('Harbour');
  await card('Ferry notes').click();
  await tagSelected('Coast');
  await tagSelected('Harbour');
  await expect.poll(() => tag('Harbour').textContent()).toContain('2');

  // Another name, and the section that shows goes along.
  await tag('Coast').click();
  await tag('Coast').press('F2');
  const dialog = page.getByTestId('tag-name-dialog');
  await dialog.getByLabel('Name').fill('Shore');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await tag('Shore').waitFor();
  expect(await tag('Shore').getAttribute('aria-current')).toBe('page');
  await expect.poll(() => page.getByTestId('document-card').count()).toBe(1);
  await toast(/Renamed “Coast” to “Shore”/)
    .getByRole('button', { name: 'Undo' })
    .click();
  await tag('Coast').waitFor();

  // A name that is taken: said before, and the undo leaves the other tag on what it was on.
  await tag('Harbour').click({ button: 'right' });
  await page.getByRole('menuitem', { name: /Rename or merge tag/ }).click();
  await dialog.getByLabel('Name').fill('coast');
  await dialog.getByText('There is a tag “Coast” already, on 1 document. Both become one.').waitFor();
  await screenshotBothThemes(page, 'tag-merge');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Merge' }).click();
  await tag('Harbour').waitFor({ state: 'detached' });
  await expect.poll(() => tag('Coast').textContent()).toContain('2');
  await toast(/Merged “Harbour” into “Coast”/)
    .getByRole('button', { name: 'Undo' })
    .click();
  await expect.poll(() => tag('Harbour').textContent()).toContain('2');
  await expect.poll(() => tag('Coast').textContent()).toContain('1');

  // Deleted by its key, and by the palette on the tag that shows.
  await tag('Harbour').press('Delete');
  await tag('Harbour').waitFor({ state: 'detached' });
  await toast(/Deleted the tag “Harbour”\. It was on 2 documents/)
    .getByRole('button', { name: 'Undo' })
    .click();
  await expect.poll(() => tag('Harbour').textContent()).toContain('2');
  await tag('Coast').click();
  await runFromPalette(page, 'Delete tag');
  await tag('Coast').waitFor({ state: 'detached' });
  await page.getByTestId('library-grid').waitFor();
  await expect.poll(() => page.getByTestId('document-card').count()).toBe(3);
});

// Catches: all settings read and written back for the theme's sake, which undoes what changed in between.
test('turning to the other theme changes nothing else', async () => {
  const { page, app } = running;
  const before = await mainRequest(running.page, 'settings.get', {});
  const answers = { ...before.settings.answers, model: 'chosen-meanwhile' };
  await mainRequest(page, 'settings.update', { settings: { ...before.settings, answers } });
  // Whoever asks for the settings first gets them as they were.
  await answerRequests(app, { 'settings.get': before });
  await page.getByRole('button', { name: /^(Light|Dark) theme$/ }).click();
  await expect.poll(() => app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).not.toBe('system');
  await answerRequests(app, {});
  await expect
    .poll(async () => (await mainRequest(running.page, 'settings.get', {})).settings.theme)
    .not.toBe('system');
  expect((await mainRequest(running.page, 'settings.get', {})).settings.answers.model).toBe('chosen-meanwhile');
  expect(running.complaints.filter((line) => /^(?:page|console):/.test(line))).toEqual([]);
});
