/** Backups of an encrypted library: nothing of it is told without its password, and it is restored anywhere with it. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readyFolder, swapLibrary } from '../../electron/backup/swap.ts';
import { inBackupThread } from '../../electron/backup/thread.ts';
import { Backups } from '../../electron/core/backups.ts';
import { openDatabase } from '../../electron/db/client.ts';
import { formatKeysFile, writeKeysFile } from '../../electron/encryption/keys-file.ts';
import { KEYS_FILE, deriveLibraryKeys, type LibraryKeys } from '../../electron/encryption/library-keys.ts';
import { openBackupKeys } from '../../electron/encryption/open-backup-keys.ts';
import { makeKeys, type OpenedKeys } from '../../electron/encryption/open-keys.ts';
import { formatRecoveryCode, makeRecoveryCode } from '../../electron/encryption/recovery-code.ts';
import { readStored } from '../../electron/encryption/stored-file.ts';
import { BlobStore } from '../../electron/pipeline/blobs.ts';
import type { BackupTask } from '../../shared/requests/backup.ts';
import { backUp, changed, entryOf, verify } from '../helpers/backup.ts';
import { commandLine } from '../helpers/command-line.ts';
import { openTestCore, type TestCore } from '../helpers/core.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { addDocument, temporaryFolder } from '../helpers/library.ts';
import { flipByte, readZip } from '../helpers/zip.ts';

const password = 'the ferry sails at noon';
const code = makeRecoveryCode();
const note = '# Moorings\n\nThe ferry Alvine lies at the northern mooring, and its crew of nine sleeps ashore.\n';
/** Of any of them, nothing may lie open. */
const runs = ['The ferry Alvine', 'its crew of nine', 'Moorings', 'crane.pdf', '%PDF-', 'WEBPVP8'];

let opened: OpenedKeys;
let keys: LibraryKeys;
let test: TestCore;
let letter: Uint8Array;
/** Its backup. */
let good: string;
let folder: string;
let remove: () => void;

beforeAll(async () => {
  opened = await makeKeys(password, code, 'on');
  keys = deriveLibraryKeys(opened.dataKey);
  test = await openTestCore({}, { keys });
  await writeKeysFile(test.folder, opened.file);
  letter = await makeLetter('The harbour crane');
  await test.core.ingest.add([await test.file('crane.pdf', letter), await test.file('notes.md', note)]);
  await test.settled();
  good = join(dirname(test.folder), 'good.zip');
  await backUp(test.folder, good, {}, keys);
}, 120_000);
afterAll(() => test.close());
beforeEach(() => void ({ folder, remove } = temporaryFolder()));
afterEach(() => remove());

/** An account's folder with keys of its own, or of the same library, in which a library can be restored. */
async function account(own: OpenedKeys | null): Promise<string> {
  const local = join(folder, 'local');
  await mkdir(local);
  if (own) await writeKeysFile(local, own.file);
  return local;
}

async function restore(file: string, local: string, from: LibraryKeys | null, to: LibraryKeys | null): Promise<void> {
  await inBackupThread((remote) => remote.unpack({ file, folder: local, from, to }));
  await swapLibrary(local);
}

/** Which runs of text lie somewhere below a folder, in names or bytes. */
async function found(where: string): Promise<readonly string[]> {
  const names = await readdir(where, { recursive: true });
  const all = [names.join('\n')];
  for (const name of names) {
    const path = join(where, name);
    if ((await stat(path)).isFile()) all.push(await readFile(path, 'latin1'));
  }
  return runs.filter((run) => all.some((each) => each.includes(run)));
}

/** Opens what was restored and compares it with the library that was backed up. */
async function expectWhole(local: string, own: LibraryKeys | null): Promise<void> {
  const there = await openDatabase({ path: join(local, 'library.db'), key: own?.database ?? null, exclusive: true });
  try {
    const documents = await there.documents.list();
    expect(documents).toEqual(await test.core.database.documents.list());
    const pages = await there.search.pages({ text: 'northern mooring', documents: [], limit: 5, pagesEach: 1 });
    expect(JSON.stringify(pages)).toContain('Alvine');
    expect(await there.maintenance.integrity()).toEqual({ ok: true, problems: [] });
    const blobs = new BlobStore(local, own);
    const hashes = documents.map(({ contentHash, format }) => ({ contentHash, format }));
    for (const { contentHash, format } of hashes) {
      const bytes = Buffer.from(await readStored(await blobs.stored(contentHash, format)));
      expect(bytes.equals(format === 'pdf' ? letter : Buffer.from(note))).toBe(true);
    }
    const pdf = hashes.find(({ format }) => format === 'pdf')?.contentHash ?? '';
    const picture = Buffer.from(await readStored(await blobs.storedThumbnail(pdf)));
    expect(picture.toString('latin1', 0, 4)).toBe('RIFF');
    // And nothing else.
    expect(await readdir(join(local, 'blobs'))).toHaveLength(2);
    expect(await readdir(join(local, 'thumbs'))).toHaveLength(1);
  } finally {
    await there.close();
  }
}

