/** Accounts: registering, signing in, guessing, the local profile's library, administration, deletion. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accountFolder, readOpenAccount } from '../../electron/accounts/account-folder.ts';
import { keychainOf } from '../../electron/accounts/account-keychain.ts';
import { emailKey } from '../../electron/accounts/email.ts';
import { openRegistry } from '../../electron/db/accounts/client.ts';
import type { Registry } from '../../electron/db/accounts/registry.ts';
import { LibraryLock } from '../../electron/db/library-lock.ts';
import { noLimits } from '../../shared/accounts.ts';
import type { AppError } from '../../shared/errors.ts';
import { mailServer } from '../helpers/mail-settings.ts';
import { anna, bert, callerOf, failure, open, openTestAccounts, type TestAccounts } from '../helpers/accounts.ts';

let accounts: TestAccounts;
beforeEach(() => {
  accounts = openTestAccounts();
});
afterEach(() => accounts.close());

const wrong = (email: string): Promise<AppError> =>
  failure(accounts.service.signIn({ email, password: 'not the password', staySignedIn: false }));
const folderOf = (id: string): string => accountFolder(accounts.dataFolder, id);

/** Looks into the registry, or changes it, while no service has it open. */
async function inRegistry<T>(look: (registry: Registry) => Promise<T>): Promise<T> {
  await accounts.service.close();
  const registry = await openRegistry({ path: join(accounts.dataFolder, 'accounts.db') });
  try {
    return await look(registry);
  } finally {
    await registry.close();
  }
}

describe('registering', () => {
  test('makes an account with a folder of its own, which is opened', async () => {
    await accounts.service.current();
    const { account } = open(await accounts.service.register({ ...anna, email: '  Anna@Example.com ' }));
    expect(account).toMatchObject({
      kind: 'account',
      name: anna.name,
      email: 'Anna@Example.com',
      isEmailVerified: false,
    });
    expect(accounts.libraries).toEqual(['+local', '-', `+${account.id}`]);
    expect(readOpenAccount(accounts.dataFolder)).toBe(account.id);
    expect(await readFile(join(folderOf('local'), 'text'), 'utf8')).toBe('made for local');
  });

  test('refuses an address that is taken in whatever case, and leaves the open session alone', async () => {
    const state = open(await accounts.service.register(anna));
    const again = await failure(accounts.service.register({ ...bert, email: 'ANNA@example.COM' }));
    expect(again.code).toBe('email-taken');
    await callerOf(accounts.service, state);
    expect(accounts.libraries).toEqual([`+${state.account.id}`]);
  });

  test('refuses a weak password before anything is made', async () => {
    const refused = await failure(accounts.service.register({ ...anna, password: 'password123' }));
    expect(refused.code).toBe('password-weak');
    expect(existsSync(join(accounts.dataFolder, 'accounts.db'))).toBe(false);
  });

  test('does not tell one address after another whether it is taken', async () => {
    open(await accounts.service.register(anna));
    const codes = new Set<string>();
    for (let attempt = 0; attempt < 25; attempt += 1) codes.add((await failure(accounts.service.register(anna))).code);
    expect([...codes]).toEqual(['email-taken', 'too-many-attempts']);
  });
});

