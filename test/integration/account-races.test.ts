/** Accounts when things come at the wrong time: at once, in the midst of another, by a clock that was set back, half done. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accountFolder } from '../../electron/accounts/account-folder.ts';
import { connect } from '../../electron/db/connection.ts';
import { anna, bert, callerOf, failure, open, openTestAccounts, type TestAccounts } from '../helpers/accounts.ts';

const unauthenticated = { code: 'unauthenticated' };
const MINUTE = 60_000;
const YEAR = 365 * 24 * 60 * MINUTE;

let accounts: TestAccounts;
beforeEach(() => {
  accounts = openTestAccounts();
});
afterEach(() => accounts.close());

/** Changes the registry's schema beside the service, so that what it writes next fails. */
function breakRegistry(trigger: string): { mend(): void } {
  const run = (statement: string): void => {
    const connection = connect({ path: join(accounts.dataFolder, 'accounts.db'), timeout: 10_000 });
    connection.exec(statement);
    connection.close();
  };
  run(`CREATE TRIGGER broken BEFORE ${trigger} BEGIN SELECT RAISE(ABORT, 'The disk is full.'); END`);
  return { mend: () => run('DROP TRIGGER broken') };
}

/** Begins something that then waits for the keychain, as for its owner to type a password. */
async function waitingForKeychain<T>(begin: () => Promise<T>): Promise<{ result: Promise<T>; letGo: () => void }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  accounts.secrets.held = promise;
  const calls = accounts.secrets.calls;
  const result = begin();
  await expect.poll(() => accounts.secrets.calls).toBeGreaterThan(calls);
  return {
    result,
    letGo() {
      accounts.secrets.held = null;
      resolve();
    },
  };
}

describe('a keychain that asks its owner something', () => {
  /** A service whose keychain answers nothing until it is let go. */
  async function restartHeld() {
    const { promise, resolve } = Promise.withResolvers<void>();
    const letGo = (): void => {
      accounts.secrets.held = null;
      resolve();
    };
    const state = await accounts.restart(() => {
      accounts.secrets.held = promise;
      return Promise.resolve();
    });
    return { state, letGo };
  }

  // Catches: a window that stays blank for as long as nobody sees what the keychain asks.
  test('at the start is told of at once, and opens the kept session when it answers', async () => {
    const { id } = open(await accounts.service.register(anna)).account;
    const { state, letGo } = await restartHeld();
    expect(state).toEqual({ state: 'signed-out', hasAccounts: true, waitsForKeychain: true });
    // The window that begins anew meanwhile is told so, too, and nothing is open behind it.
    expect(await accounts.service.current()).toEqual(state);
    expect(accounts.service.openAccountId).toBeNull();
    expect(accounts.changes.at(-1)).toBe('signed-out null');
    letGo();
    await expect.poll(() => accounts.changes.at(-1)).toBe(`open ${id}`);
    expect(open(await accounts.service.current()).account.id).toBe(id);
  });

  test('need not be waited for: the password opens the account, for as long as the app runs', async () => {
    const { id } = open(await accounts.service.register(anna)).account;
    const { letGo } = await restartHeld();
    const { service } = accounts;
    expect(await service.leaveKeychain()).toEqual({ state: 'signed-out', hasAccounts: true });
    const signedIn = open(await service.signIn(anna));
    expect(signedIn).toMatchObject({ account: { id }, isKept: false, keychainError: { code: 'keychain-unavailable' } });
    letGo();
    // It answers again: what is kept from now on is.
    await expect.poll(async () => open(await service.signIn(anna)).isKept).toBe(true);
    expect(open(await accounts.restart()).account.id).toBe(id);
  });

  test('keeps no locked window from showing who it is locked for, and from being unlocked', async () => {
    const { service } = accounts;
    const { account } = open(await service.register(anna));
    const refreshing = await waitingForKeychain(() => service.refresh());
    const locking = service.lockNow();
    expect(await service.current()).toEqual({ state: 'locked', account, waitsForKeychain: true });
    const unlocking = service.unlock(anna.password);
    expect(await service.leaveKeychain()).toMatchObject({ state: expect.stringMatching('open|locked') as string });
    expect(open(await unlocking).account.id).toBe(account.id);
    refreshing.letGo();
    await Promise.all([refreshing.result, locking]);
  });
});

