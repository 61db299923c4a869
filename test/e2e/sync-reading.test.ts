/**
 * Documents whose files are elsewhere, read as text in real Electron: on their way, not to be had, gone for want of room, with
 * no bucket, and before their text came. Postgres, bucket and the second computer are real, on loopback.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { heronPage, heronSentence, makeBook } from '../helpers/book.ts';
import type { BucketServer } from '../helpers/bucket-server.ts';
import type { TestCore } from '../helpers/core.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { bucketUser, closeOwnServers, startOwnServers } from '../helpers/own-servers.ts';
import type { TestPostgres } from '../helpers/pglite-server.ts';
import { openSecondComputer } from '../helpers/second-computer.ts';
import {
  closeSettings,
  createAccount,
  nameBucket,
  nameDatabase,
  openSyncTab,
  syncHere,
} from '../helpers/sync-window.ts';
import { ask, fillLibrary, runFromPalette } from '../helpers/window.ts';

/** What a slow, loaded machine takes. */
const patience = { timeout: 90_000 };
const ada = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'engines weave patterns' };

/** Where the ferry's book tells of the Grebe. */
const boilerPage = 30;
const boiler = 'The boiler of the ferry Grebe burst on the night of the regatta.';
const towedPage = 60;
const towed = 'The ferry Grebe was towed to Sandwick by a coal barge.';
const sentences = new Map([
  [boilerPage, boiler],
  [towedPage, towed],
]);

let running: RunningApp;
let postgres: TestPostgres;
let bucket: BucketServer;
let crane: Uint8Array;
/** The other computer, once it syncs. */
let other: TestCore | null = null;

beforeAll(async () => {
  [running, { postgres, bucket }] = await Promise.all([launchApp(), startOwnServers()]);
});
afterAll(async () => {
  await other?.close();
  await running.end();
  await closeOwnServers({ postgres, bucket });
});

const card = (title: string) => running.page.getByTestId('document-card').filter({ hasText: title });
const mark = (title: string) => card(title).getByTestId('sync-mark');

/** To be looked at, in both themes, with nothing that axe finds. */
async function look(name: string): Promise<void> {
  await screenshotBothThemes(running.page, `sync-reading-${name}`);
  expect(await seriousAxeViolations(running.page), name).toEqual([]);
}

async function syncThere(): Promise<TestCore> {
  if (!other) throw new Error('There is no other computer yet.');
  expect((await other.core.sync.round()).error).toBeNull();
  return other;
}

test('a library syncs, another computer added a book, and files come when they are opened', async () => {
  const { page } = running;
  await page.setViewportSize({ width: 900, height: 600 });
  crane = await makeLetter('The harbour crane');
  await fillLibrary(running, [{ name: 'crane.pdf', bytes: crane }]);
  await runFromPalette(page, 'create an account');
  await createAccount(page, ada);
  const dialog = await openSyncTab(page);
  await dialog.getByRole('button', { name: 'Name a database…' }).click();
  await nameDatabase(dialog, postgres);
  await nameBucket(dialog, bucket, bucketUser);
  const state = dialog.getByTestId('sync-state');
  await state.getByLabel('Your account’s password', { exact: true }).fill(ada.password);
  await page.keyboard.press('Enter');
  await dialog.locator('[data-testid=sync-state][data-state=idle]').waitFor(patience);
  await dialog.getByText('Bring a file when I open it').click();
  await closeSettings(page);
  await expect.poll(() => mark('The harbour crane').getAttribute('data-sync'), patience).toBe('synced');
  const there = await openSecondComputer({
    postgres,
    bucket,
    user: bucketUser,
    email: ada.email,
    password: ada.password,
  });
  const { bytes } = await makeBook({ pages: 80, title: 'The ferry', sentences });
  other = there;
  await there.core.ingest.add([await there.file('ferry.pdf', bytes)]);
  await there.settled();
  await syncThere();
  await syncHere(page);
  await expect.poll(() => mark('The ferry').getAttribute('data-sync'), patience).toBe('remote-only');
});

const pane = () => running.page.getByTestId('page-pane');
const failed = () => pane().getByTestId('original-failed');
const sheet = (number: number) => pane().locator(`[data-testid=page][data-page-number="${number}"]`);
const drawn = (number: number) => sheet(number).locator('[data-testid=page-canvas][data-drawn=true]').waitFor(patience);
const onPage = (number: number) => expect.poll(() => pane().getAttribute('data-page'), patience).toBe(String(number));
const closePage = () => pane().getByRole('button', { name: 'Close page' }).click();

