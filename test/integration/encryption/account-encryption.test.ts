/**
 * Encryption of an account that is there already, turned on and off. The real service on a real registry and a real
 * library; only opening it is a double, which is handed the keys.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountFolder } from '../../../electron/accounts/account-folder.ts';
import type { Caller } from '../../../electron/accounts/caller.ts';
import { openRegistry } from '../../../electron/db/accounts/client.ts';
import type { Account, Registry } from '../../../electron/db/accounts/registry.ts';
import { openDatabase } from '../../../electron/db/client.ts';
import {
  formatKeysFile,
  parseKeysFile,
  readKeysFile,
  withState,
  writeKeysFile,
} from '../../../electron/encryption/keys-file.ts';
import { deriveLibraryKeys, KEYS_FILE } from '../../../electron/encryption/library-keys.ts';
import { makeKeys, openKeys, type OpenedKeys } from '../../../electron/encryption/open-keys.ts';
import { makeRecoveryCode } from '../../../electron/encryption/recovery-code.ts';
import { turnFiles } from '../../../electron/encryption/turn-files.ts';
import { BlobStore } from '../../../electron/pipeline/blobs.ts';
import type { EncryptionTask } from '../../../shared/accounts.ts';
import { anna, callerOf, open, openTestAccounts, type TestAccounts } from '../../helpers/accounts.ts';
import { makePage } from '../../helpers/library.ts';

const SECRET = 'The lease of the lighthouse ends on the third of October';

let accounts: TestAccounts;
let id: string;
let caller: Caller;

beforeEach(async () => {
  accounts = openTestAccounts();
  const state = open(await accounts.service.register(anna));
  id = state.account.id;
  caller = await callerOf(accounts.service, state);
  await makeLibrary(folder());
});
afterEach(() => accounts.close());

const folder = (): string => accountFolder(accounts.dataFolder, id);
const kept = (): string => `${folder()}-before-restore-2026-01-02T03-04-05`;
const path = (): string => join(folder(), 'library.db');

async function makeLibrary(into: string): Promise<void> {
  const blobs = new BlobStore(into, null);
  await mkdir(into, { recursive: true });
  await blobs.prepare();
  const outside = join(accounts.dataFolder, 'dropped.txt');
  await writeFile(outside, `${SECRET}.\n`.repeat(50));
  const copied = await blobs.copy(outside, 'text');
  await copied.keep();
  await rm(outside);
  const database = await openDatabase({ path: join(into, 'library.db') });
  const document = randomUUID();
  const { contentHash, size } = copied;
  await database.documents.insert({
    id: document,
    contentHash,
    path: '/home/someone/lease.txt',
    title: 'Lease',
    format: 'text',
    size,
    addedAt: 1,
  });
  await database.documents.setState(document, 'extracting', { done: 0, total: 1 });
  await database.pages.put(document, [makePage(1, `${SECRET}, says page one.`)], { done: 1, total: 1 });
  await database.close();
}

/** The two groups of a new recovery code that are asked back. */
async function groups(): Promise<string[]> {
  const { code, asked } = (await accounts.service.recovery()).offer();
  return asked.map((index) => code.split('-')[index] ?? '');
}

async function turnOn(which: 'encrypt' | 'delete' = 'encrypt') {
  const { password } = anna;
  return (await accounts.service.encryption()).turnOn(caller, {
    password,
    recoveryGroups: await groups(),
    kept: which,
  });
}

const turnOff = async () => (await accounts.service.encryption()).turnOff(caller, anna.password);
const told = (): Promise<string[]> => accounts.filesWith(SECRET.slice(4, 24));

async function inRegistry<T>(look: (registry: Registry) => Promise<T>): Promise<T> {
  await accounts.service.close();
  const registry = await openRegistry({ path: join(accounts.dataFolder, 'accounts.db') });
  try {
    return await look(registry);
  } finally {
    await registry.close();
  }
}

/** Puts a library's files under keys, and leaves its database as it is: what a kill leaves. */
async function turnFilesOf(library: string, { dataKey }: OpenedKeys): Promise<void> {
  const database = await openDatabase({ path: join(library, 'library.db') });
  const owned = (await database.documents.list()).map(
    ({ contentHash }) => ({ contentHash, format: 'text', name: '' }) as const,
  );
  await database.close();
  await turnFiles({ folder: library, owned, from: null, to: deriveLibraryKeys(dataKey) });
}

