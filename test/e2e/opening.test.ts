/** The other ways in: files on the command line, a second start, and the clipboard. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import {
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
  await running?.close();
  if (running) await removeDataFolder(running.dataFolder);
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
