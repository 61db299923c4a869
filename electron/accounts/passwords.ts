/**
 * Passwords as argon2id hashes in PHC strings. The library computes them in threads of its own, and is loaded with the
 * first of them.
 */
import { randomBytes } from 'node:crypto';
import { normalizePassword } from '../../shared/own-words.ts';

/**
 * What OWASP's Password Storage Cheat Sheet asks of argon2id: 19 MiB (in KiB), two passes, one lane.
 * A hash of other parameters is made anew when its owner signs in.
 */
const hashParameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

const { memoryCost, timeCost, parallelism } = hashParameters;
const currentPrefix = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`;

const base64 = (length: number): string => randomBytes(length).toString('base64').replaceAll('=', '');
/** No password has this hash; to find that out takes as long as for any other. */
const nobodysHash = `${currentPrefix}${base64(16)}$${base64(32)}`;

/** argon2id is the library's default. */
export async function hashPassword(password: string): Promise<string> {
  const { hash } = await import('@node-rs/argon2');
  return hash(normalizePassword(password), hashParameters);
}

/**
 * @param hash Null for an account that there is not: false then, after the same work.
 */
export async function verifyPassword(hash: string | null, password: string): Promise<boolean> {
  const { verify } = await import('@node-rs/argon2');
  const isRight = await verify(hash ?? nobodysHash, normalizePassword(password));
  return isRight && hash !== null;
}

/** Whether a hash was made with other parameters than now. */
export function needsRehash(hash: string): boolean {
  return !hash.startsWith(currentPrefix);
}
