/** Ingest with everything real: processes, engines, model, database. Each test names a way to lose a document. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../helpers/core.ts';
import { modelDirectory } from '../helpers/models.ts';
import { makeFiling } from '../helpers/filing.ts';
import { makeDamaged, makeEncrypted, makeLetter, makeScanned } from '../helpers/fixtures.ts';
import { temporaryFolder } from '../helpers/library.ts';
import { startOpenAiServer } from '../helpers/openai-server.ts';

const cores: TestCore[] = [];

async function newCore(environment: Readonly<Record<string, string>> = {}): Promise<TestCore> {
  const opened = await openTestCore(environment);
  cores.push(opened);
  return opened;
}

async function addOne(test: TestCore, name: string, bytes: Uint8Array | string): Promise<string> {
  const [outcome] = await test.core.ingest.add([await test.file(name, bytes)]);
  if (!outcome?.documentId) throw new Error(`${name} was not added: ${JSON.stringify(outcome)}`);
  return outcome.documentId;
}

/** Nothing that nothing uses, in the tables and in the folders. */
async function expectNoOrphans(test: TestCore): Promise<void> {
  expect(await test.core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  const owned = new Set((await test.core.database.documents.list()).map((document) => document.contentHash));
  expect((await test.files()).filter((name) => !owned.has(name.slice(0, 64)) || name.endsWith('.part'))).toEqual([]);
}

afterEach(async () => {
  await Promise.all(cores.splice(0).map((opened) => opened.close()));
});

test('a letter becomes ready with its text, vectors and picture; the same bytes again are told apart', async () => {
  const test = await newCore();
  const letter = await makeLetter();
  const id = await addOne(test, 'letter.pdf', letter);
  await test.settled();
  const document = await test.core.database.documents.get(id);
  expect(document).toMatchObject({ state: 'ready', searchable: true, hasThumbnail: true, language: 'en', error: null });
  expect(document?.embeddedChunks).toBe(document?.chunkCount);
  expect(document?.chunkCount).toBeGreaterThan(0);
  const again = await test.core.ingest.add([await test.file('copy of letter.pdf', letter)]);
  expect(again).toMatchObject([{ status: 'duplicate', documentId: id, error: null }]);
  await expectNoOrphans(test);
});

/** What another program or a disk may do to a stored copy. */
const damages: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
  ['cut short', (bytes) => bytes.subarray(0, 100)],
  ['overwritten in its own length', (bytes) => new Uint8Array(bytes.length).fill(7)],
  ['made longer', (bytes) => Buffer.concat([bytes, bytes])],
];

// Catches: a damaged copy that stays damaged, though the window says that adding the file again puts it back.
test.each(damages)('a stored copy that was %s is put back by adding its file again', async (_what, damage) => {
  const test = await newCore();
  const letter = await makeLetter();
  const id = await addOne(test, 'letter.pdf', letter);
  await test.settled();
  const { contentHash } = (await test.core.database.documents.get(id)) ?? { contentHash: '' };
  const stored = test.core.blobs.file(contentHash, 'pdf');
  const opened = await test.core.blobs.copyToOpen(contentHash, 'pdf', 'letter.pdf');
  await writeFile(stored, damage(letter));
  const again = await test.core.ingest.add([await test.file('again.pdf', letter)]);
  expect(again).toMatchObject([{ status: 'duplicate', documentId: id, error: null }]);
  expect(Buffer.compare(await readFile(stored), letter)).toBe(0);
  expect(existsSync(opened)).toBe(false);
  expect(test.errors).toEqual([]);
  await expectNoOrphans(test);
});

// Catches: a copy that is well replaced under the hands of whoever reads it.
test('a stored copy that is whole stays the file that it is', async () => {
  const test = await newCore();
  const letter = await makeLetter();
  const id = await addOne(test, 'letter.pdf', letter);
  await test.settled();
  const { contentHash } = (await test.core.database.documents.get(id)) ?? { contentHash: '' };
  const { ino } = await stat(test.core.blobs.file(contentHash, 'pdf'));
  await test.core.ingest.add([await test.file('again.pdf', letter)]);
  expect((await stat(test.core.blobs.file(contentHash, 'pdf'))).ino).toBe(ino);
  await expectNoOrphans(test);
});

test('the same bytes added twice at once make one document', async () => {
  const test = await newCore();
  const letter = await makeLetter();
  const paths = [await test.file('a.pdf', letter), await test.file('b.pdf', letter)];
  const outcomes = await Promise.all(paths.map((path) => test.core.ingest.add([path])));
  expect(
    outcomes
      .flat()
      .map(({ status }) => status)
      .sort(),
  ).toEqual(['added', 'duplicate']);
  await test.settled();
  expect(await test.core.database.documents.list()).toMatchObject([{ state: 'ready' }]);
  await expectNoOrphans(test);
});

