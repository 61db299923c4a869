/** A folder of two hundred files, in real Electron: one progress, one cancel, one message; it survives kill -9. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { mainRequest } from '../helpers/main-request.ts';
import { makeFolderOfNotes } from '../helpers/notes.ts';
import { chooseInDialog, longestPauses, runFromPalette, watchPauses } from '../helpers/window.ts';

const FILES = 200;
let running: RunningApp;

beforeAll(async () => {
  running = await launchApp();
  await running.page.getByTestId('empty-state').waitFor();
});
afterAll(() => running.end());

const status = () => running.page.getByTestId('import-status');

async function documents(): Promise<{ title: string; state: string; fileName: string }[]> {
  return [...(await mainRequest(running.page, 'library.listDocuments', {}))];
}

/** Stops what reads, or lets it go on: however long looking at an import takes, it is in the middle. */
async function signalHosts(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  const pids = await running.app.evaluate(({ app }) =>
    app.getAppMetrics().flatMap(({ name = '', pid }) => (name.includes('Quire') ? [pid] : [])),
  );
  if (pids.length === 0 && signal === 'SIGSTOP') throw new Error('There is no process that reads.');
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // One that did not answer was killed by the app.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

async function addFolder(folder: string): Promise<void> {
  await chooseInDialog(running.app, [folder]);
  await runFromPalette(running.page, 'add a folder');
}

test('a folder is imported with one progress; a kill in the middle loses no file, and one message ends it', async () => {
  const folder = await makeFolderOfNotes(join(running.dataFolder, 'folder'), FILES - 4);
  await writeFile(join(folder, 'letter.pdf'), await makeLetter('The harbour crane'));
  await writeFile(join(folder, 'again.txt'), 'Note 7 tells of the harbour crane number 7.\n');
  await writeFile(join(folder, 'zz-empty.txt'), '');
  await writeFile(join(folder, 'zz-fake.pdf'), 'This is no PDF.');
  await watchPauses(running);
  await addFolder(folder);
  await status().waitFor();
  await expect.poll(() => status().textContent()).toMatch(/(Adding|Reading|Indexing) \d+ of 200/);
  await expect.poll(async () => (await documents()).length, { timeout: 60_000 }).toBeGreaterThan(20);
  await signalHosts('SIGSTOP');
  const ready = (await documents()).filter(({ state }) => state === 'ready').length;
  expect(ready).toBeLessThan(FILES / 2);
  const pauses = await longestPauses(running);
  console.log('pauses while 200 files were queued (ms):', pauses);
  await status().click();
  await running.page.getByTestId('import-details').waitFor();
  await screenshotBothThemes(running.page, 'import-running');
  expect(await seriousAxeViolations(running.page)).toEqual([]);
  const { dataFolder } = running;
  await running.kill();

  running = await launchApp({ dataFolder });
  await status().waitFor({ timeout: 60_000 });
  await expect.poll(() => status().textContent(), { timeout: 60_000 }).toMatch(/ of 200/);
  const toast = running.page.getByTestId('toast').filter({ hasText: 'Imported 200 files' });
  await toast.waitFor({ timeout: 200_000 });
  expect(await toast.textContent()).toMatch(/197 ready, 1 already there, 2 failed/);
  expect(await running.page.getByTestId('toast').count()).toBe(1);
  const list = await documents();
  // The file that is no PDF has a card; the empty one could not be taken in.
  expect(list).toHaveLength(198);
  expect(new Set(list.map(({ fileName }) => fileName)).size).toBe(198);
});

test('what failed is told with its reason, and is tried again on request', async () => {
  const { page } = running;
  await expect.poll(() => status().textContent()).toBe('2 failed of 200');
  await status().click();
  const details = page.getByTestId('import-details');
  await expect.poll(() => details.getByTestId('import-failure').count()).toBe(2);
  expect(await details.textContent()).toMatch(/zz-empty\.txt.*is empty.*zz-fake\.pdf.*not a PDF/s);
  expect(await details.getByTestId('import-count-ready').textContent()).toMatch(/197/);
  expect(await details.getByTestId('import-count-already').textContent()).toMatch(/1$/);
  await screenshotBothThemes(page, 'import-over');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await writeFile(join(running.dataFolder, 'folder', 'zz-empty.txt'), 'Now it says something about ferries.\n');
  await details.getByRole('button', { name: 'Retry all failed' }).click();
  await expect.poll(() => status().textContent(), { timeout: 30_000 }).toBe('1 failed of 200');
  await details.getByRole('button', { name: 'Done' }).click();
  await status().waitFor({ state: 'detached' });
});

test('cancel keeps what is ready and takes out the rest, which can be added after all', async () => {
  const { page, app } = running;
  const before = (await documents()).length;
  const folder = await makeFolderOfNotes(join(running.dataFolder, 'second'), 120, 'ferry');
  await addFolder(folder);
  await expect.poll(async () => (await documents()).length, { timeout: 60_000 }).toBeGreaterThan(before + 5);
  await signalHosts('SIGSTOP');
  try {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(900, 600));
    await page.getByTestId('import-cancel').click();
  } finally {
    await signalHosts('SIGCONT');
  }
  const toast = page.getByTestId('toast').filter({ hasText: 'Import cancelled' });
  await toast.waitFor({ timeout: 60_000 });
  await screenshotBothThemes(page, 'import-cancelled');
  await expect
    .poll(async () => (await documents()).every(({ state }) => state === 'ready' || state === 'failed'))
    .toBe(true);
  const kept = (await documents()).length;
  expect(kept).toBeLessThan(before + 120);
  await toast.getByRole('button', { name: 'Add after all' }).click();
  await expect
    .poll(async () => (await documents()).filter(({ state }) => state === 'ready').length, { timeout: 200_000 })
    .toBe(before + 119);
  expect(running.complaints.filter((line) => /^(page|console):/.test(line))).toEqual([]);
});
