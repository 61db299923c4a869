/** Earlier libraries whose encryption was interrupted: whatever becomes of them then, no document is lost. */
import { fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { putAside } from '../../../electron/backup/swap.ts';
import { openDatabase } from '../../../electron/db/client.ts';
import { readKeysFile, withState, writeKeysFile } from '../../../electron/encryption/keys-file.ts';
import { deriveLibraryKeys, KEYS_FILE, type LibraryKeys } from '../../../electron/encryption/library-keys.ts';
import { makeKeys, type OpenedKeys } from '../../../electron/encryption/open-keys.ts';
import { makeRecoveryCode } from '../../../electron/encryption/recovery-code.ts';
import { readStored } from '../../../electron/encryption/stored-file.ts';
import { takeOverKept } from '../../../electron/encryption/take-over-kept.ts';
import { turnLibrary } from '../../../electron/encryption/turn-library.ts';
import { BlobStore } from '../../../electron/pipeline/blobs.ts';
import { temporaryFolder } from '../../helpers/library.ts';

const turning = fileURLToPath(new URL('../../fixtures/turning-process.ts', import.meta.url));
const PASSWORD = 'seven green kettles';
/** Steps of one file; of two, the first is under other keys by then. */
const ONE_FILE = 4;

interface Original {
  readonly contentHash: string;
  readonly bytes: Buffer;
}

let parent: string;
let remove: () => void;
/** The account's own library, and the earlier one. */
let folder: string;
let kept: string;
let originals: Original[];
/** Of the account, and of the earlier library. */
let account: OpenedKeys;
let own: OpenedKeys;

beforeEach(async () => {
  ({ folder: parent, remove } = temporaryFolder());
  folder = join(parent, 'library');
  kept = join(parent, 'library-before-restore-2026-01-02T03-04-05');
  mkdirSync(folder);
  mkdirSync(kept);
  account = await makeKeys('another password', makeRecoveryCode(), 'on');
  own = await makeKeys(PASSWORD, makeRecoveryCode(), 'on');
  originals = [];
});
afterEach(() => remove());

const keysOf = ({ dataKey }: OpenedKeys): LibraryKeys => deriveLibraryKeys(dataKey);
const hexOf = (keys: OpenedKeys | null): string => (keys ? Buffer.from(keys.dataKey).toString('hex') : '');

/** The earlier library, with two documents. */
async function makeKept(by: OpenedKeys | null): Promise<void> {
  const keys = by && keysOf(by);
  const blobs = new BlobStore(kept, keys);
  await blobs.prepare();
  const database = await openDatabase({ path: join(kept, 'library.db'), key: keys?.database ?? null });
  for (const name of ['lease', 'letter']) {
    const bytes = Buffer.concat([Buffer.from(name), randomBytes(1_000)]);
    const outside = join(parent, 'dropped.txt');
    writeFileSync(outside, bytes);
    const copied = await blobs.copy(outside, 'text');
    await copied.keep();
    const { contentHash, size } = copied;
    const path = `/home/someone/${name}.txt`;
    await database.documents.insert({
      id: randomUUID(),
      contentHash,
      format: 'text',
      path,
      title: name,
      size,
      addedAt: 1,
    });
    originals.push({ contentHash, bytes });
  }
  await database.close();
}

/** Kills the process that puts the earlier library under other keys, or under none, after the first of its files. */
async function killTurning(from: OpenedKeys | null, to: OpenedKeys | null): Promise<void> {
  const child = fork(turning, [kept, hexOf(from), hexOf(to), String(ONE_FILE)]);
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}

async function expectWhole(by: OpenedKeys | null): Promise<void> {
  const keys = by && keysOf(by);
  const blobs = new BlobStore(kept, keys);
  for (const { contentHash, bytes } of originals) {
    expect(bytes.equals(await readStored(await blobs.stored(contentHash, 'text')))).toBe(true);
  }
  expect(readdirSync(join(kept, 'blobs'))).toHaveLength(originals.length);
  const database = await openDatabase({ path: join(kept, 'library.db'), key: keys?.database ?? null });
  expect(await database.documents.list()).toHaveLength(originals.length);
  await database.close();
  expect((await readKeysFile(kept))?.keyId).toBe(by?.file.keyId);
}

async function putBack(to: OpenedKeys | null, secret: string | null): Promise<void> {
  if (to) await writeKeysFile(folder, to.file);
  await takeOverKept({ kept, folder, keys: to && keysOf(to), secret });
}

describe.each([
  ['turned on', null, 'turning-on'],
  ['turned off', 'own', 'turning-off'],
] as const)('killed while it was %s', (_name, before, state) => {
  beforeEach(async () => {
    await makeKept(before && own);
    await writeKeysFile(kept, withState(own.file, own.dataKey, state));
    await (before ? killTurning(own, null) : killTurning(null, own));
  });

  // Catches: keys that are removed while files under them are left, and files that are taken for nobody's.
  it('it is put back into a plain account with its password, whole', async () => {
    await expect(putBack(null, null)).rejects.toMatchObject({ code: 'wrong-key' });
    await expect(putBack(null, 'not the password')).rejects.toMatchObject({ code: 'wrong-credentials' });
    await putBack(null, PASSWORD);
    await expectWhole(null);
  });

  it('it is put back into an encrypted account with its password, whole', async () => {
    await expect(putBack(account, null)).rejects.toMatchObject({ code: 'wrong-key' });
    await putBack(account, PASSWORD);
    await expectWhole(account);
  });

  // Catches: an earlier library of the account's own keys that is put back with plain files in it.
  it('it is put back into the account whose keys it has, whole', async () => {
    await putBack(own, null);
    await expectWhole(own);
  });
});

// Catches: files under the keys of an account that are nobody's when these keys are gone.
it('killed while it is put back into an encrypted account, it has keys that open it', async () => {
  await makeKept(null);
  await writeKeysFile(folder, account.file);
  const controller = new AbortController();
  const stopped = takeOverKept({ kept, folder, keys: keysOf(account), secret: null, signal: controller.signal });
  controller.abort();
  await expect(stopped).rejects.toThrow();
  expect((await readKeysFile(kept))?.keyId).toBe(account.file.keyId);
  await killTurning(null, account);
  await putBack(null, 'another password');
  await expectWhole(null);
});

// Catches: a lock in between, which fills the account's keys with zeros.
it('the account’s keys that are cleared meanwhile are not what it is put under', async () => {
  await makeKept(own);
  await writeKeysFile(kept, own.file);
  await writeKeysFile(folder, account.file);
  const keys = keysOf(account);
  const taken = takeOverKept({ kept, folder, keys, secret: PASSWORD });
  keys.database.fill(0);
  keys.files.fill(0);
  keys.fileNames.fill(0);
  await taken;
  await expectWhole(account);
});

// Catches: files whose keys are not at hand, taken for nobody's and overwritten.
it('files under keys that are not known are refused, not removed', async () => {
  await makeKept(null);
  await killTurning(null, own);
  const names = readdirSync(join(kept, 'blobs')).sort();
  await expect(turnLibrary({ folder: kept, from: null, to: keysOf(account) })).rejects.toMatchObject({
    code: 'wrong-key',
  });
  expect(readdirSync(join(kept, 'blobs')).sort()).toEqual(names);
  await turnLibrary({ folder: kept, from: null, to: keysOf(own) });
  await writeKeysFile(kept, own.file);
  await expectWhole(own);
});

// Catches: a file that is taken for the plain one of its own copy, and overwritten.
it('under the keys that it has already, nothing happens to a library', async () => {
  await makeKept(own);
  await writeKeysFile(kept, own.file);
  await turnLibrary({ folder: kept, from: keysOf(own), to: keysOf(own) });
  await expectWhole(own);
});

// Catches: an encrypted library whose keys are overwritten, since its database had not its name again after a kill.
it('a library that was killed between two names of its database is kept, and can be put back', async () => {
  await makeKept(own);
  await writeKeysFile(kept, own.file);
  renameSync(join(kept, 'library.db'), join(kept, 'library.db.old'));
  const name = await putAside(kept);
  expect(name).not.toBeNull();
  expect(existsSync(kept)).toBe(false);
  kept = join(parent, name ?? '');
  await putBack(account, PASSWORD);
  await expectWhole(account);
});

it('what a kill left of a document that was never added goes, encrypted or not', async () => {
  await makeKept(own);
  const strays = new BlobStore(kept, keysOf(own));
  const outside = join(parent, 'dropped.txt');
  writeFileSync(outside, 'never added');
  const copied = await strays.copy(outside, 'text');
  await copied.keep();
  expect(readdirSync(join(kept, 'blobs'))).toHaveLength(originals.length + 1);
  await turnLibrary({ folder: kept, from: keysOf(own), to: null });
  expect(existsSync(join(kept, KEYS_FILE))).toBe(false);
  await expectWhole(null);
});
