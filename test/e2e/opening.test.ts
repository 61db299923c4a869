/** The other ways in: files on the command line, a second start, the clipboard, the system's dialog, a dropped folder. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type ElectronApplication } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import {
  dropFiles,
  dropPaths,
  electronPath,
  launchApp,
  launchCommand,
  makeDataFolder,
  pasteFiles,
  removeDataFolder,
  writeFiles,
  type RunningApp,
} from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { waitForState } from '../helpers/window.ts';

let running: RunningApp | null = null;

afterEach(async () => {
  await running?.end();
  running = null;
});

test('files come in by Open with, by a second start and by paste; each becomes one ready document', async () => {
  const dataFolder = await makeDataFolder();
  const [first = '', second = '', third = ''] = await writeFiles(dataFolder, [
    { name: 'first.pdf', bytes: await makeLetter('The first letter') },
    { name: 'second.pdf', bytes: await makeLetter('The second letter') },
    { name: 'third.txt', bytes: 'The third document is plain text about harbour cranes.' },
  ]);

  running = await launchApp({ dataFolder, arguments: [first, join(dataFolder, 'gone.pdf')] });
  const { page, app } = running;
  await page.getByText('gone.pdf').first().waitFor();
  await waitForState(page, ['ready']);
  expect(await page.getByTestId('document-card').count()).toBe(1);

  // The second start hands its file to the window that is there, and ends.
  const { args, env } = launchCommand(dataFolder, { arguments: [second] });
  await promisify(execFile)(electronPath(), args, { env, timeout: 30_000 });
  await expect.poll(() => page.getByTestId('document-card').count(), { timeout: 20_000 }).toBe(2);
  expect(app.windows()).toHaveLength(1);

  await pasteFiles(page, [third]);
  await expect.poll(() => page.getByTestId('document-card').count(), { timeout: 20_000 }).toBe(3);
  await waitForState(page, ['ready']);
  expect(running.complaints.filter((line) => /^(?:page|console):/.test(line))).toEqual([]);
});

test('Ctrl+O asks the system for files, several at once; leaving its dialog adds nothing', async () => {
  running = await launchApp();
  const { page, app, dataFolder } = running;
  await page.getByTestId('empty-state').waitFor();
  const paths = await writeFiles(dataFolder, [
    { name: 'first.pdf', bytes: await makeLetter('The first letter') },
    { name: 'second.md', bytes: '# The second document\n\nThe ferry to Brevik leaves at 06:40 on weekdays.\n' },
    { name: 'picture.png', bytes: 'This is no document.' },
  ]);
  await answerDialogs(app, []);
  await page.keyboard.press('Control+o');
  await expect.poll(() => askedDialogs(app)).toHaveLength(1);
  const [asked] = await askedDialogs(app);
  // A dialog of the window's own, for several files, of the kinds that can be read.
  expect(asked).toMatchObject({ hasOwner: true, properties: ['openFile', 'multiSelections'] });
  expect(asked?.extensions).toEqual(['pdf', 'txt', 'text', 'md', 'markdown']);
  expect(await page.getByTestId('empty-state').isVisible()).toBe(true);
  expect(await page.getByTestId('toast').count()).toBe(0);

  await answerDialogs(app, paths);
  await page.keyboard.press('Control+o');
  await expect.poll(() => page.getByTestId('document-card').count(), { timeout: 20_000 }).toBe(2);
  // Whoever typed a name of another kind is told.
  await page.getByTestId('toast').getByText('“picture.png” is not a PDF, .txt or .md file.').waitFor();
  await waitForState(page, ['ready']);
  expect(running.complaints.filter((line) => /^(?:page|console):/.test(line))).toEqual([]);
});

test('a folder is dropped with the folders in it: what can be read is added, the rest is passed over', async () => {
  running = await launchApp();
  const { page, dataFolder } = running;
  await page.getByTestId('empty-state').waitFor();
  const folder = join(dataFolder, 'Correspondence');
  await mkdir(join(folder, 'Older', 'Still older'), { recursive: true });
  await mkdir(join(folder, '.hidden'));
  await mkdir(join(dataFolder, 'Nothing in it'));
  const files = {
    'top.pdf': await makeLetter('A letter at the top'),
    'picture.png': 'no document',
    'table.xlsx': 'no document either',
    'Older/below.pdf': await makeLetter('A letter below'),
    'Older/Thumbs.db': 'nor this',
    'Older/Still older/deepest.txt': 'The deepest document tells of harbour cranes.',
    '.hidden/secret.txt': 'What is hidden is not taken along.',
  };
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  const [beside = ''] = await writeFiles(dataFolder, [
    { name: 'beside.md', bytes: '# Beside the folder\n\nA note.\n' },
  ]);

  await dropPaths(page, [folder, beside, join(dataFolder, 'Nothing in it')]);
  await expect.poll(() => page.getByTestId('document-card').count(), { timeout: 20_000 }).toBe(4);
  await waitForState(page, ['ready']);
  const titles = await page.getByTestId('document-card').allTextContents();
  for (const title of ['A letter at the top', 'A letter below', 'deepest', 'Beside the folder'])
    expect(
      titles.some((text) => text.includes(title)),
      title,
    ).toBe(true);
  // Others are passed over in silence; a folder without anything to read is told.
  const told = page.getByTestId('toast').filter({ hasText: 'Nothing in it' });
  await told.getByText('The folder “Nothing in it” has no PDF, .txt or .md file in it.').waitFor();
  expect(
    await page
      .getByTestId('toast')
      .filter({ hasText: /picture|table|Thumbs|secret/ })
      .count(),
  ).toBe(0);
  expect(await page.getByTestId('drop-overlay').count()).toBe(0);
  expect(running.complaints.filter((line) => /^(?:page|console):/.test(line))).toEqual([]);
});

interface AskedDialog {
  readonly hasOwner: boolean;
  readonly properties: readonly string[];
  readonly extensions: readonly string[];
}

/** The system's dialogs answer with these from now on (none: it was left), and what they were asked for is kept. */
async function answerDialogs(app: ElectronApplication, paths: readonly string[]): Promise<void> {
  await app.evaluate(({ dialog }, filePaths) => {
    const kept = globalThis as unknown as { askedDialogs?: AskedDialog[] };
    const asked = (kept.askedDialogs ??= []);
    dialog.showOpenDialog = (...given: readonly unknown[]) => {
      const { properties = [], filters = [] } = given.at(-1) as Electron.OpenDialogOptions;
      asked.push({
        hasOwner: given.length > 1,
        properties,
        extensions: filters.flatMap((filter) => filter.extensions),
      });
      return Promise.resolve({ canceled: filePaths.length === 0, filePaths: [...filePaths] });
    };
  }, paths);
}

