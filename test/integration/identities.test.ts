/** Signing in to an account here at a provider on loopback, with the real registry, and who may set that up. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { IdentityService } from '../../electron/accounts/identity-service.ts';
import { anna, bert, callerOf, open, openTestAccounts, type TestAccounts } from '../helpers/accounts.ts';
import { createTestBrowser, startOidcServer, type OidcServer, type TestBrowser } from '../helpers/oidc-server.ts';

let server: OidcServer;
let test: TestAccounts;
let browser: TestBrowser;

beforeEach(async () => {
  server = await startOidcServer();
  server.person = { sub: 'anna-1', email: anna.email.toUpperCase(), email_verified: true, name: 'Anna' };
  browser = createTestBrowser();
  // Each sign-in in a browser that nobody is signed in with yet.
  test = openTestAccounts((url) => (browser = createTestBrowser(steer)).open(url));
});
afterEach(async () => {
  steer = (url) => url;
  await test.close();
  await server.close();
});

let steer: (url: URL) => URL | null = (url) => url;
/** Keeps the browser from coming back. */
const closeBrowser = (): void => {
  steer = (url) => (url.pathname === '/signed-in' ? null : url);
};

const identities = (): Promise<IdentityService> => test.service.identities();

/** Anna is the administrator and has set the provider up. */
async function setUp() {
  const state = await test.service.register(anna);
  const caller = await callerOf(test.service, state);
  const { issuer, clientId } = server;
  await (await identities()).setProvider(caller, { issuer, name: 'Example', clientId }, null);
  return { state, caller };
}

async function linkedAnna(): Promise<void> {
  const { caller } = await setUp();
  await (await identities()).link(caller, server.issuer);
  await test.service.signOut(caller);
}

it('opens the account that was linked from within it, and its e-mail counts as verified from then on', async () => {
  const { state, caller } = await setUp();
  expect(open(state).account.isEmailVerified).toBe(false);
  expect(await (await identities()).link(caller, server.issuer)).toEqual([
    { issuer: server.issuer, name: 'Example', linkedAt: expect.any(Number) as number },
  ]);
  expect(open(await test.service.current()).account.isEmailVerified).toBe(true);
  await test.service.signOut(caller);
  const again = await (await identities()).signIn(server.issuer, true);
  expect(open(again).account).toMatchObject({ id: caller.accountId, email: anna.email });
  expect((await callerOf(test.service, again)).accountId).toBe(caller.accountId);
  expect(open(await test.restart()).account.id).toBe(caller.accountId);
  expect(await (await identities()).listProviders()).toEqual([{ issuer: server.issuer, name: 'Example' }]);
});

// Catches: a provider, or whoever has the account there, that opens an encrypted library.
it('brings no key to an encrypted account: its session begins locked', async () => {
  const { code, asked } = (await test.service.recovery()).offer();
  const recoveryGroups = asked.map((index) => code.split('-')[index] ?? '');
  const state = await test.service.register({ ...anna, recoveryGroups });
  const caller = await callerOf(test.service, state);
  const { issuer, clientId } = server;
  await (await identities()).setProvider(caller, { issuer, name: 'Example', clientId }, null);
  await (await identities()).link(caller, issuer);
  await test.service.register(bert);
  const opened = test.libraries.length;
  expect(await (await identities()).signIn(issuer, true)).toMatchObject({
    state: 'locked',
    account: { name: anna.name },
  });
  // Bert's library was closed, and no other opened.
  expect(test.libraries.slice(opened)).toEqual(['-']);
  expect((await test.restart()).state).toBe('locked');
  await expect(test.service.unlock('wrong password')).rejects.toMatchObject({ code: 'wrong-credentials' });
  expect(open(await test.service.unlock(anna.password)).account.id).toBe(caller.accountId);
});

// Catches: an account made with somebody else's address, which then opens by their Google account and fills.
it('links no account by an e-mail that nobody has proven here', async () => {
  const { caller } = await setUp();
  await test.service.signOut(caller);
  await expect((await identities()).signIn(server.issuer, false)).rejects.toMatchObject({ code: 'sign-in-failed' });
  expect((await test.service.current()).state).toBe('signed-out');
});

it('links an account by itself when both say that the e-mail is verified', async () => {
  const { caller } = await setUp();
  await test.service.mailAccounts.setEmailVerified(caller.accountId, anna.email);
  await test.service.signOut(caller);
  expect(open(await (await identities()).signIn(server.issuer, false)).account.id).toBe(caller.accountId);
});

it.each([
  ['an unverified e-mail', { sub: 'anna-1', email: anna.email, email_verified: false }],
  ['no e-mail', { sub: 'anna-1' }],
  ['another person with the same e-mail', { sub: 'anna-2', email: anna.email, email_verified: true }],
  ['an e-mail that no account has', { sub: 'carl', email: 'carl@example.com', email_verified: true }],
])('opens nothing for %s, and leaves the session that is open', async (_what, person) => {
  await linkedAnna();
  const state = await test.service.register(bert);
  server.person = person;
  await expect((await identities()).signIn(server.issuer, false)).rejects.toMatchObject({ code: 'sign-in-failed' });
  expect((await callerOf(test.service, state)).accountId).toBe(open(state).account.id);
});