/** The words that are marked as cited, and whether all of them are in sight. */
async function citedText(): Promise<string> {
  const marks = pane().locator('[data-mark=citation]');
  await marks.first().waitFor(patience);
  return (await marks.allTextContents()).join(' ').replace(/\s+/g, ' ');
}

test('while a file is on its way its text is there, and goes on being there when it can’t be had', async () => {
  bucket.fault = ({ operation }) => (operation === 'GetObject' ? 'silence' : null);
  await card('The ferry').dblclick();
  await pane().getByTestId('original-fetching').waitFor(patience);
  await sheet(1).getByText('See the tables').waitFor(patience);
  await look('fetching');
  bucket.fault = ({ operation }) => (operation === 'GetObject' ? 'drop-before' : null);
  await failed().waitFor(patience);
  expect((await failed().textContent()) ?? '').toContain('could not be fetched');
  await expect.poll(() => sheet(1).getByTestId('page-picture').count(), patience).toBe(1);
  await look('not-fetched');
});

test('the text is read with keys alone: pages, find, headings, and a selection with its page', async () => {
  const { page, app } = running;
  await pane().getByTestId('pages').focus();
  await page.keyboard.press('Control+g');
  await page.keyboard.type(String(boilerPage));
  await page.keyboard.press('Enter');
  await onPage(boilerPage);
  await sheet(boilerPage).getByText(boiler).waitFor(patience);
  await page.keyboard.press('ArrowRight');
  await onPage(boilerPage + 1);
  await page.keyboard.press('Control+f');
  await page.keyboard.type('cafe brevik');
  await pane().getByTestId('found-current').waitFor(patience);
  expect(await pane().getByTestId('found-current').textContent()).toBe('Café Brevik');
  await page.keyboard.press('Escape');
  await onPage(heronPage);

  await page.keyboard.press('Control+a');
  await page.getByTestId('selection-bar').waitFor(patience);
  await look('not-fetched-selected');
  await page.keyboard.press('c');
  await page.getByText('Copied, with its page.').waitFor(patience);
  const copied = await app.evaluate(({ clipboard }) => clipboard.readText());
  expect(copied).toContain(heronSentence);
  expect(copied).toMatch(/^“Page 77 of the river survey .*” \(The ferry, p\. 77\)$/s);
  await page.keyboard.press('Escape');

  await page.keyboard.press('o');
  await pane().getByRole('tree').getByText('Page 3 of the river survey').waitFor(patience);
  await look('not-fetched-outline');
  await pane().getByRole('tree').focus();
  await page.keyboard.press('Home');
  for (let line = 1; line < 5; line += 1) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await onPage(5);
  await pane().getByTestId('pages').focus();
  await page.keyboard.press('o');
  await closePage();
});

test('citations open on their words in the text, and j and k walk through them; what arrives shows on the same page', async () => {
  const { page } = running;
  const answer = await ask(page, 'When did the boiler of the ferry Grebe burst, and where was the Grebe towed?');
  await answer.getByTestId('citation-chip').first().click();
  await failed().waitFor(patience);
  const places = new Set<string>();
  for (const key of ['k', 'k', 'k', 'j', 'j', 'j']) {
    places.add(`${await pane().getAttribute('data-page')}: ${await citedText()}`);
    await page.keyboard.press(key);
  }
  await expect.poll(citedText, patience).toContain('Grebe');
  expect([...places].filter((place) => place.includes(boiler)).map((place) => parseInt(place))).toEqual([boilerPage]);
  expect([...places].filter((place) => place.includes(towed)).map((place) => parseInt(place))).toEqual([towedPage]);
  const inPane = await pane().getByTestId('pages').boundingBox();
  const marked = await pane().locator('[data-mark=citation]').first().boundingBox();
  expect(marked?.y).toBeGreaterThan(inPane?.y ?? Infinity);
  expect(marked?.y).toBeLessThan((inPane?.y ?? 0) + (inPane?.height ?? 0));
  await look('not-fetched-cited');
  await pane().getByTestId('pages').focus();
  await page.keyboard.press('Control+g');
  await page.keyboard.type('41');
  await page.keyboard.press('Enter');
  await onPage(41);
  bucket.fault = () => null;
  await failed().getByRole('button', { name: 'Try again' }).focus();
  await page.keyboard.press('Enter');
  await drawn(41);
  // The button that was pressed is gone, and so is the text that had the focus after it.
  expect(
    await pane()
      .getByTestId('pages')
      .evaluate((pages) => pages.matches(':focus')),
  ).toBe(true);
  await onPage(41);
  expect(await failed().count()).toBe(0);
  expect(
    await pane()
      .getByTestId('text-layer')
      .first()
      .evaluate((layer) => layer.tagName),
  ).not.toBe('PRE');
  await look('fetched');
  await closePage();
  await runFromPalette(page, 'show library');
  await expect.poll(() => mark('The ferry').getAttribute('data-sync'), patience).toBe('synced');
});

