/**
 * Sync in real Electron, with nothing made up: the app, a Postgres and a bucket on loopback, and a second computer, which is
 * a core of its own in this process.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Locator } from 'playwright-core';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { heronPage, heronSentence, makeBook } from '../helpers/book.ts';
import { startBucketServer, type BucketServer, type BucketUser } from '../helpers/bucket-server.ts';
import type { TestCore } from '../helpers/core.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { startPglite, type TestPostgres } from '../helpers/pglite-server.ts';
import { openSecondComputer } from '../helpers/second-computer.ts';
import { ask, fillLibrary, runFromPalette } from '../helpers/window.ts';

/** What a slow, loaded machine takes. */
const patience = { timeout: 90_000 };
const small = { width: 900, height: 600 };
const ada = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'engines weave patterns' };
const user: BucketUser = { accessKeyId: 'QUIRE', secretAccessKey: 'the secret key of everything', prefix: '' };

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
let crane: Uint8Array;
let postgres: TestPostgres;
let bucket: BucketServer;
/** The other computer, once it syncs. */
let other: TestCore | null = null;

beforeAll(async () => {
  [running, postgres, bucket] = await Promise.all([
    launchApp(),
    startPglite({ shared: true }),
    startBucketServer({ users: [user] }),
  ]);
  await running.page.setViewportSize(small);
  crane = await makeLetter('The harbour crane');
  await fillLibrary(running, [{ name: 'crane.pdf', bytes: crane }]);
});
afterAll(async () => {
  await other?.close();
  await running.end();
  await Promise.all([postgres.close(), bucket.close()]);
});

const status = () => running.page.getByTestId('sync-status');
const card = (title: string) => running.page.getByTestId('document-card').filter({ hasText: title });
const mark = (title: string) => card(title).getByTestId('sync-mark');

