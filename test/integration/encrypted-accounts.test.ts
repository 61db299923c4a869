/**
 * Encrypted accounts: what opens their library and what does not, and where its keys are meanwhile. The real service on a
 * real registry; the library is a double that is handed the keys.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accountFolder } from '../../electron/accounts/account-folder.ts';
import { AccountKeys } from '../../electron/accounts/account-keys.ts';
import type { Caller } from '../../electron/accounts/caller.ts';
import { openRegistry } from '../../electron/db/accounts/client.ts';
import type { Registry } from '../../electron/db/accounts/registry.ts';
import { formatKeysFile, parseKeysFile, readKeysFile, type KeysFile } from '../../electron/encryption/keys-file.ts';
import { passwordParameters, wrapByPassword } from '../../electron/encryption/key-wraps.ts';
import { makeKeys, openKeys } from '../../electron/encryption/open-keys.ts';
import { makeRecoveryCode } from '../../electron/encryption/recovery-code.ts';
import type { AppError } from '../../shared/errors.ts';
import { anna, bert, callerOf, open, openTestAccounts, type TestAccounts } from '../helpers/accounts.ts';
import { codeOf, startMailServer } from '../helpers/smtp-server.ts';

let accounts: TestAccounts;
beforeEach(() => {
  accounts = openTestAccounts();
});
afterEach(() => accounts.close());

const next = 'nine quiet herons';
const wrongCredentials = { code: 'wrong-credentials' };
const folderOf = (id: string): string => accountFolder(accounts.dataFolder, id);
const failure = (attempt: Promise<unknown>): Promise<AppError> =>
  attempt.then(
    () => Promise.reject(new Error('It was let through.')),
    (error: AppError) => error,
  );

async function offer(): Promise<{ code: string; groups: string[] }> {
  const { code, asked } = (await accounts.service.recovery()).offer();
  return { code, groups: asked.map((index) => code.split('-')[index] ?? '') };
}

interface Encrypted {
  readonly id: string;
  readonly caller: Caller;
  /** Of recovery. */
  readonly code: string;
}

/** Anna's account. */
async function register(person: typeof anna | typeof bert = anna): Promise<Encrypted> {
  const { code, groups } = await offer();
  const state = open(await accounts.service.register({ ...person, recoveryGroups: groups }));
  return { id: state.account.id, code, caller: await callerOf(accounts.service, state) };
}

async function inRegistry<T>(look: (registry: Registry) => Promise<T>): Promise<T> {
  await accounts.service.close();
  const registry = await openRegistry({ path: join(accounts.dataFolder, 'accounts.db') });
  try {
    return await look(registry);
  } finally {
    await registry.close();
  }
}

const copyOf = async (id: string): Promise<KeysFile | null> => {
  const account = await inRegistry((registry) => registry.accounts.get(id));
  return account && account.keys !== null ? parseKeysFile(account.keys) : null;
};
const wrapsOf = (file: KeysFile | null): string[] => (file?.wraps ?? []).map(({ kind }) => kind);
const signsIn = (password: string): Promise<unknown> =>
  accounts.service.signIn({ ...anna, password }).then(open, (error: AppError) => error.code);
/** The keys that the library was last opened with, as they were then and as they are. */
const lastKeys = () => {
  const last = accounts.keys.at(-1);
  if (!last) throw new Error('No library was opened with keys.');
  return { then: last.database, now: Buffer.from(last.given.database).toString('hex') };
};
const cleared = '00'.repeat(32);
/** Names of files below the data folder that have any of these in them. */
const findings = async (...texts: string[]) =>
  (await Promise.all(texts.map((text) => accounts.filesWith(text)))).flat();