/** Names and contents. */
async function filesOf(library: string): Promise<string[]> {
  const names = readdirSync(join(library, 'blobs')).sort();
  return Promise.all(
    names.map(async (name) => `${name} ${(await readFile(join(library, 'blobs', name))).toString('hex')}`),
  );
}

const stored = (): Promise<Account | null> => inRegistry((registry) => registry.accounts.get(id));

/** The library opens with the keys that were handed over last. */
async function expectLibrary(of = folder()): Promise<void> {
  const key = accounts.keys.at(-1)?.given.database;
  const database = await openDatabase({ path: join(of, 'library.db'), key: key ?? null });
  expect(await database.documents.list()).toHaveLength(1);
  expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  await database.close();
}

async function expectPlain(): Promise<void> {
  expect(existsSync(join(folder(), KEYS_FILE))).toBe(false);
  const database = await openDatabase({ path: path() });
  expect(await database.documents.list()).toHaveLength(1);
  await database.close();
  expect(await stored()).toMatchObject({ keys: null, passwordHash: expect.any(String) as string });
  await accounts.restart();
  expect(open(await accounts.service.signIn(anna)).account.isEncrypted).toBe(false);
}

describe('turned on', () => {
  it('nothing can be read, the session was locked meanwhile and is open again, and the password opens it later', async () => {
    const stages = new Set<string>();
    let meanwhile: Promise<string> | null = null;
    accounts.onTurning = (task) => {
      stages.add(task?.stage ?? 'over');
      // The window, which shows how far it is.
      meanwhile ??= accounts.service
        .current()
        .then(({ state }) => `${state}, ${stages.has('over') ? 'late' : 'at once'}`);
    };
    expect((await told()).length).toBeGreaterThan(1);
    const state = open(await turnOn());
    expect(state.account.isEncrypted).toBe(true);
    expect([...stages]).toEqual(['files', 'database', 'searching', 'over']);
    expect(await meanwhile).toBe('locked, at once');
    expect(accounts.changes.slice(-2)).toEqual([`locked ${id}`, `open ${id}`]);
    expect(accounts.libraries.slice(-2)).toEqual(['-', `+${id}`]);
    expect(await told()).toEqual([]);
    await expectLibrary();
    const account = await stored();
    expect(account?.passwordHash).toBeNull();
    expect(parseKeysFile(account?.keys ?? '')?.state).toBe('on');
    expect((await readKeysFile(folder()))?.state).toBe('on');
    expect(await accounts.filesWith('$argon2id$')).toEqual([]);
    await accounts.restart();
    open(await accounts.service.signIn(anna));
    await expectLibrary();
  });

  // Catches: a window that stays empty until it is over, because it asked before the first file was begun.
  it('the window is answered from the moment that its session is locked', async () => {
    const told: (EncryptionTask | null)[] = [];
    accounts.onTurning = (task) => told.push(task);
    const turning = turnOn().then(() => 'over');
    await expect.poll(() => accounts.changes.at(-1), { interval: 1 }).toBe(`locked ${id}`);
    const answered = accounts.service.current().then(({ state }) => state);
    expect(await Promise.race([answered, turning])).toBe('locked');
    // What was told before went to the window of before.
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)).toMatchObject({ direction: 'on' });
    expect(await turning).toBe('over');
    expect(open(await accounts.service.current()).account.isEncrypted).toBe(true);
  });

  it('earlier libraries are encrypted, or deleted, as the person chose', async () => {
    await makeLibrary(kept());
    await turnOn('encrypt');
    expect(await told()).toEqual([]);
    await expectLibrary(kept());
    expect((await readKeysFile(kept()))?.state).toBe('on');
    caller = await callerOf(accounts.service, await turnOff());
    expect(existsSync(join(kept(), KEYS_FILE))).toBe(false);
    expect(await told()).not.toEqual([]);
    await turnOn('delete');
    expect(existsSync(kept())).toBe(false);
    expect(await told()).toEqual([]);
  });

  // Catches: an account that is neither encrypted nor plain because of a library that was put aside for being damaged.
  it('an earlier library that is damaged keeps it from beginning, and everything is as before', async () => {
    await mkdir(kept());
    await copyFile(path(), join(kept(), 'library.db'));
    await writeFile(join(kept(), 'library.db'), 'x'.repeat(20_000));
    await expect(turnOn('encrypt')).rejects.toMatchObject({ code: 'database-damaged' });
    expect(open(await accounts.service.current()).account.isEncrypted).toBe(false);
    expect(existsSync(join(kept(), KEYS_FILE))).toBe(false);
    await expectPlain();
  });

  // Catches: the only keys of files that are encrypted already, overwritten with others, and the files with them.
  it('an earlier library that was left half encrypted under another password keeps its keys and its files', async () => {
    await makeLibrary(kept());
    const other = await makeKeys('another password', makeRecoveryCode(), 'turning-on');
    await writeKeysFile(kept(), other.file);
    await turnFilesOf(kept(), other);
    const files = readdirSync(join(kept(), 'blobs'));
    await expect(turnOn('encrypt')).rejects.toMatchObject({ code: 'wrong-key' });
    expect((await readKeysFile(kept()))?.keyId).toBe(other.file.keyId);
    expect(readdirSync(join(kept(), 'blobs'))).toEqual(files);
    expect(open(await accounts.service.current()).account.isEncrypted).toBe(false);
    expect(open(await turnOn('delete')).account.isEncrypted).toBe(true);
    expect(existsSync(kept())).toBe(false);
  });

  // Catches: minutes without a word, in which nothing can be cancelled and the app does not end.
  it('earlier libraries are told of too, and cancelled with it', async () => {
    await makeLibrary(kept());
    const before = await filesOf(kept());
    const told: string[] = [];
    accounts.onTurning = (task) => {
      told.push(task?.direction ?? 'over');
      if (told.length === 1) void accounts.service.encryption().then((service) => service.cancel());
    };
    expect(open(await turnOn('encrypt')).account.isEncrypted).toBe(false);
    expect(told[0]).toBe('on');
    expect(told.at(-1)).toBe('over');
    expect(await filesOf(kept())).toEqual(before);
    expect((await readKeysFile(folder()))?.state).toBeUndefined();
    await expectPlain();
  });

  // Catches: an end of the app that waits until an earlier library is encrypted, or decrypted again.
  it('the app ends while an earlier library is encrypted, and it goes on later', async () => {
    await makeLibrary(kept());
    accounts.onTurning = () => {
      accounts.onTurning = () => undefined;
      void accounts.service.encryption().then((service) => service.interrupt());
    };
    await expect(turnOn('encrypt')).rejects.toThrow();
    expect((await readKeysFile(kept()))?.state).toBe('turning-on');
    accounts.onTurning = () => undefined;
    await accounts.restart();
    caller = await callerOf(accounts.service, open(await accounts.service.signIn(anna)));
    await turnOn('encrypt');
    await expectLibrary();
    expect((await readKeysFile(kept()))?.state).toBe('on');
    expect(await told()).toEqual([]);
  });

  it('with a wrong password, other groups or twice is refused', async () => {
    const service = await accounts.service.encryption();
    await service.checkPassword(caller, anna.password);
    await expect(service.checkPassword(caller, 'not the password')).rejects.toMatchObject({
      code: 'wrong-credentials',
    });
    const right = { password: anna.password, recoveryGroups: await groups(), kept: 'encrypt' } as const;
    await expect(service.turnOn(caller, { ...right, password: 'not the password' })).rejects.toMatchObject({
      code: 'wrong-credentials',
    });
    await expect(service.turnOn(caller, { ...right, recoveryGroups: ['', ''] })).rejects.toMatchObject({
      code: 'wrong-credentials',
    });
    expect(open(await accounts.service.current()).account.isEncrypted).toBe(false);
    caller = await callerOf(accounts.service, await service.turnOn(caller, right));
    await expect(turnOn()).rejects.toMatchObject({ code: 'request-invalid' });
  });

  it('and cancelled: the library is plain and open as before', async () => {
    accounts.onTurning = (task) => {
      accounts.onTurning = () => undefined;
      if (task) void accounts.service.encryption().then((service) => service.cancel());
    };
    const state = open(await turnOn());
    expect(state.account.isEncrypted).toBe(false);
    await expectPlain();
  });
});