describe('signing in', () => {
  beforeEach(async () => {
    await accounts.service.signOut(await callerOf(accounts.service, await accounts.service.register(anna)));
  });

  test('takes the address in any case', async () => {
    expect(open(await accounts.service.signIn({ ...anna, email: 'ANNA@EXAMPLE.COM' })).account.name).toBe(anna.name);
  });

  test('says and does the same for an unknown address and for a wrong password', async () => {
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let round = 0; round < 4; round += 1) {
      for (const [kind, email] of [
        ['known', anna.email],
        ['unknown', `nobody-${round}@example.com`],
      ] as const) {
        const started = performance.now();
        const error = await wrong(email);
        times[kind].push(performance.now() - started);
        expect(error.toInfo()).toEqual((await wrong(`nobody@example.com`)).toInfo());
        accounts.advance(86_400_000);
      }
    }
    // Without the hash of nobody an unknown address is answered in a fraction of the time.
    expect(Math.min(...times.unknown)).toBeGreaterThan(Math.min(...times.known) / 2);
    // And it gets as slow after as many failures.
    for (const email of [anna.email, 'nobody@example.com']) {
      for (let attempt = 0; attempt < 5; attempt += 1) expect((await wrong(email)).code).toBe('wrong-credentials');
      expect((await wrong(email)).hint).toBe('Try again in 2 seconds.');
    }
  });

  test('gets slower with each failure, also after a restart, also with the right password', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) expect((await wrong(anna.email)).code).toBe('wrong-credentials');
    await accounts.restart();
    const refused = await failure(accounts.service.signIn(anna));
    expect(refused).toMatchObject({ code: 'too-many-attempts', retryable: true, hint: 'Try again in 2 seconds.' });
    accounts.advance(2_000);
    expect((await wrong(anna.email)).code).toBe('wrong-credentials');
    expect((await wrong(anna.email)).hint).toBe('Try again in 4 seconds.');
    accounts.advance(4_000);
    open(await accounts.service.signIn(anna));
    // The right one makes up for those before.
    expect((await wrong(anna.email)).code).toBe('wrong-credentials');
    expect((await wrong(anna.email)).code).toBe('wrong-credentials');
  });

  test('lets fifty attempts at once try no more than one after another', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => wrong(anna.email)));
    expect(answers.filter(({ code }) => code === 'wrong-credentials')).toHaveLength(5);
    expect(answers.filter(({ code }) => code === 'too-many-attempts')).toHaveLength(45);
  });

  test('slows down for all addresses together, and other addresses do not slow a good password for long', async () => {
    for (let attempt = 0; attempt < 21; attempt += 1) await wrong(`nobody-${attempt}@example.com`);
    expect((await wrong('somebody@example.com')).hint).toBe('Try again in 1 second.');
    accounts.advance(1_000);
    open(await accounts.service.signIn(anna));
  });

  test('makes a hash of older parameters anew', async () => {
    const old = await hash(anna.password, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    const hashIn = (registry: Registry) => registry.accounts.findByEmail(emailKey(anna.email));
    await inRegistry(async (registry) => {
      const account = await hashIn(registry);
      if (account) await registry.accounts.setPasswordHash(account.id, old);
    });
    await accounts.restart();
    open(await accounts.service.signIn(anna));
    expect((await inRegistry(hashIn))?.passwordHash).toContain('$m=19456,t=2,p=1$');
    await accounts.restart();
    open(await accounts.service.signIn(anna));
  });

  test('without any account is refused, and makes none', async () => {
    const empty = openTestAccounts();
    await expect(empty.service.signIn(anna)).rejects.toMatchObject({ code: 'wrong-credentials' });
    expect(existsSync(join(empty.dataFolder, 'accounts.db'))).toBe(false);
    await empty.close();
  });

  test('ends the session of whoever was there, and shows nobody else’s library', async () => {
    const before = open(await accounts.service.signIn(anna));
    const after = open(await accounts.service.register(bert));
    await expect(callerOf(accounts.service, before)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(accounts.libraries.slice(-2)).toEqual(['-', `+${after.account.id}`]);
    expect([...accounts.secrets.entries.keys()].sort()).toEqual([`refresh@${after.account.id}`, 'session-key']);
    expect(open(await accounts.restart()).account.name).toBe(bert.name);
  });
});

