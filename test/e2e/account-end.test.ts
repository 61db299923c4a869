/**
 * The end of an account that syncs, in real Electron with a Postgres and a bucket on loopback: by keys alone, with its library
 * there deleted or left, and with servers that are away.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import type { BucketServer } from '../helpers/bucket-server.ts';
import type { TestCore } from '../helpers/core.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { mainRequest, requestAnew } from '../helpers/main-request.ts';
import { bucketUser, closeOwnServers, rowsOfAccounts, startOwnServers } from '../helpers/own-servers.ts';
import type { TestPostgres } from '../helpers/pglite-server.ts';
import { openSecondComputer } from '../helpers/second-computer.ts';
import { answerRequests, fillLibrary, runFromPalette } from '../helpers/window.ts';
import { databaseRemoteSchema } from '../../shared/remotes.ts';
import { syncOff } from '../../shared/sync-view.ts';

/** What a slow, loaded machine takes. */
const patience = { timeout: 90_000 };
const ada = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'engines weave patterns' };

let running: RunningApp;
let postgres: TestPostgres;
let bucket: BucketServer;
/** The other computer. */
let other: TestCore | null = null;

beforeAll(async () => {
  [running, { postgres, bucket }] = await Promise.all([launchApp(), startOwnServers()]);
  await running.page.setViewportSize({ width: 900, height: 600 });
  await fillLibrary(running, [{ name: 'crane.pdf', bytes: await makeLetter('The harbour crane') }]);
});
afterAll(async () => {
  await other?.close();
  await running.end();
  await closeOwnServers({ postgres, bucket });
});

const card = (title: string) => running.page.getByTestId('document-card').filter({ hasText: title });
const form = () => running.page.getByTestId('delete-account');
const focused = () => running.page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? '');

async function look(name: string): Promise<void> {
  const { page } = running;
  await screenshotBothThemes(page, `account-end-${name}`);
  expect(await seriousAxeViolations(page), name).toEqual([]);
  const beyond = await page.evaluate(() =>
    [...document.querySelectorAll('[role=tabpanel]')].filter((panel) => panel.scrollWidth > panel.clientWidth + 1),
  );
  expect(beyond).toEqual([]);
}

/** An account that syncs through both servers, once a round ended. */
async function syncedAccount(takeLocal: boolean): Promise<void> {
  const { page } = running;
  await requestAnew(running, 'accounts.register', { ...ada, staySignedIn: false, takeLocal });
  await page.getByRole('button', { name: `Account of ${ada.name}` }).waitFor(patience);
  const { host, port, database, user } = postgres;
  const remotes = {
    database: databaseRemoteSchema.parse({ host, port, database, user, tls: 'off' }),
    bucket: bucket.remote(bucketUser, { sealed: false }),
  };
  const tested = [
    await mainRequest(page, 'remotes.testDatabase', { remote: remotes.database, password: postgres.password }),
    await mainRequest(page, 'remotes.testBucket', { remote: remotes.bucket, secret: bucketUser.secretAccessKey }),
  ];
  expect(tested.map(({ ok }) => ok)).toEqual([true, true]);
  await mainRequest(page, 'remotes.set', remotes);
  await mainRequest(page, 'sync.turnOn', { password: ada.password });
  await card('The harbour crane').waitFor(patience);
  await expect
    .poll(async () => (await mainRequest(page, 'sync.status', {})).syncedAt, patience)
    .toEqual(expect.any(Number));
  await expect
    .poll(() => card('The harbour crane').getByTestId('sync-mark').getAttribute('data-sync'), patience)
    .toBe('synced');
}

/** Opens the question with the keyboard; its first choice has the focus then. */
async function ask(): Promise<void> {
  const { page } = running;
  await runFromPalette(page, 'account settings');
  await page.getByRole('button', { name: 'Delete account…' }).focus();
  await page.keyboard.press('Enter');
  await form().waitFor();
  await expect.poll(focused).toBe('choice-delete');
}

