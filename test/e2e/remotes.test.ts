/** One's own Postgres and bucket in real Electron: tried step by step, saved, there after a restart. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { bucketUsers, startBucketServer, type BucketServer, type BucketUser } from '../helpers/bucket-server.ts';
import { makeCertificates } from '../helpers/certificates.ts';
import { startPglite, type TestPostgres } from '../helpers/pglite-server.ts';
import { runFromPalette } from '../helpers/window.ts';

/** What a slow, loaded machine takes. */
const patience = { timeout: 60_000 };
const small = { width: 900, height: 600 };
/** The local profile's prefix is `local`. */
const ada: BucketUser = { ...bucketUsers[0], prefix: 'local/' };

let running: RunningApp;
let postgres: TestPostgres;
let bucket: BucketServer;
/** Takes connections and says nothing. */
const silent = createServer((socket) => socket.on('error', () => undefined).resume());

beforeAll(async () => {
  [running, postgres, bucket] = await Promise.all([launchApp(), startPglite(), startBucketServer({ users: [ada] })]);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  await running.page.setViewportSize(small);
});
afterAll(async () => {
  await running.end();
  silent.close();
  await Promise.all([postgres.close(), bucket.close()]);
});

/** To be looked at, in both themes, with nothing that axe finds and nothing that reaches out of its place. */
async function look(name: string): Promise<void> {
  const { page } = running;
  await screenshotBothThemes(page, `remotes-${name}`);
  expect(await seriousAxeViolations(page), name).toEqual([]);
  const beyond = await page.evaluate(() =>
    [...document.querySelectorAll('[role=tabpanel]')].filter((panel) => panel.scrollWidth > panel.clientWidth + 1),
  );
  expect(beyond).toEqual([]);
}

async function openTab(): Promise<Locator> {
  const { page } = running;
  await runFromPalette(page, 'sync settings');
  const dialog = page.getByTestId('settings-dialog');
  await dialog.getByRole('tab', { name: 'Sync', selected: true }).waitFor();
  return dialog;
}

const stateOf = (form: Locator, step: string, state: string) =>
  form.locator(`[data-step=${step}][data-state=${state}]`);

test('nothing is named at first, and the page says what sync is and that it is optional', async () => {
  const dialog = await openTab();
  await dialog.getByTestId('no-database').waitFor();
  await dialog.getByText('without them everything stays on this computer').waitFor();
  expect(await dialog.getByRole('region', { name: 'Bucket' }).count()).toBe(0);
  await look('empty');
});

test('a database in the clear wants an explicit yes, and one of this computer none', async () => {
  const { page } = running;
  const dialog = page.getByTestId('settings-dialog');
  await dialog.getByRole('button', { name: 'Name a database…' }).click();
  const form = dialog.getByTestId('database-form');
  // Whoever types goes on typing: the first field has the focus.
  await page.keyboard.type('db.example.com');
  expect(await form.getByLabel('Server', { exact: true }).inputValue()).toBe('db.example.com');
  await form.getByLabel('Database').fill('postgres');
  await form.getByLabel('User').fill('postgres');
  expect(await form.getByRole('button', { name: 'Test' }).isEnabled()).toBe(true);
  await form.getByRole('radio', { name: 'Unencrypted' }).click();
  const yes = form.getByLabel('Send everything unencrypted, the password too');
  await yes.waitFor();
  expect(await form.getByRole('button', { name: 'Test' }).isDisabled()).toBe(true);
  await look('in-the-clear');
  await yes.check();
  expect(await form.getByRole('button', { name: 'Test' }).isEnabled()).toBe(true);
  // A yes was for that server.
  await form.getByLabel('Server', { exact: true }).fill('other.example.com');
  expect(await yes.isChecked()).toBe(false);
  await form.getByLabel('Server', { exact: true }).fill('127.0.0.1');
  await yes.waitFor({ state: 'detached' });
  expect(await form.getByRole('button', { name: 'Test' }).isEnabled()).toBe(true);
});

test('a certificate comes out of a file, and a file that is none is refused', async () => {
  const { page, dataFolder } = running;
  const form = page.getByTestId('database-form');
  await form.getByRole('radio', { name: 'TLS' }).click();
  await form.getByText('Server with a certificate of your own authority').click();
  const folder = join(dataFolder, 'certificates');
  await mkdir(folder);
  const { authority } = await makeCertificates();
  await writeFile(join(folder, 'authority.pem'), authority);
  await writeFile(join(folder, 'picture.crt'), 'GIF89a');
  await form.getByTestId('authority-file').setInputFiles(join(folder, 'picture.crt'));
  await form.getByText('“picture.crt” is no certificate as text').waitFor();
  await form.getByTestId('authority-file').setInputFiles(join(folder, 'authority.pem'));
  await expect
    .poll(() => form.getByLabel('Certificate of the authority', { exact: true }).inputValue())
    .toBe(authority.trim());
  await look('authority');
  await form.getByRole('radio', { name: 'Unencrypted' }).click();
});

test('a test that waits shows where, can be stopped, and saves nothing', async () => {
  const { page } = running;
  const form = page.getByTestId('database-form');
  const address = silent.address();
  await form.getByLabel('Port').fill(String(typeof address === 'object' ? address?.port : 0));
  await form.getByLabel('Password', { exact: true }).fill(postgres.password);
  await page.keyboard.press('Enter');
  await form.locator('li[data-state=running]').waitFor(patience);
  await form.getByTestId('database-test').scrollIntoViewIfNeeded();
  await look('busy');
  await form.getByRole('button', { name: 'Stop' }).click();
  await form.getByTestId('database-test').waitFor({ state: 'detached' });
  expect(await form.getByRole('button', { name: 'Save' }).count()).toBe(0);
});