describe('registering', () => {
  test('opens a library with keys, and keeps neither password, hash, code nor key', async () => {
    const { id, code } = await register();
    expect(open(await accounts.service.current()).account).toMatchObject({ isEncrypted: true });
    expect(accounts.libraries).toEqual([`+${id}`]);
    const { then, now } = lastKeys();
    expect(then).toBe(now);
    expect(then).toMatch(/^[0-9a-f]{64}$/);
    const file = await readKeysFile(folderOf(id));
    expect(file?.state).toBe('on');
    expect(wrapsOf(file)).toEqual(['password', 'recovery']);
    const account = await inRegistry((registry) => registry.accounts.get(id));
    expect(account?.passwordHash).toBeNull();
    expect(account?.keys).toBe(file && formatKeysFile(file));
    // In no form: neither as text nor as bytes.
    const raw = Buffer.from(then, 'hex').toString('latin1');
    expect(await findings(anna.password, code, code.replaceAll('-', ''), then, raw, '$argon2id$')).toEqual([]);
  });

  test('wants the two groups of the code that was offered last, and can be tried again', async () => {
    const before = await offer();
    const { groups } = await offer();
    for (const wrong of [before.groups, [...groups].reverse(), ['', '']]) {
      const refused = accounts.service.register({ ...anna, recoveryGroups: wrong });
      expect((await failure(refused)).code).toBe('wrong-credentials');
    }
    const weak = accounts.service.register({ ...anna, password: 'password123', recoveryGroups: groups });
    expect((await failure(weak)).code).toBe('password-weak');
    expect(existsSync(join(accounts.dataFolder, 'accounts.db'))).toBe(false);
    open(await accounts.service.register({ ...anna, recoveryGroups: groups }));
    // One code, one library.
    const again = accounts.service.register({ ...bert, recoveryGroups: groups });
    expect((await failure(again)).code).toBe('wrong-credentials');
  });

  test('leaves nothing when the keys cannot be written', async () => {
    await writeFile(join(accounts.dataFolder, 'accounts'), 'no folder');
    const { groups } = await offer();
    expect((await failure(accounts.service.register({ ...anna, recoveryGroups: groups }))).code).toBe(
      'file-unreadable',
    );
    expect(await inRegistry((registry) => registry.accounts.list())).toEqual([]);
  });
});

describe('the password', () => {
  test('opens the same library after a restart; another opens nothing', async () => {
    const { id, caller } = await register();
    const { then } = lastKeys();
    await accounts.service.signOut(caller);
    expect(lastKeys().now).toBe(cleared);
    expect(await signsIn('not the password')).toBe('wrong-credentials');
    await accounts.restart();
    expect(accounts.libraries.at(-1)).toBe('-');
    expect(open(await accounts.service.signIn(anna)).account.id).toBe(id);
    expect(lastKeys()).toEqual({ then, now: then });
  });

  // Catches: a throttle that only the hashes of plain accounts are behind.
  test('is guessed as slowly as any other', async () => {
    await register();
    for (let attempt = 0; attempt < 5; attempt += 1) expect(await signsIn('wrong password')).toBe('wrong-credentials');
    expect(await signsIn(anna.password)).toBe('too-many-attempts');
    accounts.advance(2_000);
    await signsIn(anna.password);
    expect(accounts.service.openAccountId).not.toBeNull();
  });

  // Catches: an address whose account is encrypted, plain or not there, told by the time that a wrong password takes.
  test('that is wrong takes as long for a plain account, and for none', async () => {
    await accounts.service.register(bert);
    await register();
    const times = { encrypted: [] as number[], plain: [] as number[], none: [] as number[] };
    for (let round = 0; round < 3; round += 1) {
      for (const [kind, email] of [
        ['encrypted', anna.email],
        ['plain', bert.email],
        ['none', 'nobody@example.com'],
      ] as const) {
        const started = performance.now();
        const error = await failure(accounts.service.signIn({ ...anna, email, password: 'wrong password' }));
        times[kind].push(performance.now() - started);
        expect(error.code).toBe('wrong-credentials');
        accounts.advance(86_400_000);
      }
    }
    const [longest, ...others] = Object.values(times)
      .map((measured) => Math.min(...measured))
      .sort((one, other) => other - one);
    for (const other of others) expect(other).toBeGreaterThan((longest ?? 0) / 2);
  });

  test('is asked for by what changes the account, and no data key stays behind', async () => {
    const { caller, id } = await register();
    const { service } = accounts;
    await expect(service.changeEmail(caller, { password: 'wrong', email: 'a@b.de' })).rejects.toMatchObject(
      wrongCredentials,
    );
    open(await service.changeEmail(caller, { password: anna.password, email: 'new@example.com' }));
    await expect(service.delete(caller, 'wrong')).rejects.toMatchObject(wrongCredentials);
    expect(open(await service.delete(caller, anna.password)).account.id).toBe('local');
    expect(lastKeys().now).toBe(cleared);
    expect(existsSync(folderOf(id))).toBe(false);
    expect(await findings(id)).toEqual([]);
  });
});

