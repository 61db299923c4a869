/** An OpenID Connect provider on loopback (oidc-provider), and a browser small enough to be watched while it signs in. */
import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface Person {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
}

export interface OidcServer {
  readonly issuer: string;
  readonly clientId: string;
  /** Who signs in from now on. */
  person: Person;
  /** The person says no. */
  isRefusing: boolean;
  /** Publishes keys that signed nothing. */
  hasOtherKeys: boolean;
  close(): Promise<void>;
}

const clientId = 'quire-of-the-tests';

function signingKey(kid: string): JsonWebKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
}

/** @param clientSecret A confidential client when given, which has to send it. */
export async function startOidcServer(clientSecret: string | null = null): Promise<OidcServer> {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state: OidcServer = {
    issuer,
    clientId,
    person: { sub: 'ada', email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' },
    isRefusing: false,
    hasOtherKeys: false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const key = signingKey('of the provider');
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        application_type: 'native',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: ['http://127.0.0.1/signed-in'],
        ...(clientSecret === null
          ? { token_endpoint_auth_method: 'none' as const }
          : { token_endpoint_auth_method: 'client_secret_post' as const, client_secret: clientSecret }),
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    cookies: { keys: ['of the tests'] },
    jwks: { keys: [key] },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    findAccount: (_context, accountId) => ({ accountId, claims: () => ({ ...state.person }) }),
  });
  const answer = provider.callback();
  const others = { keys: [{ ...signingKey('of the provider'), d: undefined, p: undefined, q: undefined }] };

  /** Signs in and agrees at once, or refuses: what a person does on the provider's pages. */
  async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const finish = (result: Parameters<typeof provider.interactionFinished>[2]): Promise<void> =>
      provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    if (state.isRefusing) return finish({ error: 'access_denied', error_description: 'The person said no.' });
    const { prompt, session } = await provider.interactionDetails(request, response);
    if (prompt.name === 'login') return finish({ login: { accountId: state.person.sub } });
    const grant = new provider.Grant({ clientId, ...(session ? { accountId: session.accountId } : {}) });
    grant.addOIDCScope('openid email profile');
    return finish({ login: { accountId: state.person.sub }, consent: { grantId: await grant.save() } });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.startsWith('/interaction/')) return interact(request, response);
    if (request.url === '/jwks' && state.hasOtherKeys) {
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(others));
    }
    await answer(request, response);
  }
  return state;
}

/** Where a browser is about to go; null keeps it where it is (closed). */
export type Steer = (url: URL) => URL | null;

export interface TestBrowser {
  /** As the system's browser: begins to load and does not say when it is done. */
  readonly open: (url: string) => Promise<void>;
  /** Every address that it went to. */
  readonly visited: readonly string[];
  /** The page that it ended on, with its headers. */
  page(): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }>;
}

/** Follows redirects and keeps cookies; runs nothing. */
export function createTestBrowser(steer: Steer = (url) => url): TestBrowser {
  const cookies = new Map<string, string>();
  const visited: string[] = [];
  let loading: ReturnType<TestBrowser['page']> = Promise.reject(new Error('Nothing was opened.'));
  loading.catch(() => undefined);

  async function load(address: string): ReturnType<TestBrowser['page']> {
    let url = steer(new URL(address));
    while (url) {
      visited.push(url.href);
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
      for (const each of response.headers.getSetCookie()) keep(each);
      const location = response.headers.get('location');
      if (location === null) return { status: response.status, headers: response.headers, text: await response.text() };
      await response.body?.cancel();
      url = steer(new URL(location, url));
    }
    return { status: 0, headers: new Headers(), text: '' };
  }

  function keep(cookie: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (value === '') cookies.delete(name);
    else cookies.set(name, value);
  }

  return {
    open(url) {
      loading = load(url);
      // Told to whoever asks for the page.
      loading.catch(() => undefined);
      return Promise.resolve();
    },
    visited,
    page: () => loading,
  };
}