test('a file that is added again while its document is being deleted keeps its stored copy', async () => {
  const test = await newCore();
  const path = await test.file('letter.pdf', await makeLetter());
  for (let round = 0; round < 8; round += 1) {
    const [first] = await test.core.ingest.add([path]);
    if (!first?.documentId) throw new Error('not added');
    const [, [second]] = await Promise.all([
      test.core.deleteDocuments([first.documentId]),
      test.core.ingest.add([path]),
    ]);
    await test.core.ingest.idle();
    const left = await test.core.database.documents.list();
    // Either the deletion came first and it is a new document, or it took the one that was found there along.
    if (second?.status === 'added') expect(left).toMatchObject([{ id: second.documentId, error: null }]);
    else expect(left).toEqual([]);
    await expectNoOrphans(test);
    await test.core.deleteDocuments(left.map(({ id }) => id));
  }
  expect(test.errors).toEqual([]);
});

test('a letter is searchable before the long filings that were added ahead of it', async () => {
  const test = await newCore();
  // One for each lane, each of several slices on any machine.
  const filings = await Promise.all(
    [2021, 2022].map(async (year) => test.file(`${year}.pdf`, (await makeFiling({ year, pages: 600 })).bytes)),
  );
  const outcomes = await test.core.ingest.add([...filings, await test.file('letter.pdf', await makeLetter())]);
  const whenSearchable = (): number[] =>
    outcomes.map(({ documentId }) => test.seen.findIndex(({ id, searchable }) => id === documentId && searchable));
  await expect.poll(whenSearchable, { timeout: 30_000 }).not.toContain(-1);
  const [first = 0, second = 0, letter = 0] = whenSearchable();
  expect(letter).toBeLessThan(Math.min(first, second));
});

test('what was cancelled can be retried, and is then complete', async () => {
  const test = await newCore();
  const id = await addOne(test, 'filing.pdf', (await makeFiling({ pages: 60 })).bytes);
  await test.core.ingest.cancel(id);
  expect(await test.core.database.documents.get(id)).toMatchObject({
    state: 'failed',
    error: { code: 'cancelled', retryable: true },
  });
  await test.core.ingest.retry(id);
  await test.core.ingest.idle();
  const document = await test.core.database.documents.get(id);
  expect(document).toMatchObject({ searchable: true, pageCount: 60, textPages: 60, hasThumbnail: true });
  expect(document?.title).toContain('Meridian Tidewater');
});

test('each file that cannot be read fails for its own reason, and the others are read', async () => {
  const test = await newCore();
  const files: [string, Uint8Array | string][] = [
    ['secret.pdf', await makeEncrypted('harbour')],
    ['broken.pdf', makeDamaged()],
    ['scan.pdf', await makeScanned(3)],
    ['blank.txt', ' \n\n '],
    ['letter.pdf', await makeLetter()],
  ];
  const paths: string[] = [];
  for (const [name, bytes] of files) paths.push(await test.file(name, bytes));
  const outcomes = await test.core.ingest.add([...paths, await test.file('empty.pdf', ''), '/nowhere/gone.pdf']);
  expect(outcomes.slice(-2)).toMatchObject([
    { status: 'rejected', error: { code: 'file-empty' } },
    { status: 'rejected', error: { code: 'file-not-found' } },
  ]);
  await test.settled();
  const documents = await test.core.database.documents.list();
  const result = Object.fromEntries(
    documents.map(({ fileName, state, error }) => [fileName, error ? error.code : state]),
  );
  expect(result).toEqual({
    'secret.pdf': 'pdf-encrypted',
    'broken.pdf': 'pdf-damaged',
    'scan.pdf': 'document-no-text',
    'blank.txt': 'document-no-text',
    'letter.pdf': 'ready',
  });
  for (const { fileName, error } of documents) if (error) expect(error.message).toContain(fileName);
});

test('the stored copy stands in for a file that is deleted right after it was added', async () => {
  const test = await newCore();
  const path = await test.file('letter.pdf', await makeLetter());
  const [outcome] = await test.core.ingest.add([path]);
  await rm(path);
  await test.settled();
  expect(await test.core.database.documents.get(outcome?.documentId ?? '')).toMatchObject({ state: 'ready' });
});

test('a host that is killed fails its document with a reason, and a retry reads it whole', async () => {
  const test = await newCore();
  const id = await addOne(test, 'filing.pdf', (await makeFiling()).bytes);
  await test.until(id, ({ state }) => state === 'extracting');
  for (const host of test.hosts) host.kill();
  const failed = await test.until(id, ({ state }) => state === 'failed');
  expect(failed.error).toMatchObject({ code: 'pipeline-crashed', retryable: true });
  expect(failed.error?.message).toContain('filing.pdf');
  // A document that ends its host at every start must not be taken up at every start.
  await test.restart();
  await test.core.ingest.idle();
  expect(await test.core.database.documents.get(id)).toMatchObject({ state: 'failed' });
  const letter = await addOne(test, 'letter.pdf', await makeLetter());
  await test.until(letter, ({ searchable }) => searchable);
  await test.core.ingest.retry(id);
  expect(await test.until(id, ({ searchable }) => searchable)).toMatchObject({ pageCount: 150, textPages: 150 });
});