describe('a session', () => {
  test('that is locked closes the library and clears its keys; the password opens it again', async () => {
    const { id, caller } = await register();
    const { then } = lastKeys();
    expect(await accounts.service.lock(caller)).toMatchObject({ state: 'locked', account: { isEncrypted: true } });
    expect(accounts.libraries).toEqual([`+${id}`, '-']);
    expect(
      Object.values(accounts.keys.at(-1)?.given ?? {}).every((key: Uint8Array) => key.every((byte) => byte === 0)),
    ).toBe(true);
    await expect(accounts.service.unlock('wrong password')).rejects.toMatchObject(wrongCredentials);
    expect(accounts.libraries).toHaveLength(2);
    open(await accounts.service.unlock(anna.password));
    expect(accounts.libraries).toEqual([`+${id}`, '-', `+${id}`]);
    expect(lastKeys()).toEqual({ then, now: then });
    await accounts.service.lockNow();
    expect(lastKeys().now).toBe(cleared);
  });

  // Catches: a keychain, or a session that it keeps, that opens an encrypted library.
  test('that is kept begins locked, with no library open', async () => {
    const { id } = await register();
    expect(open(await accounts.service.current()).isKept).toBe(true);
    accounts.libraries.length = 0;
    expect(await accounts.restart()).toMatchObject({ state: 'locked', account: { id } });
    expect(lastKeys().now).toBe(cleared);
    expect((await accounts.service.refresh()).state).toBe('locked');
    expect(accounts.libraries).toEqual([]);
    open(await accounts.service.unlock(anna.password));
    expect(accounts.libraries).toEqual([`+${id}`]);
    for (const secret of accounts.secrets.entries.values()) expect(secret).not.toContain(lastKeys().then);
  });

  test('whose library does not open leaves no key, and stays locked', async () => {
    const { id, caller } = await register();
    await accounts.service.lock(caller);
    accounts.failing.add(id);
    await expect(accounts.service.unlock(anna.password)).rejects.toMatchObject({ code: 'database-damaged' });
    expect(lastKeys().now).toBe(cleared);
    expect((await accounts.service.current()).state).toBe('locked');
    accounts.failing.clear();
    open(await accounts.service.unlock(anna.password));
  });

  test('of another account has nothing of these keys', async () => {
    await register();
    const first = accounts.keys.at(-1);
    await register(bert);
    expect(Buffer.from(first?.given.files ?? []).toString('hex')).toBe(cleared);
    expect(lastKeys().now).not.toBe(first?.database);
    open(await accounts.service.openLocal());
    expect(lastKeys().now).toBe(cleared);
  });

  test('that ends with the app clears the keys', async () => {
    await register();
    await accounts.service.close();
    expect(lastKeys().now).toBe(cleared);
  });
});

