/**
 * An account that takes the local library along and encrypts it, in one choice: the real service on a real registry and a
 * real library; only opening it is a double, which is handed the keys.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountFolder, rememberOpenAccount } from '../../../electron/accounts/account-folder.ts';
import { hashPassword } from '../../../electron/accounts/passwords.ts';
import { openRegistry } from '../../../electron/db/accounts/client.ts';
import { openDatabase } from '../../../electron/db/client.ts';
import { LibraryLock } from '../../../electron/db/library-lock.ts';
import { formatKeysFile, readKeysFile, writeKeysFile } from '../../../electron/encryption/keys-file.ts';
import { makeKeys } from '../../../electron/encryption/open-keys.ts';
import { makeRecoveryCode, parseRecoveryCode } from '../../../electron/encryption/recovery-code.ts';
import { BlobStore } from '../../../electron/pipeline/blobs.ts';
import type { SessionState } from '../../../shared/accounts.ts';
import { LOCAL_ACCOUNT } from '../../../shared/accounts.ts';
import { anna, failure, open, openTestAccounts, type TestAccounts } from '../../helpers/accounts.ts';
import { addDocument } from '../../helpers/library.ts';

const SECRET = 'The lease of the lighthouse ends on the third of October';

let accounts: TestAccounts;
beforeEach(async () => {
  accounts = openTestAccounts();
  await mkdir(local(), { recursive: true });
  await new BlobStore(local(), null).prepare();
  const database = await openDatabase({ path: join(local(), 'library.db') });
  await addDocument(database, [`${SECRET}, says page one.`]);
  await database.close();
});
afterEach(() => accounts.close());

const local = (): string => accountFolder(accounts.dataFolder, LOCAL_ACCOUNT);
const told = (): Promise<string[]> => accounts.filesWith(SECRET.slice(4, 24));

async function register(): Promise<SessionState> {
  const { code, asked } = (await accounts.service.recovery()).offer();
  const recoveryGroups = asked.map((index) => code.split('-')[index] ?? '');
  return accounts.service.register({ ...anna, takeLocal: true, recoveryGroups });
}

/** The account is encrypted whole, with the library in it that was the local profile's. */
async function expectTaken(state: SessionState): Promise<void> {
  const { account } = open(state);
  expect(account.isEncrypted).toBe(true);
  const folder = accountFolder(accounts.dataFolder, account.id);
  expect((await readKeysFile(folder))?.state).toBe('on');
  const key = accounts.keys.at(-1)?.given.database ?? null;
  const database = await openDatabase({ path: join(folder, 'library.db'), key });
  expect(await database.documents.list()).toHaveLength(1);
  await database.close();
  expect(await told()).toEqual([]);
  expect(existsSync(join(local(), 'library.db'))).toBe(false);
}

it('encrypts what is taken along before the account is opened, and tells how far it is', async () => {
  await accounts.service.openLocal();
  expect(await told()).not.toEqual([]);
  const stages = new Set<string>();
  accounts.onTurning = (task) => stages.add(task ? `${task.direction} ${task.stage}` : 'over');
  await expectTaken(await register());
  expect([...stages]).toEqual(expect.arrayContaining(['on database', 'on searching', 'over']));
  // It opens by the password alone, and the hash that is quicker to try is gone.
  await accounts.restart();
  await expectTaken(await accounts.service.signIn(anna));
  expect(await accounts.filesWith('$argon2id$')).toEqual([]);
});

// Catches: libraries that restores put aside, which stay plain beside an account that says it is encrypted.
it('asks for what becomes of earlier libraries first, and changes nothing', async () => {
  await mkdir(join(local(), '..', 'library-before-restore-2026-01-02T03-04-05'));
  const refused = await failure(register());
  expect(refused.code).toBe('request-invalid');
  expect(refused.hint).toContain('what becomes of them');
  expect(existsSync(join(local(), 'library.db'))).toBe(true);
  expect(existsSync(join(accounts.dataFolder, 'accounts.db'))).toBe(false);
});

it('that is turned back is a plain account with the library in it', async () => {
  accounts.onTurning = (task) => {
    if (task?.direction === 'on') void accounts.service.encryption().then((encryption) => encryption.cancel());
  };
  const { account } = open(await register());
  expect(account.isEncrypted).toBe(false);
  expect(existsSync(join(accountFolder(accounts.dataFolder, account.id), 'library.db'))).toBe(true);
  expect(await told()).not.toEqual([]);
  open(await accounts.restart());
});

describe('an end of the app', () => {
  /** As it is after the account's row is written. */
  async function begun() {
    const id = randomUUID();
    const code = parseRecoveryCode(makeRecoveryCode()) ?? expect.unreachable('It is none.');
    const made = await makeKeys(anna.password, code, 'turning-on');
    await accounts.service.close();
    const registry = await openRegistry({ path: join(accounts.dataFolder, 'accounts.db') });
    const { email, name } = anna;
    const passwordHash = await hashPassword(anna.password);
    const account = { id, email, emailKey: email, name, passwordHash, keys: formatKeysFile(made.file), createdAt: 1 };
    rememberOpenAccount(accounts.dataFolder, id);
    await registry.accounts.insert({ ...account, stage: 'moving' });
    return { folder: accountFolder(accounts.dataFolder, id), made, registry, id };
  }

  // Catches: an account that says it is encrypted, and a library that is left plain, or behind.
  it('after any step is made up for: the next sign-in has it encrypted', async () => {
    const { folder, made, registry, id } = await begun();
    await rename(local(), folder);
    await registry.accounts.setStage(id, 'ready');
    await writeKeysFile(folder, made.file);
    await registry.close();
    expect((await accounts.restart()).state).toBe('signed-out');
    await expectTaken(await accounts.service.signIn(anna));
  });

  it('before the library was moved, with another program in it at the next start, leaves nothing behind', async () => {
    const { folder, registry } = await begun();
    await registry.close();
    const lock = new LibraryLock({ path: join(local(), 'library.db') });
    lock.acquire();
    expect((await failure(accounts.restart())).code).toBe('library-in-use');
    expect((await failure(accounts.service.signIn(anna))).code).toBe('library-in-use');
    expect(existsSync(folder)).toBe(false);
    lock.release();
    await expectTaken(await accounts.service.signIn(anna));
  });
});
