/** Watched folders with real files, the real watcher and the real pipeline. */
import { appendFile, chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../helpers/core.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { makeDamagedPage } from '../helpers/odd-pdfs.ts';
import { emptyAnswer } from '../helpers/message.ts';
import { temporaryFolder } from '../helpers/library.ts';
import { makeFolderOfNotes } from '../helpers/notes.ts';
import type { FolderWatchOptions } from '../../electron/pipeline/ports/folder-watcher.ts';
import type { DocumentSummary, Message } from '../../shared/domain.ts';
import { scopeOf } from '../../shared/scope.ts';

const watchTimes = { startDelay: 0, stability: 300, tick: 200, poll: 400, rescan: 3_600_000 };
let test: TestCore;
let inbox: string;

beforeEach(async () => {
  test = await openTestCore({}, { watchTimes });
  inbox = join(test.folder, '..', 'watched');
  await mkdir(inbox);
  test.core.watched.start();
});
afterEach(async () => test.close());

const documents = (): Promise<DocumentSummary[]> => test.core.database.documents.list();
const folder = async () => (await test.core.watched.list())[0];
async function state(): Promise<string | undefined> {
  return (await folder())?.state;
}
async function document(fileName: string): Promise<DocumentSummary | undefined> {
  return (await documents()).find((one) => one.fileName === fileName);
}
async function ready(...fileNames: string[]): Promise<void> {
  await expect
    .poll(
      async () =>
        (await documents())
          .filter((one) => one.state === 'ready')
          .map((one) => one.fileName)
          .sort(),
      { timeout: 30_000 },
    )
    .toEqual([...fileNames].sort());
}
async function watch(): Promise<void> {
  await test.core.watched.add(inbox);
  await settled();
}
async function settled(): Promise<void> {
  await expect.poll(state, { timeout: 30_000 }).toBe('watching');
}
async function expectWhole(): Promise<void> {
  expect(await test.core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  expect(test.errors).toEqual([]);
}

it('adds what is in a folder and what comes into it, at any depth, and leaves out the rest', async () => {
  await writeFile(join(inbox, 'letter.pdf'), await makeLetter('The harbour crane'));
  await mkdir(join(inbox, 'deep', 'deeper'), { recursive: true });
  await writeFile(join(inbox, 'deep', 'notes.md'), '# Ferry\n\nThe ferry leaves at six.\n');
  await mkdir(join(inbox, '.hidden'));
  await writeFile(join(inbox, '.hidden', 'secret.txt'), 'Not for Quire.\n');
  await writeFile(join(inbox, '~$letter.txt'), 'A lock.\n');
  await writeFile(join(inbox, 'picture.png'), 'no text');
  await watch();
  await ready('letter.pdf', 'notes.md');
  await writeFile(join(inbox, 'deep', 'deeper', 'later.txt'), 'It came later.\n');
  await mkdir(join(inbox, 'new folder'));
  await writeFile(join(inbox, 'new folder', 'inside.txt'), 'In a folder that came later.\n');
  await writeFile(join(inbox, '.later.txt'), 'Hidden.\n');
  await ready('letter.pdf', 'notes.md', 'later.txt', 'inside.txt');
  expect(await folder()).toMatchObject({ documents: 4, gone: 0, failed: 0, error: null });
  await expectWhole();
});

// Catches: half a file that is taken in while it is still being written.
it('waits until a file has stopped growing', async () => {
  await watch();
  const path = join(inbox, 'growing.txt');
  await writeFile(path, 'line 0\n');
  let written = performance.now();
  for (let line = 1; line <= 8; line += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const there = await documents();
    // On a machine that paused longer than that, it did stop growing for a while.
    if (performance.now() - written < watchTimes.stability) expect(there).toEqual([]);
    await appendFile(path, `line ${line}\n`);
    written = performance.now();
  }
  await ready('growing.txt');
  await expect
    .poll(async () => (await test.core.database.pages.readText((await documents())[0]?.id ?? '', 1, 1))[0]?.text, {
      timeout: 20_000,
    })
    .toContain('line 8');
});

// Catches: a second document for each saved version; citations that show where something else stands now.
it('reads a changed file again as the same document, in its collections, with what was cited kept', async () => {
  const path = join(inbox, 'report.txt');
  await writeFile(path, 'The crane lifts forty tons.\n\nThe ferry leaves at six in the morning.\n');
  await watch();
  await ready('report.txt');
  const before = await document('report.txt');
  const id = before?.id ?? '';
  const { database } = test.core;
  const collectionId = randomUUID();
  await database.shelves.createCollection({ id: collectionId, name: 'Reports', documentIds: [id], createdAt: 1 });
  const conversationId = randomUUID();
  await database.conversations.create({ id: conversationId, title: 'x', scope: scopeOf([id]), createdAt: 1 });
  const [chunk] = await database.chunks.range(id, 0, 0);
  const cite = (number: number, quote: string) => ({
    number,
    documentId: id,
    chunkId: chunk?.id ?? 0,
    title: 'x',
    page: 1,
    boxes: [],
    quote,
  });
  const answer: Message = {
    ...emptyAnswer,
    id: randomUUID(),
    conversationId,
    state: 'complete',
    citations: [cite(1, 'The crane lifts forty tons.'), cite(2, 'The ferry leaves at six')],
  };
  await database.messages.append(answer);

  await writeFile(path, 'The crane lifts sixty tons.\n\nThe ferry leaves at six in the morning, on weekdays.\n');
  await expect
    .poll(async () => (await document('report.txt'))?.contentHash, { timeout: 30_000 })
    .not.toBe(before?.contentHash);
  await ready('report.txt');
  const after = await document('report.txt');
  expect(after).toMatchObject({ id, addedAt: before?.addedAt, state: 'ready', fileGone: false });
  expect((await database.shelves.list()).collections[0]?.documentIds).toEqual([id]);
  const cited = (await database.messages.get(answer.id))?.citations ?? [];
  expect(cited.map(({ quote }) => quote)).toEqual(['The crane lifts forty tons.', 'The ferry leaves at six']);
  // The one sentence is no longer there, the other one is.
  expect(cited[0]?.chunkId).toBeNull();
  expect(cited[1]?.chunkId).not.toBeNull();
  const [page] = await database.pages.readText(id, 1, 1);
  expect(page?.text).toContain('sixty');
  expect((await test.files()).filter((name) => !name.startsWith(after?.contentHash ?? ''))).toEqual([]);
  await expectWhole();
});

// Catches: a save that was cut off, which destroys the only good copy.
it.each([
  ['half a save', () => Promise.resolve('%PDF-1.7\nhalf of a save')],
  ['a file whose last page is damaged', () => makeDamagedPage(5)],
])('keeps the last version that could be read to its end, and says why %s could not', async (_name, make) => {
  const path = join(inbox, 'report.pdf');
  await writeFile(path, await makeLetter('The crane lifts forty tons'));
  await watch();
  await ready('report.pdf');
  const before = await document('report.pdf');
  const stored = await test.files();
  await writeFile(path, await make());
  await expect.poll(async () => (await document('report.pdf'))?.fileError?.code, { timeout: 30_000 }).toMatch(/^pdf-/);
  expect(await document('report.pdf')).toMatchObject({
    id: before?.id,
    contentHash: before?.contentHash,
    state: 'ready',
    searchable: true,
    hasThumbnail: before?.hasThumbnail,
  });
  expect(await test.files()).toEqual(stored);
  expect((await test.core.database.pages.readText(before?.id ?? '', 1, 1))[0]?.text).toContain('forty');
  const { hits } = await test.core.questions.retrieve('crane', { documentIds: [], k: 3 });
  expect(hits[0]?.documentId).toBe(before?.id);
  expect(await folder()).toMatchObject({ failed: 1 });

  await writeFile(path, await makeLetter('The crane lifts sixty tons'));
  await expect.poll(async () => (await document('report.pdf'))?.fileError, { timeout: 30_000 }).toBeNull();
  await ready('report.pdf');
  expect((await test.core.database.pages.readText(before?.id ?? '', 1, 1))[0]?.text).toContain('sixty');
  await expectWhole();
});

it('a file that only was touched is not read again', async () => {
  const path = join(inbox, 'same.txt');
  await writeFile(path, 'The same words.\n');
  await watch();
  await ready('same.txt');
  const stages = await test.core.database.documents.stages((await documents())[0]?.id ?? '');
  await writeFile(path, 'The same words.\n');
  await expect
    .poll(async () => (await test.core.database.watched.files((await folder())?.id ?? ''))[0]?.modifiedAt, {
      timeout: 20_000,
    })
    .not.toBe(undefined);
  await settled();
  expect(await test.core.database.documents.stages((await documents())[0]?.id ?? '')).toEqual(stages);
});

it('marks a document whose file is gone, still answers from it, and takes the mark away when the file is back', async () => {
  const path = join(inbox, 'crane.txt');
  await writeFile(path, 'The harbour crane lifts forty tons.\n');
  await watch();
  await ready('crane.txt');
  await rename(path, join(inbox, '..', 'away.txt'));
  await expect.poll(async () => (await document('crane.txt'))?.fileGone, { timeout: 20_000 }).toBe(true);
  expect(await folder()).toMatchObject({ documents: 0, gone: 1 });
  const { hits } = await test.core.questions.retrieve('crane', { documentIds: [], k: 3 });
  expect(hits[0]?.text).toContain('forty tons');
  await expectWhole();
  await rename(join(inbox, '..', 'away.txt'), path);
  await expect.poll(async () => (await document('crane.txt'))?.fileGone, { timeout: 20_000 }).toBe(false);
  expect(await documents()).toHaveLength(1);
  await expectWhole();
});

// Catches: a renamed file that becomes a second document, or is read all over again.
it('knows a renamed or moved file by its bytes', async () => {
  await writeFile(join(inbox, 'draft.txt'), 'The lighthouse keeper writes every evening.\n');
  await mkdir(join(inbox, 'archive'));
  await watch();
  await ready('draft.txt');
  const [before] = await documents();
  const stages = await test.core.database.documents.stages(before?.id ?? '');
  await rename(join(inbox, 'draft.txt'), join(inbox, 'archive', 'final.txt'));
  await expect.poll(async () => (await documents())[0]?.fileName, { timeout: 20_000 }).toBe('final.txt');
  await settled();
  const [after, ...others] = await documents();
  expect(others).toEqual([]);
  expect(after).toMatchObject({ id: before?.id, state: 'ready', fileGone: false });
  expect(await test.core.database.documents.stages(after?.id ?? '')).toEqual(stages);
  expect((await test.core.database.watched.files((await folder())?.id ?? '')).map(({ path }) => path)).toEqual([
    join(inbox, 'archive', 'final.txt'),
  ]);
  await expectWhole();
});

it('finds at the start what came, changed, moved and went since', async () => {
  await makeFolderOfNotes(inbox, 5);
  await watch();
  await expect
    .poll(async () => (await documents()).filter(({ state: of }) => of === 'ready').length, { timeout: 30_000 })
    .toBe(5);
  const before = new Map((await documents()).map(({ fileName, id }) => [fileName, id]));
  await test.core.close();
  await rm(join(inbox, 'note-001.txt'));
  await rename(join(inbox, 'note-002.txt'), join(inbox, 'renamed.txt'));
  await writeFile(join(inbox, 'note-003.txt'), 'Other words altogether, about a ferry.\n');
  await writeFile(join(inbox, 'new.txt'), 'This one is new.\n');
  await new Promise((resolve) => setTimeout(resolve, watchTimes.stability));
  await test.restart();
  test.core.watched.start();
  await expect.poll(async () => (await document('note-001.txt'))?.fileGone, { timeout: 30_000 }).toBe(true);
  await ready('note-001.txt', 'renamed.txt', 'note-003.txt', 'note-004.txt', 'note-005.txt', 'new.txt');
  expect((await document('renamed.txt'))?.id).toBe(before.get('note-002.txt'));
  expect((await document('note-003.txt'))?.id).toBe(before.get('note-003.txt'));
  expect((await folder())?.gone).toBe(1);
  await expectWhole();
});

// Catches: a whole library marked as gone because a disk was pulled out.
it('says that a folder is missing, marks nothing, and goes on when it is back', async () => {
  await makeFolderOfNotes(inbox, 3);
  await watch();
  await ready('note-001.txt', 'note-002.txt', 'note-003.txt');
  const elsewhere = `${inbox} unplugged`;
  await rename(inbox, elsewhere);
  await expect.poll(state, { timeout: 20_000 }).toBe('missing');
  expect((await folder())?.error).toMatchObject({ code: 'folder-missing' });
  await new Promise((resolve) => setTimeout(resolve, watchTimes.stability + 2_000));
  expect((await documents()).some(({ fileGone }) => fileGone)).toBe(false);
  await writeFile(join(elsewhere, 'meanwhile.txt'), 'Written while it was away.\n');
  await rename(elsewhere, inbox);
  await ready('note-001.txt', 'note-002.txt', 'note-003.txt', 'meanwhile.txt');
  expect(await folder()).toMatchObject({ state: 'watching', error: null, gone: 0 });
  await expectWhole();
});

it('a document that the person deletes stays away until its file changes', async () => {
  const path = join(inbox, 'unwanted.txt');
  await writeFile(path, 'Nobody wants this.\n');
  await watch();
  await ready('unwanted.txt');
  await test.core.deleteDocuments([(await documents())[0]?.id ?? '']);
  await test.core.watched.check((await folder())?.id ?? '');
  await settled();
  await test.core.watched.idle();
  expect(await documents()).toEqual([]);
  await writeFile(path, 'Somebody wants this version.\n');
  await ready('unwanted.txt');
  await expectWhole();
});

it('pauses, goes on, and stops with or without its documents', async () => {
  await writeFile(join(inbox, 'first.txt'), 'It was there first.\n');
  const dropped = await test.file('dropped.txt', 'It was dropped, and lies in the folder as well.\n');
  await test.core.imports.add([dropped]);
  await writeFile(join(inbox, 'copy.txt'), 'It was dropped, and lies in the folder as well.\n');
  await watch();
  await ready('first.txt', 'dropped.txt');
  const id = (await folder())?.id ?? '';
  await test.core.watched.pause(id);
  await writeFile(join(inbox, 'second.txt'), 'It came during the pause.\n');
  await new Promise((resolve) => setTimeout(resolve, watchTimes.stability + 1_000));
  expect(await state()).toBe('paused');
  expect(await document('second.txt')).toBeUndefined();
  await test.core.watched.resume(id);
  await ready('first.txt', 'dropped.txt', 'second.txt');
  // What was in the library without the folder stays there without it.
  expect(await test.core.watched.describeRemoval(id)).toMatchObject({ documents: 2 });
  await test.core.watched.remove(id, true);
  expect((await documents()).map(({ fileName }) => fileName)).toEqual(['dropped.txt']);
  expect(await test.core.watched.list()).toEqual([]);
  await expectWhole();

  await watch();
  await ready('first.txt', 'dropped.txt', 'second.txt');
  await test.core.watched.remove((await folder())?.id ?? '', false);
  expect(await documents()).toHaveLength(3);
  await expectWhole();
});

it('says which file could not be taken in, and takes it when it is whole', async () => {
  await writeFile(join(inbox, 'empty.txt'), '');
  await watch();
  await expect.poll(folder).toMatchObject({ failed: 1, documents: 0 });
  await writeFile(join(inbox, 'empty.txt'), 'Now it has words.\n');
  await ready('empty.txt');
  expect(await folder()).toMatchObject({ failed: 0, documents: 1 });
});

// Catches: a watcher that goes round for ever, or reads a file once for every way that leads to it.
it('follows no links, and does not hang on those that lead back', async () => {
  await writeFile(join(inbox, 'one.txt'), 'One file.\n');
  await mkdir(join(inbox, 'sub'));
  await symlink(inbox, join(inbox, 'sub', 'loop'));
  await symlink(join(inbox, 'one.txt'), join(inbox, 'link.txt'));
  await watch();
  await ready('one.txt');
  expect(await folder()).toMatchObject({ documents: 1 });
});

it('refuses folders that are watched already, and its own', async () => {
  await mkdir(join(inbox, 'sub'));
  await watch();
  await expect(test.core.watched.add(inbox)).rejects.toThrow(/watched already/);
  await expect(test.core.watched.add(join(inbox, 'sub'))).rejects.toThrow(/is in “watched”/);
  await expect(test.core.watched.add(join(inbox, '..'))).rejects.toThrow(/“watched”, which is in/);
  await expect(test.core.watched.add(test.folder)).rejects.toThrow(/keeps its own copies/);
  await expect(test.core.watched.add(join(inbox, 'nowhere'))).rejects.toMatchObject({ code: 'file-not-found' });
});

it('a folder within that can’t be read does not make what is in it gone', async () => {
  if (process.getuid?.() === 0) return;
  await mkdir(join(inbox, 'locked'));
  await writeFile(join(inbox, 'locked', 'note.txt'), 'Behind a door.\n');
  await watch();
  await ready('note.txt');
  await chmod(join(inbox, 'locked'), 0);
  await test.core.watched.check((await folder())?.id ?? '');
  await settled();
  expect((await document('note.txt'))?.fileGone).toBe(false);
  await chmod(join(inbox, 'locked'), 0o700);
});

// Catches: a folder that is silently no longer watched when the system's limit is reached.
it('looks through a folder from time to time when the system watches no more files, and says so', async () => {
  await test.close();
  let options: FolderWatchOptions | null = null;
  test = await openTestCore(
    {},
    {
      watchTimes,
      watch: (given) => {
        options = given;
        given.onError('limit', Object.assign(new Error('no space left for watches'), { code: 'ENOSPC' }));
        return { ready: Promise.resolve(), close: () => Promise.resolve() };
      },
    },
  );
  inbox = join(test.folder, '..', 'watched');
  await mkdir(inbox);
  await writeFile(join(inbox, 'first.txt'), 'It was there.\n');
  test.core.watched.start();
  await test.core.watched.add(inbox);
  await expect.poll(state, { timeout: 20_000 }).toBe('polling');
  expect(options).not.toBeNull();
  expect((await folder())?.error).toMatchObject({
    code: 'folder-too-large-to-watch',
    hint: expect.stringContaining('inotify') as string,
  });
  await writeFile(join(inbox, 'second.txt'), 'Found by looking.\n');
  await ready('first.txt', 'second.txt');
  await rm(join(inbox, 'first.txt'));
  await expect.poll(async () => (await document('first.txt'))?.fileGone, { timeout: 20_000 }).toBe(true);
});

// Catches: every document of an earlier library in it twice, and half-unpacked ones, once a folder above is watched.
it('takes nothing from libraries that are kept beside the open one, by whatever name their folder is reached', async () => {
  await test.close();
  const { folder: papers, remove } = temporaryFolder();
  try {
    const accounts = join(papers, 'data', 'accounts');
    for (const name of ['library-before-restore-2026-01-02T03-04-05', 'local.restored']) {
      await mkdir(join(accounts, name, 'blobs'), { recursive: true });
      await writeFile(join(accounts, name, 'blobs', 'kept.md'), '# Kept\n\nThis is Quire’s own.\n');
    }
    await writeFile(join(papers, 'mine.md'), '# Mine\n\nThe ferry leaves at six.\n');
    await symlink(accounts, join(papers, 'linked'));
    test = await openTestCore({}, { watchTimes, ownFolder: join(papers, 'linked') });
    test.core.watched.start();
    await test.core.watched.add(papers);
    await settled();
    await ready('mine.md');
    await expect(test.core.watched.add(join(accounts, 'local.restored'))).rejects.toMatchObject({
      code: 'request-invalid',
    });
  } finally {
    await test.core.watched.close();
    remove();
  }
});
