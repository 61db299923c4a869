/** The few functions of cryptography that the keys rest on, as their standards have them. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Bytes. */
export const KEY_LENGTH = 32;
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

/** Of argon2id (RFC 9106). */
export interface Argon2Parameters {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

/** HKDF with SHA-256 (RFC 5869). */
export function hkdf(key: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, info, length));
}

/** A key for one use, of one that has many. @param salt Left out where `key` is random and has no use of its own. */
export function deriveKey(key: Uint8Array, label: string, salt: Uint8Array = new Uint8Array()): Uint8Array {
  return hkdf(key, salt, Buffer.from(label), KEY_LENGTH);
}

/** 32 bytes. The library is loaded with the first call, and computes in threads of its own. */
export async function argon2id(
  password: string,
  salt: Uint8Array,
  { memory, passes, lanes }: Argon2Parameters,
): Promise<Uint8Array> {
  // argon2id and version 1.3 are the library's defaults.
  const { hashRaw } = await import('@node-rs/argon2');
  return hashRaw(password, { memoryCost: memory, timeCost: passes, parallelism: lanes, salt, outputLen: KEY_LENGTH });
}

/** What AES-256-GCM (NIST SP 800-38D) makes of a plaintext. */
export interface Sealed {
  /** 12 random bytes. */
  readonly nonce: Uint8Array;
  /** The ciphertext, then a tag of 16 bytes. */
  readonly sealed: Uint8Array;
}

/** @param context Authenticated with it: only whoever states the same gets the plaintext back. */
export function seal(
  key: Uint8Array,
  plaintext: Uint8Array,
  context: Uint8Array,
  nonce: Uint8Array = randomBytes(NONCE_LENGTH),
): Sealed {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_LENGTH }).setAAD(context);
  return { nonce, sealed: Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]) };
}

/** Null for another key, another context, and whatever is not as it was sealed. */
export function unseal(key: Uint8Array, { nonce, sealed }: Sealed, context: Uint8Array): Uint8Array | null {
  if (nonce.length !== NONCE_LENGTH || sealed.length < TAG_LENGTH) return null;
  const end = sealed.length - TAG_LENGTH;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_LENGTH })
    .setAAD(context)
    .setAuthTag(sealed.subarray(end));
  const plaintext = decipher.update(sealed.subarray(0, end));
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    // The tag is not that of these bytes; nothing else can fail here.
    return null;
  } finally {
    // SECURITY: of what was not authenticated nothing is used, and of a key no second copy stays.
    plaintext.fill(0);
  }
}