describe('locking', () => {
  // Catches: a window that stays open for whoever passes by, because something else waits for the keychain.
  test('waits for nothing, and what was under way does not undo it', async () => {
    const { service } = accounts;
    const state = open(await service.register(anna));
    const ticket = service.issueTicket('stream', await callerOf(service, state));
    const refreshing = await waitingForKeychain(() => service.refresh());
    const locking = service.lockNow();
    expect(service.openAccountId).toBeNull();
    expect(service.redeemTicket(ticket)).toBeNull();
    expect(accounts.changes.at(-1)).toBe(`locked ${state.account.id}`);
    await expect(callerOf(service, state)).rejects.toMatchObject(unauthenticated);
    refreshing.letGo();
    expect((await refreshing.result).state).toBe('locked');
    await locking;
    expect((await accounts.restart()).state).toBe('locked');
    open(await accounts.service.unlock(anna.password));
  });

  test('by hand holds for the session that a change of password begins', async () => {
    const { service } = accounts;
    const state = open(await service.register(anna));
    const caller = await callerOf(service, state);
    const next = 'nine quiet herons';
    const changing = await waitingForKeychain(() => service.changePassword(caller, { current: anna.password, next }));
    const locking = service.lock(caller);
    expect(service.openAccountId).toBeNull();
    changing.letGo();
    expect((await changing.result).state).toBe('locked');
    expect((await locking).state).toBe('locked');
    expect((await accounts.restart()).state).toBe('locked');
    open(await accounts.service.unlock(next));
  });

  test('that is asked for while the password is being checked comes after it', async () => {
    const { service } = accounts;
    await service.lock(await callerOf(service, await service.register(anna)));
    const unlocking = service.unlock(anna.password);
    await service.lockNow();
    await unlocking;
    expect((await service.current()).state).toBe('locked');
  });
});

describe('at once', () => {
  test('of two sign-ins the last one holds, and nothing of the first', async () => {
    await accounts.service.register(anna);
    await accounts.service.register(bert);
    const { service } = accounts;
    const both = await Promise.all([service.signIn(anna), service.signIn(bert)]);
    const [first, last] = both.map(open);
    if (!first || !last) throw new Error('There is no session.');
    expect([first.account.name, last.account.name]).toEqual([anna.name, bert.name]);
    await expect(callerOf(service, first)).rejects.toMatchObject(unauthenticated);
    expect((await callerOf(service, last)).accountId).toBe(last.account.id);
    expect(accounts.libraries.slice(-2)).toEqual(['-', `+${last.account.id}`]);
    expect([...accounts.secrets.entries.keys()].filter((name) => name.startsWith('refresh@'))).toEqual([
      `refresh@${last.account.id}`,
    ]);
  });

  test('signing out in the midst of a refresh ends what the refresh made', async () => {
    const { service } = accounts;
    const caller = await callerOf(service, await service.register(anna));
    const refreshing = await waitingForKeychain(() => service.refresh());
    const leaving = service.signOut(caller);
    const late = service.refresh();
    refreshing.letGo();
    const refreshed = open(await refreshing.result);
    expect((await leaving).state).toBe('signed-out');
    expect((await late).state).toBe('signed-out');
    await expect(callerOf(service, refreshed)).rejects.toMatchObject(unauthenticated);
    expect([...accounts.secrets.entries.keys()]).toEqual(['session-key']);
    expect((await accounts.restart()).state).toBe('signed-out');
  });

  test('two people who register take the local library once', async () => {
    await accounts.service.current();
    await writeFile(join(accountFolder(accounts.dataFolder, 'local'), 'text'), 'years of notes');
    const registrations = [anna, bert].map((person) => accounts.service.register({ ...person, takeLocal: true }));
    const texts = (await Promise.all(registrations)).map((state) =>
      readFile(join(accountFolder(accounts.dataFolder, open(state).account.id), 'text'), 'utf8'),
    );
    expect((await Promise.all(texts))[0]).toBe('years of notes');
    expect((await Promise.all(texts))[1]).not.toBe('years of notes');
  });
});

