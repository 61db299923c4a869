/** Encryption of a library that is turned on or off: nothing is lost, nothing is left to read, whenever it is killed. */
import { fork } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readyFolder, returningFolder } from '../../../electron/backup/swap.ts';
import { openDatabase } from '../../../electron/db/client.ts';
import { deriveLibraryKeys } from '../../../electron/encryption/library-keys.ts';
import { findRuns } from '../../../electron/encryption/search-for-text.ts';
import { readStored, writeStored } from '../../../electron/encryption/stored-file.ts';
import { turnLibrary } from '../../../electron/encryption/turn-library.ts';
import { BlobStore } from '../../../electron/pipeline/blobs.ts';
import { addDocument, makeChunk, makePage, temporaryFolder } from '../../helpers/library.ts';

const turning = fileURLToPath(new URL('../../fixtures/turning-process.ts', import.meta.url));
const SECRET = 'The lease of the lighthouse ends on the third of October';

type DataKey = Uint8Array | null;
const keysOf = (key: DataKey) => key && deriveLibraryKeys(key);

interface Original {
  readonly contentHash: string;
  readonly bytes: Buffer;
  readonly picture: Buffer;
}

let parent: string;
let folder: string;
let path: string;
let remove: () => void;
let originals: Original[];

beforeEach(() => {
  ({ folder: parent, remove } = temporaryFolder());
  folder = join(parent, randomUUID());
  mkdirSync(folder);
  path = join(folder, 'library.db');
  originals = [];
});
afterEach(() => remove());

/** Documents with originals and pictures, and one that has lost its file. */
async function makeLibrary(key: DataKey, sizes = [300, 200_000]): Promise<void> {
  const keys = keysOf(key);
  const blobs = new BlobStore(folder, keys);
  await blobs.prepare();
  const database = await openDatabase({ path, key: keys?.database ?? null });
  for (const size of sizes) {
    const bytes = Buffer.concat([Buffer.from(`${SECRET}, as document ${size} says.\n`.repeat(3)), randomBytes(size)]);
    const picture = Buffer.from(`picture of ${size}: ${SECRET}`);
    const outside = join(parent, 'dropped.txt');
    writeFileSync(outside, bytes);
    const copied = await blobs.copy(outside, 'text');
    await copied.keep();
    const { contentHash } = copied;
    await writeStored(blobs.newThumbnail(contentHash), picture);
    const id = randomUUID();
    const times = { path: `/home/someone/${size}.txt`, title: `${size}`, size, addedAt: Date.now() };
    await database.documents.insert({ id, contentHash, format: 'text', ...times });
    await database.documents.setState(id, 'extracting', { done: 0, total: 1 });
    const text = `${SECRET}, says page one of document ${size}.`;
    await database.pages.put(id, [makePage(1, text)], { done: 1, total: 1 });
    await database.documents.setState(id, 'chunking');
    await database.chunks.begin(id);
    await database.chunks.append(id, [makeChunk(0, text)]);
    await database.chunks.finish(id);
    originals.push({ contentHash, bytes, picture });
  }
  await addDocument(database, ['a document whose file is gone']);
  await database.close();
  writeFileSync(join(parent, 'dropped.txt'), '');
}

async function run(from: DataKey, to: DataKey): Promise<void> {
  await turnLibrary({ folder, from: keysOf(from), to: keysOf(to) });
}

/** Answers whether the process was killed; else it was done. */
async function runAndKill(from: DataKey, to: DataKey, steps: number): Promise<boolean> {
  const hex = (key: DataKey): string => (key ? Buffer.from(key).toString('hex') : '');
  const child = fork(turning, [folder, hex(from), hex(to), String(steps)]);
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal === null) expect(code).toBe(0);
  return signal === 'SIGKILL';
}

/** Each original and picture can be read whole in one of the two forms. */
async function expectNothingLost(keys: readonly DataKey[]): Promise<void> {
  for (const { contentHash, bytes, picture } of originals) {
    const stores = keys.map((key) => new BlobStore(folder, keysOf(key)));
    const originalsThere = stores.filter((store) => existsSync(store.file(contentHash, 'text')));
    const picturesThere = stores.filter((store) => existsSync(store.thumbnail(contentHash)));
    expect(originalsThere.length).toBeGreaterThan(0);
    expect(picturesThere.length).toBeGreaterThan(0);
    for (const store of originalsThere) {
      expect(bytes.equals(await readStored(await store.stored(contentHash, 'text')))).toBe(true);
    }
    for (const store of picturesThere) {
      expect(picture.equals(await readStored(await store.storedThumbnail(contentHash)))).toBe(true);
    }
  }
}

