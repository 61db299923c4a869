/** Sessions: which tokens are good, how they are renewed, what ends them, and what a machine without a keychain has. */
import { createSecretKey, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRegistry } from '../../electron/db/accounts/client.ts';
import { anna, callerOf, open, openTestAccounts, type TestAccounts } from '../helpers/accounts.ts';

const unauthenticated = { code: 'unauthenticated' };
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let accounts: TestAccounts;
beforeEach(() => {
  accounts = openTestAccounts();
});
afterEach(() => accounts.close());

/** What the keychain keeps of Anna's session. */
function refreshToken(): string {
  const [, token] = [...accounts.secrets.entries].find(([name]) => name.startsWith('refresh@')) ?? [];
  if (token === undefined) throw new Error('The keychain keeps no session.');
  return token;
}

function signingKey(): Uint8Array {
  return Buffer.from(accounts.secrets.entries.get('session-key') ?? '', 'base64url');
}

describe('the local profile', () => {
  test('opens without a registry, without the keychain, and stays open', async () => {
    const state = open(await accounts.service.current());
    expect(state.account).toMatchObject({ id: 'local', kind: 'local', email: null, isAdministrator: false });
    expect(state.isKept).toBe(true);
    expect(await callerOf(accounts.service, state)).toMatchObject({ accountId: 'local', isAdministrator: false });
    expect(accounts.secrets.calls).toBe(0);
    expect(existsSync(join(accounts.dataFolder, 'accounts.db'))).toBe(false);
    expect(accounts.libraries).toEqual(['+local']);
    expect(accounts.changes).toEqual(['open local']);
    // A window that was loaded again asks once more; nothing is opened for it.
    open(await accounts.service.current());
    expect(accounts.libraries).toEqual(['+local']);
  });

  test('cannot be locked, and has no password to change', async () => {
    const caller = await callerOf(accounts.service, await accounts.service.current());
    for (const refused of [
      accounts.service.lock(caller),
      accounts.service.changePassword(caller, { current: 'a', next: 'b' }),
      accounts.service.changeEmail(caller, { password: 'a', email: 'a@b.de' }),
      accounts.service.rename(caller, 'x'),
      accounts.service.delete(caller, 'a'),
      accounts.service.setIdleLock(caller, 5),
      accounts.service.list(caller),
      accounts.service.setLimits(caller, 'x', { monthlyCost: 1, monthlyTokens: null, requestsPerMinute: null }),
    ]) {
      await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
    }
    await accounts.service.lockNow();
    open(await accounts.service.current());
    expect(accounts.errors).toEqual([]);
  });
});

