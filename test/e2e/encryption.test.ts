/**
 * The proof of encryption, in real Electron: of all that an encrypted account's owner reads, writes and asks, no 20
 * characters lie anywhere in the data folder, its log, the window's storage or the system's folder for temporary files,
 * while the library is open, while it is locked, and after a kill.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  dropFiles,
  launchApp,
  makeDataFolder,
  removeDataFolder,
  screenshotBothThemes,
  seriousAxeViolations,
  writeFiles,
  type RunningApp,
} from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { mainRequest } from '../helpers/main-request.ts';
import { confirmRecoveryCode, shownRecoveryCode } from '../helpers/recovery-code.ts';
import { codeOf, startMailServer } from '../helpers/smtp-server.ts';
import { TextSearch, type Finding } from '../helpers/text-search.ts';
import { ask, fillLibrary, openConversation } from '../helpers/window.ts';

const patience = { timeout: 60_000 };
const anna = { name: 'Anna', email: 'anna@example.com', password: 'seven green kettles' };
const paragraphs = [
  'Kingfisher Alvine moors at berth seventeen whenever the northern lock is drained for repairs in March.',
  'The pump house burned through four bearings, and each of them cost two hundred and twelve guilders.',
];
const note =
  '# Quarterly dredging ledger\n\nBarge Wendeline lifted nine hundred tonnes of silt beside the old rope walk.\n';
const question = 'Which berth does kingfisher Alvine moor at whenever the lock is drained?';
const draft = 'Nobody has sent this half-finished thought about the rope walk anywhere yet.';
const collection = 'Confidential harbour repairs of the northern basin';
const tag = 'to be told to nobody before autumn';
const searched = 'four bearings, and each';
const late = 'minutes-of-the-lock-committee-of-may.txt';
const names = ['lock-repairs-of-the-northern-basin.pdf', 'dredging-ledger-of-the-rope-walk.md'] as const;
const texts = [...paragraphs, note, question, draft, collection, tag, searched, late, ...names];
const search = new TextSearch(texts);

let dataFolder: string;
let running: RunningApp;
let recoveryCode = '';

const launch = async (): Promise<RunningApp> => {
  const temporary = join(dataFolder, 'temporary');
  await mkdir(temporary, { recursive: true });
  // Everything that would be written somewhere is written here, and the log says as much as it ever does.
  return launchApp({ dataFolder, environment: { TMPDIR: temporary, QUIRE_LOG: 'debug' } });
};

beforeAll(async () => {
  dataFolder = await makeDataFolder();
  running = await launch();
}, 120_000);
afterAll(async () => {
  await running.close();
  await removeDataFolder(dataFolder);
});

/** In all that Quire and Chromium wrote; the files that were dropped lie beside it. */
async function findings(): Promise<Finding[]> {
  const folders = ['data', 'electron', 'temporary'].map((name) => join(dataFolder, name));
  return (await Promise.all(folders.map((folder) => search.findIn(folder)))).flat();
}

/** The recovery code that is shown, once its two groups are typed; screens fit for everybody. */
async function confirmCode(): Promise<string> {
  const { page } = running;
  const form = page.getByTestId('recovery-code-form');
  const code = await shownRecoveryCode(form);
  expect(code).toMatch(/^(?:[2-9A-HJ-NP-Z]{4}-){6}[2-9A-HJ-NP-Z]{4}$/);
  const fields = form.getByLabel(/^Group/);
  await fields.first().fill('2222');
  await fields.last().fill('3333');
  await form.getByTestId('submit').click();
  await form.getByText('These are not the two groups').waitFor(patience);
  await screenshotBothThemes(page, 'encryption-recovery-code');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await confirmRecoveryCode(form);
  return code;
}

async function register(): Promise<void> {
  const { page } = running;
  await page.getByTestId('account-menu').click();
  await page.getByRole('menuitem', { name: 'Create an account…' }).click();
  const form = page.getByTestId('register-form');
  await form.getByLabel('Name').fill(anna.name);
  await form.getByLabel('E-mail').fill(anna.email);
  await form.getByLabel('Password', { exact: true }).fill(anna.password);
  const encrypt = form.getByLabel('Encrypt my library');
  await form.getByLabel('Take this library along').uncheck();
  await encrypt.check();
  await screenshotBothThemes(page, 'encryption-register');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await form.getByTestId('submit').click();
  recoveryCode = await confirmCode();
}

