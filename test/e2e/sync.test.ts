/**
 * Sync in real Electron, with nothing made up: the app, a Postgres and a bucket on loopback, and a second computer, which is
 * a core of its own in this process.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
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
import { fillLibrary } from '../helpers/window.ts';

/** What a slow, loaded machine takes. */
const patience = { timeout: 90_000 };
const small = { width: 900, height: 600 };
const ada = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'engines weave patterns' };

let running: RunningApp;
let postgres: TestPostgres;
let bucket: BucketServer;
/** The other computer, once it syncs. */
let other: TestCore | null = null;

beforeAll(async () => {
  [running, { postgres, bucket }] = await Promise.all([launchApp(), startOwnServers()]);
  await running.page.setViewportSize(small);
  await fillLibrary(running, [{ name: 'crane.pdf', bytes: await makeLetter('The harbour crane') }]);
});
afterAll(async () => {
  await other?.close();
  await running.end();
  await closeOwnServers({ postgres, bucket });
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

/** The entry of a document's menu. */
async function choose(title: string, entry: string): Promise<void> {
  await card(title).click({ button: 'right' });
  await running.page.getByRole('menuitem', { name: entry }).click();
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
  const dialog = await openSyncTab(running.page);
  await dialog.getByTestId('no-database').waitFor();
  await look('empty');
  await dialog.getByRole('button', { name: 'Name a database…' }).click();
  await nameDatabase(dialog, postgres);
  const way = dialog.getByTestId('sync-needs-account');
  await way.waitFor(patience);
  expect(await dialog.getByRole('button', { name: 'Turn sync on' }).count()).toBe(0);
  await look('needs-account');
  await way.getByRole('button', { name: 'Create an account…' }).click();
  await createAccount(page, ada);
  await card('The harbour crane').waitFor(patience);
});

test('database and bucket are named, and sync is turned on with the password alone', async () => {
  const { page } = running;
  const dialog = await openSyncTab(running.page);
  const named = dialog.getByTestId('database-card').or(dialog.getByTestId('no-database'));
  await named.waitFor(patience);
  if ((await dialog.getByTestId('no-database').count()) > 0) {
    await dialog.getByRole('button', { name: 'Name a database…' }).click();
    await nameDatabase(dialog, postgres);
  }
  await nameBucket(dialog, bucket, bucketUser);

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
  await closeSettings(running.page);
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
  other = await openSecondComputer({ postgres, bucket, user: bucketUser, email: ada.email, password: ada.password });
  const { database, ingest } = other.core;
  await syncThere();
  const id = await idOf('The harbour crane');
  await expect.poll(async () => (await database.documents.get(id))?.state, patience).toBe('ready');

  // Files come here when they are opened, from now on.
  const dialog = await openSyncTab(running.page);
  await dialog.getByText('Bring a file when I open it').click();
  await closeSettings(running.page);

  await database.documents.rename(id, 'Crane, by the laptop');
  await ingest.add([await other.file('ferry.pdf', await makeLetter('The ferry'))]);
  await other.settled();
  await syncThere();
  await syncHere(running.page);
  await card('Crane, by the laptop').waitFor(patience);
  await card('The ferry').waitFor(patience);
  await expect.poll(() => mark('The ferry').getAttribute('data-sync'), patience).toBe('remote-only');
  await look('arrived');
  const tab = await openSyncTab(running.page);
  await tab.getByTestId('sync-devices').scrollIntoViewIfNeeded();
  expect(await tab.getByTestId('sync-devices').getByRole('listitem').count()).toBe(2);
  await look('devices');
  await closeSettings(running.page);
  expect(page.url()).toMatch(/^app:/);
});

test('a file that is elsewhere says why it can’t be had, and is fetched when its page is opened', async () => {
  const { page } = running;
  const pane = page.getByTestId('page-pane');
  bucket.fault = ({ operation }) => (operation === 'GetObject' ? 'drop-before' : null);
  await card('The ferry').dblclick();
  const failed = pane.getByTestId('original-failed');
  await failed.waitFor(patience);
  expect((await failed.textContent()) ?? '').toContain('could not be fetched');
  bucket.fault = () => null;
  await failed.getByRole('button', { name: 'Try again' }).click();
  await pane.locator('[data-testid=page-canvas][data-drawn=true]').first().waitFor(patience);
  await pane.getByRole('button', { name: 'Close page' }).click();
  await expect.poll(() => mark('The ferry').getAttribute('data-sync'), patience).toBe('synced');
});

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
  await syncHere(running.page);
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
  const dialog = await openSyncTab(running.page);
  const state = dialog.getByTestId('sync-state');
  await state.getByRole('button', { name: 'Sync now' }).click();
  await dialog.locator('[data-testid=sync-state][data-state=waiting]').waitFor(patience);
  await state.getByRole('alert').waitFor(patience);
  await state.getByText(/tries again/).waitFor(patience);
  await look('away');
  await closeSettings(running.page);
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
  await syncHere(running.page);
  await syncThere();
  await syncHere(running.page);
  await card('Crane, at sea').waitFor(patience);
  await expect.poll(() => status().textContent(), patience).toBe('1 sync conflict');
  const tab = await openSyncTab(running.page);
  await tab.getByTestId('sync-conflict').scrollIntoViewIfNeeded();
  // It is headed by what the document is called now.
  await tab.getByRole('listitem', { name: 'Title of a document: Crane, at sea' }).waitFor();
  await look('conflict');
  await tab.getByRole('button', { name: /^Use yours/ }).click();
  await tab.getByTestId('sync-conflicts').waitFor({ state: 'detached', ...patience });
  await closeSettings(running.page);
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
  let dialog = await openSyncTab(running.page);
  const state = dialog.getByTestId('sync-state');
  await state.getByRole('button', { name: 'Pause' }).focus();
  await page.keyboard.press('Enter');
  await state.getByText('Sync is paused.').waitFor(patience);
  expect(await state.getByRole('button', { name: 'Go on' }).evaluate((button) => button.matches(':focus'))).toBe(true);
  await look('paused');
  await closeSettings(running.page);
  expect(await status().textContent()).toBe('Sync paused');
  await choose('The ferry', 'Rename…');
  await page.getByLabel('Title').fill('The ferry, at noon');
  await page.keyboard.press('Enter');
  await card('The ferry, at noon').waitFor(patience);
  const there = await syncThere();
  expect((await there.core.database.documents.get(id))?.title).toBe('The ferry');
  dialog = await openSyncTab(running.page);
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
  await closeSettings(running.page);
  expect(await status().count()).toBe(0);
  expect(await page.getByTestId('sync-mark').count()).toBe(0);
  // What is there stays there.
  expect(await rowsOf(id)).toBeGreaterThan(2);
});
