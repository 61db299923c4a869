/**
 * The window of sync in real Electron, shown what main could answer and a test of real servers can't have at will: all states
 * of documents at once, a round under way, large libraries, deleted sides of conflicts. For the rest see sync.test.ts.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { bucketRemote, databaseRemote } from '../helpers/remotes.ts';
import { answerRequests, fillLibrary } from '../helpers/window.ts';
import { AppError } from '../../shared/errors.ts';
import type { EventMap } from '../../shared/events.ts';
import type { RemotesView } from '../../shared/requests/remotes.ts';
import type { SyncStatus } from '../../shared/sync.ts';
import {
  syncOff,
  type DocumentSync,
  type DocumentSyncState,
  type SyncConflictView,
  type SyncDevice,
  type SyncSizes,
} from '../../shared/sync-view.ts';

const small = { width: 900, height: 600 };
const minute = 60_000;
let running: RunningApp;

const remotes: RemotesView = {
  database: { remote: databaseRemote, secret: 'kept' },
  bucket: { remote: bucketRemote, secret: 'kept' },
  formerBuckets: [],
  keychainError: null,
};
const idle: SyncStatus = { ...syncOff, state: 'idle', syncedAt: Date.now() - 5 * minute };
const conflicts: readonly SyncConflictView[] = [
  {
    id: 1,
    kind: 'document',
    title: 'Harbour crane, report of 2024',
    register: 'title',
    mine: 'Crane report (final, with Anna’s notes)',
    theirs: 'Harbour crane, report of 2024',
    at: Date.now() - 3 * minute,
  },
  {
    id: 2,
    kind: 'conversation',
    title: 'Which rings are worn?',
    register: 'title',
    mine: 'Rings of the crane',
    theirs: null,
    at: Date.now() - 90 * minute,
  },
];
const devices: readonly SyncDevice[] = [
  {
    id: '0b54a2f6-2a0c-4c4b-9d36-3d9f3d0c6b11',
    name: 'Desk',
    platform: 'linux',
    appVersion: '0.1.0',
    lastSeen: Date.now(),
    isThisOne: true,
  },
  {
    id: '9a1c1d8e-5b7f-4a53-8a69-0c7a4f6a2e22',
    name: 'Laptop',
    platform: 'darwin',
    appVersion: '0.1.0',
    lastSeen: Date.now() - 26 * 60 * minute,
    isThisOne: false,
  },
];
const sizes: SyncSizes = {
  here: { documents: 3, bytes: 12_400_000 },
  both: { documents: 188, bytes: 1_904_000_000 },
  there: { documents: 21, bytes: 640_000_000 },
  pinned: { documents: 4, bytes: 80_000_000 },
  indexHere: 512_000_000,
  indexThere: null,
  policy: { files: 'on-demand', limit: 5_000_000_000 },
};

beforeAll(async () => {
  running = await launchApp();
  await running.page.setViewportSize(small);
});
afterAll(() => running.end());

async function look(name: string): Promise<void> {
  const { page } = running;
  await screenshotBothThemes(page, `sync-${name}`);
  expect(await seriousAxeViolations(page), name).toEqual([]);
}

/** As main would tell it. */
async function tell<Name extends 'sync.changed' | 'sync.documents'>(name: Name, detail: EventMap[Name]): Promise<void> {
  await running.app.evaluate(
    ({ BrowserWindow }, told) =>
      BrowserWindow.getAllWindows()[0]?.webContents.send('quire:event', told.name, told.detail),
    { name, detail },
  );
}

const status = () => running.page.getByTestId('sync-status');

test('each document says where it is', async () => {
  const { page } = running;
  const letter = await makeLetter();
  const states: readonly DocumentSyncState[] = ['local', 'uploading', 'synced', 'remote-only', 'conflict'];
  // Different bytes, or they would be one document.
  await fillLibrary(
    running,
    states.map((state) => ({ name: `${state}.pdf`, bytes: Buffer.concat([letter, Buffer.from(`%${state}\n`)]) })),
  );
  const ids = await page
    .getByTestId('document-card')
    .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-document-id') ?? ''));
  const documents = ids.map((documentId, index): DocumentSync => ({
    documentId,
    state: states[index % states.length] ?? 'local',
    isPinned: false,
  }));
  await answerRequests(running.app, { 'sync.documents': documents, 'remotes.get': remotes });
  await tell('sync.changed', idle);
  await expect.poll(() => page.getByTestId('sync-mark').count()).toBe(ids.length);
  for (const label of ['On this computer', 'Uploading', 'Synced', 'On your server', 'Conflict'])
    expect(await page.getByRole('img', { name: label, exact: true }).count(), label).toBe(1);
  expect(await status().textContent()).toBe('Synced 5 min ago');
  await look('documents');
});

test('where files are encrypted there is no link to share, and the reason is said', async () => {
  const { page } = running;
  await page.getByTestId('document-card').first().click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Keep offline' }).waitFor();
  await look('menu');
  await page.getByRole('menuitem', { name: 'Copy share link…' }).click();
  const dialog = page.getByTestId('share-dialog');
  await dialog.getByTestId('share-sealed').waitFor();
  expect(await dialog.getByRole('button', { name: 'Copy link' }).count()).toBe(0);
  await look('share-sealed');
  await page.keyboard.press('Escape');
});

