/** Makes the keys of a library, opens them with what a person knows, and puts another password in place of the old one. */
import { randomBytes } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import {
  openPasswordWrap,
  openRecoveryWrap,
  wrapByPassword,
  wrapByRecoveryCode,
  type KeyWrap,
  type PasswordWrap,
} from './key-wraps.ts';
import { isStateGenuine, makeKeysFile, type EncryptionState, type KeysFile } from './keys-file.ts';
import { DATA_KEY_LENGTH } from './library-keys.ts';

/** What a person knows: `code` is as `parseRecoveryCode` gives it. */
export type KeySecret =
  { readonly kind: 'password'; readonly password: string } | { readonly kind: 'recovery'; readonly code: string };

export interface OpenedKeys {
  /** 32 bytes; whoever was given it clears it. */
  readonly dataKey: Uint8Array;
  readonly file: KeysFile;
  /** The one that opened. */
  readonly wrap: KeyWrap;
}

/** Of a library that is encrypted from now on, or is on its way to it. */
export async function makeKeys(password: string, code: string, state: EncryptionState): Promise<OpenedKeys> {
  const dataKey = randomBytes(DATA_KEY_LENGTH);
  const empty = makeKeysFile(dataKey, state);
  const wrap = await wrapByPassword(dataKey, empty.keyId, password);
  return { dataKey, wrap, file: { ...empty, wraps: [wrap, wrapByRecoveryCode(dataKey, empty.keyId, code)] } };
}

/**
 * Tries every wrap of the kind, the newest first. Null when the secret opens none.
 * Errors: `keys-damaged` when somebody without the key changed what the file says of the library.
 */
export async function openKeys(file: KeysFile, secret: KeySecret): Promise<OpenedKeys | null> {
  for (const wrap of file.wraps.toReversed()) {
    const dataKey = await openWrap(wrap, file.keyId, secret);
    if (!dataKey) continue;
    if (isStateGenuine(file, dataKey)) return { dataKey, file, wrap };
    dataKey.fill(0);
    throw new AppError('keys-damaged', 'The file with the library’s keys was changed by another program.', {
      hint: 'Put the file keys.json of a backup in its place.',
    });
  }
  return null;
}

async function openWrap(wrap: KeyWrap, keyId: string, secret: KeySecret): Promise<Uint8Array | null> {
  if (secret.kind === 'password') {
    return wrap.kind === 'password' ? openPasswordWrap(wrap, keyId, secret.password) : null;
  }
  return wrap.kind === 'recovery' ? openRecoveryWrap(wrap, keyId, secret.code) : null;
}

/** With a wrap for another password; the one that opened stays, and what opened before without being settled goes. */
export async function withPassword({ file, dataKey, wrap }: OpenedKeys, password: string): Promise<KeysFile> {
  return withWrap(file, await wrapByPassword(dataKey, file.keyId, password), wrap);
}

/** With another wrap of the same key as the newest. Of passwords the one before stays, and `opener`. */
export function withWrap(file: KeysFile, wrap: PasswordWrap, opener?: KeyWrap): KeysFile {
  const before = newestPassword(file);
  const wraps = file.wraps.filter((one) => one.kind !== 'password' || one === before || one === opener);
  return { ...file, wraps: [...wraps, wrap] };
}

/** Without the wraps of all passwords but the newest. */
export function withoutOldPasswords(file: KeysFile): KeysFile {
  const newest = newestPassword(file);
  return { ...file, wraps: file.wraps.filter((wrap) => wrap.kind !== 'password' || wrap === newest) };
}

export function newestPassword({ wraps }: KeysFile): PasswordWrap | undefined {
  return wraps.findLast((wrap) => wrap.kind === 'password');
}