describe('another password', () => {
  test('opens the same library, alone; the code goes on opening, and the library stays open', async () => {
    const { id, caller, code } = await register();
    const { then } = lastKeys();
    const before = open(await accounts.service.current()).accessToken;
    const change = (current: string, password: string) =>
      accounts.service.changePassword(caller, { current, next: password });
    await expect(change('wrong', next)).rejects.toMatchObject(wrongCredentials);
    await expect(change(anna.password, 'iloveyou123')).rejects.toMatchObject({ code: 'password-weak' });
    open(await change(anna.password, next));
    await expect(accounts.service.verify(before)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(accounts.libraries).toEqual([`+${id}`]);
    const file = await readKeysFile(folderOf(id));
    expect(wrapsOf(file)).toEqual(['recovery', 'password']);
    expect(await copyOf(id)).toEqual(file);
    await accounts.restart();
    expect(await signsIn(anna.password)).toBe('wrong-credentials');
    await signsIn(next);
    expect(lastKeys().then).toBe(then);
    await (await accounts.service.recovery()).recover({ ...anna, recoveryCode: code });
    await signsIn(anna.password);
    expect(lastKeys().then).toBe(then);
  });

  // Catches: a kill between two steps that locks its owner out, or leaves the old password for good.
  test('that was interrupted anywhere leaves one of the two that opens, and the next sign-in tidies up', async () => {
    const { id } = await register();
    const path = join(folderOf(id), 'keys.json');
    await inRegistry(async (registry) => {
      const errors: AppError[] = [];
      const onError = (_where: string, error: AppError) => void errors.push(error);
      const keys = new AccountKeys({ dataFolder: accounts.dataFolder, registry, onError });
      const account = async () => (await registry.accounts.get(id)) ?? expect.unreachable('There is no account.');
      const places = async () => ({ file: await readFile(path, 'utf8'), copy: (await account()).keys });
      const secret = { kind: 'password', password: anna.password } as const;
      const openBy = async (password: string) => keys.open(await account(), { kind: 'password', password });
      const opened = (await openBy(anna.password)) ?? expect.unreachable('It does not open.');
      const before = await places();
      const change = { secret, next, endSessions: () => Promise.reject(new Error('killed')) };
      await expect(keys.changePassword(await account(), opened, change)).rejects.toThrow('killed');
      const amid = await places();
      const reopened = (await openBy(next)) ?? expect.unreachable('It does not open.');
      await keys.settle(await account(), reopened, next);
      const after = await places();
      // What lies in the folder, and in the registry, after each step.
      for (const { file, copy, opening } of [
        { file: amid.file, copy: before.copy, opening: [anna.password, next] },
        { file: amid.file, copy: amid.copy, opening: [anna.password, next] },
        { file: amid.file, copy: after.copy, opening: [anna.password, next] },
        { file: after.file, copy: after.copy, opening: [next] },
      ]) {
        for (const password of [anna.password, next]) {
          await writeFile(path, file);
          await registry.accounts.setCredentials(id, { passwordHash: null, keys: copy });
          const opened = await openBy(password);
          expect(opened !== null).toBe(opening.includes(password));
          if (!opened) continue;
          await keys.settle(await account(), opened, password);
          const settled = await places();
          expect(settled.copy).toBe(settled.file);
          // Whoever knows the new one has both places without the old; with the old one nothing is taken away.
          const passwords = wrapsOf(parseKeysFile(settled.file)).filter((kind) => kind === 'password');
          expect(passwords).toHaveLength(password === next ? 1 : 2);
        }
      }
      expect(errors).toEqual([]);
    });
  });

  test('is that of the libraries, too, that restores put aside', async () => {
    const { id, caller, code } = await register();
    const aside = `${folderOf(id)}-before-restore-2026-12-01T10-00-00`;
    await cp(folderOf(id), aside, { recursive: true });
    // One of another key, as a restored backup has, and one that opens by something else.
    const other = `${folderOf(id)}-before-restore-2026-12-02T10-00-00`;
    const foreign = `${folderOf(id)}-before-restore-2026-12-03T10-00-00`;
    for (const [folder, password] of [
      [other, anna.password],
      [foreign, 'somebody else’s password'],
    ] as const) {
      await mkdir(folder);
      const { file } = await makeKeys(password, code.replaceAll('-', ''), 'on');
      await writeFile(join(folder, 'keys.json'), formatKeysFile(file));
    }
    const untouched = await readFile(join(foreign, 'keys.json'), 'utf8');
    open(await accounts.service.changePassword(caller, { current: anna.password, next }));
    expect((await readKeysFile(aside))?.wraps).toEqual((await readKeysFile(folderOf(id)))?.wraps);
    expect(wrapsOf(await readKeysFile(other))).toEqual(['recovery', 'password']);
    expect(await readFile(join(foreign, 'keys.json'), 'utf8')).toBe(untouched);
  });
});

describe('a wrap of older parameters', () => {
  const older = { memory: 19_456, passes: 2, lanes: 1 } as const;
  const parametersOf = (file: KeysFile | null) =>
    file?.wraps.flatMap((wrap) => (wrap.kind === 'password' ? [wrap.argon2id] : []));

  /** The account's keys, as an older Quire would have made them. */
  async function makeOlder(folder: string): Promise<KeysFile> {
    const file = (await readKeysFile(folder)) ?? expect.unreachable('There are no keys.');
    const opened = await openKeys(file, { kind: 'password', password: anna.password });
    if (!opened) throw new Error('They do not open.');
    const wrap = await wrapByPassword(opened.dataKey, file.keyId, anna.password, older);
    return { ...file, wraps: [...file.wraps.filter(({ kind }) => kind === 'recovery'), wrap] };
  }

  // Catches: a library that goes on being as cheap to attack as when it was encrypted, or whose kept copies do.
  test('is made anew at the next sign-in, in folder, registry and kept libraries; code and library stay', async () => {
    const { id, code } = await register();
    const { then } = lastKeys();
    const aside = `${folderOf(id)}-before-restore-2026-12-01T10-00-00`;
    const old = await makeOlder(folderOf(id));
    await accounts.service.openLocal();
    await writeFile(join(folderOf(id), 'keys.json'), formatKeysFile(old));
    await cp(folderOf(id), aside, { recursive: true });
    await inRegistry((registry) =>
      registry.accounts.setCredentials(id, { passwordHash: null, keys: formatKeysFile(old) }),
    );
    await accounts.restart();
    expect(await signsIn('not the password')).toBe('wrong-credentials');
    expect(parametersOf(await readKeysFile(folderOf(id)))).toEqual([older]);
    await signsIn(anna.password);
    expect(lastKeys().then).toBe(then);
    const file = await readKeysFile(folderOf(id));
    for (const one of [file, await copyOf(id), await readKeysFile(aside)]) {
      expect(parametersOf(one)).toEqual([passwordParameters]);
      expect(one?.wraps).toHaveLength(2);
    }
    await signsIn(anna.password);
    expect(await readKeysFile(folderOf(id))).toEqual(file);
    await (await accounts.service.recovery()).recover({ ...anna, recoveryCode: code, password: next });
    await signsIn(next);
    expect(lastKeys().then).toBe(then);
  });

  test('is made anew so that a kill anywhere leaves one that opens by the same password', async () => {
    const { id } = await register();
    const path = join(folderOf(id), 'keys.json');
    const old = await makeOlder(folderOf(id));
    await inRegistry(async (registry) => {
      const before = formatKeysFile(old);
      const secret = { kind: 'password', password: anna.password } as const;
      const both: string[] = [];
      const keysOver = (endsAt: number) => {
        let writes = 0;
        const accountsOf = {
          ...registry.accounts,
          setCredentials: async (...parameters: Parameters<Registry['accounts']['setCredentials']>) => {
            writes += 1;
            if (writes > endsAt) throw new Error('killed');
            return registry.accounts.setCredentials(...parameters);
          },
        };
        return new AccountKeys({
          dataFolder: accounts.dataFolder,
          registry: { accounts: accountsOf },
          onError: () => undefined,
        });
      };
      const account = async () => (await registry.accounts.get(id)) ?? expect.unreachable('There is no account.');
      // It ends before the copy, between the two copies, and not at all.
      for (const endsAt of [0, 1, 9]) {
        await writeFile(path, before);
        await registry.accounts.setCredentials(id, { passwordHash: null, keys: before });
        const keys = keysOver(endsAt);
        const opened = (await keys.open(await account(), secret)) ?? expect.unreachable('It does not open.');
        const settled = await keys.settle(await account(), opened, anna.password);
        expect(settled.keys.dataKey).toEqual(opened.dataKey);
        both.push(await readFile(path, 'utf8'));
        // Whatever lies there opens, by the same password, and the next time tidies up.
        const whole = keysOver(9);
        const again = (await whole.open(await account(), secret)) ?? expect.unreachable('It opens no more.');
        expect(again.dataKey).toEqual(opened.dataKey);
        await whole.settle(await account(), again, anna.password);
        const file = await readKeysFile(folderOf(id));
        expect(parametersOf(file)).toEqual([passwordParameters]);
        expect((await account()).keys).toBe(formatKeysFile(file ?? expect.unreachable('There are no keys.')));
      }
      expect(both.map((text) => parametersOf(parseKeysFile(text))?.length)).toEqual([2, 2, 1]);
    });
  });
});

describe('the recovery code', () => {
  test('makes another password, ends every session, and lets in whom guessing had kept out', async () => {
    const { code } = await register();
    const { then } = lastKeys();
    const recovery = await accounts.service.recovery();
    const token = open(await accounts.service.current()).accessToken;
    for (let attempt = 0; attempt < 3; attempt += 1) await signsIn('wrong password');
    const weak = recovery.recover({ ...anna, password: 'iloveyou123', recoveryCode: code });
    await expect(weak).rejects.toMatchObject({ code: 'password-weak' });
    await recovery.recover({ ...anna, password: next, recoveryCode: ` ${code.toLowerCase().replaceAll('-', ' ')} ` });
    await expect(accounts.service.verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect((await accounts.service.current()).state).toBe('signed-out');
    expect(lastKeys().now).toBe(cleared);
    expect((await accounts.restart()).state).toBe('signed-out');
    expect(await signsIn(anna.password)).toBe('wrong-credentials');
    await signsIn(next);
    expect(lastKeys().then).toBe(then);
    // It goes on being good, as the password before does not.
    await (await accounts.service.recovery()).recover({ ...anna, recoveryCode: code });
    await signsIn(anna.password);
  });

  test('that is not the one says the same for an account that is plain, or not there, and is slowed down', async () => {
    await accounts.service.register(bert);
    const { code } = await register();
    const recovery = await accounts.service.recovery();
    const answers = await Promise.all(
      [
        { email: anna.email, recoveryCode: makeRecoveryCode() },
        { email: bert.email, recoveryCode: code },
        { email: 'nobody@example.com', recoveryCode: code },
      ].map((params) => failure(recovery.recover({ ...params, password: next }))),
    );
    expect(new Set(answers.map((error) => JSON.stringify(error.toInfo()))).size).toBe(1);
    expect(answers[0]?.code).toBe('wrong-credentials');
    for (const mistyped of ['not a code', code.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))]) {
      const refused = await failure(recovery.recover({ email: anna.email, recoveryCode: mistyped, password: next }));
      expect(refused.message).toContain('mistake');
    }
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await failure(recovery.recover({ ...anna, password: next, recoveryCode: makeRecoveryCode() }));
    }
    const slowed = recovery.recover({ ...anna, password: next, recoveryCode: code });
    expect((await failure(slowed)).code).toBe('too-many-attempts');
    expect(accounts.service.openAccountId).not.toBeNull();
  });
});

