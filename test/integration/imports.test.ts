/** The import of many files: one journal that survives whatever ends the app, one cancel, one summary. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openTestCore, type TestCore } from '../helpers/core.ts';
import { makeFolderOfNotes } from '../helpers/notes.ts';

let test: TestCore;

beforeEach(async () => {
  test = await openTestCore();
});
afterEach(async () => test.close());

const summary = () => test.core.imports.summary;
const titles = async (): Promise<string[]> =>
  (await test.core.database.documents.list()).map(({ title }) => title).sort();
const fileNames = async (): Promise<string[]> =>
  (await test.core.database.documents.list()).map(({ fileName }) => fileName).sort();

async function over(): Promise<void> {
  await expect.poll(() => summary()?.active, { timeout: 30_000 }).toBe(false);
}

it('counts what became of every file, and forgets an import in which nothing is left to do', async () => {
  const folder = await makeFolderOfNotes(join(test.folder, '..', 'many'), 30);
  await writeFile(join(folder, 'copy of 3.txt'), 'Note 3 tells of the harbour crane number 3.\n');
  await writeFile(join(folder, 'note-003.txt'), 'Note 3 tells of the harbour crane number 3.\n');
  const outcomes = await test.core.imports.add([folder]);
  expect(outcomes).toHaveLength(31);
  await over();
  expect(summary()).toMatchObject({
    total: 31,
    ready: 30,
    duplicates: 1,
    failed: 0,
    waiting: 0,
    read: 31,
    cancelled: 0,
  });
  await expect.poll(() => test.core.database.imports.list()).toEqual([]);
  expect(await test.core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
});

// Catches: files that were dropped and never copied, because only copied ones were remembered; or that come twice.
it('goes on after a restart in the middle of copying, and adds no file twice', async () => {
  const folder = await makeFolderOfNotes(join(test.folder, '..', 'many'), 60);
  const adding = test.core.imports.add([folder]);
  await expect.poll(() => summary()?.total ?? 0).toBe(60);
  await test.restart();
  expect((await adding).length).toBeLessThan(60);
  expect(summary()).toMatchObject({ total: 60, active: true });
  await over();
  expect(summary()).toMatchObject({ total: 60, ready: 60, duplicates: 0, failed: 0 });
  expect(await fileNames()).toHaveLength(60);
  expect(new Set(await fileNames()).size).toBe(60);
});

// Catches: half-read documents that stay, files without a document, and a cancel that takes what was ready along.
// Catches: the sweep at the start that takes away the copy that is being made of a file dropped right then.
it('takes in what is dropped while the app is still starting', async () => {
  const path = await test.file('large.txt', 'The barge waits at the lock.\n'.repeat(2_000_000));
  const adding = test.core.imports.add([path]);
  await expect
    .poll(async () => (await test.files()).some((name) => name.endsWith('.part')), { interval: 1 })
    .toBe(true);
  await test.core.resume();
  expect(await adding).toMatchObject([{ status: 'added', error: null }]);
  const [document] = await test.core.database.documents.list();
  if (document) await test.core.ingest.cancel(document.id);
});

it('cancels: what is ready stays, nothing else is left, and all of it can be added after all', async () => {
  await test.core.imports.add([await test.file('first.txt', 'The lighthouse is ready before anything else.\n')]);
  await over();
  const folder = await makeFolderOfNotes(join(test.folder, '..', 'many'), 80);
  const adding = test.core.imports.add([folder]);
  await expect.poll(async () => (await test.core.database.documents.list()).length).toBeGreaterThan(10);
  await test.core.imports.cancel();
  await adding;
  await over();
  const ready = (await test.core.database.documents.list()).filter(({ state }) => state === 'ready');
  expect(await fileNames()).toHaveLength(ready.length);
  expect(await fileNames()).toContain('first.txt');
  const counts = summary();
  expect(counts).toMatchObject({ total: 80, waiting: 0, cancelling: false, cancelled: 80 - (ready.length - 1) });
  expect(counts?.cancelled).toBeGreaterThan(0);
  expect((await test.files()).filter((name) => !ready.some(({ contentHash }) => name.startsWith(contentHash)))).toEqual(
    [],
  );
  expect(await test.core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });

  await test.core.imports.continue();
  await over();
  expect(summary()).toMatchObject({ total: 80, ready: 80, cancelled: 0, failed: 0 });
  expect(await fileNames()).toHaveLength(81);
});

// Catches: a cancel that a kill turns back into an import.
it('finishes a cancel that was interrupted', async () => {
  const folder = await makeFolderOfNotes(join(test.folder, '..', 'many'), 40);
  const adding = test.core.imports.add([folder]);
  await expect.poll(async () => (await test.core.database.documents.list()).length).toBeGreaterThan(10);
  // As far as the journal, and no further.
  await test.core.database.imports.cancel();
  await test.restart();
  await adding;
  await over();
  const states = (await test.core.database.documents.list()).map(({ state }) => state);
  expect(states.filter((state) => state !== 'ready')).toEqual([]);
  expect(summary()?.cancelled).toBeGreaterThan(0);
  expect(await test.core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
});

it('says why files failed, and tries them all again', async () => {
  const folder = await makeFolderOfNotes(join(test.folder, '..', 'many'), 25);
  await writeFile(join(folder, 'zz-empty.txt'), '');
  await writeFile(join(folder, 'zz-fake.pdf'), 'This is no PDF.');
  await test.core.imports.add([folder]);
  await over();
  expect(summary()).toMatchObject({ total: 27, ready: 25, failed: 2 });
  const failures = await test.core.imports.failures();
  expect(failures.map(({ fileName, error }) => [fileName, error.code])).toEqual([
    ['zz-empty.txt', 'file-empty'],
    ['zz-fake.pdf', 'pdf-not-a-pdf'],
  ]);
  // Told again after a restart, because there is something to do about it.
  await test.restart();
  expect(summary()).toMatchObject({ failed: 2, active: false });
  await writeFile(join(folder, 'zz-empty.txt'), 'Now there are words in it.\n');
  await test.core.imports.retryFailed();
  await over();
  await expect.poll(() => summary()).toMatchObject({ total: 27, ready: 26, failed: 1 });
  await test.core.imports.dismiss();
  expect(summary()).toBeNull();
  expect(await test.core.database.imports.list()).toEqual([]);
});

it('takes what is dropped meanwhile into the same import, and outcomes go to whoever dropped it', async () => {
  const first = test.core.imports.add([await makeFolderOfNotes(join(test.folder, '..', 'many'), 30)]);
  const second = test.core.imports.add([
    await test.file('later.txt', 'Dropped a moment later.\n'),
    '/nowhere/gone.pdf',
  ]);
  expect(await first).toHaveLength(30);
  expect((await second).map(({ status }) => status).sort()).toEqual(['added', 'rejected']);
  await over();
  expect(summary()).toMatchObject({ total: 32, ready: 31, failed: 1 });
  expect(await titles()).toHaveLength(31);
});

it('a document that the person deletes is no longer counted', async () => {
  const folder = join(test.folder, '..', 'few');
  await mkdir(folder);
  await writeFile(join(folder, 'fake.pdf'), 'no PDF');
  await makeFolderOfNotes(folder, 22);
  await test.core.imports.add([folder]);
  await over();
  const [failed] = (await test.core.database.documents.list()).filter(({ state }) => state === 'failed');
  await test.core.deleteDocuments([failed?.id ?? '']);
  await expect.poll(() => summary()).toMatchObject({ total: 22, failed: 0, ready: 22 });
  await rm(folder, { recursive: true });
});

// Catches: the end of an import whose journal is cleared together with the file that was dropped right then, and lost.
it('keeps what is dropped in the moment in which everything else gets done', async () => {
  const { imports, database } = test.core;
  await imports.add([await test.file('first.txt', 'The ferry leaves at seven.\n')]);
  const dropped = await test.file('second.txt', 'The ferry comes back at nine.\n');
  const begin = database.imports.begin.bind(database.imports);
  // The journal has the file; the answer that says so is slow.
  vi.spyOn(database.imports, 'begin').mockImplementationOnce(async (paths) => {
    const keys = await begin(paths);
    await over();
    await imports.dismiss();
    return keys;
  });
  expect(await imports.add([dropped])).toMatchObject([{ path: dropped, status: 'added', error: null }]);
  await over();
  expect(await fileNames()).toEqual(['first.txt', 'second.txt']);
  expect(summary()).toMatchObject({ total: 2, ready: 2 });
  await expect.poll(() => database.imports.list()).toEqual([]);
});

// Catches: a second drop, after the end of everything else, that clears the journal of the first.
it('keeps two drops that come in that moment', async () => {
  const { imports, database } = test.core;
  await imports.add([await test.file('first.txt', 'The ferry leaves at seven.\n')]);
  const [second, third] = [
    await test.file('second.txt', 'The ferry comes back at nine.\n'),
    await test.file('third.txt', 'The last ferry is at midnight.\n'),
  ];
  const begin = database.imports.begin.bind(database.imports);
  let later: Promise<unknown> = Promise.resolve();
  vi.spyOn(database.imports, 'begin').mockImplementationOnce(async (paths) => {
    const keys = await begin(paths);
    await over();
    later = imports.add([third]);
    return keys;
  });
  expect(await imports.add([second])).toMatchObject([{ path: second, status: 'added' }]);
  expect(await later).toMatchObject([{ path: third, status: 'added' }]);
});