describe('turned off', () => {
  it('the library is plain, without a key anywhere, and the password proves itself by a hash again', async () => {
    caller = await callerOf(accounts.service, await turnOn());
    const state = open(await turnOff());
    expect(state.account.isEncrypted).toBe(false);
    expect(Buffer.from(accounts.keys.at(-1)?.given.database ?? []).every((byte) => byte === 0)).toBe(true);
    expect(await told()).not.toEqual([]);
    await expectPlain();
  });

  it('of an account that is not encrypted is refused', async () => {
    await expect(turnOff()).rejects.toMatchObject({ code: 'request-invalid' });
  });
});

describe('interrupted', () => {
  const foreign = (): string => join(folder(), 'notes.txt');

  /** Text in a file that is none of Quire's: it can't come to its end. */
  async function interrupt(): Promise<void> {
    await writeFile(foreign(), `${SECRET}, says page one. /home/someone/lease.txt`);
    await expect(turnOn()).rejects.toMatchObject({ code: 'encryption-incomplete' });
  }

  // Catches: a library that is shown, or an empty one that is made in its place, before it is encrypted whole.
  it('the session stays locked, and unlocking goes on with it', async () => {
    await interrupt();
    expect((await accounts.service.current()).state).toBe('locked');
    expect(accounts.libraries.at(-1)).toBe('-');
    await expect(accounts.service.unlock(anna.password)).rejects.toMatchObject({ code: 'encryption-incomplete' });
    expect(accounts.libraries.at(-1)).toBe('-');
    await rm(foreign());
    expect(open(await accounts.service.unlock(anna.password)).account.isEncrypted).toBe(true);
    expect(await told()).toEqual([]);
    await expectLibrary();
  });

  it('by the end of the app: signing in goes on with it', async () => {
    await interrupt();
    await rm(foreign());
    expect((await accounts.restart()).state).toBe('locked');
    const { service } = accounts;
    await expect(service.unlock('not the password')).rejects.toMatchObject({ code: 'wrong-credentials' });
    open(await service.signIn(anna));
    await expectLibrary();
    expect(await stored()).toMatchObject({ passwordHash: null });
  });

  it('between the two copies of its keys: what the registry has is enough', async () => {
    await interrupt();
    await rm(foreign());
    await rm(join(folder(), KEYS_FILE));
    await accounts.restart();
    expect(open(await accounts.service.signIn(anna)).account.isEncrypted).toBe(true);
    await expectLibrary();
    expect((await readKeysFile(folder()))?.state).toBe('on');
  });

  // Catches: keys that stay beside a plain library, which is then taken for an encrypted one.
  it('after the last step of turning it off: it is off, and no keys are left', async () => {
    caller = await callerOf(accounts.service, await turnOn());
    const on = await readKeysFile(folder());
    const opened = on && (await openKeys(on, { kind: 'password', password: anna.password }));
    await turnOff();
    const off = opened && withState(opened.file, opened.dataKey, 'turning-off');
    await inRegistry(async (registry) => {
      const { passwordHash } = (await registry.accounts.get(id)) ?? { passwordHash: null };
      await registry.accounts.setCredentials(id, { passwordHash, keys: off && formatKeysFile(off) });
    });
    await accounts.restart();
    expect(open(await accounts.service.signIn(anna)).account.isEncrypted).toBe(false);
    await expectPlain();
  });

  // Catches: a hash that stays beside the wraps, and is quicker to try than they are.
  it('before the first step of turning it off: it is on, and the hash goes', async () => {
    caller = await callerOf(accounts.service, await turnOn());
    const on = await readKeysFile(folder());
    await writeFile(foreign(), '');
    await inRegistry(async (registry) => {
      const account = await registry.accounts.get(id);
      await registry.accounts.setCredentials(id, { passwordHash: '$argon2id$made-up', keys: account?.keys ?? null });
    });
    if (on) await writeKeysFile(folder(), on);
    await accounts.restart();
    expect(open(await accounts.service.signIn(anna)).account.isEncrypted).toBe(true);
    expect(await stored()).toMatchObject({ passwordHash: null });
  });
});

// Catches: a registry of before encryption, put in the place of the one that is there, with which a plain library begins.
it('with a registry that knows of no keys, those beside the library are asked for', async () => {
  await turnOn();
  const text = await readFile(join(folder(), KEYS_FILE), 'utf8');
  await inRegistry(async (registry) => {
    const { hashPassword } = await import('../../../electron/accounts/passwords.ts');
    await registry.accounts.setCredentials(id, { passwordHash: await hashPassword('of before'), keys: null });
  });
  expect((await accounts.restart()).state).toBe('locked');
  const opened = accounts.libraries.length;
  for (const password of ['of before', 'not the password']) {
    await expect(accounts.service.unlock(password)).rejects.toMatchObject({ code: 'wrong-credentials' });
    await expect(accounts.service.signIn({ ...anna, password })).rejects.toMatchObject({ code: 'wrong-credentials' });
  }
  expect(accounts.libraries.length).toBe(opened);
  expect(open(await accounts.service.unlock(anna.password)).account.isEncrypted).toBe(true);
  await expectLibrary();
  expect(await stored()).toMatchObject({ passwordHash: null, keys: text });
});
