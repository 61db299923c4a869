/** Watched folders, in real Electron: chosen, filled, changed, emptied, unplugged, paused, stopped. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  launchApp,
  makeDataFolder,
  screenshotBothThemes,
  seriousAxeViolations,
  type RunningApp,
} from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { mainRequest } from '../helpers/main-request.ts';
import { ask, chooseInDialog, longestPauses, runFromPalette, watchPauses } from '../helpers/window.ts';

/** What a slow, loaded machine takes for a file to be noticed, to come to rest and to be read. */
const patience = { timeout: 60_000 };
let running: RunningApp;
let folder: string;

beforeAll(async () => {
  const dataFolder = await makeDataFolder();
  folder = join(dataFolder, 'Incoming papers');
  await mkdir(folder);
  await writeFile(join(folder, 'crane.pdf'), await makeLetter('The harbour crane'));
  running = await launchApp({ dataFolder });
  await running.page.getByTestId('empty-state').waitFor();
});
afterAll(() => running.end());

const row = () => running.page.getByTestId('watched-folder');
const rowState = () => row().getAttribute('data-state');
function card(title: string) {
  return running.page.getByTestId('document-card').filter({ hasText: title });
}
async function openFolders(): Promise<void> {
  await runFromPalette(running.page, 'watched folders');
  await row().waitFor();
}
async function closeSettings(): Promise<void> {
  await running.page.keyboard.press('Escape');
  await running.page.getByTestId('settings-dialog').waitFor({ state: 'detached' });
}

test('a folder is chosen from the palette, and what is in it, and comes into it, is read', async () => {
  const { page, app } = running;
  await runFromPalette(page, 'watched folders');
  await page.getByTestId('no-folders').waitFor();
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'folders-none');
  await page.keyboard.press('Escape');
  await chooseInDialog(app, [folder]);
  await runFromPalette(page, 'watch a folder');
  await row().waitFor();
  await expect.poll(rowState, patience).toBe('watching');
  await expect.poll(() => row().textContent(), patience).toMatch(/Incoming papers.*Watching · 1 document/);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await writeFile(join(folder, 'ferry.txt'), 'The ferry to Brevik leaves at six.\n');
  await expect.poll(() => row().textContent(), patience).toMatch(/2 documents/);
  await screenshotBothThemes(page, 'folders-watching');
  await closeSettings();
  await expect.poll(() => card('ferry').getAttribute('data-state'), patience).toBe('ready');
  await expect.poll(() => card('The harbour crane').getAttribute('data-state'), patience).toBe('ready');
});

test('a changed file is the same document with its new words', async () => {
  const { page } = running;
  const id = await card('ferry').getAttribute('data-document-id');
  await writeFile(join(folder, 'ferry.txt'), 'The ferry to Brevik leaves at seven, because of the tide.\n');
  await expect
    .poll(async () => {
      const found = await mainRequest(page, 'library.search', { query: 'because of the tide', documentIds: [] });
      return found.documents.map(({ documentId }) => documentId);
    }, patience)
    .toEqual([id]);
  expect(await page.getByTestId('document-card').count()).toBe(2);
});

test('a file that goes leaves its document, which says so and still answers', async () => {
  const { page } = running;
  await rm(join(folder, 'crane.pdf'));
  await expect.poll(() => card('The harbour crane').textContent(), patience).toMatch(/file is gone/);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'folders-file-gone');
  const answer = await ask(page, 'What is the state of the harbour crane?');
  expect(await answer.getByTestId('citation-chip').count()).toBeGreaterThan(0);
  await page.getByRole('button', { name: /all documents/i }).click();
});

test('changes of while Quire was closed are found at the next start, after the window', async () => {
  const { dataFolder } = running;
  await running.close();
  await rename(join(folder, 'ferry.txt'), join(folder, 'ferry times.txt'));
  await writeFile(join(folder, 'lighthouse.md'), '# Lighthouse\n\nThe keeper writes every evening.\n');
  running = await launchApp({ dataFolder });
  await card('The harbour crane').waitFor();
  await watchPauses(running);
  await expect.poll(() => card('Lighthouse').getAttribute('data-state'), patience).toBe('ready');
  await card('ferry times').waitFor();
  expect(await running.page.getByTestId('document-card').count()).toBe(3);
  console.log('pauses while a folder was looked through (ms):', await longestPauses(running));
});

test('a folder that is away is said to be, and nothing is lost by it', async () => {
  const { page } = running;
  await openFolders();
  await expect.poll(rowState, patience).toBe('watching');
  await rename(folder, `${folder} away`);
  await expect.poll(rowState, patience).toBe('missing');
  expect(await row().textContent()).toMatch(/is not there now.*Nothing was removed/s);
  await screenshotBothThemes(page, 'folders-missing');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await rename(`${folder} away`, folder);
  await row()
    .getByRole('button', { name: /look now for changes/i })
    .click();
  await expect.poll(rowState, patience).toBe('watching');
  expect(await row().textContent()).toMatch(/2 documents · 1 file is gone/);
});

test('pause, go on, and stop with what came from it, by keyboard', async () => {
  const { page, app } = running;
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(900, 600));
  await row().getByRole('button', { name: /pause/i }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(rowState, patience).toBe('paused');
  await row().getByRole('button', { name: /go on/i }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(rowState, patience).toBe('watching');
  await row()
    .getByRole('button', { name: /stop watching/i })
    .focus();
  await page.keyboard.press('Enter');
  const question = page.getByTestId('stop-question');
  await expect.poll(() => question.textContent(), patience).toMatch(/3 documents came from it/);
  // The harmless answer has the focus.
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Keep its documents');
  await screenshotBothThemes(page, 'folders-stop');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByTestId('no-folders').waitFor(patience);
  await closeSettings();
  await page.getByTestId('empty-state').waitFor(patience);
  expect(running.complaints.filter((line) => /^(?:page|console):/.test(line))).toEqual([]);
});
