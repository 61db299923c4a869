/**
 * Sessions of accounts: tokens, their family in the registry, and the refresh token that the keychain keeps for the next
 * start. Without a keychain a key of this run signs them, and they end with it.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { toAppError, type AppError, type ErrorInfo } from '../../shared/errors.ts';
import type { Registry } from '../db/accounts/registry.ts';
import type { SecretStore } from '../pipeline/ports/keychain.ts';
import { refreshEntry } from './account-keychain.ts';
import { SessionTokens, type IssuedToken, type TokenClaims } from './session-tokens.ts';
import { findSigningKey, KEY_LENGTH, requireSigningKey } from './signing-key.ts';

export interface AccountSession {
  readonly id: string;
  readonly accountId: string;
  readonly tokens: SessionTokens;
  /** SECURITY: stays in main. */
  readonly refreshToken: string;
  /** Whether it shall go on after a restart. */
  readonly isToBeKept: boolean;
  /** Whether it will. */
  readonly isKept: boolean;
  /** Why it will not though it shall. */
  readonly keychainError: ErrorInfo | null;
}

export interface ResumedSession {
  readonly session: AccountSession;
  readonly isLocked: boolean;
  /** Milliseconds since the epoch. */
  readonly usedAt: number;
}

export interface AccountSessionsOptions {
  readonly registry: Registry;
  readonly secrets: SecretStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onError: (where: string, error: AppError) => void;
}

/** What signs, and why the keychain does not hold the key; null when it does. */
interface Signer {
  readonly tokens: SessionTokens;
  readonly keychainError: ErrorInfo | null;
}

export class AccountSessions {
  readonly #options: AccountSessionsOptions;
  #keptSigner: Signer | null = null;

  constructor(options: AccountSessionsOptions) {
    this.#options = options;
  }

  /** Begins the one session of an account; those before are over. */
  async begin(accountId: string, isToBeKept: boolean): Promise<AccountSession> {
    const { registry, now } = this.#options;
    const { tokens, keychainError } = await this.#signer();
    const id = randomUUID();
    const refresh = await tokens.issueRefresh(accountId, id);
    await registry.sessions.begin({
      id,
      accountId,
      tokenHash: hashOf(refresh.tokenId),
      isKept: isToBeKept,
      createdAt: now(),
      expiresAt: refresh.expiresAt,
    });
    // What an earlier session left there is of no use any more.
    if (!isToBeKept && keychainError === null) await this.#forget(accountId);
    return this.#keep({ id, accountId, tokens, isToBeKept, isKept: isToBeKept }, refresh, keychainError);
  }

  /** The session that was kept for this start, with its token exchanged; null when there is none that is still good. */
  async resume(accountId: string): Promise<ResumedSession | null> {
    const { registry, secrets } = this.#options;
    const refreshToken = await this.#guarded('session', () => secrets.get(refreshEntry(accountId)));
    if (refreshToken === null) return null;
    const tokens = await this.#findSigner();
    const claims = tokens && (await goodClaims(tokens, refreshToken));
    if (!claims || claims.accountId !== accountId) return null;
    const stored = await registry.sessions.get(claims.sessionId);
    if (stored?.accountId !== accountId) return null;
    const session = await this.rotate({
      id: claims.sessionId,
      accountId,
      tokens,
      refreshToken,
      isToBeKept: true,
      isKept: true,
      keychainError: null,
    });
    return session && { session, isLocked: stored.isLocked, usedAt: stored.usedAt };
  }

  /** Exchanges the refresh token for the next one. Null when it is not good any more: the session is over. */
  async rotate(session: AccountSession): Promise<AccountSession | null> {
    const { registry, now } = this.#options;
    const { id, accountId, tokens } = session;
    const claims = await goodClaims(tokens, session.refreshToken);
    if (!claims) return null;
    const next = await tokens.issueRefresh(accountId, id);
    const exchange = await registry.sessions.beginExchange(id, hashOf(claims.tokenId), hashOf(next.tokenId), now());
    if (exchange !== 'begun') return null;
    const isSignedForLong = tokens === this.#keptSigner?.tokens;
    const rotated = await this.#keep(session, next, isSignedForLong ? null : session.keychainError);
    await registry.sessions.finishExchange(id, next.expiresAt);
    return rotated;
  }

