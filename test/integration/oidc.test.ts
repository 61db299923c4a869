/** Signing in at a real OpenID Connect provider on loopback, and every way in which the answer can be wrong. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ProviderIdentity, ProviderSettings } from '../../electron/accounts/ports/identity-provider.ts';
import { createOidcProvider } from '../../electron/adapters/oidc.ts';
import {
  createTestBrowser,
  startOidcServer,
  type OidcServer,
  type Steer,
  type TestBrowser,
} from '../helpers/oidc-server.ts';

let server: OidcServer;
/** How often the browser came back. */
let returns = 0;
const ada = { sub: 'ada', email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' };
const never = new AbortController().signal;

beforeAll(async () => {
  server = await startOidcServer();
});
afterEach(() => {
  returns = 0;
  server.person = ada;
  server.isRefusing = false;
  server.hasOtherKeys = false;
});
afterAll(() => server.close());

interface Attempt {
  readonly browser?: TestBrowser;
  readonly settings?: Partial<ProviderSettings>;
  readonly timeLimit?: number;
  readonly signal?: AbortSignal;
}

function signIn({ browser = createTestBrowser(), settings = {}, timeLimit = 20_000, signal = never }: Attempt = {}) {
  const { issuer, clientId } = server;
  const provider = createOidcProvider({ browser: { open: browser.open, onReturn: () => (returns += 1) }, timeLimit });
  return provider.signIn({ name: 'Example', issuer, clientId, clientSecret: null, ...settings }, signal);
}

const isReturn = (url: URL): boolean => url.pathname === '/signed-in';
/** Changes one parameter of an address that fits. */
const alter =
  (fits: (url: URL) => boolean, name: string, value: string): Steer =>
  (url) => {
    if (fits(url)) url.searchParams.set(name, value);
    return url;
  };

function failure(
  attempt: Attempt,
): Promise<{ readonly code: string; readonly message: string; readonly hint: string }> {
  return signIn(attempt).then(
    (identity: ProviderIdentity) => {
      throw new Error(`${JSON.stringify(identity)} signed in.`);
    },
    (error: unknown) => error as { code: string; message: string; hint: string },
  );
}

it('signs in with a code and PKCE, and takes who it is from the id token', async () => {
  const browser = createTestBrowser();
  expect(await signIn({ browser })).toEqual({
    issuer: server.issuer,
    subject: 'ada',
    email: 'ada@example.com',
    isEmailVerified: true,
    name: 'Ada Lovelace',
  });
  expect(returns).toBe(1);
  const asked = new URL(browser.visited[0] ?? '').searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    scope: 'openid email profile',
  });
  expect(asked.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/signed-in$/);
  // Catches: a last page that runs something, loads something, or stays in a cache with the code in its address.
  const page = await browser.page();
  expect(page.status).toBe(200);
  expect(page.text).toContain('Back to Quire');
  expect(page.text).not.toMatch(/<script|src=|href=|http/);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
});

// Catches: a port that stays open, where the next page that guesses it is answered.
it('listens no longer than it has to', async () => {
  const browser = createTestBrowser();
  await signIn({ browser });
  await browser.page();
  await expect(fetch(browser.visited.at(-1) ?? '')).rejects.toThrow('fetch failed');
});

it('asks anew with other secrets each time', async () => {
  const asked = [];
  for (let time = 0; time < 2; time += 1) {
    const browser = createTestBrowser();
    await signIn({ browser });
    asked.push(new URL(browser.visited[0] ?? '').searchParams);
  }
  for (const name of ['state', 'nonce', 'code_challenge']) expect(asked[0]?.get(name)).not.toBe(asked[1]?.get(name));
});

it.each([
  ['no e-mail', { sub: 'eve' }, { email: null, isEmailVerified: false, name: null }],
  ['an unverified e-mail', { ...ada, email_verified: false }, { email: 'ada@example.com', isEmailVerified: false }],
  ['an e-mail that nothing is said of', { sub: 'eve', email: 'ada@example.com' }, { isEmailVerified: false }],
  ['something that is no e-mail', { ...ada, email: 'ada' }, { email: null, isEmailVerified: false }],
])('tells of %s as such', async (_what, person, expected) => {
  server.person = person;
  expect(await signIn()).toMatchObject(expected);
});

// Catches: an answer that another page slipped in (login CSRF), or that belongs to another sign-in.
it.each([
  ['state', alter(isReturn, 'state', 'made-up'), 'The answer of Example does not belong to this sign-in.'],
  [
    'nonce',
    alter(({ pathname }) => pathname === '/auth', 'nonce', 'made-up'),
    'The answer of Example does not belong to this sign-in.',
  ],
  [
    'issuer in the answer',
    alter(isReturn, 'iss', 'https://example.org'),
    'The answer of Example does not belong to this sign-in.',
  ],
  [
    'challenge',
    alter(({ pathname }) => pathname === '/auth', 'code_challenge', 'x'.repeat(43)),
    'Example did not accept the browser’s answer: it is too old, or was used already.',
  ],
])('refuses an altered %s', async (_what, steer, message) => {
  const browser = createTestBrowser(steer);
  expect(await failure({ browser })).toMatchObject({ code: 'sign-in-failed', message });
  expect((await browser.page()).text).toContain('Not signed in');
});

