/** The key that signs sessions: made once, kept in the system's keychain and nowhere else. */
import { randomBytes } from 'node:crypto';
import type { SecretStore } from '../pipeline/ports/keychain.ts';

/** Bytes: as many as HMAC-SHA-256 gives, the least that RFC 7518, 3.2 allows. */
export const KEY_LENGTH = 32;
export const SIGNING_KEY = 'session-key';

/** Null when there is none. Errors: `keychain-unavailable`. */
export async function findSigningKey(secrets: SecretStore): Promise<Uint8Array | null> {
  const stored = await secrets.get(SIGNING_KEY);
  const key = stored === null ? null : Buffer.from(stored, 'base64url');
  // Whatever else stands there was not written by Quire; sessions that it may have signed are over.
  return key?.length === KEY_LENGTH ? key : null;
}

/** As `findSigningKey`; makes one when there is none. */
export async function requireSigningKey(secrets: SecretStore): Promise<Uint8Array> {
  const found = await findSigningKey(secrets);
  if (found) return found;
  const key = randomBytes(KEY_LENGTH);
  await secrets.set(SIGNING_KEY, key.toString('base64url'));
  return key;
}