describe('changing', () => {
  test('the password wants the present one, and a good one', async () => {
    const caller = await callerOf(accounts.service, await accounts.service.register(anna));
    const change = (current: string, next: string) => accounts.service.changePassword(caller, { current, next });
    expect((await failure(change('wrong', 'nine quiet herons'))).code).toBe('wrong-credentials');
    expect((await failure(change(anna.password, 'iloveyou123'))).code).toBe('password-weak');
    open(await change(anna.password, 'nine quiet herons'));
  });

  test('the password cannot be guessed at faster than at the sign-in', async () => {
    const caller = await callerOf(accounts.service, await accounts.service.register(anna));
    for (let attempt = 0; attempt < 5; attempt += 1) await failure(accounts.service.delete(caller, 'a wrong one'));
    const refused = await failure(accounts.service.changeEmail(caller, { password: anna.password, email: 'a@b.de' }));
    expect(refused.code).toBe('too-many-attempts');
  });

  test('the address wants the password and one that is free; the name wants nothing', async () => {
    await accounts.service.register(bert);
    const caller = await callerOf(accounts.service, await accounts.service.register(anna));
    const change = (password: string, email: string) => accounts.service.changeEmail(caller, { password, email });
    expect((await failure(change('wrong', 'new@example.com'))).code).toBe('wrong-credentials');
    expect((await failure(change(anna.password, 'BERT@example.com'))).code).toBe('email-taken');
    expect(open(await change(anna.password, 'New@example.com')).account.email).toBe('New@example.com');
    expect(open(await accounts.service.rename(caller, 'Anna B.')).account.name).toBe('Anna B.');
    open(await accounts.service.signIn({ ...anna, email: 'new@EXAMPLE.com' }));
  });
});

describe('taking the local library along', () => {
  const text = (id: string) => readFile(join(folderOf(id), 'text'), 'utf8');

  beforeEach(async () => {
    await accounts.service.current();
    await writeFile(join(folderOf('local'), 'text'), 'years of notes');
    await mkdir(join(accounts.dataFolder, 'accounts', 'library-before-restore-2026-12-01T10-00-00'));
    await accounts.secrets.set('answers@api.example.com', 'sk-local');
    await accounts.secrets.set('answers@other.example.com', 'sk-other');
  });

  test('brings files, kept libraries and keys, and leaves an empty local profile', async () => {
    const { account } = open(await accounts.service.register({ ...anna, takeLocal: true }));
    expect(await text(account.id)).toBe('years of notes');
    expect(accounts.libraries).toEqual(['+local', '-', `+${account.id}`]);
    expect(existsSync(folderOf('local'))).toBe(false);
    expect((await readdir(join(accounts.dataFolder, 'accounts'))).sort()).toEqual(
      [account.id, `${account.id}-before-restore-2026-12-01T10-00-00`, 'open'].sort(),
    );
    expect(await keychainOf(accounts.secrets, account.id).get('answers@other.example.com')).toBe('sk-other');
    open(await accounts.service.openLocal());
    expect(await text('local')).toBe('made for local');
    expect(await keychainOf(accounts.secrets, 'local').get('answers@api.example.com')).toBeNull();
  });

  test('leaves everything as it was when another program has it open', async () => {
    const lock = new LibraryLock({ path: join(folderOf('local'), 'library.db') });
    lock.acquire();
    expect((await failure(accounts.service.register({ ...anna, takeLocal: true }))).code).toBe('library-in-use');
    lock.release();
    const state = open(await accounts.service.current());
    expect(state.account.id).toBe('local');
    expect(await text('local')).toBe('years of notes');
    expect(readOpenAccount(accounts.dataFolder)).toBe('local');
    open(await accounts.service.register({ ...anna, takeLocal: true }));
  });

  test('is finished by the next start, wherever the last one ended', async () => {
    const { account } = open(await accounts.service.register({ ...anna, takeLocal: true }));
    // As it stood before the folder was renamed, and as it stood after.
    for (const isMoved of [false, true]) {
      await inRegistry((registry) => registry.accounts.setStage(account.id, 'moving'));
      if (!isMoved) await rename(folderOf(account.id), folderOf('local'));
      expect(open(await accounts.restart()).account.id).toBe(account.id);
      expect(await text(account.id)).toBe('years of notes');
      expect(existsSync(folderOf('local'))).toBe(false);
    }
    // Nor does a new local library take the place of what was moved.
    await inRegistry((registry) => registry.accounts.setStage(account.id, 'moving'));
    await mkdir(folderOf('local'));
    open(await accounts.restart());
    expect(await text(account.id)).toBe('years of notes');
  });
});