  /** Ends a session for good. */
  async end({ id, accountId }: AccountSession): Promise<void> {
    try {
      await this.#options.registry.sessions.end(id);
    } finally {
      // A disk that is full must not leave what the next start would go on with.
      await this.#forget(accountId);
    }
  }

  /**
   * Writes a new refresh token to the keychain if it shall be there.
   * @param session `isKept` is what the registry says.
   */
  async #keep(
    session: Omit<AccountSession, 'refreshToken' | 'keychainError'>,
    { token }: IssuedToken,
    signerError: ErrorInfo | null,
  ): Promise<AccountSession> {
    const { registry, secrets } = this.#options;
    const { id, accountId, tokens, isToBeKept } = session;
    const kept = { id, accountId, tokens, refreshToken: token, isToBeKept };
    if (!isToBeKept) return { ...kept, isKept: false, keychainError: null };
    let keychainError = signerError;
    if (keychainError === null) {
      try {
        await secrets.set(refreshEntry(accountId), token);
      } catch (thrown) {
        keychainError = toAppError(thrown).toInfo();
      }
    }
    const isKept = keychainError === null;
    // What the next start cannot go on with must not stay good for somebody else.
    if (isKept !== session.isKept) await registry.sessions.setKept(id, isKept);
    return { ...kept, isKept, keychainError };
  }

  /** For when the keychain has lost the key, as it does with the last account: the next session begins with another. */
  forgetKey(): void {
    this.#keptSigner = null;
  }

  /** What the keychain has of sessions of an account is of no use any more; if it stays there, it is still of none. */
  async #forget(accountId: string): Promise<void> {
    await this.#guarded('sign out', () => this.#options.secrets.delete(refreshEntry(accountId)));
  }

  /** Signs with the key in the keychain, made when there is none; without a keychain with a key of this run. */
  async #signer(): Promise<Signer> {
    if (this.#keptSigner) return this.#keptSigner;
    const { registry, secrets } = this.#options;
    try {
      const key = await requireSigningKey(secrets);
      await registry.installation.noteKeychain();
      return (this.#keptSigner = { tokens: await this.#tokensOf(key), keychainError: null });
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code !== 'keychain-unavailable') throw error;
      // Not kept in mind: the keychain may be unlocked at the next sign-in.
      return { tokens: await this.#tokensOf(randomBytes(KEY_LENGTH)), keychainError: error.toInfo() };
    }
  }

  /** Null without a keychain, or a key in it: nothing that was signed before is good then. */
  async #findSigner(): Promise<SessionTokens | null> {
    if (this.#keptSigner) return this.#keptSigner.tokens;
    const key = await this.#guarded('session', () => findSigningKey(this.#options.secrets));
    if (key === null) return null;
    this.#keptSigner = { tokens: await this.#tokensOf(key), keychainError: null };
    return this.#keptSigner.tokens;
  }

  async #tokensOf(key: Uint8Array): Promise<SessionTokens> {
    const { registry, now } = this.#options;
    return new SessionTokens({ key, installation: await registry.installation.id(), now });
  }

  /** For what one can do without: a failure is told and answered with null. */
  async #guarded<T>(where: string, action: () => Promise<T>): Promise<T | null> {
    try {
      return await action();
    } catch (thrown) {
      this.#options.onError(where, toAppError(thrown));
      return null;
    }
  }
}

async function goodClaims(tokens: SessionTokens, refreshToken: string): Promise<TokenClaims | null> {
  try {
    return await tokens.verifyRefresh(refreshToken);
  } catch (thrown) {
    if (toAppError(thrown).code === 'unauthenticated') return null;
    throw thrown;
  }
}

/** The registry knows tokens by this alone. */
function hashOf(tokenId: string): string {
  return createHash('sha256').update(tokenId).digest('base64url');
}
