/** The library's backup in the window: made, checked, restored, undone; while it can be asked. */
import { copyFile, readdir, readFile } from 'node:fs/promises';
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
import { makeLetter } from '../helpers/fixtures.ts';
import { fillLibrary, waitForState } from '../helpers/window.ts';
import { flipByte } from '../helpers/zip.ts';

let running: RunningApp;
let backup = '';

beforeAll(async () => {
  running = await launchApp();
  const files = [
    { name: 'crane.pdf', bytes: await makeLetter('The harbour crane') },
    { name: 'ferry.md', bytes: '# Ferry notes\n\nThe ferry Alvine lies at the northern mooring.\n' },
  ];
  await fillLibrary(running, files);
  backup = join(running.dataFolder, 'Quire library.zip');
  await choosing(backup);
});
afterAll(() => running.end());

/** The system's dialogs answer with this file from now on. */
async function choosing(file: string): Promise<void> {
  await running.app.evaluate(({ dialog }, path) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: path });
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, file);
}

async function runFromPalette(words: string): Promise<void> {
  const { page } = running;
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette').getByRole('combobox').fill(words);
  await page.getByTestId('palette').getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
}

const dialog = () => running.page.getByTestId('settings-dialog');
const task = () => dialog().getByTestId('backup-task');
async function taskIs(state: string): Promise<void> {
  await expect.poll(() => task().getAttribute('data-state'), { timeout: 60_000 }).toBe(state);
}

test('Settings show where the library is and how large; Back up writes it to one file', async () => {
  const { page } = running;
  await page.keyboard.press('Control+,');
  await dialog().getByRole('tab', { name: 'Library' }).click();
  expect(await dialog().getByTestId('data-folder').textContent()).toContain('data');
  await expect.poll(() => dialog().getByTestId('library-sizes').textContent()).toMatch(/Database[\d.]+ [KM]B/);
  await expect.poll(() => dialog().getByTestId('last-backup').textContent()).toContain('never backed up');
  await dialog().getByRole('button', { name: 'Back up…' }).click();
  await taskIs('done');
  expect(await task().textContent()).toMatch(/2 documents, 0 conversations/);
  await expect.poll(() => dialog().getByTestId('last-backup').textContent()).toContain('Quire library.zip');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'backup-done');
  await task().getByRole('button', { name: 'Dismiss' }).click();
  await task().waitFor({ state: 'detached' });
});

test('a backup is checked by the palette; a damaged one is told, with its entry', async () => {
  const { page } = running;
  await page.keyboard.press('Escape');
  await runFromPalette('Verify a backup');
  await taskIs('done');
  expect(await task().textContent()).toContain('Every byte is as it was written');
  const damaged = join(running.dataFolder, 'damaged.zip');
  await copyFile(backup, damaged);
  // In the middle of the first original, which lies behind the database.
  const bytes = await readFile(damaged);
  await flipByte(damaged, bytes.indexOf('%PDF-') + 200);
  await choosing(damaged);
  await dialog().getByRole('button', { name: 'Verify a backup…' }).click();
  await expect.poll(() => task().textContent(), { timeout: 30_000 }).toMatch(/blobs\/[0-9a-f]{64}\.pdf is damaged/);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'backup-damaged');
  // Its table of contents is whole, so that it is found out on the way.
  await dialog().getByRole('button', { name: 'Restore…' }).click();
  await dialog().getByTestId('restore-plan').getByRole('button', { name: 'Restore', exact: true }).click();
  await taskIs('failed');
  expect(await task().textContent()).toMatch(/Nothing was restored.*\.pdf is damaged.*Your library was not changed/);
  await screenshotBothThemes(page, 'restore-failed');
  expect(await readdir(join(running.dataFolder, 'data', 'accounts'))).toEqual(['local']);
  await choosing(backup);
});

test('Restore shows what is in the backup and what it replaces, replaces it, and offers the way back', async () => {
  const { page, dataFolder } = running;
  await page.keyboard.press('Escape');
  // What the backup does not have.
  await dropFiles(page, await writeFiles(dataFolder, [{ name: 'later.md', bytes: '# Added later\n\nA crane.\n' }]));
  await expect.poll(() => page.getByTestId('document-card').count()).toBe(3);
  await waitForState(page, ['ready']);
  await runFromPalette('Restore a backup');
  const plan = dialog().getByTestId('restore-plan');
  await plan.waitFor();
  await expect.poll(() => plan.textContent()).toMatch(/In the backup2 documents.*Replaces3 documents/);
  expect(await plan.textContent()).toContain('nobody: all stays on this computer');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'restore-plan');
  await plan.getByRole('button', { name: 'Restore', exact: true }).click();
  // The window begins anew with the other library.
  await expect.poll(() => page.getByTestId('toast').allTextContents(), { timeout: 60_000 }).not.toEqual([]);
  await waitForState(page, ['ready']);
  await expect.poll(() => page.getByTestId('document-card').count()).toBe(2);
  await screenshotBothThemes(page, 'restored');
  expect(await readdir(join(dataFolder, 'data', 'accounts'))).toEqual([
    expect.stringMatching(/^library-before-restore-/) as string,
    'local',
  ]);
  // It knows the backup that it came from.
  await page.keyboard.press('Control+,');
  await dialog().getByRole('tab', { name: 'Library' }).click();
  await expect.poll(() => dialog().getByTestId('last-backup').textContent()).toContain('Quire library.zip');
  await page.keyboard.press('Escape');
  // It answers at once: the new core reads, searches and takes in.
  await dropFiles(page, await writeFiles(dataFolder, [{ name: 'after.md', bytes: '# After\n\nA quay.\n' }]));
  await expect.poll(() => page.getByTestId('document-card').count()).toBe(3);
  await waitForState(page, ['ready']);

  await page.getByRole('button', { name: 'Put it back' }).click();
  await expect.poll(() => page.getByText('Added later').count(), { timeout: 60_000 }).toBeGreaterThan(0);
  await waitForState(page, ['ready']);
  await page.keyboard.press('Control+,');
  await dialog().getByRole('tab', { name: 'Library' }).click();
  const kept = dialog().getByTestId('kept-library');
  await kept.waitFor();
  expect(await task().count()).toBe(0);
  await kept.getByRole('button', { name: 'Delete…' }).click();
  await screenshotBothThemes(page, 'kept-library');
  await kept.getByRole('button', { name: 'Delete', exact: true }).click();
  await kept.waitFor({ state: 'detached' });
  expect(await readdir(join(dataFolder, 'data', 'accounts'))).toEqual(['local']);
});

test('it fits a small window, and nothing was complained of', async () => {
  const { page, app } = running;
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(900, 600));
  await dialog().getByRole('button', { name: 'Restore…' }).click();
  await dialog().getByTestId('restore-plan').waitFor();
  await screenshotBothThemes(page, 'restore-small');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await dialog().getByTestId('restore-plan').getByRole('button', { name: 'Cancel' }).click();
  await dialog().getByTestId('restore-plan').waitFor({ state: 'detached' });
  expect(running.complaints.filter((line) => /^(?:page|console):/.test(line))).toEqual([]);
});