describe('the administrator', () => {
  const limits = { monthlyCost: 12.5, monthlyTokens: 100_000, requestsPerMinute: 6 };

  test('is the first account; others see and set nothing', async () => {
    const first = open(await accounts.service.register(anna));
    const other = open(await accounts.service.register(bert));
    expect([first.account.isAdministrator, other.account.isAdministrator]).toEqual([true, false]);
    const caller = await callerOf(accounts.service, other);
    // The same answer for an account that there is and one that there is not.
    const unknown = 'c0ffee00-0000-4000-8000-000000000000';
    const answers = await Promise.all([
      failure(accounts.service.list(caller)),
      failure(accounts.service.setLimits(caller, first.account.id, limits)),
      failure(accounts.service.setLimits(caller, unknown, limits)),
    ]);
    expect(new Set(answers.map((error) => JSON.stringify(error.toInfo()))).size).toBe(1);
    expect(answers[0]?.code).toBe('forbidden');
  });

  test('limits other accounts', async () => {
    const other = open(await accounts.service.register(anna)) && open(await accounts.service.register(bert));
    const caller = await callerOf(accounts.service, await accounts.service.signIn(anna));
    const listed = await accounts.service.setLimits(caller, other.account.id, limits);
    expect(listed.map((account) => [account.name, account.limits])).toEqual([
      [anna.name, noLimits],
      [bert.name, limits],
      ['Local profile', noLimits],
    ]);
    expect(JSON.stringify(listed)).not.toContain('argon2');
    expect(await accounts.service.limitsOf(other.account.id)).toEqual(limits);
    expect(await accounts.service.limitsOf('local')).toEqual(noLimits);
    const missing = accounts.service.setLimits(caller, 'c0ffee00-0000-4000-8000-000000000000', limits);
    expect((await failure(missing)).code).toBe('not-found');
    await accounts.restart();
    expect(await accounts.service.limitsOf(other.account.id)).toEqual(limits);
  });

  // Catches: a limit that whoever signs out is rid of, and one that nobody is left to lift.
  test('limits the local profile as long as there is an administrator', async () => {
    expect(await accounts.service.limitsOf('local')).toEqual(noLimits);
    expect(existsSync(join(accounts.dataFolder, 'accounts.db'))).toBe(false);
    const caller = await callerOf(accounts.service, await accounts.service.register(anna));
    const listed = await accounts.service.setLimits(caller, 'local', limits);
    expect(listed.at(-1)).toMatchObject({ id: 'local', kind: 'local', limits });
    await accounts.service.openLocal();
    await accounts.restart();
    expect(await accounts.service.limitsOf('local')).toEqual(limits);
    const again = await callerOf(accounts.service, await accounts.service.signIn(anna));
    await accounts.service.delete(again, anna.password);
    expect(await accounts.service.limitsOf('local')).toEqual(noLimits);
  });

  test('who leaves hands the role to the oldest other account', async () => {
    await accounts.service.register(anna);
    await accounts.service.register(bert);
    await accounts.service.register({ ...bert, email: 'carla@example.com', name: 'Carla' });
    const caller = await callerOf(accounts.service, await accounts.service.signIn(anna));
    expect(await accounts.service.delete(caller, anna.password)).toEqual({ state: 'signed-out', hasAccounts: true });
    expect(open(await accounts.service.signIn(bert)).account.isAdministrator).toBe(true);
    const carla = open(await accounts.service.signIn({ ...bert, email: 'carla@example.com' }));
    expect(carla.account.isAdministrator).toBe(false);
  });
});

