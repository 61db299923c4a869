/**
 * Wraps: a data key, encrypted with what a person knows. Whoever opens one has shown that they know it.
 *
 * AES-256-GCM under a key that argon2id and HKDF make of the password, or HKDF alone of the recovery code, which is random.
 * What a wrap says of itself, and whose key it holds, is authenticated with it.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { normalizePassword } from '../../shared/own-words.ts';
import { argon2id, deriveKey, seal, unseal, type Argon2Parameters, type Sealed } from './primitives.ts';

interface WrapBase extends Sealed {
  /** A UUID. */
  readonly id: string;
  /** 16 random bytes. */
  readonly salt: Uint8Array;
}

export interface PasswordWrap extends WrapBase {
  readonly kind: 'password';
  readonly argon2id: Argon2Parameters;
}

export interface RecoveryWrap extends WrapBase {
  readonly kind: 'recovery';
}

export type KeyWrap = PasswordWrap | RecoveryWrap;

/** RFC 9106, 4: the second recommended choice, for where 2 GiB are too many. */
export const passwordParameters: Argon2Parameters = { memory: 65_536, passes: 3, lanes: 4 };

/** Whether a wrap was made with other parameters than now: it is made anew when its password is typed. */
export function needsRewrap({ argon2id: { memory, passes, lanes } }: PasswordWrap): boolean {
  const { memory: m, passes: t, lanes: p } = passwordParameters;
  return memory !== m || passes !== t || lanes !== p;
}

/** Bytes. */
export const SALT_LENGTH = 16;

const labels = { password: 'quire wrap: password', recovery: 'quire wrap: recovery code' } as const;

/** @param keyId Of the data key. */
export async function wrapByPassword(
  dataKey: Uint8Array,
  keyId: string,
  password: string,
  parameters: Argon2Parameters = passwordParameters,
): Promise<PasswordWrap> {
  const head = { id: randomUUID(), kind: 'password', salt: randomBytes(SALT_LENGTH), argon2id: parameters } as const;
  const key = await passwordKey(password, head);
  try {
    return { ...head, ...seal(key, dataKey, contextOf(keyId, head)) };
  } finally {
    key.fill(0);
  }
}

/** @param code See `makeRecoveryCode`. */
export function wrapByRecoveryCode(dataKey: Uint8Array, keyId: string, code: string): RecoveryWrap {
  const head = { id: randomUUID(), kind: 'recovery', salt: randomBytes(SALT_LENGTH) } as const;
  const key = recoveryKey(code, head);
  try {
    return { ...head, ...seal(key, dataKey, contextOf(keyId, head)) };
  } finally {
    key.fill(0);
  }
}

/** The data key, which is the caller's to clear; null when this is not the password. */
export async function openPasswordWrap(
  wrap: PasswordWrap,
  keyId: string,
  password: string,
): Promise<Uint8Array | null> {
  return opened(wrap, keyId, await passwordKey(password, wrap));
}

/** As `openPasswordWrap`. */
export function openRecoveryWrap(wrap: RecoveryWrap, keyId: string, code: string): Uint8Array | null {
  return opened(wrap, keyId, recoveryKey(code, wrap));
}

/** The work of `openPasswordWrap`, where there is no wrap. */
export async function openNobodysWrap(password: string): Promise<void> {
  const key = await passwordKey(password, { salt: randomBytes(SALT_LENGTH), argon2id: passwordParameters });
  key.fill(0);
}

function opened(wrap: KeyWrap, keyId: string, key: Uint8Array): Uint8Array | null {
  try {
    return unseal(key, wrap, contextOf(keyId, wrap));
  } finally {
    key.fill(0);
  }
}

async function passwordKey(
  password: string,
  { salt, argon2id: parameters }: Pick<PasswordWrap, 'salt' | 'argon2id'>,
): Promise<Uint8Array> {
  const slow = await argon2id(normalizePassword(password), salt, parameters);
  try {
    return deriveKey(slow, labels.password);
  } finally {
    slow.fill(0);
  }
}

function recoveryKey(code: string, { salt }: Pick<RecoveryWrap, 'salt'>): Uint8Array {
  return deriveKey(Buffer.from(code), labels.recovery, salt);
}

type Head = Pick<PasswordWrap, 'id' | 'kind' | 'salt' | 'argon2id'> | Pick<RecoveryWrap, 'id' | 'kind' | 'salt'>;

/** One text for each head and key: JSON of a list, whose order never changes. */
function contextOf(keyId: string, head: Head): Uint8Array {
  const salt = Buffer.from(head.salt).toString('base64');
  const parameters = head.kind === 'password' ? [head.argon2id.memory, head.argon2id.passes, head.argon2id.lanes] : [];
  return Buffer.from(JSON.stringify(['quire key wrap', 1, keyId, head.id, head.kind, salt, ...parameters]));
}