test('the status bar leads to the page, which shows how far a round is', async () => {
  const { page, app } = running;
  await answerRequests(app, {
    'remotes.get': remotes,
    'sync.conflicts': conflicts,
    'sync.devices': devices,
    'sync.sizes': sizes,
  });
  await tell('sync.changed', { ...idle, state: 'syncing', progress: { phase: 'files', done: 30, total: 188 } });
  expect(await status().textContent()).toBe('Syncing · files, 30 of 188');
  await status().click();
  const dialog = page.getByTestId('settings-dialog');
  await dialog.getByRole('tab', { name: 'Sync', selected: true }).waitFor();
  expect(await dialog.getByRole('progressbar', { name: 'Syncing' }).getAttribute('aria-valuenow')).toBe('16');
  await look('busy');
});

test('what went wrong stands there with what to do, and what is not sent yet', async () => {
  const dialog = running.page.getByTestId('settings-dialog');
  const error = new AppError('remote-unauthorized', 'db.example.com refuses ada: the password is wrong.', {
    hint: 'Type the password of the database again, below.',
  }).toInfo();
  await tell('sync.changed', { ...idle, state: 'waiting', error, unsent: 12 });
  await dialog.getByText('12 changes of this computer are not sent yet').waitFor();
  await dialog.getByRole('alert').getByText('Type the password of the database again').waitFor();
  expect(await status().textContent()).toBe('Sync needs you');
  await look('failed');
});

test('a conflict shows both sides, and either can be chosen but what was deleted', async () => {
  const { page, app } = running;
  const dialog = page.getByTestId('settings-dialog');
  await tell('sync.changed', { ...idle, conflicts: 2 });
  expect(await status().textContent()).toBe('2 sync conflicts');
  await dialog.getByTestId('sync-conflict').nth(1).waitFor();
  expect(await dialog.getByRole('button', { name: /^Use yours/ }).count()).toBe(1);
  await dialog.getByRole('button', { name: 'Leave it deleted' }).waitFor();
  await look('conflicts');
  await answerRequests(app, {
    'remotes.get': remotes,
    'sync.settleConflict': [],
    'sync.conflicts': [],
    'sync.devices': devices,
    'sync.sizes': sizes,
  });
  await dialog.getByRole('button', { name: /^Use yours/ }).click();
  await dialog.getByTestId('sync-conflicts').waitFor({ state: 'detached' });
});

test('the library there is deleted after a question, by keys alone; what goes wrong is said where it was asked', async () => {
  const { page, app } = running;
  const dialog = page.getByTestId('settings-dialog');
  await tell('sync.changed', idle);
  await dialog.getByRole('button', { name: 'Turn sync off…' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const form = dialog.getByRole('form', { name: 'Delete the library there' });
  await form.waitFor();
  expect(await form.getByRole('button', { name: 'Keep it' }).evaluate((keep) => keep.matches(':focus'))).toBe(true);
  await look('delete-there');
  const away = new AppError('remote-unreachable', 'Nothing answers at db.example.com:5432.', {
    hint: 'Check host and port in Settings, Sync, and whether the server runs and listens for others.',
    retryable: true,
  }).toInfo();
  const answers = {
    'remotes.get': remotes,
    'sync.conflicts': [],
    'sync.devices': devices,
    'sync.sizes': sizes,
    'sync.deleteThere': { rows: 61_204, objects: 376 },
  };
  await answerRequests(app, answers, {}, { 'sync.deleteThere': away });
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.type('a password');
  await page.keyboard.press('Enter');
  await form.getByRole('alert').getByText('Nothing answers').waitFor();
  await look('delete-there-away');
  await tell('sync.changed', {
    ...idle,
    state: 'syncing',
    progress: { phase: 'deleting-files', done: 30, total: 376 },
  });
  await dialog.getByText('Deleting the library on your servers: files, 30 of 376.').waitFor();
  expect(await dialog.getByRole('progressbar', { name: 'Deleting' }).getAttribute('aria-valuenow')).toBe('8');
  await look('delete-there-busy');
  await answerRequests(app, answers);
  await form.getByRole('button', { name: 'Delete it there' }).click();
  await page.getByTestId('toast').getByText('61,204 rows and 376 files were deleted on your servers').waitFor();
  await look('deleted-there');
  await form.getByRole('button', { name: 'Keep it' }).click();
});

test('what is where, in numbers, and which files are to be here', async () => {
  const dialog = running.page.getByTestId('settings-dialog');
  await tell('sync.changed', idle);
  const place = dialog.getByTestId('sync-sizes');
  await place.getByRole('row', { name: 'Files in your bucket alone 21 documents' }).waitFor();
  await place.scrollIntoViewIfNeeded();
  await look('sizes');
  await place.getByRole('radio', { name: '5 GB' }).scrollIntoViewIfNeeded();
  expect(await place.getByRole('radio', { name: '5 GB' }).getAttribute('aria-checked')).toBe('true');
  await look('policy');
});