describe('an access token', () => {
  test('is good for a quarter of an hour, for this session alone', async () => {
    const state = open(await accounts.service.register(anna));
    expect(state.expiresAt - Date.UTC(2027, 0, 1)).toBe(15 * MINUTE);
    const claims = decodeJwt(state.accessToken);
    expect(claims).toMatchObject({ aud: 'quire-window', sub: state.account.id });
    expect(claims.iss).toMatch(/^quire:[0-9a-f-]{36}$/);
    expect(claims.jti).toBeTypeOf('string');
    expect(claims.iat).toBe(Date.UTC(2027, 0, 1) / 1_000);
    expect(claims.exp).toBe(Date.UTC(2027, 0, 1) / 1_000 + 15 * 60);
    accounts.advance(15 * MINUTE - 1_000);
    await callerOf(accounts.service, state);
    accounts.advance(1_000);
    await expect(callerOf(accounts.service, state)).rejects.toMatchObject(unauthenticated);
    const renewed = open(await accounts.service.refresh());
    await callerOf(accounts.service, renewed);
    expect(decodeJwt(renewed.accessToken).jti).not.toBe(claims.jti);
  });

  test('that is missing or forged is refused, with the same words', async () => {
    const { accessToken } = open(await accounts.service.register(anna));
    const claims = decodeJwt(accessToken);
    const sign = (changes: object, key: Uint8Array = signingKey(), alg = 'HS256') =>
      new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg, typ: 'JWT' }).sign(createSecretKey(key));
    const [head, , signature] = accessToken.split('.');
    const altered = Buffer.from(JSON.stringify({ ...claims, sub: 'local' })).toString('base64url');
    // The same claims with the right key are good: what follows is refused for what is wrong with it.
    await accounts.service.verify(await sign({}));
    const forged: unknown[] = [
      null,
      undefined,
      '',
      'x',
      'a.b.c',
      'é.é.é',
      '..',
      `${head}.e30.${signature}`,
      'e30.e30.e30',
      '.'.repeat(100_000),
      42,
      {},
      await sign({}, randomBytes(32)),
      await sign({}, randomBytes(64), 'HS512'),
      await sign({}, signingKey(), 'HS512').catch(() => ''),
      new UnsecuredJWT(claims).encode(),
      `${head}.${altered}.${signature}`,
      `${head}.${accessToken.split('.')[1]}.`,
      refreshToken(),
      await sign({ aud: 'quire-refresh' }),
      await sign({ iss: 'quire:another' }),
      await sign({ sub: 'local' }),
      await sign({ sub: 'c0ffee00-0000-4000-8000-000000000000' }),
      await sign({ sid: 'c0ffee00-0000-4000-8000-000000000000' }),
      await sign({ exp: undefined }),
      await sign({ jti: undefined }),
      await sign({ sid: undefined }),
      await sign({ sid: 7 }),
      await sign({ exp: 1 }),
    ];
    const answers = new Set<string>();
    for (const token of forged) {
      const answer = await accounts.service.verify(token).then(
        () => 'let through',
        (error: { code: string; message: string; hint: string }) => `${error.code} ${error.message} ${error.hint}`,
      );
      answers.add(answer);
    }
    expect(answers.size).toBe(1);
    expect([...answers][0]).toContain('unauthenticated');
  });

  test('of a session that is over, or of the local profile before, opens nothing', async () => {
    const local = open(await accounts.service.current());
    const state = open(await accounts.service.register(anna));
    await expect(callerOf(accounts.service, local)).rejects.toMatchObject(unauthenticated);
    const caller = await callerOf(accounts.service, state);
    expect(await accounts.service.signOut(caller)).toEqual({ state: 'signed-out', hasAccounts: true });
    await expect(callerOf(accounts.service, state)).rejects.toMatchObject(unauthenticated);
    // A request that was let through before the session ended must not act on the next one.
    open(await accounts.service.signIn(anna));
    await expect(accounts.service.rename(caller, 'Mallory')).rejects.toMatchObject(unauthenticated);
    expect(() => accounts.service.issueTicket('a', caller)).toThrow();
  });
});