test('a file that went for want of room is read as text while it can’t be had, says so without a bucket, and comes with a round', async () => {
  const { dataFolder } = running;
  // As large as the least that can be chosen, and not looked at for longest.
  const name = `${createHash('sha256').update(crane).digest('hex')}.pdf`;
  const stored = await storedFile(dataFolder, name);
  await truncate(stored, 1_100_000_000);
  let dialog = await openSyncTab(running.page);
  await dialog.getByText('1 GB', { exact: true }).click();
  await closeSettings(running.page);
  await syncHere(running.page);
  await expect.poll(() => existsSync(stored), patience).toBe(false);
  await expect.poll(() => mark('The harbour crane').getAttribute('data-sync'), patience).toBe('remote-only');
  bucket.fault = ({ operation }) => (operation === 'GetObject' ? 'drop-before' : null);
  await card('The harbour crane').dblclick();
  await failed()
    .getByText(/could not be fetched/)
    .waitFor(patience);
  await sheet(1)
    .getByText(/harbour/i)
    .first()
    .waitFor(patience);
  await look('evicted');
  await closePage();
  bucket.fault = () => null;

  dialog = await openSyncTab(running.page);
  await dialog.getByTestId('bucket-card').getByRole('button', { name: 'Remove the bucket' }).click();
  await dialog.getByRole('button', { name: 'Forget it' }).click();
  await dialog.getByTestId('bucket-card').waitFor({ state: 'detached', ...patience });
  await closeSettings(running.page);
  await card('The harbour crane').dblclick();
  await failed()
    .getByText(/bucket/)
    .first()
    .waitFor(patience);
  await sheet(1)
    .getByText(/harbour/i)
    .first()
    .waitFor(patience);
  await look('no-bucket');

  dialog = await openSyncTab(running.page);
  await nameBucket(dialog, bucket, bucketUser);
  await dialog.getByText('Bring them all here').click();
  await closeSettings(running.page);
  await syncHere(running.page);
  await drawn(1);
  expect(await failed().count()).toBe(0);
  await closePage();
  await expect.poll(() => mark('The harbour crane').getAttribute('data-sync'), patience).toBe('synced');
});

test('a document whose text has not come yet says so, and is read as soon as it has', async () => {
  const { page } = running;
  const dialog = await openSyncTab(page);
  await dialog.getByText('Bring a file when I open it').click();
  await closeSettings(page);
  // So long that the other computer meets the server before it has read it.
  const { bytes } = await makeBook({ pages: 120, title: 'The long winter' });
  const there = await syncThere();
  await there.core.ingest.add([await there.file('winter.pdf', bytes)]);
  await syncThere();
  await syncHere(page);
  bucket.fault = ({ operation }) => (operation === 'GetObject' ? 'drop-before' : null);
  await card('winter').dblclick();
  await pane().getByTestId('text-elsewhere').waitFor(patience);
  await failed().waitFor(patience);
  await look('no-text');
  bucket.fault = () => null;
  await there.settled();
  await syncThere();
  await syncHere(page);
  await sheet(1).getByText('The long winter').waitFor(patience);
  expect(await pane().getByTestId('text-elsewhere').count()).toBe(0);
  expect(running.complaints.filter((line) => /^page:/.test(line))).toEqual([]);
});

/** Where a stored copy lies below the app's folder. */
async function storedFile(folder: string, name: string): Promise<string> {
  const found = (await readdir(folder, { recursive: true })).find((path) => basename(path) === name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return join(folder, found);
}
