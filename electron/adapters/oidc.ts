/**
 * Sign-in at an OpenID Connect provider: authorization code with PKCE in the system's browser, back to this computer by a
 * loopback address (RFC 8252). Of the answer only the id token is used, its signature, issuer, audience, time and nonce
 * checked; the access token is asked for nothing and dropped.
 */
import type * as OpenIdClient from 'openid-client';
import { z } from 'zod';
import type {
  Browser,
  IdentityProvider,
  ProviderIdentity,
  ProviderSettings,
} from '../accounts/ports/identity-provider.ts';
import { AppError } from '../../shared/errors.ts';
import { stoppableFetch } from '../stoppable-fetch.ts';
import { startTimeLimit, withinTime } from '../time-limit.ts';
import { awaitBrowser, type BrowserAnswer } from './browser-return.ts';
import { isLoopback } from './openai-client.ts';

export interface OidcOptions {
  readonly browser: Browser;
  /** Milliseconds until nobody is waited for any more. */
  readonly timeLimit?: number;
}

const defaultTimeLimit = 300_000;
/** Seconds until a provider has to answer a request. */
const ANSWER_LIMIT = 20;
const SCOPE = 'openid email profile';
const LONGEST_NAME = 100;

/** What of an id token is used; a claim that is not as it should be counts as left out. */
const claimsSchema = z.object({
  iss: z.string().min(1).max(2_000),
  /** At most 255 ASCII characters by OpenID Connect Core, 2. */
  sub: z.string().min(1).max(255),
  email: z.email().max(254).optional().catch(undefined),
  email_verified: z.boolean().optional().catch(undefined),
  name: z.string().trim().min(1).optional().catch(undefined),
});

export function createOidcProvider({ browser, timeLimit = defaultTimeLimit }: OidcOptions): IdentityProvider {
  return {
    async signIn(provider, signal) {
      // Loaded with the first sign-in: nobody else pays for it.
      const client = await import('openid-client');
      const limit = startTimeLimit(timeLimit, signal);
      try {
        return await signInWith(client, provider, limit.signal, browser);
      } catch (thrown) {
        if (signal.aborted) throw new AppError('cancelled', 'The sign-in was stopped.', { retryable: true });
        if (limit.isOver) throw nobodyAnswered(provider, timeLimit);
        throw explain(client, provider, thrown);
      } finally {
        limit.end();
      }
    },
    async check(issuer) {
      const client = await import('openid-client');
      const provider = { name: new URL(issuer).host, issuer, clientId: 'of no use here', clientSecret: null };
      try {
        const configuration = await withinTime(timeLimit, undefined, (ended) => discover(client, provider, ended));
        // Throws where there is no page to sign in at.
        client.buildAuthorizationUrl(configuration, {});
      } catch (thrown) {
        throw explain(client, provider, thrown);
      }
    },
  };
}

