/**
 * Longest stall of the main process's event loop while a person tests a Postgres and a bucket of their own, turns sync on
 * and deletes the library there. The servers are PGlite and fauxqs, in the process of the benchmark.
 */
import type { Locator, Page } from 'playwright-core';
import { launchApp, removeDataFolder, type RunningApp } from '../../test/helpers/app.ts';
import { startBucketServer, type BucketServer, type BucketUser } from '../../test/helpers/bucket-server.ts';
import { makeLetter } from '../../test/helpers/fixtures.ts';
import { startPglite, type TestPostgres } from '../../test/helpers/pglite-server.ts';
import { fillLibrary, runFromPalette } from '../../test/helpers/window.ts';
import { startDisplay } from './display.ts';
import type { BenchResult } from './report.ts';
import { longestStall, mainStalls, watchIdleProcess, watchMain } from './stalls.ts';

const patience = { timeout: 120_000 };
const owner = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'engines weave patterns' };
const user: BucketUser = { accessKeyId: 'QUIRE', secretAccessKey: 'the secret key of everything', prefix: '' };

interface Servers {
  readonly postgres: TestPostgres;
  readonly bucket: BucketServer;
}

export async function run(): Promise<BenchResult[]> {
  const stopDisplay = await startDisplay();
  const [postgres, bucket] = await Promise.all([startPglite({ shared: true }), startBucketServer({ users: [user] })]);
  const running = await launchApp();
  try {
    await createAccount(running.page);
    await fillLibrary(running, [{ name: 'crane.pdf', bytes: await makeLetter('The harbour crane') }]);
    return [await measure(running, { postgres, bucket })];
  } finally {
    await running.close();
    await removeDataFolder(running.dataFolder);
    await Promise.all([postgres.close(), bucket.close()]);
    stopDisplay();
  }
}

async function measure(running: RunningApp, servers: Servers): Promise<BenchResult> {
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

async function useServers(page: Page, servers: Servers): Promise<void> {
  const dialog = await openTab(page);
  await nameServers(dialog, servers);
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

async function createAccount(page: Page): Promise<void> {
  await page.getByTestId('empty-state').waitFor(patience);
  await runFromPalette(page, 'create an account');
  const form = page.getByTestId('register-form');
  await form.getByLabel('Name').fill(owner.name);
  await form.getByLabel('E-mail').fill(owner.email);
  await form.getByLabel('Password', { exact: true }).fill(owner.password);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: `Account of ${owner.name}` }).waitFor(patience);
  await page.getByTestId('empty-state').waitFor(patience);
}

async function openTab(page: Page): Promise<Locator> {
  await runFromPalette(page, 'sync settings');
  const dialog = page.getByTestId('settings-dialog');
  await dialog.getByTestId('no-database').waitFor(patience);
  return dialog;
}

/** Tests both, and saves them. */
async function nameServers(dialog: Locator, { postgres, bucket }: Servers): Promise<void> {
  await dialog.getByRole('button', { name: 'Name a database…' }).click();
  const database = dialog.getByTestId('database-form');
  await database.getByLabel('Server', { exact: true }).fill(postgres.host);
  await database.getByLabel('Port').fill(String(postgres.port));
  await database.getByLabel('Database').fill(postgres.database);
  await database.getByLabel('User').fill(postgres.user);
  await database.getByLabel('Password', { exact: true }).fill(postgres.password);
  await database.getByRole('radio', { name: 'Unencrypted' }).click();
  await database.getByRole('button', { name: 'Test' }).click();
  await database.getByRole('button', { name: 'Save' }).click(patience);
  await dialog.getByTestId('database-card').waitFor(patience);
  await dialog.getByRole('button', { name: 'Name a bucket…' }).click();
  const objects = dialog.getByTestId('bucket-form');
  await objects.getByLabel('Address').fill(bucket.endpoint);
  await objects.getByLabel('Bucket', { exact: true }).fill(bucket.bucket);
  await objects.getByLabel('Access key’s id').fill(user.accessKeyId);
  await objects.getByLabel('Secret key', { exact: true }).fill(user.secretAccessKey);
  await objects.getByRole('button', { name: 'Test' }).click();
  await objects.getByRole('button', { name: 'Save' }).click(patience);
  await dialog.getByTestId('bucket-card').waitFor(patience);
}