/** To be looked at, in both themes, with nothing that axe finds and nothing that reaches out of its place. */
async function look(name: string): Promise<void> {
  const { page } = running;
  await screenshotBothThemes(page, `sync-real-${name}`);
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

async function closeDialog(): Promise<void> {
  await running.page.keyboard.press('Escape');
  await running.page.getByTestId('settings-dialog').waitFor({ state: 'detached' });
}

/** The entry of a document's menu. */
async function choose(title: string, entry: string): Promise<void> {
  await card(title).click({ button: 'right' });
  await running.page.getByRole('menuitem', { name: entry }).click();
}

/** Has this computer sync now, and waits until it did. */
async function syncHere(): Promise<void> {
  const dialog = await openTab();
  await dialog.getByRole('button', { name: 'Sync now' }).click(patience);
  await dialog.locator('[data-testid=sync-state][data-state=idle]').waitFor(patience);
  await closeDialog();
}

async function syncThere(): Promise<TestCore> {
  if (!other) throw new Error('There is no other computer yet.');
  const { error, state } = await other.core.sync.round();
  expect(error).toBeNull();
  expect(state).toBe('idle');
  return other;
}

/** Rows that any table of Quire's has of a document. */
async function rowsOf(documentId: string): Promise<number> {
  const { rows: tables } = await postgres.pglite.query<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'quire' and column_name = 'document_id'`,
  );
  expect(tables.length).toBeGreaterThan(2);
  let count = 0;
  for (const { name } of tables) {
    const { rows } = await postgres.pglite.query(`select 1 from quire.${name} where document_id = $1`, [documentId]);
    count += rows.length;
  }
  return count;
}

async function idOf(title: string): Promise<string> {
  return (await card(title).getAttribute('data-document-id')) ?? '';
}

test('the local profile is told that sync belongs to an account, and led to one that takes the library along', async () => {
  const { page } = running;
  const dialog = await openTab();
  await dialog.getByTestId('no-database').waitFor();
  await look('empty');
  await dialog.getByRole('button', { name: 'Name a database…' }).click();
  await nameDatabase(dialog);
  const way = dialog.getByTestId('sync-needs-account');
  await way.waitFor(patience);
  expect(await dialog.getByRole('button', { name: 'Turn sync on' }).count()).toBe(0);
  await look('needs-account');
  await way.getByRole('button', { name: 'Create an account…' }).click();
  const form = page.getByTestId('register-form');
  await form.getByLabel('Name').fill(ada.name);
  await form.getByLabel('E-mail').fill(ada.email);
  await form.getByLabel('Password', { exact: true }).fill(ada.password);
  expect(await form.getByLabel('Take this library along').isChecked()).toBe(true);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: `Account of ${ada.name}` }).waitFor(patience);
  await card('The harbour crane').waitFor(patience);
});

async function nameDatabase(dialog: Locator): Promise<void> {
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

async function nameBucket(dialog: Locator): Promise<void> {
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

test('database and bucket are named, and sync is turned on with the password alone', async () => {
  const { page } = running;
  const dialog = await openTab();
  const named = dialog.getByTestId('database-card').or(dialog.getByTestId('no-database'));
  await named.waitFor(patience);
  if ((await dialog.getByTestId('no-database').count()) > 0) {
    await dialog.getByRole('button', { name: 'Name a database…' }).click();
    await nameDatabase(dialog);
  }
  await nameBucket(dialog);

  const state = dialog.getByTestId('sync-state');
  await state.getByLabel('Your account’s password', { exact: true }).fill('not this one');
  await page.keyboard.press('Enter');
  await state.getByRole('alert').getByText('The password is not right.').waitFor(patience);
  expect(await status().count()).toBe(0);
  await state.getByLabel('Your account’s password', { exact: true }).fill(ada.password);
  await look('off');
  await page.keyboard.press('Enter');
  await dialog.locator('[data-testid=sync-state][data-state=idle]').waitFor(patience);
  await expect.poll(() => status().textContent(), patience).toMatch(/^Synced/);
  await dialog.getByTestId('sync-devices').getByText('this computer').waitFor(patience);
  await look('on');
  await dialog.getByTestId('sync-sizes').scrollIntoViewIfNeeded();
  await look('placement');
  await closeDialog();
  await expect.poll(() => mark('The harbour crane').getAttribute('data-sync'), patience).toBe('synced');
  await look('cards');
  await page.getByRole('radio', { name: 'List' }).click();
  expect(await mark('The harbour crane').getAttribute('data-sync')).toBe('synced');
  await look('list');
  await page.getByRole('radio', { name: 'Grid' }).click();
  expect(await rowsOf(await idOf('The harbour crane'))).toBeGreaterThan(2);
  // The file, and the picture of its first page.
  expect((await bucket.keys()).filter((key) => !key.endsWith('/'))).toHaveLength(2);
});

test('what another computer does is in the window by itself', async () => {
  const { page } = running;
  other = await openSecondComputer({ postgres, bucket, user, email: ada.email, password: ada.password });
  const { database, ingest } = other.core;
  await syncThere();
  const id = await idOf('The harbour crane');
  await expect.poll(async () => (await database.documents.get(id))?.state, patience).toBe('ready');

  // Files come here when they are opened, from now on.
  const dialog = await openTab();
  await dialog.getByText('Bring a file when I open it').click();
  await closeDialog();

  await database.documents.rename(id, 'Crane, by the laptop');
  await ingest.add([
    await other.file('ferry.pdf', (await makeBook({ pages: 80, title: 'The ferry', sentences })).bytes),
  ]);
  await other.settled();
  await syncThere();
  await syncHere();
  await card('Crane, by the laptop').waitFor(patience);
  await card('The ferry').waitFor(patience);
  await expect.poll(() => mark('The ferry').getAttribute('data-sync'), patience).toBe('remote-only');
  await look('arrived');
  const tab = await openTab();
  await tab.getByTestId('sync-devices').scrollIntoViewIfNeeded();
  expect(await tab.getByTestId('sync-devices').getByRole('listitem').count()).toBe(2);
  await look('devices');
  await closeDialog();
  expect(page.url()).toMatch(/^app:/);
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
  const { page } = running;
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
  await failed().getByRole('button', { name: 'Try again' }).click();
  await drawn(41);
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
  const { page, dataFolder } = running;
  // As large as the least that can be chosen, and not looked at for longest.
  const name = `${createHash('sha256').update(crane).digest('hex')}.pdf`;
  const stored = await storedFile(dataFolder, name);
  await truncate(stored, 1_100_000_000);
  let dialog = await openTab();
  await dialog.getByText('1 GB', { exact: true }).click();
  await closeDialog();
  await syncHere();
  await expect.poll(() => existsSync(stored), patience).toBe(false);
  await expect.poll(() => mark('Crane, by the laptop').getAttribute('data-sync'), patience).toBe('remote-only');
  bucket.fault = ({ operation }) => (operation === 'GetObject' ? 'drop-before' : null);
  await card('Crane, by the laptop').dblclick();
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

  dialog = await openTab();
  await dialog.getByTestId('bucket-card').getByRole('button', { name: 'Remove the bucket' }).click();
  await dialog.getByRole('button', { name: 'Forget it' }).click();
  await dialog.getByTestId('bucket-card').waitFor({ state: 'detached', ...patience });
  await closeDialog();
  await card('Crane, by the laptop').dblclick();
  await failed()
    .getByText(/bucket/)
    .first()
    .waitFor(patience);
  await sheet(1)
    .getByText(/harbour/i)
    .first()
    .waitFor(patience);
  await look('no-bucket');

  dialog = await openTab();
  await nameBucket(dialog);
  await dialog.getByText('Bring them all here').click();
  await closeDialog();
  await syncHere();
  await drawn(1);
  expect(await failed().count()).toBe(0);
  await closePage();
  await expect.poll(() => mark('Crane, by the laptop').getAttribute('data-sync'), patience).toBe('synced');
});

/** Where a stored copy lies below the app's folder. */
async function storedFile(folder: string, name: string): Promise<string> {
  const found = (await readdir(folder, { recursive: true })).find((path) => basename(path) === name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return join(folder, found);
}

test('a link to the file is made for as long as one says, and leads to the very file', async () => {
  const { page, app } = running;
  await choose('The ferry', 'Copy share link…');
  const dialog = page.getByTestId('share-dialog');
  await dialog.getByRole('radio', { name: '1 hour' }).click();
  await look('share');
  await dialog.getByRole('button', { name: 'Copy link' }).click();
  await dialog.waitFor({ state: 'detached', ...patience });
  const link = await app.evaluate(({ clipboard }) => clipboard.readText());
  expect(new URL(link).searchParams.get('X-Amz-Expires')).toBe('3600');
  const answer = await fetch(link);
  expect(answer.status).toBe(200);
  expect(
    Buffer.from(await answer.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
});

test('after a restart it goes on by itself, without the password of sync', async () => {
  const { dataFolder } = running;
  await running.close();
  const there = await syncThere();
  await there.core.database.documents.rename(await ferryId(there), 'The ferry, renamed at night');
  await syncThere();
  running = await launchApp({ dataFolder });
  const { page } = running;
  await page.setViewportSize(small);
  const form = page.getByTestId('sign-in-form');
  await form.getByLabel('E-mail').fill(ada.email, patience);
  await form.getByLabel('Password', { exact: true }).fill(ada.password);
  await page.keyboard.press('Enter');
  await card('The ferry, renamed at night').waitFor(patience);
  await expect.poll(() => status().textContent(), patience).toMatch(/^Synced/);
  await expect.poll(() => page.getByTestId('sync-mark').count(), patience).toBe(2);
  await there.core.database.documents.rename(await ferryId(there), 'The ferry');
  await syncThere();
  await syncHere();
  await card('The ferry').filter({ hasNotText: 'night' }).waitFor(patience);
});

async function ferryId({ core }: TestCore): Promise<string> {
  const ids = await core.database.documents.ids();
  const documents = await core.database.documents.getSeveral(ids);
  return documents.find(({ title }) => title.startsWith('The ferry'))?.id ?? '';
}

test('a document is kept offline, and no longer', async () => {
  const { page } = running;
  await choose('The ferry', 'Keep offline');
  await page.getByText('Its file stays on this computer.').waitFor(patience);
  await choose('The ferry', 'No longer keep offline');
  await page.getByText('Its file may go from this computer when room is needed.').waitFor(patience);
});

test('while the server is away the app goes on, says so, and catches up; what lost is kept for a choice', async () => {
  const { page } = running;
  await postgres.door?.shut();
  const dialog = await openTab();
  const state = dialog.getByTestId('sync-state');
  await state.getByRole('button', { name: 'Sync now' }).click();
  await dialog.locator('[data-testid=sync-state][data-state=waiting]').waitFor(patience);
  await state.getByRole('alert').waitFor(patience);
  await state.getByText(/tries again/).waitFor(patience);
  await look('away');
  await closeDialog();
  expect(await status().getAttribute('data-state')).toBe('waiting');
  const id = await idOf('Crane, by the laptop');
  await choose('Crane, by the laptop', 'Rename…');
  await page.getByLabel('Title').fill('Crane, at the desk');
  await page.keyboard.press('Enter');
  await card('Crane, at the desk').waitFor(patience);

  // Seconds later by the clock that both go by, which each knows as well as the network lets it.
  await other?.core.database.sync.setClock(5_000);
  await other?.core.database.documents.rename(id, 'Crane, at sea');
  await postgres.door?.open();
  await syncHere();
  await syncThere();
  await syncHere();
  await card('Crane, at sea').waitFor(patience);
  await expect.poll(() => status().textContent(), patience).toBe('1 sync conflict');
  const tab = await openTab();
  await tab.getByTestId('sync-conflict').scrollIntoViewIfNeeded();
  await look('conflict');
  await tab.getByRole('button', { name: /^Use yours/ }).click();
  await tab.getByTestId('sync-conflicts').waitFor({ state: 'detached', ...patience });
  await closeDialog();
  await card('Crane, at the desk').waitFor(patience);
});

test('what is deleted in the window is gone from the servers, too', async () => {
  const { page } = running;
  const id = await idOf('Crane, at the desk');
  expect(await bucket.keys()).toHaveLength(4);
  await choose('Crane, at the desk', 'Delete…');
  await page
    .getByTestId('delete-dialog')
    .getByRole('button', { name: /^Delete/ })
    .click();
  await card('Crane, at the desk').waitFor({ state: 'detached', ...patience });
  await expect.poll(() => rowsOf(id), patience).toBe(0);
  await expect.poll(async () => (await bucket.keys()).length, patience).toBe(2);
  await syncThere();
  expect(await other?.core.database.documents.ids()).toEqual([await idOf('The ferry')]);
  expect(running.complaints.filter((line) => /^page:/.test(line))).toEqual([]);
});

test('it is paused and gone on with; another computer is forgotten after a question; and it is turned off', async () => {
  const { page } = running;
  const id = await idOf('The ferry');
  let dialog = await openTab();
  const state = dialog.getByTestId('sync-state');
  await state.getByRole('button', { name: 'Pause' }).focus();
  await page.keyboard.press('Enter');
  await state.getByText('Sync is paused.').waitFor(patience);
  expect(await state.getByRole('button', { name: 'Go on' }).evaluate((button) => button.matches(':focus'))).toBe(true);
  await look('paused');
  await closeDialog();
  expect(await status().textContent()).toBe('Sync paused');
  await choose('The ferry', 'Rename…');
  await page.getByLabel('Title').fill('The ferry, at noon');
  await page.keyboard.press('Enter');
  await card('The ferry, at noon').waitFor(patience);
  const there = await syncThere();
  expect((await there.core.database.documents.get(id))?.title).toBe('The ferry');
  dialog = await openTab();
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await dialog.locator('[data-testid=sync-state][data-state=idle]').waitFor(patience);
  await syncThere();
  expect((await there.core.database.documents.get(id))?.title).toBe('The ferry, at noon');

  const list = dialog.getByTestId('sync-devices');
  await list
    .getByRole('button', { name: /^Forget / })
    .first()
    .click();
  expect(await list.getByRole('button', { name: 'Keep it' }).evaluate((element) => element.matches(':focus'))).toBe(
    true,
  );
  await list.scrollIntoViewIfNeeded();
  await look('forget');
  await page.keyboard.press('Enter');
  await list.getByRole('button', { name: /^Forget / }).click();
  await list.getByRole('button', { name: 'Forget it' }).click();
  await expect.poll(() => list.getByTestId('sync-device').count(), patience).toBe(1);

  await dialog.getByRole('button', { name: 'Turn sync off…' }).click();
  await dialog.getByRole('button', { name: 'Keep syncing' }).waitFor();
  await look('turn-off');
  await dialog.getByRole('button', { name: 'Turn it off' }).click();
  await dialog.getByRole('button', { name: 'Turn sync on' }).waitFor(patience);
  await closeDialog();
  expect(await status().count()).toBe(0);
  expect(await page.getByTestId('sync-mark').count()).toBe(0);
  // What is there stays there.
  expect(await rowsOf(id)).toBeGreaterThan(2);
});