async function unlock(password: string = anna.password): Promise<void> {
  const { page } = running;
  await page.getByTestId('session-gate').waitFor(patience);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

/** Nobody chose to stay signed in, so no session outlives the app. */
async function signIn(password: string = anna.password, opens = true): Promise<void> {
  const { page } = running;
  await page.getByTestId('session-gate').waitFor(patience);
  await page.getByLabel('E-mail').fill(anna.email);
  await unlock(password);
  if (opens) await page.getByTestId('account-menu').waitFor(patience);
}

async function signOut(): Promise<void> {
  const { page } = running;
  await page.getByTestId('account-menu').click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByTestId('session-gate').waitFor(patience);
}

test('what is dropped, asked, drafted and sorted is in no file while the library is open', async () => {
  await running.page.getByTestId('empty-state').waitFor(patience);
  await register();
  const { page } = running;
  await page.locator('[data-testid=account-menu][aria-label="Account of Anna"]').waitFor(patience);
  await fillLibrary(running, [
    { name: names[0], bytes: await makeLetter('Repairs of the lock', paragraphs) },
    { name: names[1], bytes: note },
  ]);
  const answer = await ask(page, question);
  expect(await answer.textContent()).toContain('berth seventeen');
  await answer.getByTestId('citation-chip').first().click();
  await page.locator('[data-page-number]').first().waitFor(patience);
  await page.keyboard.press('Escape');
  const documentIds = (await mainRequest(page, 'library.listDocuments', {})).map(({ id }) => id);
  await mainRequest(page, 'shelves.createCollection', { name: collection, documentIds });
  await mainRequest(page, 'shelves.tag', { name: tag, documentIds });
  const { pieceId } = await mainRequest(page, 'written.start', { kind: 'summary', documentIds, withModel: false });
  await page.keyboard.press('Control+K');
  await page.getByTestId('palette').waitFor();
  await page.keyboard.type(searched);
  await page.getByTestId('palette-pages').getByText('All pages with').click();
  await page.getByTestId('search-result').first().waitFor(patience);
  await openConversation(page);
  await page.getByTestId('composer').fill(draft);
  await expect.poll(async () => (await mainRequest(page, 'written.get', { pieceId })).state, patience).toBe('complete');
  expect(await findings()).toEqual([]);
}, 400_000);

test('and in none while it is locked', async () => {
  const { page } = running;
  await page.keyboard.press('Control+Shift+L');
  await page.getByTestId('session-gate').waitFor(patience);
  expect(await page.locator('body').textContent()).not.toContain('berth');
  expect(await findings()).toEqual([]);
}, 120_000);

test('and in none after a kill amid reading, and none when it went on with it', async () => {
  await unlock();
  const { page } = running;
  await page.getByTestId('account-menu').waitFor(patience);
  const pages = Array.from({ length: 400 }, () => `${paragraphs.join('\n\n')}\n\n`).join('');
  await dropFiles(page, await writeFiles(dataFolder, [{ name: late, bytes: pages }]));
  await expect.poll(async () => (await mainRequest(page, 'library.listDocuments', {})).length, patience).toBe(3);
  await running.kill();
  expect(await findings()).toEqual([]);
  running = await launch();
  await signIn();
  const states = async () => (await mainRequest(running.page, 'library.listDocuments', {})).map(({ state }) => state);
  await expect.poll(states, { timeout: 180_000 }).toEqual(['ready', 'ready', 'ready']);
  expect(await findings()).toEqual([]);
}, 400_000);

test('a forgotten password is replaced by the recovery code, which then opens the same library', async () => {
  const { page } = running;
  await page.keyboard.press('Control+Shift+L');
  await page.getByTestId('session-gate').waitFor(patience);
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  const form = page.getByTestId('recover-form');
  const password = 'nine quiet herons';
  await form.getByLabel('Recovery code').fill(recoveryCode.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')));
  await form.getByLabel('New password', { exact: true }).fill(password);
  await form.getByTestId('submit').click();
  await form.getByText('There is a mistake in the recovery code.').waitFor(patience);
  await screenshotBothThemes(page, 'encryption-recover');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await form.getByLabel('Recovery code').fill(recoveryCode.toLowerCase());
  await form.getByTestId('submit').click();
  await page.getByTestId('sign-in-form').waitFor(patience);
  await signIn(password);
  expect((await mainRequest(page, 'library.listDocuments', {})).length).toBe(3);
  await signOut();
  await signIn(anna.password, false);
  await page.getByText('The e-mail address or the password is not right.').waitFor(patience);
}, 200_000);

// Catches: whoever reads the mail, or runs the mail server, opening an encrypted library.
test('a code by mail opens nothing: it leads to the recovery code, or to an empty library beside the locked one', async () => {
  const { page } = running;
  const server = await startMailServer();
  try {
    await signIn('nine quiet herons');
    await mainRequest(page, 'mail.setSettings', { server: server.settings });
    await signOut();
    await page.getByRole('button', { name: 'Forgot the password?' }).click();
    await page.getByTestId('reset-form').getByLabel('E-mail').fill(anna.email);
    await page.getByTestId('submit').click();
    await expect.poll(() => server.mails.length, patience).toBe(1);
    const [mailed] = server.mails;
    const form = page.getByTestId('new-password-form');
    await form.getByLabel('Code').fill(mailed ? codeOf(mailed) : '');
    await form.getByLabel('New password', { exact: true }).fill('eleven paper lanterns');
    await form.getByTestId('submit').click();
    await form.getByText('mail does not open it').waitFor(patience);
    await screenshotBothThemes(page, 'encryption-reset');
    expect(await seriousAxeViolations(page)).toEqual([]);
    await form.getByRole('button', { name: 'Begin an empty library' }).click();
    await page.getByTestId('recovery-code').waitFor(patience);
    await confirmCode();
    await page.getByTestId('sign-in-form').waitFor(patience);
    await signIn('eleven paper lanterns');
    expect(await mainRequest(page, 'library.listDocuments', {})).toEqual([]);
    expect((await mainRequest(page, 'backup.getOverview', {})).kept).toHaveLength(1);
    expect(await findings()).toEqual([]);
    await signOut();
  } finally {
    await server.close();
  }
}, 200_000);

// Catches: a search that would find nothing anywhere.
test('what is plain is found: in the window’s storage, and in a library without encryption', async () => {
  const { page } = running;
  await page.evaluate((text) => localStorage.setItem('probe', text), draft);
  await running.close();
  expect((await findings()).map(({ path }) => path).some((path) => path.includes('Local Storage'))).toBe(true);
  running = await launch();
  await running.page.getByTestId('session-gate').waitFor(patience);
  await running.page.evaluate(() => localStorage.removeItem('probe'));
  await running.page.getByRole('button', { name: 'Use without an account' }).click();
  await fillLibrary(running, [{ name: names[1], bytes: note }]);
  expect((await findings()).map(({ path }) => path).some((path) => path.includes('library.db'))).toBe(true);
}, 400_000);
