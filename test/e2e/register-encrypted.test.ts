/** In real Electron: the local library becomes an account's and is encrypted, by one form. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { mainRequest } from '../helpers/main-request.ts';
import { confirmRecoveryCode } from '../helpers/recovery-code.ts';
import { TextSearch } from '../helpers/text-search.ts';
import { fillLibrary } from '../helpers/window.ts';

const patience = { timeout: 60_000 };
const anna = { name: 'Anna', email: 'anna@example.com', password: 'seven green kettles' };
const paragraph =
  'Kingfisher Alvine moors at berth seventeen whenever the northern lock is drained for repairs in March.';
const search = new TextSearch([paragraph]);
let running: RunningApp;

beforeAll(async () => {
  running = await launchApp();
  const letter = await makeLetter('Repairs of the lock', [paragraph]);
  await fillLibrary(running, [{ name: 'repairs.pdf', bytes: letter }]);
});
afterAll(() => running.end());

// Catches: a library that is taken along plain although its owner chose encryption in the same form.
test('what is taken along is encrypted when the account opens', async () => {
  const { page, dataFolder } = running;
  const findings = () => search.findIn(join(dataFolder, 'data'));
  expect(await findings()).not.toEqual([]);
  await page.getByTestId('account-menu').click();
  await page.getByRole('menuitem', { name: 'Create an account…' }).click();
  const form = page.getByTestId('register-form');
  await form.getByLabel('Name').fill(anna.name);
  await form.getByLabel('E-mail').fill(anna.email);
  await form.getByLabel('Password', { exact: true }).fill(anna.password);
  expect(await form.getByLabel('Take this library along').isChecked()).toBe(true);
  await form.getByLabel('Encrypt my library').check();
  await screenshotBothThemes(page, 'encryption-register-taking');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await form.getByTestId('submit').click();
  await confirmRecoveryCode(page.getByTestId('recovery-code-form'));
  await page.locator('[data-testid=account-menu][aria-label="Account of Anna"]').waitFor(patience);
  const session = await mainRequest(page, 'session.current', {});
  expect(session).toMatchObject({ state: 'open', account: { isEncrypted: true } });
  expect((await mainRequest(page, 'library.listDocuments', {})).map(({ state }) => state)).toEqual(['ready']);
  expect(await findings()).toEqual([]);
});
