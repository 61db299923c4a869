/** Access and refresh tokens: JWTs, signed with HMAC-SHA-256 by a key that never leaves main. */
import { createSecretKey, randomUUID, type KeyObject } from 'node:crypto';
import { JOSEError } from 'jose/errors';
import { SignJWT } from 'jose/jwt/sign';
import { jwtVerify } from 'jose/jwt/verify';
import { unauthenticated } from './errors.ts';

/** Seconds. */
const ACCESS_LIFETIME = 15 * 60;
/** Seconds that a session may rest; each use begins them anew. */
const REFRESH_LIFETIME = 30 * 24 * 3600;

const ALGORITHM = 'HS256';
const audiences = { access: 'quire-window', refresh: 'quire-refresh' } as const;

export interface TokenClaims {
  readonly accountId: string;
  readonly sessionId: string;
  /** `jti`: of this token alone. */
  readonly tokenId: string;
}

export interface IssuedToken {
  readonly token: string;
  readonly tokenId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface TokenOptions {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** Of the installation; tokens of another are not good here. */
  readonly installation: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export class SessionTokens {
  readonly #key: KeyObject;
  readonly #issuer: string;
  readonly #now: () => number;

  constructor({ key, installation, now }: TokenOptions) {
    this.#key = createSecretKey(key);
    this.#issuer = `quire:${installation}`;
    this.#now = now;
  }

  issueAccess(accountId: string, sessionId: string): Promise<IssuedToken> {
    return this.#issue('access', accountId, sessionId, ACCESS_LIFETIME);
  }

  issueRefresh(accountId: string, sessionId: string): Promise<IssuedToken> {
    return this.#issue('refresh', accountId, sessionId, REFRESH_LIFETIME);
  }

  /** Throws `unauthenticated` for whatever is not a token of this kind, of this key, of now. */
  verifyAccess(token: string): Promise<TokenClaims> {
    return this.#verify('access', token);
  }

  /** As `verifyAccess`. */
  verifyRefresh(token: string): Promise<TokenClaims> {
    return this.#verify('refresh', token);
  }

  async #issue(
    kind: keyof typeof audiences,
    accountId: string,
    sessionId: string,
    lifetime: number,
  ): Promise<IssuedToken> {
    const issuedAt = Math.floor(this.#now() / 1000);
    const tokenId = randomUUID();
    const token = await new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setIssuer(this.#issuer)
      .setAudience(audiences[kind])
      .setSubject(accountId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetime)
      .setJti(tokenId)
      .sign(this.#key);
    return { token, tokenId, expiresAt: (issuedAt + lifetime) * 1000 };
  }

  async #verify(kind: keyof typeof audiences, token: string): Promise<TokenClaims> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        // SECURITY: never what the token's own header asks for.
        algorithms: [ALGORITHM],
        issuer: this.#issuer,
        audience: audiences[kind],
        requiredClaims: ['sub', 'iat', 'exp', 'jti', 'sid'],
        currentDate: new Date(this.#now()),
      });
      const { sub, sid, jti } = payload;
      if (typeof sub !== 'string' || typeof sid !== 'string' || typeof jti !== 'string') throw unauthenticated();
      return { accountId: sub, sessionId: sid, tokenId: jti };
    } catch (error) {
      // SECURITY: the same answer whatever is wrong with it.
      if (error instanceof JOSEError) throw unauthenticated();
      throw error;
    }
  }
}