describe('what changes of an account', () => {
  // Catches: an address or a password that other computers never hear of, and one that they hear of though it was refused.
  test('is told to sync when it has changed; a name is of this computer alone', async () => {
    const told: string[] = [];
    accounts.sync = {
      isOn: true,
      turnOff: () => Promise.resolve(),
      passwordChanged: (password) => Promise.resolve(void told.push(password)),
      passwordProven: (password) => Promise.resolve(void told.push(`proven ${password}`)),
      emailChanged: async () => void told.push((await accounts.service.emailOf(id)) ?? ''),
    };
    const state = open(await accounts.service.register(anna));
    const { id } = state.account;
    const caller = await callerOf(accounts.service, state);
    const change = { password: 'wrong', email: 'anna@new.example.com' };
    await failure(accounts.service.changeEmail(caller, change));
    await failure(accounts.service.changePassword(caller, { current: 'wrong', next: bert.password }));
    expect(open(await accounts.service.rename(caller, 'Anna A.')).account.name).toBe('Anna A.');
    expect(told).toEqual([]);
    await accounts.service.changeEmail(caller, { ...change, password: anna.password });
    await accounts.service.changePassword(caller, { current: anna.password, next: bert.password });
    await expect.poll(() => told).toEqual(['anna@new.example.com', bert.password]);
    const again = { ...anna, email: 'anna@new.example.com', password: bert.password };
    const signedIn = await callerOf(accounts.service, await accounts.service.signIn(again));
    await failure(accounts.service.signIn(anna));
    await accounts.service.lock(signedIn);
    await failure(accounts.service.unlock('wrong'));
    await accounts.service.unlock(bert.password);
    await expect.poll(() => told.slice(2)).toEqual([`proven ${bert.password}`, `proven ${bert.password}`]);
  });

  test('holds also when sync fails to tell it; the log has why', async () => {
    accounts.sync = {
      isOn: true,
      turnOff: () => Promise.resolve(),
      passwordChanged: () => Promise.reject(new Error('No room.')),
      passwordProven: () => Promise.resolve(),
      emailChanged: () => Promise.resolve(),
    };
    const caller = await callerOf(accounts.service, await accounts.service.register(anna));
    open(await accounts.service.changePassword(caller, { current: anna.password, next: bert.password }));
    await expect.poll(() => accounts.errors.length).toBe(1);
  });
});