describe('a session', () => {
  test('that shall stay goes on after a restart, with another token', async () => {
    const state = open(await accounts.service.register(anna));
    expect(state.isKept).toBe(true);
    const first = refreshToken();
    expect(open(await accounts.restart()).account.id).toBe(state.account.id);
    expect(refreshToken()).not.toBe(first);
    accounts.advance(29 * DAY);
    open(await accounts.restart());
    accounts.advance(31 * DAY);
    expect(await accounts.restart()).toEqual({ state: 'signed-out', hasAccounts: true });
  });

  test('that shall not stay ends with the app, and the next start opens nothing', async () => {
    expect(open(await accounts.service.register({ ...anna, staySignedIn: false })).isKept).toBe(false);
    accounts.libraries.length = 0;
    expect(await accounts.restart()).toEqual({ state: 'signed-out', hasAccounts: true });
    expect(accounts.libraries).toEqual([]);
  });

  test('whose refresh token is used twice is over for whoever has either', async () => {
    open(await accounts.service.register(anna));
    const stolen = refreshToken();
    open(await accounts.service.refresh());
    const [name] = [...accounts.secrets.entries.keys()].filter((key) => key.startsWith('refresh@'));
    const current = refreshToken();
    accounts.secrets.entries.set(name ?? 'session-key', stolen);
    expect((await accounts.restart()).state).toBe('signed-out');
    accounts.secrets.entries.set(name ?? 'session-key', current);
    expect((await accounts.restart()).state).toBe('signed-out');
  });

  test('that ended elsewhere is over here at its next refresh', async () => {
    const state = open(await accounts.service.register(anna));
    const registry = await openRegistry({ path: join(accounts.dataFolder, 'accounts.db') });
    await registry.sessions.endAll(state.account.id);
    await registry.close();
    expect((await accounts.service.refresh()).state).toBe('signed-out');
    expect(accounts.libraries.at(-1)).toBe('-');
    expect(accounts.changes.at(-1)).toBe('signed-out null');
  });

  test('is ended for good by signing out and by another password', async () => {
    const caller = await callerOf(accounts.service, await accounts.service.register(anna));
    const kept = new Map(accounts.secrets.entries);
    const before = open(await accounts.service.current());
    const next = 'nine quiet herons';
    const after = open(await accounts.service.changePassword(caller, { current: anna.password, next }));
    await expect(callerOf(accounts.service, before)).rejects.toMatchObject(unauthenticated);
    await accounts.service.signOut(await callerOf(accounts.service, after));
    expect([...accounts.secrets.entries.keys()]).toEqual(['session-key']);
    // Somebody copied the keychain's entry beforehand.
    for (const [name, secret] of kept) accounts.secrets.entries.set(name, secret);
    expect((await accounts.restart()).state).toBe('signed-out');
    await expect(accounts.service.signIn(anna)).rejects.toMatchObject({ code: 'wrong-credentials' });
    open(await accounts.service.signIn({ ...anna, password: next }));
  });

  test('outlives an end of the app in the midst of an exchange, and lets the old token die after it', async () => {
    const state = open(await accounts.service.register({ ...anna, staySignedIn: false }));
    const { sessions, close } = await openRegistry({ path: join(accounts.dataFolder, 'accounts.db') });
    const session = {
      id: 's',
      accountId: state.account.id,
      tokenHash: 'one',
      isKept: true,
      createdAt: 1,
      expiresAt: 9,
    };
    await sessions.begin(session);
    // Killed before the keychain had the next token, then after: both are good.
    expect(await sessions.beginExchange('s', 'one', 'two', 1)).toBe('begun');
    expect(await sessions.beginExchange('s', 'one', 'three', 1)).toBe('begun');
    expect(await sessions.beginExchange('s', 'three', 'four', 1)).toBe('begun');
    await sessions.finishExchange('s', 9);
    expect(await sessions.beginExchange('s', 'four', 'five', 1)).toBe('begun');
    await sessions.finishExchange('s', 9);
    expect(await sessions.beginExchange('s', 'four', 'six', 1)).toBe('reused');
    expect(await sessions.beginExchange('s', 'five', 'six', 1)).toBe('unknown');
    await close();
  });
});

describe('a locked window', () => {
  test('refuses tokens until the password is typed; the library stays open meanwhile', async () => {
    const state = open(await accounts.service.register(anna));
    const caller = await callerOf(accounts.service, state);
    const ticket = accounts.service.issueTicket('stream', caller);
    expect(await accounts.service.lock(caller)).toMatchObject({ state: 'locked', account: { name: anna.name } });
    expect(accounts.service.openAccountId).toBeNull();
    await expect(callerOf(accounts.service, state)).rejects.toMatchObject(unauthenticated);
    expect(accounts.service.redeemTicket(ticket)).toBeNull();
    // Neither asking for the state nor for a token opens it.
    expect((await accounts.service.current()).state).toBe('locked');
    expect((await accounts.service.refresh()).state).toBe('locked');
    await expect(accounts.service.unlock('wrong password')).rejects.toMatchObject({ code: 'wrong-credentials' });
    expect((await accounts.service.current()).state).toBe('locked');
    await callerOf(accounts.service, await accounts.service.unlock(anna.password));
    expect(accounts.libraries).toEqual([`+${state.account.id}`]);
    expect(accounts.changes.slice(-2)).toEqual([`locked ${state.account.id}`, `open ${state.account.id}`]);
  });

  test('is still locked after a restart, and opens no library before the password', async () => {
    await accounts.service.lock(await callerOf(accounts.service, await accounts.service.register(anna)));
    accounts.libraries.length = 0;
    expect((await accounts.restart()).state).toBe('locked');
    expect(accounts.libraries).toEqual([]);
    const state = open(await accounts.service.unlock(anna.password));
    expect(accounts.libraries).toEqual([`+${state.account.id}`]);
    open(await accounts.restart());
  });

  test('is one that rested for longer than its owner chose, with the app open or not', async () => {
    const caller = await callerOf(accounts.service, await accounts.service.register(anna));
    expect(accounts.service.idleLock).toBeNull();
    expect(await accounts.service.setIdleLock(caller, 10)).toBe(10);
    expect(accounts.service.idleLock).toBe(10);
    expect(await accounts.service.getIdleLock(caller)).toBe(10);
    await accounts.service.close();
    accounts.advance(10 * MINUTE);
    open(await accounts.restart());
    await accounts.service.close();
    accounts.advance(10 * MINUTE + 1);
    expect((await accounts.restart()).state).toBe('locked');
    open(await accounts.service.unlock(anna.password));
    await accounts.service.lockNow();
    expect((await accounts.service.current()).state).toBe('locked');
    expect(accounts.service.idleLock).toBeNull();
  });
});