async function signInWith(
  client: typeof OpenIdClient,
  provider: ProviderSettings,
  ended: AbortSignal,
  browser: Browser,
): Promise<ProviderIdentity> {
  const configuration = await discover(client, provider, ended);
  const back = await awaitBrowser();
  try {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const expectedState = client.randomState();
    const expectedNonce = client.randomNonce();
    const address = client.buildAuthorizationUrl(configuration, {
      redirect_uri: back.redirectUri,
      scope: SCOPE,
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    await open(browser, address.href);
    const answer = await back.answer(ended);
    try {
      return await shown(answer, provider, async () => {
        const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
        const tokens = await client.authorizationCodeGrant(configuration, answer.url, checks);
        return identityOf(tokens.claims());
      });
    } finally {
      if (!ended.aborted) browser.onReturn();
    }
  } finally {
    back.close();
  }
}

/** Reads the provider's metadata; its issuer must be the one that is set up. */
function discover(
  client: typeof OpenIdClient,
  { issuer, clientId, clientSecret }: ProviderSettings,
  ended: AbortSignal,
): Promise<OpenIdClient.Configuration> {
  if (!URL.canParse(issuer)) {
    throw failed('The address of the provider is none.', 'An address looks like https://accounts.google.com.');
  }
  const authentication = clientSecret === null ? client.None() : secretAuthentication(client, clientSecret);
  return client.discovery(new URL(issuer), clientId, undefined, authentication, {
    timeout: ANSWER_LIMIT,
    [client.customFetch]: (url, { body, ...options }) =>
      stoppableFetch(url, {
        ...options,
        // A form, or nothing: of what else its type allows nothing is sent here.
        body: body instanceof URLSearchParams ? body : null,
        // For the whole answer, in the package's stead: its signal could be lost on the way, see `startTimeLimit`.
        signal: startTimeLimit(ANSWER_LIMIT * 1000, ended).signal,
      }),
    execute: [
      // Asked for although TLS says who the provider is: a proxy that reads along cannot make up an identity.
      client.enableNonRepudiationChecks,
      // SECURITY: without TLS only what does not leave this computer.
      ...(isLoopback(issuer) ? [client.allowInsecureRequests] : []),
    ],
  });
}

/** In the form of the request where the provider takes it so, else in its header. */
function secretAuthentication(client: typeof OpenIdClient, secret: string): OpenIdClient.ClientAuth {
  return (server, metadata, body, headers) => {
    const isPostTaken = server.token_endpoint_auth_methods_supported?.includes('client_secret_post') ?? false;
    const authenticate = isPostTaken ? client.ClientSecretPost(secret) : client.ClientSecretBasic(secret);
    return authenticate(server, metadata, body, headers);
  };
}

async function open(browser: Browser, url: string): Promise<void> {
  try {
    await browser.open(url);
  } catch (cause) {
    throw failed('The system’s browser could not be opened.', 'Choose a browser in the system’s settings.', cause);
  }
}

/** Tells the person in the browser how it ended, which is known only afterwards. */
async function shown(
  answer: BrowserAnswer,
  { name }: ProviderSettings,
  redeem: () => Promise<ProviderIdentity>,
): Promise<ProviderIdentity> {
  try {
    const identity = await redeem();
    await answer.show('Back to Quire', `${name} has answered. You can close this page and go on in Quire.`);
    return identity;
  } catch (error) {
    await answer.show('Not signed in', 'Quire says why. You can close this page.');
    throw error;
  }
}

function identityOf(claims: unknown): ProviderIdentity {
  const { iss, sub, email, email_verified, name } = claimsSchema.parse(claims);
  return {
    issuer: iss,
    subject: sub,
    email: email ?? null,
    isEmailVerified: email !== undefined && email_verified === true,
    name: name?.slice(0, LONGEST_NAME) ?? null,
  };
}

function nobodyAnswered({ name }: ProviderSettings, timeLimit: number): AppError {
  const minutes = Math.max(1, Math.round(timeLimit / 60_000));
  return failed(
    `Nobody signed in with ${name} in the browser within ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    'The page may have been closed. Try again.',
  );
}

/** Turns what openid-client throws into what a person understands. */
function explain(client: typeof OpenIdClient, { name, issuer }: ProviderSettings, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof client.AuthorizationResponseError) {
    return thrown.error === 'access_denied'
      ? failed(`${name} was told not to sign you in.`, 'Try again, and agree on its page.', thrown)
      : failed(`${name} refused the sign-in${inBrackets(thrown.error)}.`, 'Check the client ID in Settings.', thrown);
  }
  if (thrown instanceof client.ResponseBodyError && thrown.error === 'invalid_grant') {
    return failed(
      `${name} did not accept the browser’s answer: it is too old, or was used already.`,
      'Try again.',
      thrown,
    );
  }
  if (thrown instanceof client.ResponseBodyError || thrown instanceof client.WWWAuthenticateChallengeError) {
    const code = thrown instanceof client.ResponseBodyError ? thrown.error : 'invalid_client';
    return failed(
      `${name} does not accept Quire${inBrackets(code)}.`,
      'Check the client ID, and the client secret if there is one, in Settings.',
      thrown,
    );
  }
  if (isUnreachable(thrown)) {
    return failed(
      `${new URL(issuer).host} cannot be reached.`,
      'Check the network connection, then try again.',
      thrown,
    );
  }
  if (codeOf(thrown) === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED') {
    return failed(
      `${issuer} says that it is another provider.`,
      'Check the address of the provider in Settings.',
      thrown,
    );
  }
  if (misfits.has(codeOf(thrown))) {
    return failed(`The answer of ${name} does not belong to this sign-in.`, 'Nobody was signed in. Try again.', thrown);
  }
  return failed(
    `${name} answered with something that is not OpenID Connect.`,
    'Check the address of the provider in Settings.',
    thrown,
  );
}

/** State, issuer, nonce, audience, time or signature are not those that were asked for. */
const misfits: ReadonlySet<string> = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
]);

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

/** No connection, or no answer in time. */
function isUnreachable(thrown: unknown): boolean {
  return codeOf(thrown) === 'OAUTH_TIMEOUT' || (thrown instanceof TypeError && thrown.cause instanceof Error);
}

/** A provider's error code, as far as it is one: nothing else of what it says is repeated. */
function inBrackets(code: string): string {
  return /^[\w.-]{1,60}$/.test(code) ? ` (${code})` : '';
}

function failed(message: string, hint: string, cause?: unknown): AppError {
  return new AppError('sign-in-failed', message, { hint, retryable: true, ...(cause === undefined ? {} : { cause }) });
}