describe('deleting an account', () => {
  test('wants the password, and leaves nothing of it', async () => {
    await accounts.service.register(bert);
    const state = open(await accounts.service.register(anna));
    const { id } = state.account;
    const caller = await callerOf(accounts.service, state);
    await keychainOf(accounts.secrets, id).set('answers@api.example.com', 'sk-anna');
    await mkdir(`${folderOf(id)}-before-restore-2026-12-01T10-00-00`);
    expect((await failure(accounts.service.delete(caller, 'wrong'))).code).toBe('wrong-credentials');
    expect(await accounts.service.delete(caller, anna.password)).toEqual({ state: 'signed-out', hasAccounts: true });
    expect((await readdir(join(accounts.dataFolder, 'accounts'))).filter((name) => name.startsWith(id))).toEqual([]);
    expect([...accounts.secrets.entries.keys()]).toEqual(['session-key']);
    // Deleted rows are overwritten, not only marked as free.
    for (const text of [id, anna.email, anna.name]) expect(await accounts.filesWith(text)).toEqual([]);
    expect((await failure(accounts.service.signIn(anna))).code).toBe('wrong-credentials');
    expect(open(await accounts.restart()).account.id).toBe('local');
    open(await accounts.service.register(anna));
  });

  // Catches: an account that is gone here while nobody said what becomes of its library on the servers.
  test('that syncs is refused until that is said, and leaves the servers before anything goes here', async () => {
    const told: string[] = [];
    let isOn = true;
    const library = () => existsSync(folderOf(id));
    accounts.sync = {
      get isOn() {
        return isOn;
      },
      async turnOff() {
        told.push(`off, library ${library() ? 'here' : 'gone'}`);
        isOn = false;
      },
      passwordChanged: () => Promise.resolve(),
      passwordProven: () => Promise.resolve(),
      emailChanged: () => Promise.resolve(),
    };
    await accounts.service.register(bert);
    const state = open(await accounts.service.register(anna));
    const { id } = state.account;
    const caller = await callerOf(accounts.service, state);
    const refused = await failure(accounts.service.delete(caller, anna.password));
    expect(refused.code).toBe('request-invalid');
    expect((await failure(accounts.service.delete(caller, 'wrong', { leavesLibrary: true }))).code).toBe(
      'wrong-credentials',
    );
    expect([told, isOn, library()]).toEqual([[], true, true]);
    await accounts.service.delete(caller, anna.password, { leavesLibrary: true });
    expect([told, library()]).toEqual([['off, library here'], false]);
  });

  test('that no longer syncs, since it was deleted there, needs no such word', async () => {
    accounts.sync = {
      isOn: false,
      turnOff: () => Promise.reject(new Error('It is off.')),
      passwordChanged: () => Promise.resolve(),
      passwordProven: () => Promise.resolve(),
      emailChanged: () => Promise.resolve(),
    };
    const caller = await callerOf(accounts.service, await accounts.service.register(anna));
    expect(open(await accounts.service.delete(caller, anna.password)).account.id).toBe('local');
  });

  // Catches: a mail server's password and a client secret of somebody who is gone, for whoever makes an account next.
  test('that is the last one leaves nothing that was set up for all; one before it leaves what is in use', async () => {
    const { service, secrets } = accounts;
    await service.register(bert);
    const state = open(await service.register(anna));
    const boss = await callerOf(service, await service.signIn(bert));
    const server = { ...mailServer, host: 'mail.example.com', user: 'post@example.com' };
    await (await service.mail()).setSettings(boss, server, 'kettle of mail');
    const google = { issuer: 'https://accounts.google.com', name: 'Google', clientId: 'quire' };
    await (await service.identities()).setProvider(boss, google, 'kettle of Google');
    secrets.entries.set('client@https://gone.example.com', 'of a provider that was removed without a keychain');
    const shared = ['session-key', 'mail@post%40example.com@mail.example.com:465', `client@${google.issuer}`];

    await service.signOut(boss);
    const caller = await callerOf(service, await service.signIn(anna));
    expect(caller.accountId).toBe(state.account.id);
    await service.delete(caller, anna.password);
    expect([...secrets.entries.keys()].sort()).toEqual([...shared].sort());

    const last = await callerOf(service, await service.signIn(bert));
    expect((await (await service.mail()).getSettings(last)).server).not.toBeNull();
    await service.delete(last, bert.password);
    expect([...secrets.entries.keys()]).toEqual([]);
    for (const text of ['mail.example.com', google.issuer]) expect(await accounts.filesWith(text)).toEqual([]);

    // The next first account has a set-up of its own, and a session that lasts.
    const next = await callerOf(service, await service.register(anna));
    expect(await (await service.mail()).getSettings(next)).toMatchObject({ server: null });
    expect(await (await service.identities()).getProviders(next)).toEqual([]);
    expect(open(await accounts.restart()).account.email).toBe(anna.email);
  });

  test('that was the last one opens the local profile', async () => {
    const caller = await callerOf(accounts.service, await accounts.service.register(anna));
    expect(open(await accounts.service.delete(caller, anna.password)).account.id).toBe('local');
    expect(open(await accounts.service.register(bert)).account.isAdministrator).toBe(true);
  });

  test('that cannot be done whole says so, closes the account, and goes on at the next start', async () => {
    await accounts.service.register(bert);
    const state = open(await accounts.service.register(anna));
    const caller = await callerOf(accounts.service, state);
    accounts.secrets.isThere = false;
    const incomplete = await failure(accounts.service.delete(caller, anna.password));
    expect(incomplete.code).toBe('deletion-incomplete');
    expect(incomplete.message).toContain('keychain');
    expect((await accounts.service.current()).state).toBe('signed-out');
    expect((await failure(accounts.service.signIn(anna))).code).toBe('wrong-credentials');
    // Also while it is not over, the next start opens nothing of it.
    expect(await accounts.restart()).toMatchObject({ state: 'signed-out', hasAccounts: true });
    accounts.secrets.isThere = true;
    expect(await accounts.restart()).toEqual({ state: 'signed-out', hasAccounts: true });
    expect([...accounts.secrets.entries.keys()]).toEqual(['session-key']);
    expect(await accounts.filesWith(anna.email)).toEqual([]);
    expect(readOpenAccount(accounts.dataFolder)).toBe('local');
  });
});

