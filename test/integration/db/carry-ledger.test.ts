/** A restore does not undo what models were asked: the library that comes gets the ledger of the one that goes. */
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { carryLedger } from '../../../electron/backup/carry-ledger.ts';
import { ledgerLeft } from '../../../electron/backup/thread.ts';
import { Backups, type Swapped } from '../../../electron/core/backups.ts';
import { openDatabase } from '../../../electron/db/client.ts';
import type { Database } from '../../../electron/db/database.ts';
import { noLimits } from '../../../shared/accounts.ts';
import type { BackupTask } from '../../../shared/requests/backup.ts';
import { wholeLibrary } from '../../../shared/scope.ts';
import { addDocument, temporaryFolder } from '../../helpers/library.ts';

let from: string;
let to: string;
let remove: () => void;

beforeEach(() => {
  const made = temporaryFolder();
  ({ remove } = made);
  [from, to] = [join(made.folder, 'present'), join(made.folder, 'restored')];
  mkdirSync(from);
  mkdirSync(to);
});
afterEach(() => remove());

const open = (folder: string): Promise<Database> => openDatabase({ path: join(folder, 'library.db') });
const span = { from: 0, to: 10_000 };

async function reserve(database: Database, createdAt: number, about: object = {}): Promise<number> {
  const reservation = await database.modelCalls.reserve(
    {
      ...{ account: 'local', createdAt, kind: 'answer', host: 'api.openai.com', model: 'gpt-5', isLocal: false },
      ...{ conversationId: null, messageId: null, pieceId: null, documentIds: [], promptTokens: 100, canWait: false },
      ...about,
    },
    noLimits,
  );
  if (reservation.outcome !== 'reserved') throw new Error(reservation.outcome);
  return reservation.id;
}

const ended = { outcome: 'complete', promptTokens: 7, completionTokens: 3, isEstimated: false, duration: 5 } as const;

// Catches: a budget that is whole again after a restore, and calls that are counted twice after two of them.
test('calls of since are in it, those of before once and as they ended, about what both libraries have', async () => {
  const present = await open(from);
  const document = await addDocument(present, ['a']);
  const conversationId = randomUUID();
  await present.conversations.create({ id: conversationId, title: 'Cranes', scope: wholeLibrary, createdAt: 1 });
  const running = await reserve(present, 1, { conversationId, documentIds: [document] });
  await present.close();
  copyFileSync(join(from, 'library.db'), join(to, 'library.db'));

  const later = await open(from);
  await later.modelCalls.settle(running, ended);
  const since = await addDocument(later, ['b']);
  await later.modelCalls.settle(await reserve(later, 2, { conversationId, documentIds: [document, since] }), ended);
  await later.close();

  expect(carryLedger({ from, to })).toBe(true);
  expect(carryLedger({ from, to })).toBe(true);
  const restored = await open(to);
  const { calls, total } = await restored.modelCalls.list(span, { limit: 10, offset: 0 });
  expect(total).toBe(2);
  expect(calls).toMatchObject([
    { createdAt: 2, outcome: 'complete', conversationId, documents: [{ id: document }], deletedDocuments: 1 },
    { createdAt: 1, outcome: 'complete', promptTokens: 7, conversationId, documents: [{ id: document }] },
  ]);
  expect(await restored.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  await restored.close();
});

// Catches: a restore that a damaged library keeps from putting things right.
test('a library that is damaged, or not there, has nothing to carry and holds nothing up', async () => {
  await (await open(to)).close();
  expect(carryLedger({ from: join(from, 'none'), to })).toBe(true);
  writeFileSync(join(from, 'library.db'), 'SQLite format 3\0 and then nothing of the sort '.repeat(400));
  expect(carryLedger({ from, to })).toBe(false);
  const restored = await open(to);
  expect((await restored.modelCalls.list(span, { limit: 1, offset: 0 })).total).toBe(0);
  await restored.close();
});

// Catches: a restore, or an earlier library that is put back, which forgets to take the ledger along.
test('restoring a backup and putting the earlier library back both keep the whole ledger', async () => {
  for (const folder of ['blobs', 'thumbs']) mkdirSync(join(from, folder));
  let database = await open(from);
  let task: BackupTask | null = null;
  let swapped: Swapped | null = null;
  const backups = new Backups({
    core: () => ({ database, folder: from, keys: null }),
    appVersion: '1.0.0',
    onTask: (told) => (task = told),
    async replaceLibrary(swap) {
      await database.close();
      swapped = await swap();
      database = await open(from);
    },
  });
  const done = () => expect.poll(() => task?.state, { timeout: 30_000 }).toBe('done');
  const total = async () => (await database.modelCalls.list(span, { limit: 1, offset: 0 })).total;
  const file = join(to, 'library.zip');
  backups.create(file);
  await done();
  await reserve(database, 1);
  backups.restore((await backups.plan(file)).planId);
  await done();
  await expect.poll(total).toBe(1);
  await reserve(database, 2);
  const [kept] = (await backups.overview()).kept;
  await backups.putBack(kept?.name ?? '');
  expect(await total()).toBe(2);
  expect(swapped).toMatchObject({ kept: expect.any(String) as string, note: null });
  await database.close();
});

// Catches: an earlier library that is put back without a word about the calls that it knows nothing of.
test('an earlier library is put back although the present one is damaged, and says what it lacks', async () => {
  const kept = 'library-before-restore-2026-11-21T12-00-00';
  for (const folder of [from, join(from, '..', kept)]) {
    for (const inner of ['blobs', 'thumbs']) mkdirSync(join(folder, inner), { recursive: true });
  }
  await (await open(join(from, '..', kept))).close();
  writeFileSync(join(from, 'library.db'), 'SQLite format 3\0 and then nothing of the sort '.repeat(400));
  let swapped: Swapped | null = null;
  const backups = new Backups({
    core: () => ({ database: {} as Database, folder: from, keys: null }),
    appVersion: '1.0.0',
    onTask: () => undefined,
    replaceLibrary: async (swap) => void (swapped = await swap()),
  });
  await backups.putBack(kept);
  expect(swapped).toEqual({ kept: expect.stringContaining('library-before-restore-'), note: ledgerLeft });
  await (await open(from)).close();
});