describe('a code by mail', () => {
  test('opens nothing: it asks for the recovery code, or begins an empty library beside the locked one', async () => {
    const server = await startMailServer();
    try {
      const { id, caller, code } = await register();
      const mail = await accounts.service.mail();
      await mail.setSettings(caller, server.settings);
      await writeFile(join(folderOf(id), 'library.db'), 'ciphertext of years');
      const { then } = lastKeys();
      await mail.requestPasswordReset(anna.email);
      await mail.idle();
      const mailed = server.mails.at(-1);
      if (!mailed) throw new Error('No mail came.');
      const reset = (recoveryGroups: readonly string[] | null) =>
        mail.resetPassword(anna.email, codeOf(mailed), next, recoveryGroups);
      expect((await failure(reset(null))).code).toBe('recovery-code-required');
      // Nothing changed, and the mailed code still holds.
      open(await accounts.service.current());
      expect((await failure(reset(['', '']))).code).toBe('wrong-credentials');
      const fresh = await offer();
      await reset(fresh.groups);
      expect((await accounts.service.current()).state).toBe('signed-out');
      expect(accounts.libraries.at(-1)).toBe('-');
      expect(await signsIn(anna.password)).toBe('wrong-credentials');
      await signsIn(next);
      expect(lastKeys().then).not.toBe(then);
      expect(existsSync(join(folderOf(id), 'library.db'))).toBe(false);
      const [aside] = (await readdir(join(accounts.dataFolder, 'accounts'))).filter((name) =>
        name.startsWith(`${id}-`),
      );
      const old = join(accounts.dataFolder, 'accounts', aside ?? '');
      expect(await readFile(join(old, 'library.db'), 'utf8')).toBe('ciphertext of years');
      const { openKeys } = await import('../../electron/encryption/open-keys.ts');
      const file = await readKeysFile(old);
      expect(file && (await openKeys(file, { kind: 'recovery', code: code.replaceAll('-', '') }))).not.toBeNull();
      expect(file && (await openKeys(file, { kind: 'password', password: next }))).toBeNull();
    } finally {
      await server.close();
    }
  });
});