describe('for mail', () => {
  test('an account is found in whatever case, and its address proven only while it has it', async () => {
    expect(await accounts.service.mailAccounts.findByEmail(anna.email)).toBeNull();
    expect(existsSync(join(accounts.dataFolder, 'accounts.db'))).toBe(false);
    const { id } = open(await accounts.service.register(anna)).account;
    const { mailAccounts: mail } = accounts.service;
    expect(await mail.findByEmail('ANNA@example.com')).toEqual({
      id,
      name: anna.name,
      email: anna.email,
      isEmailVerified: false,
    });
    await mail.setEmailVerified(id, 'earlier@example.com');
    expect(await mail.get(id)).toMatchObject({ isEmailVerified: false });
    await mail.setEmailVerified(id, anna.email);
    const state = open(await accounts.service.current());
    expect(state.account.isEmailVerified).toBe(true);
    // The same address in other letters stays proven, another one does not.
    const caller = await callerOf(accounts.service, state);
    const change = (email: string) => accounts.service.changeEmail(caller, { password: anna.password, email });
    expect(open(await change('Anna@Example.com')).account.isEmailVerified).toBe(true);
    expect(open(await change('new@example.com')).account.isEmailVerified).toBe(false);
  });

  test('a password that is reset ends every session, and lets in whom guessing had kept out', async () => {
    const state = open(await accounts.service.register(anna));
    const { mailAccounts: mail } = accounts.service;
    const kept = new Map(accounts.secrets.entries);
    expect((await failure(mail.resetPassword(state.account.id, 'iloveyou123', null))).code).toBe('password-weak');
    await callerOf(accounts.service, state);
    for (let attempt = 0; attempt < 6; attempt += 1) await wrong(anna.email);
    const password = 'nine quiet herons';
    await mail.resetPassword(state.account.id, password, null);
    await expect(callerOf(accounts.service, state)).rejects.toMatchObject({ code: 'unauthenticated' });
    for (const [name, secret] of kept) accounts.secrets.entries.set(name, secret);
    expect((await accounts.restart()).state).toBe('signed-out');
    open(await accounts.service.signIn({ ...anna, password }));
  });
});

describe('which account was open last', () => {
  test('is the local profile unless a file says otherwise, and never a path', async () => {
    const { dataFolder } = accounts;
    expect(readOpenAccount(dataFolder)).toBe('local');
    await mkdir(join(dataFolder, 'accounts'), { recursive: true });
    for (const written of ['../../etc', '', 'c0ffee00-0000-4000-8000-000000000000/..', 'x'.repeat(36)]) {
      await writeFile(join(dataFolder, 'accounts', 'open'), written);
      expect(readOpenAccount(dataFolder)).toBe('local');
    }
  });

  test('that is no longer known opens the local profile when there is no other', async () => {
    const caller = await callerOf(accounts.service, await accounts.service.register(anna));
    await accounts.service.delete(caller, anna.password);
    await writeFile(join(accounts.dataFolder, 'accounts', 'open'), 'c0ffee00-0000-4000-8000-000000000000\n');
    expect(open(await accounts.restart()).account.id).toBe('local');
  });
});

test('a library that cannot be opened leaves nobody signed in, and is tried again', async () => {
  const state = open(await accounts.service.register(anna));
  await accounts.service.openLocal();
  accounts.failing.add(state.account.id);
  expect((await failure(accounts.service.signIn(anna))).code).toBe('database-damaged');
  expect((await accounts.service.current()).state).toBe('signed-out');
  expect(accounts.changes.at(-1)).toBe('signed-out null');
  accounts.failing.clear();
  open(await accounts.service.signIn(anna));
});