async function expectTurned(key: DataKey): Promise<void> {
  await expectNothingLost([key]);
  expect(readdirSync(folder).sort()).toEqual(['blobs', 'library.db', 'library.lock', 'thumbs']);
  const blobs = new BlobStore(folder, keysOf(key));
  const names = originals.map(({ contentHash }) => blobs.file(contentHash, 'text').slice(folder.length + 7));
  expect(readdirSync(join(folder, 'blobs')).sort()).toEqual(names.sort());
  expect(readdirSync(join(folder, 'thumbs'))).toHaveLength(originals.length);
  const database = await openDatabase({ path, key: keysOf(key)?.database ?? null });
  expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  expect(await database.documents.list()).toHaveLength(originals.length + 1);
  await database.close();
  const runs = Array.from({ length: SECRET.length - 19 }, (_, from) => SECRET.slice(from, from + 20));
  const told = [...runs, ...originals.map(({ contentHash }) => contentHash)];
  expect((await findRuns(folder, told)) === null).toBe(key !== null);
  if (key) expect(readdirSync(join(folder, 'blobs')).filter((name) => told.includes(name.slice(0, 64)))).toEqual([]);
}

const newKey = (): Uint8Array => new Uint8Array(randomBytes(32));
const directions: readonly (readonly [string, DataKey, DataKey])[] = [
  ['on', null, newKey()],
  ['to other keys', newKey(), newKey()],
  ['off', newKey(), null],
];

describe.each(directions)('turned %s', (_name, from, to) => {
  it('nothing is lost, and nothing can be read without the key', async () => {
    await makeLibrary(from);
    await run(from, to);
    await expectTurned(to);
    await run(from, to);
    await expectTurned(to);
    // The way back.
    await run(to, from);
    await expectTurned(from);
  });

  // Catches: a file that is gone under both names, half a file that is taken for a whole one, plain text that stays.
  it('with a kill after every single step, nothing is lost and it comes to its end', async () => {
    await makeLibrary(from, [200_000]);
    const names = (): string => readdirSync(folder, { recursive: true }).sort().join();
    let kills = 0;
    for (let steps = 1, before = names(); await runAndKill(from, to, steps); before = names()) {
      kills += 1;
      await expectNothingLost([from, to]);
      // What a step leaves in vain is done again first: then one more.
      steps = names() === before ? steps + 1 : 1;
    }
    // An original and a picture with four steps each, and the database with five.
    expect(kills).toBeGreaterThanOrEqual(13);
    await expectTurned(to);
  });
});

// Catches: what was half overwritten on the way there, taken for the file on the way back.
it('with kills and changes of direction, nothing is lost', async () => {
  const key = newKey();
  await makeLibrary(null);
  for (const [round, steps] of [3, 2, 5, 4, 1, 7, 6, 3, 9, 11, 2, 13].entries()) {
    await (round % 2 === 0 ? runAndKill(null, key, steps) : runAndKill(key, null, steps));
    await expectNothingLost([null, key]);
  }
  await run(null, key);
  await expectTurned(key);
});