describe('the file of keys', () => {
  test('that is lost or damaged is made anew from its copy by the next sign-in', async () => {
    const { id } = await register();
    const path = join(folderOf(id), 'keys.json');
    const text = await readFile(path, 'utf8');
    for (const spoil of [
      () => rm(path),
      () => writeFile(path, text.slice(0, 300)),
      () => rm(folderOf(id), { recursive: true }),
    ]) {
      await accounts.restart();
      await spoil();
      await signsIn(anna.password);
      expect(accounts.service.openAccountId).toBe(id);
      expect(await readFile(path, 'utf8')).toBe(text);
    }
  });

  // Catches: a full disk that keeps everybody out for what can wait.
  test('that cannot be written now keeps nobody out', async () => {
    const { id } = await register();
    const path = join(folderOf(id), 'keys.json');
    await accounts.restart();
    await rm(path);
    // What is written before it takes its place.
    await mkdir(`${path}.new`);
    await signsIn(anna.password);
    expect(accounts.service.openAccountId).toBe(id);
    expect(accounts.errors.map(({ code }) => code)).toEqual(['file-unreadable']);
    expect(existsSync(path)).toBe(false);
  });

  // Catches: a library that waits for its place after a restore was killed, and is passed over for an empty one.
  test('does not take the place of a library that a restore was about to put there', async () => {
    const { id } = await register();
    await accounts.restart();
    await rename(folderOf(id), `${folderOf(id)}.restored`);
    await writeFile(join(`${folderOf(id)}.restored`, 'library.db'), 'restored');
    await signsIn(anna.password);
    expect(await readFile(join(folderOf(id), 'library.db'), 'utf8')).toBe('restored');
  });

  test('of a library with another key is left as it is, and its password counts', async () => {
    const { id } = await register();
    const { file } = await makeKeys(next, makeRecoveryCode(), 'on');
    await accounts.restart();
    await writeFile(join(folderOf(id), 'keys.json'), formatKeysFile(file));
    expect(await signsIn(anna.password)).toBe('wrong-credentials');
    await signsIn(next);
    expect((await readKeysFile(folderOf(id)))?.keyId).toBe(file.keyId);
    expect((await copyOf(id))?.keyId).toBe(file.keyId);
  });
});

test('an update copy of the registry goes with the hash that was in it', async () => {
  await accounts.service.register(anna);
  const copy = join(accounts.dataFolder, 'accounts.db.v3.backup');
  await inRegistry(async (registry) => {
    const [account] = await registry.accounts.list();
    if (!account) throw new Error('There is no account.');
    await writeFile(copy, account.passwordHash ?? '');
    const { file } = await makeKeys(anna.password, makeRecoveryCode(), 'on');
    const keys = formatKeysFile(file);
    expect(await registry.accounts.setCredentials(account.id, { passwordHash: account.passwordHash, keys })).toBe(0);
    expect(existsSync(copy)).toBe(true);
    expect(await registry.accounts.setCredentials(account.id, { passwordHash: null, keys })).toBe(0);
  });
  expect(existsSync(copy)).toBe(false);
  expect(await findings('$argon2id$')).toEqual([]);
});
