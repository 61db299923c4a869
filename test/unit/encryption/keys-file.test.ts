/** `keys.json`: what opens it, what was changed in it, what it may ask for, and that every file of before stays readable. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wrapByPassword, wrapByRecoveryCode } from '../../../electron/encryption/key-wraps.ts';
import {
  formatKeysFile,
  makeKeysFile,
  parseKeysFile,
  readKeysFile,
  withState,
  writeKeysFile,
  type KeysFile,
} from '../../../electron/encryption/keys-file.ts';
import { KEYS_FILE, clearKeys, deriveLibraryKeys } from '../../../electron/encryption/library-keys.ts';
import {
  makeKeys,
  newestPassword,
  openKeys,
  withoutOldPasswords,
  withPassword,
} from '../../../electron/encryption/open-keys.ts';
import { makeRecoveryCode } from '../../../electron/encryption/recovery-code.ts';
import { firstKeys } from '../../fixtures/first-keys.ts';
import { temporaryFolder } from '../../helpers/library.ts';

const password = 'seven green kettles';
const code = makeRecoveryCode();
const cheap = { memory: 128, passes: 1, lanes: 1 };
const byPassword = (typed: string) => ({ kind: 'password', password: typed }) as const;
const byCode = (typed: string) => ({ kind: 'recovery', code: typed }) as const;
const hex = (value: Uint8Array | undefined): string => Buffer.from(value ?? []).toString('hex');

/** With argon2id that costs nothing, for tests that open it often. */
async function cheapFile(dataKey: Uint8Array): Promise<KeysFile> {
  const empty = makeKeysFile(dataKey, 'on');
  const wrap = await wrapByPassword(dataKey, empty.keyId, password, cheap);
  return { ...empty, wraps: [wrap, wrapByRecoveryCode(dataKey, empty.keyId, code)] };
}

