/**
 * What lies with a remote library so that its owner can sign in on another computer: a random key, wrapped with their
 * password. Whoever opens the wrap has shown that they know the password, and has the key that seals files in the bucket.
 * The password, and what is made of it, stay on the computer where it is typed.
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { JsonValue } from '../db/database.ts';
import { wrapByPassword } from '../encryption/key-wraps.ts';
import { formatKeysFile, makeKeysFile, parseKeysFile } from '../encryption/keys-file.ts';
import { DATA_KEY_LENGTH } from '../encryption/library-keys.ts';
import { openKeys } from '../encryption/open-keys.ts';

/** As it lies in the remote library; nothing of it is secret. */
export type SignInRecord = JsonValue;

export interface RemoteKey {
  readonly record: SignInRecord;
  /** 32 random bytes; whoever was given it clears it. */
  readonly key: Uint8Array;
}

// The wraps have the form of an encrypted library's keys.json, and are read with its limits.
const schema = z.object({ keys: z.string().max(65_536) });

/** Of a library that nobody signed in to yet. */
export async function makeSignIn(password: string): Promise<RemoteKey> {
  const key = randomBytes(DATA_KEY_LENGTH);
  return { key, record: await recordOf(key, password) };
}

/** The key; null when this is not the password, or the record can't be read. */
export async function openSignIn(record: SignInRecord, password: string): Promise<Uint8Array | null> {
  const { data } = schema.safeParse(record);
  const file = data && parseKeysFile(data.keys);
  return file ? ((await openKeys(file, { kind: 'password', password }))?.dataKey ?? null) : null;
}

/** The record after a change of password; the one before opens nothing any more. */
export async function recordOf(key: Uint8Array, password: string): Promise<SignInRecord> {
  const empty = makeKeysFile(key, 'on');
  return { keys: formatKeysFile({ ...empty, wraps: [await wrapByPassword(key, empty.keyId, password)] }) };
}