// Catches: text in plain that stays in copies beside the library.
it('what else has the library’s text goes: copies from before an update, for other programs, of backups and restores', async () => {
  await makeLibrary(null);
  const { contentHash } = originals[0] ?? { contentHash: '' };
  const plain = new BlobStore(folder, null);
  const text = `${SECRET}, says page one of document 300.`;
  writeFileSync(`${path}.v3.backup`, text);
  await plain.copyToOpen(contentHash, 'text', 'lease.txt');
  writeFileSync(join(folder, 'blobs', `${randomUUID()}.part`), text);
  const staging = join(folder, 'backup-999999999-0123abcd.tmp');
  mkdirSync(staging);
  writeFileSync(join(staging, 'library.db'), text);
  linkSync(plain.file(contentHash, 'text'), join(staging, 'linked'));
  const unpacking = `${folder}.restore-999999999-0123abcd.tmp`;
  for (const beside of [readyFolder(folder), unpacking]) {
    mkdirSync(beside);
    writeFileSync(join(beside, 'library.db'), text);
  }
  mkdirSync(returningFolder(folder));
  writeFileSync(join(returningFolder(folder), 'library.db'), 'an earlier library');
  const key = newKey();
  await run(null, key);
  await expectTurned(key);
  const [kept = '', ...others] = readdirSync(parent).filter(
    (name) => name !== 'dropped.txt' && join(parent, name) !== folder,
  );
  expect(others).toEqual([]);
  expect(readFileSync(join(parent, kept, 'library.db'), 'utf8')).toBe('an earlier library');
});

// Catches: “on”, while a file that Quire does not know of still tells all.
it('text in a file that is none of Quire’s is told, and it can go on when that is gone', async () => {
  await makeLibrary(null);
  const foreign = join(folder, 'notes.txt');
  writeFileSync(foreign, `${'x'.repeat(1_048_570)}${SECRET}, says page one of document 300. /home/someone/300.txt`);
  const key = newKey();
  await expect(run(null, key)).rejects.toMatchObject({
    code: 'encryption-incomplete',
    message: expect.stringContaining(foreign) as string,
  });
  writeFileSync(foreign, '');
  await run(null, key);
  expect(await findRuns(folder, [SECRET.slice(0, 20)])).toBeNull();
});

// Catches: a person's own snapshot of the folder (made of links), overwritten with the file that goes.
it('a file that has another name elsewhere is not overwritten there', async () => {
  await makeLibrary(null);
  const [{ contentHash, bytes }] = originals as [Original];
  const elsewhere = join(parent, 'snapshot.txt');
  linkSync(new BlobStore(folder, null).file(contentHash, 'text'), elsewhere);
  await run(null, newKey());
  expect(readFileSync(elsewhere).equals(bytes)).toBe(true);
});

it('an encrypted original that was changed is named, nothing is lost, and the way back is open', async () => {
  const key = newKey();
  await makeLibrary(key);
  const [{ contentHash }] = originals as [Original];
  const file = new BlobStore(folder, keysOf(key)).file(contentHash, 'text');
  const whole = readFileSync(file);
  const changed = Buffer.from(whole);
  changed[statSync(file).size - 20] = (changed.at(-20) ?? 0) ^ 1;
  writeFileSync(file, changed);
  await expect(run(key, null)).rejects.toMatchObject({
    code: 'file-changed',
    message: expect.stringContaining('300.txt') as string,
  });
  await run(null, key);
  writeFileSync(file, whole);
  await expectTurned(key);
});

it('a picture that was changed goes: it can be drawn again', async () => {
  const key = newKey();
  await makeLibrary(key);
  const [{ contentHash }] = originals as [Original];
  writeFileSync(new BlobStore(folder, keysOf(key)).thumbnail(contentHash), randomBytes(100));
  await run(key, null);
  const plain = new BlobStore(folder, null);
  expect(existsSync(plain.thumbnail(contentHash))).toBe(false);
  expect(existsSync(plain.file(contentHash, 'text'))).toBe(true);
});

// Catches: an original whose bytes are not those of its hash any more (it was altered on the disk), refused for ever or lost.
it('a plain original that was altered is taken over as it is', async () => {
  await makeLibrary(null);
  const [{ contentHash }] = originals as [Original];
  const altered = Buffer.from('altered by another program');
  expect(createHash('sha256').update(altered).digest('hex')).not.toBe(contentHash);
  writeFileSync(new BlobStore(folder, null).file(contentHash, 'text'), altered);
  const key = newKey();
  await run(null, key);
  const stored = await new BlobStore(folder, keysOf(key)).stored(contentHash, 'text');
  expect(altered.equals(await readStored(stored))).toBe(true);
});

it('a library that is open is refused', async () => {
  await makeLibrary(null);
  const database = await openDatabase({ path, exclusive: true });
  await expect(run(null, newKey())).rejects.toMatchObject({ code: 'library-in-use' });
  await database.close();
  expect(existsSync(path)).toBe(true);
});