describe('a file of keys', () => {
  test('opens by the password and by the recovery code, to the same key, and by nothing else', async () => {
    const made = await makeKeys(password, code, 'on');
    const file = parseKeysFile(formatKeysFile(made.file));
    expect(file).not.toBeNull();
    if (!file) return;
    expect(file.wraps[0]).toMatchObject({ kind: 'password', argon2id: { memory: 65_536, passes: 3, lanes: 4 } });
    expect(hex((await openKeys(file, byPassword(password)))?.dataKey)).toBe(hex(made.dataKey));
    expect(hex((await openKeys(file, byCode(code)))?.dataKey)).toBe(hex(made.dataKey));
    for (const secret of [
      byPassword('another password'),
      byPassword(code),
      byCode(makeRecoveryCode()),
      byCode(password),
    ]) {
      expect(await openKeys(file, secret)).toBeNull();
    }
    expect(made.dataKey).toHaveLength(32);
    for (const secret of [password, code, hex(made.dataKey), Buffer.from(made.dataKey).toString('base64')]) {
      expect(formatKeysFile(made.file)).not.toContain(secret);
    }
  });

  // Catches: a password that opens nothing once it is typed on another keyboard, or another system.
  test('opens by the same letters written in another way', async () => {
    const dataKey = randomBytes(32);
    const empty = makeKeysFile(dataKey, 'on');
    const wrap = await wrapByPassword(dataKey, empty.keyId, 'größere Möwen', cheap);
    const file = { ...empty, wraps: [wrap] };
    expect(await openKeys(file, byPassword('größere Möwen'.normalize('NFD')))).not.toBeNull();
  });

  // Catches: a change of the format, of a label or of the order of what is authenticated, which would lose every library.
  test('that was written by the first version opens', async () => {
    const { file, keys } = firstKeys;
    const parsed = parseKeysFile(JSON.stringify(file));
    expect(parsed).not.toBeNull();
    if (!parsed) return;
    const opened = await openKeys(parsed, byPassword(firstKeys.password));
    expect(hex(opened?.dataKey)).toBe(firstKeys.dataKey);
    expect(hex((await openKeys(parsed, byCode(firstKeys.code)))?.dataKey)).toBe(firstKeys.dataKey);
    const derived = deriveLibraryKeys(Buffer.from(firstKeys.dataKey, 'hex'));
    expect(Object.fromEntries(Object.entries(derived).map(([name, key]) => [name, hex(key)]))).toEqual(keys);
    clearKeys(derived);
    expect(Object.values(derived).map(hex)).toEqual(Array(4).fill('00'.repeat(32)));
  });

  // Catches: a field that nobody authenticates.
  test('with any character changed opens with nothing, or is refused, or says the same', async () => {
    const dataKey = randomBytes(32);
    const text = formatKeysFile(await cheapFile(dataKey));
    const same = text.replace(/\s/g, '');
    let refused = 0;
    for (let at = 0; at < text.length; at += 1) {
      for (const character of [text[at] === 'A' ? 'B' : 'A', text[at] === '1' ? '2' : '1', '"']) {
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        const file = parseKeysFile(changed);
        if (!file) {
          refused += 1;
          continue;
        }
        // What can still be read is as it was, but for one of the two wraps, which then opens no more.
        const opened = await Promise.all(
          [byPassword(password), byCode(code)].map((secret) => openKeys(file, secret).catch(() => 'refused' as const)),
        );
        const keys = opened.filter((one) => one !== null && one !== 'refused');
        for (const one of keys) expect(hex(one.dataKey)).toBe(hex(dataKey));
        const isSame = formatKeysFile(file).replace(/\s/g, '') === same;
        expect(keys.length, changed).toBeLessThan(isSame ? 3 : 2);
        if (!isSame) refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(text.length);
  });

  // Catches: somebody at the disk who has Quire decrypt the library when its owner next types the password.
  test('whose state was changed by somebody without the key is refused', async () => {
    const dataKey = randomBytes(32);
    const file = await cheapFile(dataKey);
    for (const state of ['turning-off', 'turning-on'] as const) {
      await expect(openKeys({ ...file, state }, byPassword(password))).rejects.toMatchObject({ code: 'keys-damaged' });
      const genuine = withState(file, dataKey, state);
      expect((await openKeys(genuine, byPassword(password)))?.file.state).toBe(state);
    }
    // Nor is the tag of one library good for another with the same wraps.
    const other = withState({ ...file, keyId: 'c0ffee00-0000-4000-8000-000000000000' }, dataKey, 'on');
    expect(await openKeys(other, byPassword(password))).toBeNull();
  });

  // Catches: a foreign file that takes all memory, or minutes, before anything of it is known to be good.
  test.each([
    ['memory', 262_145],
    ['memory', 2 ** 32],
    ['memory', 0],
    ['passes', 11],
    ['passes', 0],
    ['passes', 1.5],
    ['lanes', 17],
    ['lanes', 0],
  ])('that asks for %s %d is refused', async (name, value) => {
    const file = await cheapFile(randomBytes(32));
    const raw = JSON.parse(formatKeysFile(file)) as { wraps: { argon2id?: Record<string, number> }[] };
    expect(parseKeysFile(JSON.stringify(raw))).not.toBeNull();
    const [first] = raw.wraps;
    if (first?.argon2id) first.argon2id[name] = value;
    expect(parseKeysFile(JSON.stringify(raw))).toBeNull();
  });

  test('that is no such file, or has too many wraps, is refused', async () => {
    const file = await cheapFile(randomBytes(32));
    const [wrap] = file.wraps;
    expect(parseKeysFile(formatKeysFile({ ...file, wraps: wrap ? Array<typeof wrap>(9).fill(wrap) : [] }))).toBeNull();
    for (const text of ['', '{}', 'null', '[]', '{"format":"quire keys"}', 'x'.repeat(100_000), '\0'.repeat(500)]) {
      expect(parseKeysFile(text)).toBeNull();
    }
  });
});

describe('another password', () => {
  test('opens beside the one before, until that is dropped; the code goes on opening', async () => {
    const dataKey = randomBytes(32);
    const opened = await openKeys(await cheapFile(dataKey), byPassword(password));
    if (!opened) throw new Error('It does not open.');
    const both = await withPassword(opened, 'nine quiet herons');
    for (const typed of [password, 'nine quiet herons']) expect(await openKeys(both, byPassword(typed))).not.toBeNull();
    const after = withoutOldPasswords(both);
    expect(await openKeys(after, byPassword(password))).toBeNull();
    expect(hex((await openKeys(after, byPassword('nine quiet herons')))?.dataKey)).toBe(hex(dataKey));
    expect(hex((await openKeys(after, byCode(code)))?.dataKey)).toBe(hex(dataKey));
    expect(newestPassword(after)).toBe(newestPassword(both));
  });

  // Catches: a file that grows with each attempt that failed half way, until it is refused as too large.
  test('however often it is begun, leaves few wraps', async () => {
    let opened = await openKeys(await cheapFile(randomBytes(32)), byPassword(password));
    for (let round = 0; round < 4 && opened; round += 1) {
      opened = { ...opened, file: await withPassword(opened, `another password ${round}`) };
    }
    expect(opened?.file.wraps).toHaveLength(4);
    expect(opened && (await openKeys(opened.file, byPassword(password)))).not.toBeNull();
  });
});

describe('on the disk', () => {
  let scene: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    scene = temporaryFolder();
  });
  afterEach(() => scene.remove());

  test('it is written whole, for its owner alone, and read again', async () => {
    const file = await cheapFile(randomBytes(32));
    expect(await readKeysFile(scene.folder)).toBeNull();
    await writeKeysFile(scene.folder, file);
    await writeKeysFile(scene.folder, file);
    expect(await readdir(scene.folder)).toEqual([KEYS_FILE]);
    expect(await readFile(join(scene.folder, KEYS_FILE), 'utf8')).toBe(formatKeysFile(file));
    if (process.platform !== 'win32') expect((await stat(join(scene.folder, KEYS_FILE))).mode & 0o077).toBe(0);
    const read = await readKeysFile(scene.folder);
    expect(read && formatKeysFile(read)).toBe(formatKeysFile(file));
  });

  test('one that is damaged is told as such, with its path', async () => {
    await writeFile(join(scene.folder, KEYS_FILE), '{"format":');
    await expect(readKeysFile(scene.folder)).rejects.toMatchObject({ code: 'keys-damaged' });
    await expect(readKeysFile(scene.folder)).rejects.toThrow(KEYS_FILE);
  });
});