test('a step that fails says what to do, and the steps after it are not tried', async () => {
  const { page } = running;
  const form = page.getByTestId('database-form');
  // Nobody listens there any more.
  await new Promise((resolve) => silent.close(resolve));
  await form.getByRole('button', { name: 'Test' }).click();
  await stateOf(form, 'reach', 'failed').waitFor(patience);
  await stateOf(form, 'schema', 'not-tried').waitFor();
  const alert = stateOf(form, 'reach', 'failed').getByRole('alert');
  expect(((await alert.textContent()) ?? '').length).toBeGreaterThan(30);
  await alert.scrollIntoViewIfNeeded();
  await look('failed');
  expect(await form.getByRole('button', { name: 'Save' }).count()).toBe(0);
});

test('a database whose every step passed is saved, and named with where its password is', async () => {
  const { page } = running;
  const dialog = page.getByTestId('settings-dialog');
  const form = dialog.getByTestId('database-form');
  await form.getByLabel('Port').fill(String(postgres.port));
  await form.getByRole('button', { name: 'Test' }).click();
  await form.getByText('All steps passed. It holds once it is saved.').waitFor(patience);
  expect(await form.locator('li[data-state=passed]').count()).toBe(7);
  await form.getByTestId('database-test').scrollIntoViewIfNeeded();
  await look('passed');
  // What is typed now was not tried.
  await form.getByLabel('User').fill('somebody');
  expect(await form.getByRole('button', { name: 'Save' }).count()).toBe(0);
  await form.getByLabel('User').fill('postgres');
  await page.keyboard.press('Enter');
  await form.getByRole('button', { name: 'Save' }).click(patience);
  const card = dialog.getByTestId('database-card');
  await card.getByText(`postgres@127.0.0.1:${postgres.port}/postgres`).waitFor(patience);
  expect(await card.getAttribute('data-secret')).toBe('kept');
  // The keyboard's place is not lost with the form.
  expect(await page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null)).toBe(true);
  await look('database-named');
});

test('a bucket is refused with a wrong key, then saved, sealed', async () => {
  const { page } = running;
  const dialog = page.getByTestId('settings-dialog');
  await dialog.getByRole('button', { name: 'Name a bucket…' }).click();
  const form = dialog.getByTestId('bucket-form');
  await form.getByLabel('Address').fill(bucket.endpoint);
  await form.getByLabel('Bucket', { exact: true }).fill(bucket.bucket);
  await form.getByLabel('Access key’s id').fill(ada.accessKeyId);
  expect(await form.getByRole('button', { name: 'Test' }).isDisabled()).toBe(true);
  await form.getByLabel('Secret key', { exact: true }).fill('wrong');
  await look('bucket');
  await page.keyboard.press('Enter');
  await form.locator('li[data-state=failed]').waitFor(patience);
  await form.locator('li[data-state=failed]').getByRole('alert').scrollIntoViewIfNeeded();
  await look('bucket-refused');
  await form.getByLabel('Secret key', { exact: true }).fill(ada.secretAccessKey);
  await page.keyboard.press('Enter');
  await form.getByRole('button', { name: 'Save' }).click(patience);
  const card = dialog.getByTestId('bucket-card');
  await card.getByText('Files are encrypted before they are sent.').waitFor(patience);
  await look('both-named');
});

test('both are there after a restart, and are tested again without their secrets being typed', async () => {
  const { dataFolder, close } = running;
  await close();
  running = await launchApp({ dataFolder });
  await running.page.setViewportSize(small);
  const dialog = await openTab();
  expect(await dialog.getByTestId('database-card').getAttribute('data-secret', patience)).toBe('kept');
  expect(await dialog.getByTestId('bucket-card').getAttribute('data-secret')).toBe('kept');
  await dialog.getByRole('button', { name: 'Change or test the bucket' }).click();
  const form = dialog.getByTestId('bucket-form');
  expect(await form.getByLabel('Secret key', { exact: true }).inputValue()).toBe('');
  expect(await form.getByLabel('Secret key', { exact: true }).getAttribute('placeholder')).toBe('Saved');
  await form.getByRole('button', { name: 'Test' }).click();
  await form.getByText('All steps passed. It holds once it is saved.').waitFor(patience);
  // Another bucket gets nothing of what was kept.
  await form.getByLabel('Bucket', { exact: true }).fill('another-bucket');
  expect(await form.getByRole('button', { name: 'Test' }).isDisabled()).toBe(true);
  await form.getByRole('button', { name: 'Cancel' }).click();
});

test('a bucket is forgotten after a question whose safe answer has the focus', async () => {
  const { page } = running;
  const dialog = page.getByTestId('settings-dialog');
  await dialog.getByRole('button', { name: 'Remove the bucket' }).click();
  expect(await dialog.getByRole('button', { name: 'Keep it' }).evaluate((element) => element.matches(':focus'))).toBe(
    true,
  );
  await look('forget');
  await dialog.getByRole('button', { name: 'Forget it' }).click();
  await dialog.getByRole('button', { name: 'Name a bucket…' }).waitFor(patience);
  expect(await bucket.keys()).toEqual([]);
  expect(running.complaints.filter((line) => /^(?:page|console):/.test(line))).toEqual([]);
});