it('links an identity to one account, and only to one with its e-mail', async () => {
  await linkedAnna();
  const bertsCaller = await callerOf(test.service, await test.service.register(bert));
  await expect((await identities()).link(bertsCaller, server.issuer)).rejects.toMatchObject({ code: 'sign-in-failed' });
  server.person = { sub: 'carl', email: 'carl@example.com', email_verified: true };
  await expect((await identities()).link(bertsCaller, server.issuer)).rejects.toMatchObject({ code: 'sign-in-failed' });
  expect(await (await identities()).list(bertsCaller)).toEqual([]);
});

it('opens by nothing that was unlinked, or whose provider was removed', async () => {
  const { caller } = await setUp();
  const service = await identities();
  await service.link(caller, server.issuer);
  expect(await service.unlink(caller, server.issuer)).toEqual([]);
  await service.link(caller, server.issuer);
  expect(await service.removeProvider(caller, server.issuer)).toEqual([]);
  expect(await service.list(caller)).toEqual([]);
  await expect(service.signIn(server.issuer, false)).rejects.toMatchObject({ code: 'not-found' });
});

// Catches: somebody who sets up a provider of their own, which says of them whatever opens another's account.
it('lets the administrator alone set providers up', async () => {
  await setUp();
  const service = await identities();
  const bertsCaller = await callerOf(test.service, await test.service.register(bert));
  const own = { issuer: 'http://127.0.0.1:9', name: 'Bert’s', clientId: 'x' };
  for (const attempt of [
    service.setProvider(bertsCaller, own, null),
    service.getProviders(bertsCaller),
    service.removeProvider(bertsCaller, server.issuer),
    service.testProvider(bertsCaller, server.issuer),
  ]) {
    await expect(attempt).rejects.toMatchObject({ code: 'forbidden' });
  }
  expect(await service.listProviders()).toHaveLength(1);
});

it('links nothing to the local profile', async () => {
  const caller = await callerOf(test.service, await test.service.openLocal());
  await expect((await identities()).link(caller, server.issuer)).rejects.toMatchObject({ code: 'forbidden' });
  expect(await (await identities()).listProviders()).toEqual([]);
});

it('keeps a client secret in the keychain alone', async () => {
  const secret = 'a secret of a provider, rather long';
  const confidential = await startOidcServer(secret);
  try {
    const { caller } = await setUp();
    confidential.person = server.person;
    const { issuer, clientId } = confidential;
    const service = await identities();
    const views = await service.setProvider(caller, { issuer, name: 'Secretive', clientId }, secret);
    expect(views.map(({ name, hasClientSecret }) => [name, hasClientSecret])).toEqual([
      ['Example', false],
      ['Secretive', true],
    ]);
    expect(JSON.stringify(views)).not.toContain(secret);
    expect(await test.filesWith(secret)).toEqual([]);
    // Another name leaves the secret as it is.
    await service.setProvider(caller, { issuer, name: 'Renamed', clientId }, null);
    expect(await service.link(caller, issuer)).toHaveLength(1);
    await service.removeProvider(caller, issuer);
    expect([...test.secrets.entries.values()]).not.toContain(secret);
  } finally {
    await confidential.close();
  }
});

it('waits for one sign-in at a time, which can be stopped', async () => {
  await linkedAnna();
  closeBrowser();
  const service = await identities();
  const first = service.signIn(server.issuer, false);
  const isCancelled = expect(first).rejects.toMatchObject({ code: 'cancelled' });
  await expect.poll(() => browser.visited.length).toBeGreaterThan(0);
  const second = service.signIn(server.issuer, false);
  await isCancelled;
  const isStopped = expect(second).rejects.toMatchObject({ code: 'cancelled' });
  // The window is answered meanwhile.
  expect((await test.service.current()).state).toBe('signed-out');
  service.cancel();
  await isStopped;
});

// Catches: whoever sits down at a signed-out window while a link waits in the browser, and gets it done all the same.
it('links nothing for a session that ended while the browser was waited for', async () => {
  const { caller } = await setUp();
  closeBrowser();
  const service = await identities();
  const linking = service.link(caller, server.issuer);
  const isRefused = expect(linking).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect.poll(() => browser.visited.length).toBeGreaterThan(0);
  const [address = ''] = browser.visited;
  await test.service.signOut(caller);
  await createTestBrowser().open(address);
  await isRefused;
  const state = await test.service.signIn(anna);
  expect(await service.list(await callerOf(test.service, state))).toEqual([]);
});

it('deletes an account with the identities that opened it', async () => {
  await linkedAnna();
  const caller = await callerOf(test.service, await (await identities()).signIn(server.issuer, false));
  await test.service.delete(caller, anna.password);
  await test.restart();
  expect(await test.filesWith('anna-1')).toEqual([]);
});