function askedDialogs(app: ElectronApplication): Promise<readonly AskedDialog[]> {
  return app.evaluate(() => (globalThis as unknown as { askedDialogs: AskedDialog[] }).askedDialogs);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

if (process.platform === 'linux') {
  // Catches: files that vanish without a word, because Chromium can't read their names in the C locale.
  test('files with any letters in their names come in where no locale is set', async () => {
    const dataFolder = await makeDataFolder();
    const port = await freePort();
    const [opened = '', dropped = ''] = await writeFiles(dataFolder, [
      { name: 'Prüfbericht.txt', bytes: 'The bridge was looked at in spring.' },
      { name: 'Räksmörgås 日本.txt', bytes: 'The sandwich is served cold.' },
    ]);
    const { args, env } = launchCommand(dataFolder, { arguments: [`--remote-debugging-port=${port}`, opened] });
    const bare = Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:LANG|LC_)/.test(name)));
    // It starts itself anew, which Playwright's own way of starting it would lose sight of.
    spawn(electronPath(), args, { env: bare, stdio: 'ignore' });
    const address = `http://127.0.0.1:${port}`;
    await expect
      .poll(() => fetch(`${address}/json/version`).then(({ ok }) => ok, String), { timeout: 30_000 })
      .toBe(true);
    // Else Playwright hands over the bytes of a file, which then has no path.
    const browser = await chromium.connectOverCDP(address, { isLocal: true });
    try {
      await expect.poll(() => browser.contexts()[0]?.pages().length, { timeout: 20_000 }).toBe(1);
      const [page] = browser.contexts()[0]?.pages() ?? [];
      if (!page) throw new Error('there is no window');
      await page.getByTestId('document-card').filter({ hasText: 'Prüfbericht' }).waitFor({ timeout: 30_000 });
      await dropFiles(page, [dropped]);
      await page.getByTestId('document-card').filter({ hasText: 'Räksmörgås 日本' }).waitFor({ timeout: 20_000 });
      await waitForState(page, ['ready']);
    } finally {
      const closed = new Promise((resolve) => browser.once('disconnected', resolve));
      // It may be gone before it could answer.
      void (await browser.newBrowserCDPSession()).send('Browser.close').catch(() => undefined);
      await closed;
      await removeDataFolder(dataFolder);
    }
  });
}
