/** A library with keys, whole: files are added, read, drawn, recognised, read again and deleted, and nothing of them is plain. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEnvironmentKeychain } from '../../electron/adapters/keychain.ts';
import { openCore } from '../../electron/core/core.ts';
import { writeKeysFile } from '../../electron/encryption/keys-file.ts';
import { deriveLibraryKeys, KEYS_FILE } from '../../electron/encryption/library-keys.ts';
import { makeKeys } from '../../electron/encryption/open-keys.ts';
import { makeRecoveryCode } from '../../electron/encryption/recovery-code.ts';
import { readStored } from '../../electron/encryption/stored-file.ts';
import { makeLetter, makeScanned } from '../helpers/fixtures.ts';
import { openTestCore, type TestCore } from '../helpers/core.ts';

const note = 'The ferry Alvine lies at the northern mooring, and its crew of nine sleeps ashore.';
let test: TestCore;

beforeEach(async () => {
  test = await openTestCore({}, { keys: deriveLibraryKeys(randomBytes(32)) });
});
afterEach(() => test.close());

async function add(name: string, bytes: Uint8Array | string): Promise<string> {
  const [outcome] = await test.core.ingest.add([await test.file(name, bytes)]);
  if (!outcome?.documentId) throw new Error(JSON.stringify(outcome));
  return outcome.documentId;
}

const document = async (id: string) => {
  const found = await test.core.database.documents.get(id);
  if (!found) throw new Error('it is gone');
  return found;
};

/** Which of these runs of text lie somewhere in the library's folder, in names or bytes. */
async function found(runs: readonly string[]): Promise<readonly string[]> {
  const names = await readdir(test.folder, { recursive: true });
  const all = [names.join('\n')];
  for (const name of names) {
    const path = join(test.folder, name);
    if ((await stat(path)).isFile()) all.push(await readFile(path, 'latin1'));
  }
  return runs.filter((run) => all.some((each) => each.includes(run)));
}

// Catches: an encrypted copy that no longer decrypts, in its head or behind it, and stays so when its file is added again.
it.each([0, 40, -20])('a copy that was changed at byte %i is put back by adding its file again', async (at) => {
  const id = await add('notes.md', note);
  await test.settled();
  const { contentHash } = await document(id);
  const path = test.core.blobs.file(contentHash, 'markdown');
  const bytes = await readFile(path);
  const index = at < 0 ? bytes.length + at : at;
  bytes[index] = (bytes[index] ?? 0) ^ 255;
  await writeFile(path, bytes);
  expect(await add('again.md', note)).toBe(id);
  const { blobs } = test.core;
  expect(Buffer.from(await readStored(await blobs.stored(contentHash, 'markdown'))).toString()).toBe(note);
  expect(test.errors).toEqual([]);
});

it('is read and searched as any other, and none of its files tells anything', async () => {
  const letter = await makeLetter('The harbour crane');
  const ids = [await add('crane.pdf', letter), await add('notes.md', note)];
  await test.settled();
  const documents = await Promise.all(ids.map(document));
  expect(documents.map(({ state, hasThumbnail }) => [state, hasThumbnail])).toEqual([
    ['ready', true],
    ['ready', false],
  ]);
  const { database, blobs } = test.core;
  const pages = await database.search.pages({ text: 'ferry mooring', documents: [], limit: 5, pagesEach: 1 });
  expect(JSON.stringify(pages)).toContain('Alvine');
  const [crane, ferry] = documents;
  const hash = crane?.contentHash ?? '';
  expect(Buffer.from(await readStored(await blobs.stored(hash, 'pdf'))).equals(letter)).toBe(true);
  const picture = Buffer.from(await readStored(await blobs.storedThumbnail(hash)));
  expect(picture.toString('latin1', 0, 4) + picture.toString('latin1', 8, 12)).toBe('RIFFWEBP');

  const runs = [note.slice(0, 20), note.slice(30, 50), '%PDF-', 'WEBPVP8', hash, ferry?.contentHash ?? '', 'crane.pdf'];
  expect(await found(runs)).toEqual([]);
  expect((await test.files()).filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([]);

  await test.core.deleteDocuments(ids);
  expect(await test.files()).toEqual([]);
}, 120_000);

// Catches: a host that draws a picture in the open, or a start that takes encrypted files for nobody's.
it('goes on after a restart, and draws a lost picture again', async () => {
  const id = await add('crane.pdf', await makeLetter('The harbour crane'));
  await test.settled();
  const { contentHash } = await document(id);
  const before = await test.files();
  await rm(test.core.blobs.thumbnail(contentHash));
  await test.restart();
  await expect.poll(() => test.files(), { timeout: 60_000 }).toEqual(before);
  expect((await readStored(await test.core.blobs.storedThumbnail(contentHash))).length).toBeGreaterThan(100);
  expect(test.errors).toEqual([]);
}, 120_000);

it('has the pages of a scan recognised', async () => {
  const id = await add('scan.pdf', await makeScanned(1));
  await test.until(
    id,
    ({ state, recognition }) => state === 'failed' || (recognition.total > 0 && recognition.done === 1),
  );
  expect((await document(id)).recognition).toMatchObject({ done: 1, total: 1 });
  expect(await found(['%PDF-'])).toEqual([]);
}, 120_000);

// Catches: bytes that somebody changed on the disk, which are read as if they were the document's.
it('refuses a changed original, by name, and replaces a changed file of the person’s', async () => {
  const id = await add('notes.md', note);
  await test.settled();
  const path = await test.file('notes.md', `${note} It was painted in spring.`);
  expect(await test.core.ingest.replaceFile(id, path)).toMatchObject({ status: 'added', documentId: id });
  await test.settled();
  const { contentHash } = await document(id);
  expect(await test.files()).toHaveLength(1);

  const file = test.core.blobs.file(contentHash, 'markdown');
  const bytes = await readFile(file);
  bytes.writeUInt8(bytes.readUInt8(80) ^ 1, 80);
  await writeFile(file, bytes);
  await test.core.ingest.reindex(id);
  const { error } = await test.until(id, ({ state }) => state === 'failed');
  expect(error).toMatchObject({ code: 'file-changed' });
  expect(error?.message).toContain('notes.md');
}, 120_000);

// Catches: an empty plain library that begins in the folder of an encrypted one whose database is gone.
it('is not opened without its keys, and nothing is made in its place', async () => {
  const library = join(test.folder, 'elsewhere');
  const { file } = await makeKeys('seven green kettles', makeRecoveryCode(), 'on');
  await mkdir(library);
  await writeKeysFile(library, file);
  const launcher = { launch: () => expect.fail('nothing is to be started') };
  const parts = { keychain: createEnvironmentKeychain({}), onLibraryChange: () => undefined, onError: () => undefined };
  await expect(openCore({ folder: library, keys: null, launcher, ...parts })).rejects.toMatchObject({
    code: 'wrong-key',
  });
  expect(await readdir(library)).toEqual([KEYS_FILE]);
});