test('a document that was closed in the middle has its title and picture after the restart', async () => {
  const test = await newCore();
  const id = await addOne(test, 'filing.pdf', (await makeFiling()).bytes);
  // Some pages are stored, but what is found out about the document is not yet.
  await test.until(id, ({ state, progress }) => state === 'extracting' && progress.done > 0);
  await test.restart();
  const document = await test.until(id, ({ searchable }) => searchable);
  expect(document).toMatchObject({ pageCount: 150, textPages: 150, hasThumbnail: true, language: 'en', error: null });
  expect(document.title).toContain('Meridian Tidewater');
});

test('documents that are deleted while they are read or embedded leave nothing behind', async () => {
  const test = await newCore();
  const long = await addOne(test, 'filing.pdf', (await makeFiling({ pages: 90 })).bytes);
  const letter = await addOne(test, 'letter.pdf', await makeLetter());
  await test.until(long, ({ state, embeddedChunks }) => state === 'embedding' && embeddedChunks > 0);
  const other = await addOne(test, 'other.pdf', (await makeFiling({ pages: 90, company: 'Other' })).bytes);
  await test.until(other, ({ state }) => state === 'extracting');
  const counts = await test.core.deleteDocuments([long, other]);
  expect(counts).toMatchObject({ documents: 2 });
  expect(counts.vectors).toBeGreaterThan(0);
  await expectNoOrphans(test);
  await test.settled();
  // The queue goes on with the others.
  expect(await test.core.database.documents.list()).toMatchObject([{ id: letter, state: 'ready' }]);
  await expectNoOrphans(test);
  expect(test.errors).toEqual([]);
});

test('deleting one document does not wait for another that hangs its reader', async () => {
  const test = await newCore();
  const letter = await addOne(test, 'letter.pdf', await makeLetter());
  await test.settled();
  const filing = await addOne(test, 'filing.pdf', (await makeFiling()).bytes);
  await test.until(filing, ({ state }) => state === 'extracting');
  for (const { pid } of test.hosts) if (pid !== undefined) signal(pid, 'SIGSTOP');
  await test.core.deleteDocuments([letter]);
  // Nobody noticed meanwhile that its reader hangs, which is what would have ended the wait.
  expect(await test.core.database.documents.list()).toMatchObject([{ id: filing, state: 'extracting' }]);
});

test('without its model a document is found by words, and gets its vectors once the model is there', async () => {
  const { folder, remove } = temporaryFolder();
  const model = join(folder, 'model');
  const test = await newCore({ QUIRE_MODEL_DIR: model });
  const id = await addOne(test, 'letter.pdf', await makeLetter());
  await test.settled();
  expect(await test.core.database.documents.get(id)).toMatchObject({ state: 'ready', embeddedChunks: 0 });
  expect(test.core.status.current.embedder).toMatchObject({ ready: false });
  const found = await test.core.questions.retrieve('harbour crane', { documentIds: [], k: 3 });
  expect(found.hits[0]).toMatchObject({ documentId: id });
  expect(found.note).toMatch(/words only/);
  await symlink(modelDirectory, model);
  await test.settled();
  const document = await test.core.database.documents.get(id);
  expect(document?.embeddedChunks).toBe(document?.chunkCount);
  expect(test.core.status.current.embedder.ready).toBe(true);
  remove();
});

test('a folder brings its files; what is no file in it, or has no path at all, is told and keeps nothing back', async () => {
  const test = await newCore();
  const letter = await test.file('letter.pdf', await makeLetter());
  const pipe = join(dirname(letter), 'pipe.pdf');
  execFileSync('mkfifo', [pipe]);
  const outcomes = await test.core.ingest.add([pipe, dirname(letter), '']);
  expect(outcomes).toMatchObject([
    { path: pipe, status: 'rejected', error: { code: 'file-type-unsupported' } },
    { path: letter, status: 'added' },
    { path: '', status: 'rejected', error: { code: 'file-unreadable' } },
  ]);
});

test('another embedder builds its own set, is searched from then on, and the first set goes', async () => {
  const test = await newCore();
  const id = await addOne(test, 'letter.pdf', await makeLetter());
  await test.settled();
  const server = await startOpenAiServer({});
  try {
    const before = test.core.settings.current;
    await test.core.settings.update({
      ...before,
      embedder: { kind: 'compatible', baseUrl: server.baseUrl, model: 'test-embedding' },
    });
    await test.settled();
    const active = await test.core.database.embedders.active();
    expect(active).toMatchObject({ kind: 'compatible' });
    expect(await test.core.database.embedders.list()).toHaveLength(1);
    const found = await test.core.questions.retrieve('harbour crane', { documentIds: [], k: 3, mode: 'vector' });
    expect(found.hits[0]).toMatchObject({ documentId: id });
    await expectNoOrphans(test);
  } finally {
    await server.close();
  }
  // The server is gone: documents that were ready stay ready.
  await addOne(test, 'other.txt', 'The lighthouse was painted white in the spring of 1911 by the keeper.');
  await test.settled();
  for (const { state, error } of await test.core.database.documents.list()) {
    expect({ state, error }).toEqual({ state: 'ready', error: null });
  }
  expect(test.core.status.current.embedder.ready).toBe(false);
});

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // An idle host ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
