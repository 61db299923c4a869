/**
 * Encryption of an account with a library, turned on and off in real Electron, and killed on the way: afterwards the data
 * folder tells nothing, and the library is the same.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RequestInput, RequestName } from '../../shared/requests/index.ts';
import {
  launchApp,
  makeDataFolder,
  removeDataFolder,
  screenshotBothThemes,
  seriousAxeViolations,
  windowSettled,
  type RunningApp,
} from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { mainRequest, requestAnew } from '../helpers/main-request.ts';
import { confirmRecoveryCode } from '../helpers/recovery-code.ts';
import { TextSearch, type Finding } from '../helpers/text-search.ts';
import { ask, fillLibrary } from '../helpers/window.ts';

const patience = { timeout: 60_000 };
const anna = { name: 'Anna', email: 'anna@example.com', password: 'seven green kettles', staySignedIn: true };
const paragraph =
  'Kingfisher Alvine moors at berth seventeen whenever the northern lock is drained for repairs in March.';
const note =
  '# Quarterly dredging ledger\n\nBarge Wendeline lifted nine hundred tonnes of silt beside the old rope walk.\n';
const question = 'Which berth does kingfisher Alvine moor at whenever the lock is drained?';
const names = ['lock-repairs-of-the-northern-basin.pdf', 'dredging-ledger-of-the-rope-walk.md'] as const;
const search = new TextSearch([paragraph, note, question, ...names]);

let dataFolder: string;
let running: RunningApp;

beforeAll(async () => {
  dataFolder = await makeDataFolder();
  running = await launchApp({ dataFolder });
  await running.page.getByTestId('empty-state').waitFor(patience);
  await requestAnew(running, 'accounts.register', { ...anna, takeLocal: false });
  await running.page.locator('[data-testid=account-menu][aria-label="Account of Anna"]').waitFor(patience);
  await fillLibrary(running, [
    { name: names[0], bytes: await makeLetter('Repairs of the lock', [paragraph]) },
    { name: names[1], bytes: note },
  ]);
  await ask(running.page, question);
}, 200_000);
afterAll(async () => {
  await running.close();
  await removeDataFolder(dataFolder);
});

/** In what Quire keeps; of before, more may lie elsewhere. */
const findings = (): Promise<Finding[]> => search.findIn(join(dataFolder, 'data'));
const documents = async (): Promise<string[]> =>
  (await mainRequest(running.page, 'library.listDocuments', {})).map(({ state }) => state);
const isEncrypted = async (): Promise<boolean> => {
  const session = await mainRequest(running.page, 'session.current', {});
  return session.state === 'open' && session.account.isEncrypted;
};

/** Asks for it and waits until the account is open again: the window begins anew when it is locked, and once more then. */
async function turn<Name extends RequestName>(name: Name, params: RequestInput<Name>): Promise<void> {
  await requestAnew(running, name, params);
  await running.page.getByTestId('account-menu').waitFor(patience);
  await windowSettled(running);
}

const turnOff = (): Promise<void> => turn('accounts.turnEncryptionOff', { password: anna.password });

async function turnOn(): Promise<void> {
  const { page } = running;
  const { code, asked } = await mainRequest(page, 'accounts.offerRecoveryCode', {});
  const recoveryGroups = asked.map((index) => code.split('-')[index] ?? '');
  const { password } = anna;
  await turn('accounts.turnEncryptionOn', { password, recoveryGroups, kept: 'encrypt' });
}

/** Kills the app a moment after it began, and opens the account again, which goes on with it. */
async function killAmid(begin: () => Promise<unknown>, after: number): Promise<void> {
  const begun = begin().catch(() => undefined);
  await delay(after);
  await running.kill();
  await begun;
  running = await launchApp({ dataFolder });
  const { page } = running;
  await page.getByTestId('session-gate').waitFor(patience);
  await turn('accounts.signIn', anna);
}

test('turned on, the data folder tells nothing, and the library is the same', async () => {
  expect(await findings()).not.toEqual([]);
  await turnOn();
  expect(await isEncrypted()).toBe(true);
  expect(await findings()).toEqual([]);
  expect(await documents()).toEqual(['ready', 'ready']);
  await running.page.getByTestId('account-menu').waitFor(patience);
  const answer = await ask(running.page, question);
  expect(await answer.textContent()).toContain('berth seventeen');
  await answer.getByTestId('citation-chip').first().click();
  await running.page.locator('[data-page-number]').first().waitFor(patience);
  expect(await findings()).toEqual([]);
}, 200_000);

test('in Settings, where the password and a recovery code are asked', async () => {
  await turnOff();
  const { page } = running;
  await page.keyboard.press('Control+,');
  const settings = page.getByTestId('settings-dialog');
  await settings.getByRole('tab', { name: 'Account' }).click();
  await settings.getByRole('button', { name: 'Encrypt my library…' }).click();
  const form = settings.getByTestId('turn-encryption-on');
  await form.getByLabel('Password', { exact: true }).fill('not the password');
  await form.getByTestId('submit').click();
  await form.getByText('The password is not right.').waitFor(patience);
  await form.getByLabel('Password', { exact: true }).fill(anna.password);
  await screenshotBothThemes(page, 'encryption-turn-on');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await form.getByTestId('submit').click();
  await confirmRecoveryCode(settings.getByTestId('recovery-code-form'));
  await expect.poll(async () => isEncrypted().catch(() => false), patience).toBe(true);
  await page.getByTestId('account-menu').waitFor(patience);
  expect(await findings()).toEqual([]);
  await page.keyboard.press('Control+,');
  await settings.getByRole('tab', { name: 'Account' }).click();
  await settings.getByRole('button', { name: 'Turn encryption off…' }).click();
  const off = settings.getByTestId('turn-encryption-off');
  await off.getByLabel('Password', { exact: true }).fill('not the password');
  await off.getByTestId('submit').click();
  await off.getByText('The password is not right.').waitFor(patience);
  await screenshotBothThemes(page, 'encryption-turn-off');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
}, 200_000);

test('turned off with a kill on the way, it is plain after the next start', async () => {
  await killAmid(turnOff, 500);
  // Killed before its first step, it is still on.
  if (await isEncrypted()) await turnOff();
  expect(await isEncrypted()).toBe(false);
  expect(await documents()).toEqual(['ready', 'ready']);
  expect(await findings()).not.toEqual([]);
}, 200_000);

test('turned on with kills on the way, nothing is lost and nothing can be read', async () => {
  for (const after of [250, 450, 700]) {
    if (!(await isEncrypted())) await killAmid(turnOn, after);
  }
  if (!(await isEncrypted())) await turnOn();
  expect(await findings()).toEqual([]);
  expect(await documents()).toEqual(['ready', 'ready']);
}, 300_000);
