/**
 * The proof of encryption, in real Electron: of all that an encrypted account's owner reads, writes and asks, no 20
 * characters lie anywhere in the data folder, its log, the window's storage or the system's folder for temporary files,
 * while the library is open, while it is locked, and after a kill.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dropFiles, launchApp, makeDataFolder, removeDataFolder, writeFiles, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { mainRequest } from '../helpers/main-request.ts';
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

/** Past the window's screens. */
async function register(): Promise<void> {
  const { page } = running;
  const { code, asked } = await mainRequest(page, 'accounts.offerRecoveryCode', {});
  const recoveryGroups = asked.map((index) => code.split('-')[index] ?? '');
  await mainRequest(page, 'accounts.register', { ...anna, takeLocal: false, staySignedIn: true, recoveryGroups });
}

async function unlock(): Promise<void> {
  const { page } = running;
  await page.getByTestId('session-gate').waitFor(patience);
  await page.getByLabel('Password', { exact: true }).fill(anna.password);
  await page.keyboard.press('Enter');
  await page.getByTestId('account-menu').waitFor(patience);
}

/** Without a keychain, as where these tests run, no session outlives the app. */
async function signIn(): Promise<void> {
  const { page } = running;
  await page.getByTestId('session-gate').waitFor(patience);
  await page.getByLabel('E-mail').fill(anna.email);
  await unlock();
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
