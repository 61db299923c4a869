/** An encrypted library in the window: pictures and pages are shown and kept by nobody, and one way leads a file out. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { mainRequest, requestAnew } from '../helpers/main-request.ts';
import { fillLibrary } from '../helpers/window.ts';

const patience = { timeout: 60_000 };
const password = 'seven green kettles';
let running: RunningApp;
let letter: Uint8Array;

beforeAll(async () => {
  running = await launchApp();
  const { page } = running;
  const { code, asked } = await mainRequest(page, 'accounts.offerRecoveryCode', {});
  await requestAnew(running, 'accounts.register', {
    ...{ name: 'Anna', email: 'anna@example.com', password },
    ...{ takeLocal: false, staySignedIn: true, recoveryGroups: asked.map((index) => code.split('-')[index] ?? '') },
  });
  await page.locator('[data-testid=account-menu][aria-label="Account of Anna"]').waitFor(patience);
  letter = await makeLetter('The harbour crane');
  await fillLibrary(running, [{ name: 'crane.pdf', bytes: letter }]);
}, 120_000);
afterAll(() => running.end());

interface Answer {
  readonly status: number;
  readonly cache: string | null;
  readonly start: string;
}

/** What the window gets for an address of its own origin. */
async function fetched(path: string, range?: string): Promise<Answer> {
  return running.page.evaluate(
    async ([url, wanted]) => {
      const response = await fetch(url ?? '', { headers: wanted ? { range: wanted } : {} });
      const bytes = new Uint8Array(await response.arrayBuffer());
      const start = String.fromCharCode(...bytes.subarray(0, 5));
      return { status: response.status, cache: response.headers.get('cache-control'), start };
    },
    [path, range ?? ''],
  );
}

async function addresses(): Promise<readonly [picture: string, document: string]> {
  const [document] = await mainRequest(running.page, 'library.listDocuments', {});
  return [`/thumbnails/${document?.contentHash}.webp`, `/documents/${document?.id}/file`];
}

// Catches: decrypted bytes in the window's cache on the disk; pictures that are looked for under their plain names.
test('pictures and pages are shown, and the window is told to keep none', async () => {
  const { page } = running;
  const picture = page.getByTestId('document-card').locator('img').first();
  await expect
    .poll(() => picture.evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0)), patience)
    .toBeGreaterThan(100);
  const [thumbnail, document] = await addresses();
  expect(await fetched(thumbnail)).toEqual({
    status: 200,
    cache: 'no-store',
    start: expect.stringMatching(/^RIFF/) as string,
  });
  expect(await fetched(document)).toEqual({ status: 200, cache: 'no-store', start: '%PDF-' });
  expect(await fetched(document, 'bytes=1-4')).toEqual({ status: 206, cache: 'no-store', start: 'PDF-' });
  await page.getByTestId('document-card').first().dblclick();
  await page.locator('[data-page-number] canvas').first().waitFor(patience);
  await page.keyboard.press('Escape');
});

// Catches: “Open original” that leaves a plain copy behind, or no way at all to get a document out.
test('a document whose file is gone is handed to nobody, but saved where the person says', async () => {
  const { page, app, dataFolder } = running;
  const [document] = await mainRequest(page, 'library.listDocuments', {});
  await rm(document?.path ?? '');
  const documentId = document?.id ?? '';
  await expect(mainRequest(page, 'library.openOriginal', { documentId })).rejects.toThrow(/this library is encrypted/);
  const target = join(dataFolder, 'saved.pdf');
  await app.evaluate(({ dialog }, filePath) => {
    const titles: (string | undefined)[] = [];
    Object.assign(globalThis, { titles });
    dialog.showSaveDialog = (...parameters: unknown[]) => {
      const options = parameters.at(-1) as Electron.SaveDialogOptions;
      titles.push(options.title);
      return Promise.resolve({ canceled: false, filePath });
    };
  }, target);
  await page.getByTestId('document-card').first().click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Save a copy…' }).click();
  await page.getByText('Saved saved.pdf.').waitFor(patience);
  expect(Buffer.from(letter).equals(await readFile(target))).toBe(true);
  const titles = await app.evaluate(() => Reflect.get(globalThis, 'titles') as unknown);
  expect(titles).toEqual(['Save a copy, which is not encrypted']);
});

// Catches: a restore after which the account's library and its keys do not belong together.
test('it is backed up, restored, and opens with its password as before', async () => {
  const { page, app, dataFolder } = running;
  const file = join(dataFolder, 'Anna.zip');
  await app.evaluate(({ dialog }, path) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: path });
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, file);
  const taskState = async () => (await mainRequest(page, 'backup.getTask', {}))?.state;
  await mainRequest(page, 'backup.create', {});
  await expect.poll(taskState, patience).toBe('done');
  expect((await readFile(file)).includes('%PDF-')).toBe(false);
  const [before] = await mainRequest(page, 'library.listDocuments', {});
  await mainRequest(page, 'library.renameDocument', { documentId: before?.id ?? '', title: 'Renamed since' });
  const plan = await mainRequest(page, 'backup.chooseRestore', {});
  expect(plan).toMatchObject({ backup: { isEncrypted: true, counts: { documents: 1 } }, becomesEncrypted: true });
  await mainRequest(page, 'backup.restore', { planId: plan?.planId ?? '' });
  await page.getByText('Renamed since').waitFor({ state: 'detached', ...patience });
  await page
    .getByText(before?.title ?? '')
    .first()
    .waitFor(patience);
  await page.keyboard.press('Control+Shift+L');
  await page.getByTestId('session-gate').waitFor(patience);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.getByTestId('account-menu').waitFor(patience);
  const [after] = await mainRequest(page, 'library.listDocuments', {});
  expect(after).toMatchObject({ id: before?.id, title: before?.title, state: 'ready' });
  expect((await fetched((await addresses())[1])).start).toBe('%PDF-');
}, 180_000);

// Catches: pictures or pages that a locked window still gets.
test('a locked library answers nothing', async () => {
  const [thumbnail, document] = await addresses();
  await running.page.keyboard.press('Control+Shift+L');
  await running.page.getByTestId('session-gate').waitFor(patience);
  for (const path of [thumbnail, document]) expect((await fetched(path)).status).toBe(404);
  expect(running.complaints.filter((line) => /^page:/.test(line))).toEqual([]);
});
