/** Diagnostics in real Electron: every part is told of, the report names nothing, and the log holds no secret. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { healthChecks } from '../../shared/health.ts';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { startOpenAiServer, type OpenAiServer } from '../helpers/openai-server.ts';
import {
  answerRequests,
  ask,
  fillLibrary,
  fillServer,
  newConversation,
  openAnswerSettings,
} from '../helpers/window.ts';

const KEY = 'sk-planted-4Fq8ZtL2mWx7';
const PASSWORD = 'planted-Tr0ubadour-horse';
const SENTENCE = 'The ferryman Alvine Brekke owes the harbour nine hundred crowns.';
let running: RunningApp;
let server: OpenAiServer;

beforeAll(async () => {
  server = await startOpenAiServer();
  running = await launchApp();
  await fillLibrary(running, [
    { name: 'crane.pdf', bytes: await makeLetter('The harbour crane') },
    { name: 'planted ledger.txt', bytes: `${SENTENCE}\n` },
  ]);
});
afterAll(async () => {
  await running.end();
  await server.close();
});

async function openDiagnostics(): Promise<Locator> {
  const { page } = running;
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('diagnostics');
  await page.getByRole('option', { name: 'Diagnostics', exact: true }).waitFor();
  await page.keyboard.press('Enter');
  const dialog = page.getByTestId('settings-dialog');
  await dialog.getByTestId('health-summary').waitFor();
  return dialog;
}

/** Resolves with the state of each check when none runs any more. */
async function checked(dialog: Locator): Promise<Readonly<Record<string, string>>> {
  const rows = dialog.getByTestId('health-check');
  const states = async (): Promise<Readonly<Record<string, string>>> =>
    Object.fromEntries(
      await rows.evaluateAll((all) =>
        all.map((row) => [row.getAttribute('data-check') ?? '', row.getAttribute('data-state') ?? '']),
      ),
    );
  await expect
    .poll(async () => Object.values(await states()).some((state) => state === 'running' || state === 'unknown'), {
      timeout: 90_000,
    })
    .toBe(false);
  return states();
}

async function closeDialog(dialog: Locator): Promise<void> {
  await running.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
}

