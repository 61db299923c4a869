/** An encrypted backup in the window: checked without its password, opened with it, and what becomes of it is told. */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readyFolder } from '../../electron/backup/swap.ts';
import { inBackupThread } from '../../electron/backup/thread.ts';
import { writeKeysFile, type KeysFile } from '../../electron/encryption/keys-file.ts';
import { deriveLibraryKeys, type LibraryKeys } from '../../electron/encryption/library-keys.ts';
import { makeKeys } from '../../electron/encryption/open-keys.ts';
import { formatRecoveryCode, makeRecoveryCode } from '../../electron/encryption/recovery-code.ts';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { backUp } from '../helpers/backup.ts';
import { openTestCore } from '../helpers/core.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { fillLibrary, waitForState } from '../helpers/window.ts';

const password = 'seven green kettles';
const code = makeRecoveryCode();
let running: RunningApp;
let backup: string;
let keysFile: KeysFile;
let keys: LibraryKeys;

beforeAll(async () => {
  running = await launchApp();
  await fillLibrary(running, [{ name: 'here.md', bytes: '# Here before\n\nA quay.\n' }]);
  backup = join(running.dataFolder, 'Encrypted.zip');
  const { dataKey, file } = await makeKeys(password, code, 'on');
  keysFile = file;
  keys = deriveLibraryKeys(dataKey);
  const other = await openTestCore({}, { keys });
  try {
    await writeKeysFile(other.folder, file);
    await other.core.ingest.add([await other.file('crane.pdf', await makeLetter('The harbour crane'))]);
    await other.settled();
    await backUp(other.folder, backup, {}, keys);
  } finally {
    await other.close();
  }
  await running.app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, backup);
}, 120_000);
afterAll(() => running.end());

const dialog = () => running.page.getByTestId('settings-dialog');
const plan = () => dialog().getByTestId('restore-plan');

async function typeSecret(secret: string): Promise<void> {
  await plan().getByLabel('Password or recovery code', { exact: true }).fill(secret);
  await running.page.keyboard.press('Enter');
}

test('it is checked without a password, and nothing of it is told', async () => {
  const { page } = running;
  await page.keyboard.press('Control+,');
  await dialog().getByRole('tab', { name: 'Library' }).click();
  await dialog().getByRole('button', { name: 'Verify a backup…' }).click();
  const task = dialog().getByTestId('backup-task');
  await expect
    .poll(() => task.textContent(), { timeout: 30_000 })
    .toContain('Every byte is as it was written. What is in it is encrypted.');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'encrypted-backup-checked');
});

// Catches: a restore that begins before the backup was opened, and a wrong password that ends in a toast or not at all.
test('it opens with its password or its code alone, and says that it is decrypted', async () => {
  const { page } = running;
  await dialog().getByRole('button', { name: 'Restore…' }).click();
  await plan().getByText('Encrypted.zip is encrypted').waitFor();
  expect(await plan().getByRole('button', { name: 'Restore', exact: true }).count()).toBe(0);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'encrypted-backup-locked');
  await typeSecret('not the password');
  await plan().getByRole('alert').waitFor();
  expect(await plan().getByRole('alert').textContent()).toContain('does not open Encrypted.zip');
  await screenshotBothThemes(page, 'encrypted-backup-refused');
  await typeSecret(formatRecoveryCode(code).toLowerCase());
  await plan().getByText('1 document').first().waitFor();
  expect(await plan().textContent()).toContain('what is restored will lie open on the disk');
  await plan().getByRole('button', { name: 'Cancel' }).click();
  await plan().waitFor({ state: 'detached' });
});

test('it is restored into the local profile, in the open', async () => {
  const { page, dataFolder } = running;
  await dialog().getByRole('button', { name: 'Restore…' }).click();
  await typeSecret(password);
  await plan().getByText('1 document').first().waitFor();
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'encrypted-backup-opened');
  await plan().getByRole('button', { name: 'Restore', exact: true }).click();
  await expect.poll(() => page.getByText('The harbour crane').count(), { timeout: 60_000 }).toBeGreaterThan(0);
  await waitForState(page, ['ready']);
  const local = join(dataFolder, 'data', 'accounts', 'local');
  expect(await readdir(local)).not.toContain('keys.json');
  const [original] = await readdir(join(local, 'blobs'));
  expect((await readFile(join(local, 'blobs', original ?? ''))).toString('latin1', 0, 5)).toBe('%PDF-');
  expect(running.complaints.filter((line) => /^(?:page|console):/.test(line))).toEqual([]);
});

// Catches: an earlier library under other keys that can't be had again, or ends in a toast.
test('an earlier library with a password of its own asks for it when it is put back', async () => {
  const { page, dataFolder } = running;
  const name = 'library-before-restore-2020-01-02T03-04-05';
  const accounts = join(dataFolder, 'data', 'accounts');
  const place = join(accounts, 'earlier');
  await mkdir(place);
  await writeKeysFile(place, keysFile);
  await inBackupThread((remote) => remote.unpack({ file: backup, folder: place, from: keys, to: keys }));
  await rename(readyFolder(place), join(accounts, name));
  await rm(place, { recursive: true });
  await page.keyboard.press('Control+,');
  await dialog().getByRole('tab', { name: 'Library' }).click();
  const row = dialog().getByTestId('kept-library').filter({ hasText: '2020' });
  await row.getByRole('button', { name: 'Put back' }).click();
  const form = dialog().getByTestId('locked-library');
  await form.waitFor();
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'kept-library-locked');
  await form.getByLabel('Password or recovery code', { exact: true }).fill('not the password');
  await page.keyboard.press('Enter');
  await form.getByRole('alert').waitFor();
  await form.getByLabel('Password or recovery code', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await dialog().waitFor({ state: 'detached', timeout: 60_000 });
  await expect.poll(() => readdir(accounts), { timeout: 60_000 }).not.toContain(name);
  await waitForState(page, ['ready']);
  expect(await readdir(join(accounts, 'local'))).not.toContain('keys.json');
  expect(running.complaints.filter((line) => /^(?:page|console):/.test(line))).toEqual([]);
});