describe('a ticket', () => {
  test('opens one stream, once, within a minute, in its own session', async () => {
    const { service } = accounts;
    const caller = await callerOf(service, await service.register(anna));
    const ticket = service.issueTicket('stream', caller);
    expect(service.redeemTicket('stream')).toBeNull();
    expect(service.redeemTicket(ticket)).toBe('stream');
    expect(service.redeemTicket(ticket)).toBeNull();
    const late = service.issueTicket('stream', caller);
    accounts.advance(60_000);
    expect(service.redeemTicket(late)).toBeNull();
    const other = service.issueTicket('stream', caller);
    await service.openLocal();
    expect(service.redeemTicket(other)).toBeNull();
  });
});

describe('without a keychain', () => {
  test('everything works for this run, it is said why, and nothing is written in the clear', async () => {
    accounts.secrets.isThere = false;
    const state = open(await accounts.service.register(anna));
    expect(state.isKept).toBe(false);
    expect(state.keychainError?.code).toBe('keychain-unavailable');
    const renewed = open(await accounts.service.refresh());
    expect(renewed.keychainError?.code).toBe('keychain-unavailable');
    const caller = await callerOf(accounts.service, renewed);
    await accounts.service.lock(caller);
    open(await accounts.service.unlock(anna.password));
    expect(await accounts.filesWith(renewed.accessToken.split('.')[2] ?? '')).toEqual([]);
    expect(await accounts.filesWith(anna.password)).toEqual([]);
    expect((await accounts.restart()).state).toBe('signed-out');
    // Who did not ask to stay signed in is not told of what they do not miss.
    expect(open(await accounts.service.signIn({ ...anna, staySignedIn: false })).keychainError).toBeNull();
    const own = await callerOf(accounts.service, await accounts.service.current());
    expect(open(await accounts.service.delete(own, anna.password)).account.id).toBe('local');
  });

  test('that comes back, the next sign-in is kept', async () => {
    accounts.secrets.isThere = false;
    open(await accounts.service.register(anna));
    accounts.secrets.isThere = true;
    expect(open(await accounts.service.signIn(anna)).isKept).toBe(true);
    open(await accounts.restart());
  });

  test('that goes away, a session goes on until the app ends', async () => {
    open(await accounts.service.register(anna));
    accounts.secrets.isThere = false;
    expect(open(await accounts.service.refresh())).toMatchObject({ isKept: false });
    accounts.secrets.isThere = true;
    expect(open(await accounts.service.refresh())).toMatchObject({ isKept: true, keychainError: null });
    open(await accounts.restart());
    accounts.secrets.isThere = false;
    expect((await accounts.restart()).state).toBe('signed-out');
    expect(accounts.errors.map(({ code }) => code)).toContain('keychain-unavailable');
  });
});

test('no file of the data folder has a token, the key or the password', async () => {
  const state = open(await accounts.service.register(anna));
  open(await accounts.service.refresh());
  const secret = [anna.password, refreshToken(), state.accessToken, accounts.secrets.entries.get('session-key') ?? ''];
  for (const text of [...secret, refreshToken().split('.')[2] ?? '']) {
    expect(text.length).toBeGreaterThan(10);
    expect(await accounts.filesWith(text)).toEqual([]);
  }
  expect(await accounts.filesWith(anna.email)).not.toEqual([]);
});

test('whatever is asked first, the start still opens what was open last', async () => {
  const state = open(await accounts.service.register(anna));
  for (const first of ['refresh', 'lockNow', 'unlock'] as const) {
    const again = await accounts.restart((service) => service[first]('a password'));
    expect(open(again).account.id).toBe(state.account.id);
  }
});