describe('a backup', () => {
  // Catches: a manifest, a name or a database in a backup that tells what the library is about.
  it('tells nothing of its library to whoever lacks its password', async () => {
    const entries = await readZip(good);
    const names = entries.map(({ name }) => name.replace(/[0-9a-f]{64}/, '#')).sort();
    expect(names).toEqual(['blobs/#', 'blobs/#', 'keys.json', 'library.db', 'manifest.json', 'thumbs/#'].sort());
    const all = entries.map(({ name, bytes }) => `${name}\n${bytes.toString('latin1')}`).join('\n');
    const hashes = await test.core.database.documents.contentHashes('all');
    expect([...runs, ...hashes, '1.2.3', 'documents'].filter((run) => all.includes(run))).toEqual([]);
  });

  it('is checked without a password, and described with the library’s keys', async () => {
    expect(await verify(good)).toEqual({ summary: null, problems: [] });
    const { summary, problems } = await inBackupThread((remote) => remote.verify(good, keys.manifest));
    expect(problems).toEqual([]);
    expect(summary).toMatchObject({
      isEncrypted: true,
      appVersion: '1.2.3',
      counts: { documents: 2 },
      missingOriginals: 0,
    });
    const bad = await changed(folder, await readZip(good), (list) => list);
    await flipByte(bad, Math.floor((await stat(bad)).size / 2));
    const verification = await verify(bad);
    expect(verification.problems).toHaveLength(1);
  });

  it('opens with the password or the recovery code, and with nothing else', async () => {
    const { summary, keysFile } = await inBackupThread((remote) => remote.inspect(good, null));
    expect(summary).toBeNull();
    const openWith = (secret: string) => openBackupKeys(good, keysFile ?? '', secret);
    expect(await openWith(password)).toEqual(keys);
    expect(await openWith(formatRecoveryCode(code).toLowerCase())).toEqual(keys);
    for (const wrong of ['the ferry sails at one', formatRecoveryCode(makeRecoveryCode())]) {
      await expect(openWith(wrong)).rejects.toMatchObject({ code: 'wrong-credentials' });
    }
    await expect(openBackupKeys(good, 'no keys', password)).rejects.toMatchObject({ code: 'keys-damaged' });
  });

  // Catches: entries that are left out, or taken from another backup, in a manifest that is otherwise genuine.
  it('is not taken for the library’s when its list of entries was changed', async () => {
    const file = await changed(folder, await readZip(good), (list) => {
      const manifest = entryOf(list, 'manifest.json');
      const parsed = JSON.parse(manifest.bytes.toString()) as { entries: { name: string }[] };
      const gone = parsed.entries.find(({ name }) => name.startsWith('thumbs/'))?.name;
      parsed.entries = parsed.entries.filter(({ name }) => name !== gone);
      const bytes = Buffer.from(JSON.stringify(parsed));
      return list.filter(({ name }) => name !== gone).map((each) => (each === manifest ? { ...each, bytes } : each));
    });
    const local = await account(opened);
    await expect(restore(file, local, keys, keys)).rejects.toMatchObject({ code: 'wrong-key' });
    expect(await readdir(folder)).not.toContain('local.restored');
  });

  // Catches: a copy that mixes two moments, or names a file that a deletion took along.
  it('is of one moment while documents come and go', async () => {
    const busy = join(folder, 'busy');
    const blobs = new BlobStore(busy, keys);
    await blobs.prepare();
    await writeKeysFile(busy, opened.file);
    const database = await openDatabase({ path: join(busy, 'library.db'), key: keys.database });
    const texts = Array.from({ length: 200 }, (_, index) => `Quay ${index} ${'takes ships of all kinds. '.repeat(40)}`);
    const put = async (): Promise<string> => {
      const path = join(folder, `${randomUUID()}.md`);
      await writeFile(path, path);
      const copy = await blobs.copy(path, 'markdown');
      await copy.keep();
      const id = randomUUID();
      const { contentHash, size } = copy;
      await database.documents.insert({
        ...{ id, contentHash, path, size, title: 'A note', format: 'markdown', addedAt: 1 },
      });
      return id;
    };
    for (let number = 0; number < 3; number += 1) await addDocument(database, texts);
    const first = await Promise.all([put(), put(), put(), put()]);
    let goesOn = true;
    const writing = (async () => {
      for (const id of first) {
        if (!goesOn) return;
        const { contentHashes } = await database.documents.delete([id]);
        await blobs.remove(contentHashes);
        await put();
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    })();
    const file = join(folder, 'busy.zip');
    const summary = await backUp(busy, file, {}, keys);
    goesOn = false;
    await writing;
    await database.close();
    // The three large ones never had an original; of the others each is in it with its own, or not at all.
    expect(summary.counts.documents).toBeGreaterThanOrEqual(6);
    expect(summary.missingOriginals).toBe(3);
    expect((await verify(file)).problems).toEqual([]);
    expect(await readdir(busy)).not.toContainEqual(expect.stringMatching(/^backup-/));
  });
});

describe('a restore', () => {
  it('into its own account brings everything, and opens with what the account opens with now', async () => {
    const local = await account(opened);
    await restore(good, local, keys, keys);
    expect((await readdir(local)).sort()).toEqual(['blobs', 'keys.json', 'library.db', 'thumbs']);
    await expectWhole(local, keys);
    expect(await readFile(join(local, KEYS_FILE), 'utf8')).toBe(formatKeysFile(opened.file));
    expect(await found(local)).toEqual([]);
  });

  // Catches: a library that only its old password opens, in an account that has another.
  it('into another account is encrypted with that account’s keys', async () => {
    const other = await makeKeys('another password', makeRecoveryCode(), 'on');
    const otherKeys = deriveLibraryKeys(other.dataKey);
    const local = await account(other);
    await restore(good, local, keys, otherKeys);
    await expectWhole(local, otherKeys);
    expect(await readFile(join(local, KEYS_FILE), 'utf8')).toBe(formatKeysFile(other.file));
    expect(await found(local)).toEqual([]);
  });

  it('into the local profile is plain, and brings no keys', async () => {
    const local = await account(null);
    await restore(good, local, keys, null);
    expect((await readdir(local)).sort()).toEqual(['blobs', 'library.db', 'thumbs']);
    await expectWhole(local, null);
  });

  // Catches: a backup of before encryption that leaves plain files in an encrypted account, or can't be restored there.
  it('of a plain backup into an encrypted account leaves nothing plain', async () => {
    const plain = join(folder, 'plain');
    await mkdir(plain);
    await inBackupThread((remote) => remote.unpack({ file: good, folder: plain, from: keys, to: null }));
    await rm(plain, { recursive: true });
    const file = join(folder, 'plain.zip');
    await backUp(readyFolder(plain), file);
    await rm(readyFolder(plain), { recursive: true });
    const local = await account(opened);
    await restore(file, local, null, keys);
    await expectWhole(local, keys);
    expect(await found(local)).toEqual([]);
  });

  it('without the right keys changes nothing', async () => {
    const local = await account(opened);
    await expect(restore(good, local, null, keys)).rejects.toMatchObject({ code: 'wrong-key' });
    const wrong = deriveLibraryKeys(new Uint8Array(32).fill(7));
    await expect(restore(good, local, wrong, keys)).rejects.toMatchObject({ code: 'wrong-key' });
    expect(await readdir(folder)).toEqual(['local']);
    expect(await readdir(local)).toEqual([KEYS_FILE]);
  });
});

// Catches: a script that is told that an encrypted backup is damaged, or that waits for a password that nobody types.
it('the command line checks it, and says that only the window restores it', async () => {
  const { quire } = commandLine(folder, join(folder, 'data'));
  const check = await quire('verify-backup', good);
  expect(check).toMatchObject({ code: 0 });
  expect(check.lines.at(-1)).toMatchObject({ type: 'verified', ok: true });
  const refused = await quire('restore', good);
  expect(refused.code).toBe(1);
  expect(JSON.stringify(refused)).toMatch(/wrong-key.*Quire’s window/);
  expect(existsSync(join(folder, 'data', 'accounts', 'local'))).toBe(false);
}, 60_000);

/** The app's backups of an account's folder, whose library is made when it is first opened. */
function appOf(local: string, own: LibraryKeys | null) {
  const open = () => openDatabase({ path: join(local, 'library.db'), key: own?.database ?? null });
  let database = open();
  const told: (BackupTask | null)[] = [];
  return {
    told,
    database: () => database,
    backups: async () => {
      let current = await database;
      return new Backups({
        core: () => ({ database: current, folder: local, keys: own }),
        appVersion: '1.2.3',
        onTask: (task) => told.push(task),
        replaceLibrary: async (swap) => {
          await current.close();
          await swap();
          current = await (database = open());
        },
      });
    },
  };
}

describe('an earlier library', () => {
  const name = 'library-before-restore-2026-01-02T03-04-05';

  /** As a restore put it aside, under these keys. */
  async function keep(to: LibraryKeys | null): Promise<void> {
    const place = join(folder, 'earlier');
    await mkdir(place);
    if (to) await writeKeysFile(place, opened.file);
    await inBackupThread((remote) => remote.unpack({ file: good, folder: place, from: keys, to }));
    await rename(readyFolder(place), join(folder, name));
    await rm(place, { recursive: true });
  }

  // Catches: a library that is put back under keys that its account does not have, and is never opened again.
  it('with keys of its own is put back with its password, and is then under the account’s own', async () => {
    const own = await makeKeys('another password', makeRecoveryCode(), 'on');
    const ownKeys = deriveLibraryKeys(own.dataKey);
    const local = await account(own);
    await keep(keys);
    const app = appOf(local, ownKeys);
    const backups = await app.backups();
    try {
      await expect(backups.putBack(name)).rejects.toMatchObject({ code: 'wrong-key' });
      await expect(backups.putBack(name, 'not the password')).rejects.toMatchObject({ code: 'wrong-credentials' });
      await backups.putBack(name, password);
      expect((await (await app.database()).documents.list()).length).toBe(2);
    } finally {
      await backups.close();
      await (await app.database()).close();
    }
    await expectWhole(local, ownKeys);
    expect(await readFile(join(local, KEYS_FILE), 'utf8')).toBe(formatKeysFile(own.file));
    expect(await found(folder)).toEqual([]);
  });

  // Catches: one of before encryption that lies open in an encrypted account.
  it('of before encryption is put back encrypted', async () => {
    const local = await account(opened);
    await keep(null);
    const app = appOf(local, keys);
    const backups = await app.backups();
    try {
      await backups.putBack(name);
    } finally {
      await backups.close();
      await (await app.database()).close();
    }
    await expectWhole(local, keys);
    expect(await found(folder)).toEqual([]);
  });
});

// Catches: a plan that is restored without having been opened, and keys that stay after it was left.
it('another library’s backup is planned, unlocked and restored by the app', async () => {
  const own = await makeKeys('another password', makeRecoveryCode(), 'on');
  const ownKeys = deriveLibraryKeys(own.dataKey);
  const local = await account(own);
  const app = appOf(local, ownKeys);
  const backups = await app.backups();
  try {
    const { planId, ...plan } = await backups.plan(good);
    expect(plan).toEqual({ fileName: 'good.zip', backup: null, becomesEncrypted: true });
    expect(() => backups.restore(planId)).toThrow(/Unlock/);
    await expect(backups.unlock(planId, 'not the password')).rejects.toMatchObject({ code: 'wrong-credentials' });
    await expect(backups.unlock(randomUUID(), password)).rejects.toMatchObject({ code: 'not-found' });
    const unlocked = await backups.unlock(planId, password);
    expect(unlocked).toMatchObject({ planId, backup: { counts: { documents: 2 }, isEncrypted: true } });
    backups.restore(planId);
    await expect.poll(() => app.told.at(-1), { timeout: 60_000 }).toMatchObject({ state: 'done', notes: [] });
    expect(() => backups.restore(planId)).toThrow(/again/);
    expect((await (await app.database()).documents.list()).map(({ title }) => title).sort()).toEqual(
      (await test.core.database.documents.list()).map(({ title }) => title).sort(),
    );
    const [kept] = (await backups.overview()).kept;
    await backups.putBack(kept?.name ?? '');
    expect(await (await app.database()).documents.list()).toEqual([]);
    expect(await found(folder)).toEqual([]);
  } finally {
    await backups.close();
    await (await app.database()).close();
  }
}, 120_000);
