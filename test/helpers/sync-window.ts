/** What a person does in the window with sync, in the steps that several end-to-end tests share. */
import { expect } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import type { BucketServer, BucketUser } from './bucket-server.ts';
import type { TestPostgres } from './pglite-server.ts';
import { runFromPalette } from './window.ts';

/** What a slow, loaded machine takes. */
const patience = { timeout: 90_000 };

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** Opens Settings on sync. */
export async function openSyncTab(page: Page): Promise<Locator> {
  await runFromPalette(page, 'sync settings');
  const dialog = page.getByTestId('settings-dialog');
  await dialog.getByRole('tab', { name: 'Sync', selected: true }).waitFor();
  return dialog;
}

export async function closeSettings(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByTestId('settings-dialog').waitFor({ state: 'detached' });
}

/** Has this computer sync now, and waits until it did. */
export async function syncHere(page: Page): Promise<void> {
  const dialog = await openSyncTab(page);
  await dialog.getByRole('button', { name: 'Sync now' }).click(patience);
  await dialog.locator('[data-testid=sync-state][data-state=idle]').waitFor(patience);
  await closeSettings(page);
}

/** Fills in the open form; the account takes the library along. */
export async function createAccount(page: Page, { name, email, password }: Person): Promise<void> {
  const form = page.getByTestId('register-form');
  await form.getByLabel('Name').fill(name);
  await form.getByLabel('E-mail').fill(email);
  await form.getByLabel('Password', { exact: true }).fill(password);
  expect(await form.getByLabel('Take this library along').isChecked()).toBe(true);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: `Account of ${name}` }).waitFor(patience);
}

/** Fills in the open form. */
export async function nameDatabase(dialog: Locator, postgres: TestPostgres): Promise<void> {
  const form = dialog.getByTestId('database-form');
  await form.getByLabel('Server', { exact: true }).fill('127.0.0.1');
  await form.getByLabel('Port').fill(String(postgres.port));
  await form.getByLabel('Database').fill(postgres.database);
  await form.getByLabel('User').fill(postgres.user);
  await form.getByLabel('Password', { exact: true }).fill(postgres.password);
  await form.getByRole('radio', { name: 'Unencrypted' }).click();
  await form.getByRole('button', { name: 'Test' }).click();
  await form.getByRole('button', { name: 'Save' }).click(patience);
  await dialog.getByTestId('database-card').waitFor(patience);
}

/** Opens the form and fills it in; files are sent as they are. */
export async function nameBucket(dialog: Locator, bucket: BucketServer, user: BucketUser): Promise<void> {
  await dialog.getByRole('button', { name: 'Name a bucket…' }).click();
  const form = dialog.getByTestId('bucket-form');
  await form.getByLabel('Address').fill(bucket.endpoint);
  await form.getByLabel('Bucket', { exact: true }).fill(bucket.bucket);
  await form.getByLabel('Access key’s id').fill(user.accessKeyId);
  await form.getByLabel('Secret key', { exact: true }).fill(user.secretAccessKey);
  await form.getByText('Send files as they are').click();
  await form.getByRole('button', { name: 'Test' }).click();
  await form.getByRole('button', { name: 'Save' }).click(patience);
  await dialog.getByTestId('bucket-card').waitFor(patience);
}
