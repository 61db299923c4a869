/** The other ways in: files on the command line, a second start, and the clipboard. */
import { execFile, spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import {
  dropFiles,
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
