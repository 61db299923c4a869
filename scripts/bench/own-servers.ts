/**
 * Longest stall of the main process's event loop while a person tests a Postgres and a bucket of their own, turns sync on
 * and deletes the library there. The servers are PGlite and fauxqs, in the process of the benchmark.
 */
import type { Page } from 'playwright-core';
import { launchApp, removeDataFolder, type RunningApp } from '../../test/helpers/app.ts';
import { makeLetter } from '../../test/helpers/fixtures.ts';
import { bucketUser, closeOwnServers, startOwnServers, type OwnServers } from '../../test/helpers/own-servers.ts';
import { createAccount, nameBucket, nameDatabase, openSyncTab } from '../../test/helpers/sync-window.ts';
import { fillLibrary, runFromPalette } from '../../test/helpers/window.ts';
import { startDisplay } from './display.ts';
import type { BenchResult } from './report.ts';
import { longestStall, mainStalls, watchIdleProcess, watchMain } from './stalls.ts';

const patience = { timeout: 120_000 };
const owner = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'engines weave patterns' };

export async function run(): Promise<BenchResult[]> {
  const stopDisplay = await startDisplay();
  const servers = await startOwnServers();
  const running = await launchApp();
  try {
    await running.page.getByTestId('empty-state').waitFor(patience);
    await runFromPalette(running.page, 'create an account');
    await createAccount(running.page, owner);
    await fillLibrary(running, [{ name: 'crane.pdf', bytes: await makeLetter('The harbour crane') }]);
    return [await measure(running, servers)];
  } finally {
    await running.close();
    await removeDataFolder(running.dataFolder);
    await closeOwnServers(servers);
    stopDisplay();
  }
}

async function measure(running: RunningApp, servers: OwnServers): Promise<BenchResult> {
  const idle = watchIdleProcess();
  await watchMain(running.app);
  const started = performance.now();
  const failure = await useServers(running.page, servers).then(
    () => null,
    (thrown: unknown) => ({ thrown }),
  );
  const seconds = (performance.now() - started) / 1_000;
  // Also after a failure: a process that is left would keep this one from ending.
  const machine = await idle.stop();
  if (failure) throw failure.thrown;
  return longestStall(
    "Longest stall of the main process's event loop",
    await mainStalls(running.app),
    machine,
    `Both servers tested, sync turned on, a document sent, the library deleted there; ${seconds.toFixed(1)} s in all`,
  );
}

async function useServers(page: Page, servers: OwnServers): Promise<void> {
  const dialog = await openSyncTab(page);
  await dialog.getByRole('button', { name: 'Name a database…' }).click();
  await nameDatabase(dialog, servers.postgres);
  await nameBucket(dialog, servers.bucket, bucketUser);
  const password = dialog.getByLabel('Your account’s password', { exact: true });
  await password.fill(owner.password);
  await page.keyboard.press('Enter');
  await dialog.locator('[data-testid=sync-state][data-state=idle]').waitFor(patience);
  await dialog.getByRole('button', { name: 'Turn sync off…' }).click();
  await dialog.getByRole('button', { name: 'Delete the library there…' }).click();
  await password.fill(owner.password);
  await dialog.getByRole('button', { name: 'Delete it there' }).click();
  await dialog.getByRole('button', { name: 'Turn sync on' }).waitFor(patience);
  // The server lists folders, too, and keeps them.
  const left = (await servers.bucket.keys()).filter((key) => !key.endsWith('/'));
  if (left.length > 0) throw new Error(`Of the bucket are left: ${left.join(', ')}.`);
}