/** Everything that was logged so far. */
async function logged(): Promise<string> {
  const folder = join(running.dataFolder, 'data', 'logs');
  const texts = (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8'));
  return (await Promise.all(texts)).join('');
}

test('the palette opens the diagnostics: every part is checked and told of', async () => {
  const dialog = await openDiagnostics();
  const states = await checked(dialog);
  expect(Object.keys(states)).toEqual(healthChecks);
  expect(states).toMatchObject({ database: 'ok', hosts: 'ok', embedder: 'ok', answers: 'ok', recognition: 'ok' });
  expect(await dialog.getByTestId('health-summary').textContent()).toMatch(/works/);
  expect(await dialog.locator('[data-check=database]').textContent()).toMatch(/is whole: [\d.]+ (?:KB|MB)/);
  await screenshotBothThemes(running.page, 'diagnostics');
  expect(await seriousAxeViolations(running.page)).toEqual([]);
  await closeDialog(dialog);
});

test('one part is checked again by itself, and all of them can be stopped', async () => {
  const dialog = await openDiagnostics();
  await checked(dialog);
  const disk = dialog.locator('[data-check=disk]');
  await disk.getByRole('button', { name: 'Check again: Disk space' }).click();
  await checked(dialog);
  await answerRequests(running.app, {}, { 'health.run': 3_000 });
  await dialog.getByRole('button', { name: 'Check again', exact: true }).click();
  await dialog.getByRole('button', { name: 'Stop' }).waitFor();
  expect(await dialog.getByTestId('health-summary').textContent()).toContain('Checking 7 parts');
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await answerRequests(running.app, {});
  await checked(dialog);
  await closeDialog(dialog);
});

test('About leads there, too', async () => {
  const { page } = running;
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('about quire');
  await page.getByRole('option', { name: 'About Quire', exact: true }).waitFor();
  await page.keyboard.press('Enter');
  const about = page.getByTestId('about-dialog');
  await about.waitFor();
  await screenshotBothThemes(page, 'about');
  await about.getByRole('button', { name: 'Diagnostics' }).click();
  const dialog = page.getByTestId('settings-dialog');
  await dialog.getByTestId('health-summary').waitFor();
  await checked(dialog);
  await closeDialog(dialog);
});

test('a part that does not work says what to do', async () => {
  const { page } = running;
  await answerRequests(running.app, {
    'health.run': {
      id: 'disk',
      state: 'down',
      message: 'The disk of the data folder has 20 MB left.',
      hint: 'Free some space now: nothing can be added, and answers can’t be kept.',
      code: 'disk-full',
      milliseconds: 3,
      figures: { freeBytes: 20_000_000 },
    },
  });
  const dialog = await openDiagnostics();
  await checked(dialog);
  expect(await dialog.getByTestId('health-summary').textContent()).toBe('7 parts do not work.');
  await answerRequests(running.app, {});
  for (const name of ['Library', 'Reading processes', 'Search by meaning'])
    await dialog.getByRole('button', { name: `Check again: ${name}` }).click();
  await checked(dialog);
  expect(await dialog.getByTestId('health-summary').textContent()).toBe('4 parts do not work.');
  await screenshotBothThemes(page, 'diagnostics-down');
  expect(await seriousAxeViolations(page)).toEqual([]);
  const resize = (width: number, height: number) =>
    running.app.evaluate(
      ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
      { width, height },
    );
  await resize(900, 600);
  await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(900);
  await dialog.getByRole('button', { name: 'Copy report' }).waitFor();
  expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  await screenshotBothThemes(page, 'diagnostics-small');
  await resize(1280, 800);
  await closeDialog(dialog);
});

// Catches: Electron, which only warns of a rejection that nobody waits for, and a host that dies without a word.
test('a host that dies by itself says why in the log', async () => {
  await running.app.evaluate(async ({ app, utilityProcess }) => {
    const data = process.env['QUIRE_DATA_DIR'];
    const host = utilityProcess.fork(`${app.getAppPath()}/dist/electron/pipeline-host.js`, [], {
      env: { ...process.env, QUIRE_LOG_FOLDER: `${data}/logs` },
      stdio: 'ignore',
    });
    await new Promise((resolve) => host.once('spawn', () => resolve(null)));
    // Nothing that main would ever say.
    host.postMessage(null);
    await new Promise((resolve) => host.once('exit', () => resolve(null)));
  });
  await expect.poll(logged).toContain('"where":"host","code":"uncaught-exception"');
});

// Catches: a document's title, a server or a key in what is pasted into a public page; and any of them in a log.
test('after work with secrets in it, the report and the log hold none of them', async () => {
  const { page } = running;
  const settings = await openAnswerSettings(page);
  await fillServer(settings, server.baseUrl);
  await settings.getByLabel('Key', { exact: true }).fill(KEY);
  await settings.getByRole('button', { name: 'Test' }).click();
  await settings.getByTestId('test-result').waitFor();
  await closeDialog(settings);
  await newConversation(page);
  await ask(page, 'What does Alvine Brekke owe the harbour?');
  // A wrong password, wherever nobody has an account; what is answered does not matter here.
  await page.evaluate(
    (password) =>
      window.quire.request(
        'accounts.signIn' as 'settings.get',
        { email: 'planted@example.org', password, staySignedIn: false } as never,
        null,
      ),
    PASSWORD,
  );
  // A part of the window fails on the document's text, and main on something that quotes it.
  await answerRequests(running.app, { 'library.readPages': [{ number: 1, text: null }] });
  await page.getByTestId('section-all').click();
  await page.getByTestId('document-card').filter({ hasText: 'planted' }).click();
  await page.keyboard.press('Enter');
  await page.getByTestId('part-failed').waitFor();
  await answerRequests(running.app, {});
  await page.evaluate((text) => void Promise.reject(new Error(text)), SENTENCE);
  await running.app.evaluate(
    (_electron, text) => void Promise.reject(new Error(text)),
    `${SENTENCE} ${KEY} ${PASSWORD}`,
  );

  await expect.poll(logged).toContain('"unhandled-rejection"');
  await expect.poll(logged).toContain('"window The page"');
  await expect.poll(logged).toContain('"window rejection"');
  await expect.poll(logged).toMatch(/"where":"ingest","code":"ready","documents":2/);
  const dialog = await openDiagnostics();
  await checked(dialog);
  await dialog.getByRole('button', { name: 'Copy report' }).click();
  await dialog.getByRole('button', { name: 'Copied' }).waitFor();
  const report = await running.app.evaluate(({ clipboard }) => clipboard.readText());
  expect(report).toMatch(/^Quire diagnostics\n/);
  expect(report).toMatch(/Library +ok +\d+ ms +bytes=\d+/);
  expect(report).toContain('unhandled-rejection');
  await closeDialog(dialog);

  await running.close();
  const text = `${await logged()}\n${report}`;
  expect(text).toContain('"code":"stop"');
  const run = 20;
  const secrets = [KEY, PASSWORD, 'planted', 'crane', running.dataFolder, server.host];
  for (let at = 0; at + run <= SENTENCE.length; at += 1) secrets.push(SENTENCE.slice(at, at + run));
  for (const secret of secrets) expect(text).not.toContain(secret);
});