/** From the first choice on. */
async function typePassword(): Promise<void> {
  const { page } = running;
  await page.keyboard.press('Tab');
  await page.keyboard.type(ada.password);
}

test('says what lies on which servers, and wants a choice; with servers that are away nothing is deleted anywhere', async () => {
  const { page } = running;
  await syncedAccount(true);
  await ask();
  const what = form().getByTestId('library-there-what');
  await expect.poll(() => what.textContent()).toMatch(/1 document with .* of files/);
  const text = (await what.textContent()) ?? '';
  expect(text).toContain(`${postgres.host}:${postgres.port}/${postgres.database}`);
  expect(text).toContain(`${bucket.bucket} at ${new URL(bucket.endpoint).host}`);
  await look('question');
  await typePassword();
  // Nothing is chosen yet.
  expect(await form().getByTestId('submit').isEnabled()).toBe(false);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Space');
  await expect.poll(() => form().getByTestId('submit').textContent()).toBe('Delete on your servers');
  const rows = await rowsOfAccounts(postgres);
  await postgres.door?.shut();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await form().getByRole('button', { name: 'Delete only here' }).waitFor(patience);
  await form().getByRole('alert').getByText('Nothing answers').waitFor();
  expect(await form().getByTestId('submit').textContent()).toBe('Try again');
  await look('away');
  expect([await rowsOfAccounts(postgres), (await bucket.keys()).length]).toEqual([rows, 2]);
  await postgres.door?.open();
});

test('shows how far it is, and proves that nothing is left there before it goes here', async () => {
  const { page, app } = running;
  await answerRequests(app, {}, { 'sync.deleteThere': 12_000 });
  await form().getByLabel('Password', { exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => form().getByTestId('submit').textContent()).toBe('Deleting…');
  await app.evaluate(
    ({ BrowserWindow }, status) =>
      BrowserWindow.getAllWindows()[0]?.webContents.send('quire:event', 'sync.changed', status),
    { ...syncOff, state: 'syncing', progress: { phase: 'deleting-files', done: 1_000, total: 2_400 } },
  );
  await form().getByTestId('deleting-there').getByText('files, 1,000 of 2,400').waitFor();
  await screenshotBothThemes(page, 'account-end-busy');
  const proof = form().getByTestId('deleted-there');
  await proof.waitFor(patience);
  expect(await proof.textContent()).toMatch(/[\d,]+ rows and 2 files were deleted .* none left/);
  expect([await rowsOfAccounts(postgres), await bucket.keys()]).toEqual([0, []]);
  await look('proof');
  // It is still here, and can be kept.
  expect(await mainRequest(page, 'library.listDocuments', {})).toHaveLength(1);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Keep the account here');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByTestId('settings-dialog').waitFor({ state: 'detached', ...patience });
  await page.getByTestId('empty-state').waitFor(patience);
  expect(await page.textContent('body')).not.toContain('harbour');
});

test('left there, the library is other computers’, and of whoever signs in again', async () => {
  const { page } = running;
  await fillLibrary(running, [{ name: 'crane.pdf', bytes: await makeLetter('The harbour crane') }]);
  await syncedAccount(true);
  other = await openSecondComputer({ postgres, bucket, user: bucketUser, ...ada });
  expect((await other.core.sync.round()).error).toBeNull();
  expect(await other.core.sync.devices()).toHaveLength(2);
  await ask();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => form().getByTestId('submit').textContent()).toBe('Delete account');
  await typePassword();
  await look('leave');
  await page.keyboard.press('Enter');
  await page.getByTestId('settings-dialog').waitFor({ state: 'detached', ...patience });
  await page.getByTestId('empty-state').waitFor(patience);
  expect((await other.core.sync.round()).error).toBeNull();
  // This computer is not waited for any more.
  expect(await other.core.sync.devices()).toHaveLength(1);
  expect(await other.core.database.documents.ids()).toHaveLength(1);
  await syncedAccount(false);
  expect(running.complaints.filter((line) => /^page:/.test(line))).toEqual([]);
});