describe('a clock that was set back', () => {
  // Catches: a wait that begins anew at each look, until the clock is where it was.
  test('lets the wait after failures pass, in full and once', async () => {
    await accounts.service.signOut(await callerOf(accounts.service, await accounts.service.register(anna)));
    const wrong = { ...anna, password: 'not the password' };
    for (let attempt = 0; attempt < 5; attempt += 1) await failure(accounts.service.signIn(wrong));
    accounts.advance(-YEAR);
    await accounts.restart();
    expect((await failure(accounts.service.signIn(anna))).hint).toBe('Try again in 2 seconds.');
    accounts.advance(1_999);
    expect((await failure(accounts.service.signIn(anna))).code).toBe('too-many-attempts');
    accounts.advance(1);
    open(await accounts.service.signIn(anna));
  });

  test('does not keep a window open that would be locked by now', async () => {
    const caller = await callerOf(accounts.service, await accounts.service.register(anna));
    await accounts.service.setIdleLock(caller, 10);
    await accounts.service.close();
    accounts.advance(-60 * MINUTE);
    expect((await accounts.restart()).state).toBe('locked');
    open(await accounts.service.unlock(anna.password));
    // A clock is corrected by a moment now and then.
    await accounts.service.close();
    accounts.advance(-2_000);
    open(await accounts.restart());
  });
});

describe('what cannot be written', () => {
  // Catches: an account that is taken back though the library is in its folder already, where nobody finds it again.
  test('leaves a library that went over with its account', async () => {
    await accounts.service.register(bert);
    await accounts.service.openLocal();
    await writeFile(join(accountFolder(accounts.dataFolder, 'local'), 'text'), 'years of notes');
    const registry = breakRegistry(`UPDATE OF stage ON accounts WHEN NEW.stage = 'ready'`);
    await failure(accounts.service.register({ ...anna, takeLocal: true }));
    expect((await accounts.service.current()).state).toBe('signed-out');
    registry.mend();
    const { account } = open(await accounts.service.signIn(anna));
    expect(await readFile(join(accountFolder(accounts.dataFolder, account.id), 'text'), 'utf8')).toBe('years of notes');
  });

  test('keeps nobody signed in who signed out', async () => {
    const state = await accounts.service.register(anna);
    const registry = breakRegistry('DELETE ON sessions');
    await failure(accounts.service.signOut(await callerOf(accounts.service, state)));
    expect((await accounts.service.current()).state).toBe('signed-out');
    registry.mend();
    expect((await accounts.restart()).state).toBe('signed-out');
  });
});

// Catches: a message that goes with the window, which begins anew at the same moment.
test('what is left of a deleted account is told until it is gone', async () => {
  await accounts.service.register(bert);
  const caller = await callerOf(accounts.service, await accounts.service.register(anna));
  accounts.secrets.isThere = false;
  const { code, message } = await failure(accounts.service.delete(caller, anna.password));
  expect(await accounts.service.current()).toMatchObject({
    state: 'signed-out',
    hasAccounts: true,
    deletionLeft: { code, message },
  });
  expect(await accounts.restart()).toMatchObject({ state: 'signed-out', deletionLeft: { code } });
  accounts.secrets.isThere = true;
  expect(await accounts.restart()).toEqual({ state: 'signed-out', hasAccounts: true });
});
