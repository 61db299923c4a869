/**
 * `keys.json` in a library's folder: the wraps of its data key, and whether the library is encrypted, or on its way. There
 * is no secret in it, and without it no library is ever read again.
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { fileProblem, syncToDisk } from '../backup/files.ts';
import { errno } from '../errno.ts';
import { SALT_LENGTH, type KeyWrap, type PasswordWrap } from './key-wraps.ts';
import { DATA_KEY_LENGTH, KEYS_FILE } from './library-keys.ts';
import { deriveKey, type Argon2Parameters } from './primitives.ts';

/** `on`: everything is encrypted. On the way to it, or back, plain and encrypted files lie side by side. */
export type EncryptionState = 'turning-on' | 'on' | 'turning-off';

export interface KeysFile {
  /** A UUID, of the data key. */
  readonly keyId: string;
  readonly state: EncryptionState;
  /** Made of key id and state with the data key: nobody who lacks it turns encryption off. 32 bytes. */
  readonly stateTag: Uint8Array;
  /** Oldest first. More than one of the password lies here only while it is changed. */
  readonly wraps: readonly KeyWrap[];
}

/** SECURITY: the file may be foreign, and what it asks for is computed before anything of it is known to be good. */
const mostMemory = 262_144;
const mostPasses = 10;
const mostLanes = 16;
const mostWraps = 8;
/** Bytes: a wrap has some 400. */
const largestFile = 65_536;

const bytes = (length: number) =>
  z
    .base64()
    .max(2 * length)
    // One text for each value: what was changed is another one, or none.
    .refine((text) => Buffer.from(text, 'base64').toString('base64') === text)
    .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
    .refine((value) => value.length === length);
const wrapFields = { id: z.uuid(), salt: bytes(SALT_LENGTH), nonce: bytes(12), sealed: bytes(DATA_KEY_LENGTH + 16) };
const schema = z.object({
  format: z.literal('quire keys'),
  version: z.literal(1),
  keyId: z.uuid(),
  state: z.enum(['turning-on', 'on', 'turning-off']),
  stateTag: bytes(32),
  wraps: z
    .array(
      z.discriminatedUnion('kind', [
        z.object({
          kind: z.literal('password'),
          ...wrapFields,
          argon2id: z.object({
            memory: z
              .int()
              .min(8 * mostLanes)
              .max(mostMemory),
            passes: z.int().min(1).max(mostPasses),
            lanes: z.int().min(1).max(mostLanes),
          }),
        }),
        z.object({ kind: z.literal('recovery'), ...wrapFields }),
      ]),
    )
    .min(1)
    .max(mostWraps),
});

/** Of a new data key. */
export function makeKeysFile(dataKey: Uint8Array, state: EncryptionState): KeysFile {
  return withState({ keyId: randomUUID(), wraps: [] }, dataKey, state);
}

/** With another state. */
export function withState(
  { keyId, wraps }: Pick<KeysFile, 'keyId' | 'wraps'>,
  dataKey: Uint8Array,
  state: EncryptionState,
): KeysFile {
  return { keyId, state, stateTag: tagOf(dataKey, keyId, state), wraps };
}

/** True when the state was written by somebody with the data key. */
export function isStateGenuine({ keyId, state, stateTag }: KeysFile, dataKey: Uint8Array): boolean {
  return timingSafeEqual(tagOf(dataKey, keyId, state), stateTag);
}

function tagOf(dataKey: Uint8Array, keyId: string, state: EncryptionState): Uint8Array {
  const key = deriveKey(dataKey, 'quire library: state');
  return createHmac('sha256', key).update(`${keyId}\n${state}`).digest();
}

/** The file's text, for its copy in the registry, too: one for each file, so that texts can be compared. */
export function formatKeysFile({ keyId, state, stateTag, wraps }: KeysFile): string {
  const text = (value: Uint8Array): string => Buffer.from(value).toString('base64');
  const written = wraps.map((wrap) => ({
    kind: wrap.kind,
    id: wrap.id,
    ...(wrap.kind === 'password' ? { argon2id: parametersOf(wrap) } : {}),
    salt: text(wrap.salt),
    nonce: text(wrap.nonce),
    sealed: text(wrap.sealed),
  }));
  const whole = { format: 'quire keys', version: 1, keyId, state, stateTag: text(stateTag), wraps: written };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

function parametersOf({ argon2id: { memory, passes, lanes } }: PasswordWrap): Argon2Parameters {
  return { memory, passes, lanes };
}

/** Null for what is no file of keys, and for one that asks for more memory or time than Quire ever would. */
export function parseKeysFile(text: string): KeysFile | null {
  if (text.length > largestFile) return null;
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  return schema.safeParse(read).data ?? null;
}

/**
 * Null when the folder has none. Errors: `keys-damaged` for what is no file of keys, `file-unreadable`.
 */
export async function readKeysFile(folder: string): Promise<KeysFile | null> {
  const path = join(folder, KEYS_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errno(error) === 'ENOENT') return null;
    throw fileProblem(error, path);
  }
  const keys = parseKeysFile(text);
  if (!keys) throw damagedKeys(path);
  return keys;
}

/** In one step: whenever the power goes, the folder has the file of before or this one. Errors: `disk-full`, `file-unreadable`. */
export async function writeKeysFile(folder: string, keys: KeysFile): Promise<void> {
  const path = join(folder, KEYS_FILE);
  try {
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(formatKeysFile(keys));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    await syncToDisk(folder, 'folder');
  } catch (error) {
    throw fileProblem(error, path);
  }
}

/** For a library that is not encrypted any more. */
export async function removeKeysFile(folder: string): Promise<void> {
  await rm(join(folder, KEYS_FILE), { force: true });
  await syncToDisk(folder, 'folder');
}

export function damagedKeys(path: string): AppError {
  return new AppError('keys-damaged', `The file with the library’s keys, ${path}, is damaged.`, {
    hint: 'Put the file of a backup in its place. Without it the library can’t be read.',
  });
}