it('refuses a code that was used', async () => {
  const first = createTestBrowser();
  await signIn({ browser: first });
  const used = new URL(first.visited.at(-1) ?? '').searchParams.get('code') ?? '';
  expect(await failure({ browser: createTestBrowser(alter(isReturn, 'code', used)) })).toMatchObject({
    code: 'sign-in-failed',
    message: 'Example did not accept the browser’s answer: it is too old, or was used already.',
  });
});

// Catches: an id token that whoever stands between signed with a key of their own.
it('refuses an id token that none of the provider’s keys signed', async () => {
  server.hasOtherKeys = true;
  expect(await failure({})).toMatchObject({ code: 'sign-in-failed' });
});

it('refuses a provider that is not the one that was set up', async () => {
  const settings = { issuer: server.issuer.replace('127.0.0.1', 'localhost') };
  expect(await failure({ settings })).toMatchObject({
    code: 'sign-in-failed',
    message: expect.stringContaining('says that it is another provider') as string,
  });
});

it('says that a provider without TLS is none', async () => {
  const browser = createTestBrowser();
  expect(await failure({ browser, settings: { issuer: 'http://192.0.2.1' } })).toMatchObject({
    code: 'sign-in-failed',
  });
  expect(browser.visited).toEqual([]);
});

it('says when the person refused', async () => {
  server.isRefusing = true;
  const browser = createTestBrowser();
  expect(await failure({ browser })).toMatchObject({
    code: 'sign-in-failed',
    message: 'Example was told not to sign you in.',
  });
  expect((await browser.page()).text).toContain('Not signed in');
});

it('says when nobody came back from the browser', async () => {
  const browser = createTestBrowser((url) => (isReturn(url) ? null : url));
  expect(await failure({ browser, timeLimit: 1_000 })).toMatchObject({
    code: 'sign-in-failed',
    message: 'Nobody signed in with Example in the browser within a minute.',
  });
});

it('ends when it is stopped', async () => {
  const controller = new AbortController();
  const browser = createTestBrowser((url) => {
    if (!isReturn(url)) return url;
    controller.abort();
    return null;
  });
  expect(await failure({ browser, signal: controller.signal })).toMatchObject({ code: 'cancelled' });
  expect(returns).toBe(0);
});

it('says when the provider cannot be reached', async () => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(gone.address() as AddressInfo).port}`;
  await new Promise((resolve) => gone.close(resolve));
  expect(await failure({ settings: { issuer: `http://${host}` } })).toMatchObject({
    code: 'sign-in-failed',
    message: `${host} cannot be reached.`,
  });
});

// Catches: an address that is kept though nobody can ever sign in there.
it('looks for a provider without anybody having to sign in', async () => {
  const provider = createOidcProvider({
    browser: { open: () => Promise.reject(new Error('Nobody signs in.')), onReturn: () => undefined },
  });
  await expect(provider.check(server.issuer)).resolves.toBeUndefined();
  const wrong = [
    [`${server.issuer}/nothing`, 'answered with something that is not OpenID Connect.'],
    [server.issuer.replace('127.0.0.1', 'localhost'), 'says that it is another provider.'],
    ['http://127.0.0.1:9', '127.0.0.1:9 cannot be reached.'],
  ] as const;
  for (const [issuer, message] of wrong) {
    await expect(provider.check(issuer)).rejects.toMatchObject({
      code: 'sign-in-failed',
      message: expect.stringContaining(message) as string,
    });
  }
});

it('says when the provider does not know this Quire', async () => {
  const secret = 'a secret of forty characters, or a bit more';
  const other = await startOidcServer(secret);
  try {
    const { issuer, clientId } = other;
    expect(await signIn({ settings: { issuer, clientId, clientSecret: secret } })).toMatchObject({ subject: 'ada' });
    expect(await failure({ settings: { issuer, clientId, clientSecret: 'another' } })).toMatchObject({
      code: 'sign-in-failed',
      message: 'Example does not accept Quire (invalid_client).',
    });
  } finally {
    await other.close();
  }
});

// Catches: a port scanner, a browser's look for an icon, or a page of another host that ends a sign-in that goes on.
it('is not disturbed by whoever else asks at its address', async () => {
  const disturbed: number[] = [];
  const browser = createTestBrowser((url) => url);
  const disturbing: TestBrowser = {
    ...browser,
    async open(address) {
      const back = new URL(new URL(address).searchParams.get('redirect_uri') ?? '');
      for (const path of ['/favicon.ico', '/signed-in', '/', '//evil.example/signed-in?state=1']) {
        disturbed.push((await fetch(`${back.origin}${path}`)).status);
      }
      disturbed.push((await fetch(`${back.href}?state=1`, { method: 'POST' })).status);
      await browser.open(address);
    },
  };
  expect(await signIn({ browser: disturbing })).toMatchObject({ subject: 'ada' });
  expect(disturbed).toEqual([404, 404, 404, 404, 404]);
});
