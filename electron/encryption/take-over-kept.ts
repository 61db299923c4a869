/**
 * Puts a library that was put aside under the keys of the one whose place it is to take: it may be of before encryption
 * was turned on, of before the account was given other keys, or half under its keys, when turning it on or off was
 * interrupted. A kill at any moment leaves it with keys that open it, where it can be gone on with.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DATABASE } from '../backup/manifest.ts';
import { damaged } from '../db/connection.ts';
import { isUnderKey } from '../db/file-header.ts';
import { isContentHash } from '../pipeline/blobs.ts';
import { AppError } from '../../shared/errors.ts';
import { damagedKeys, readKeysFile, removeKeysFile, writeKeysFile, type KeysFile } from './keys-file.ts';
import { clearKeys, copyKeys, KEYS_FILE, type LibraryKeys } from './library-keys.ts';
import { openWithSecret } from './open-backup-keys.ts';
import { settleDatabase } from './turn-database.ts';
import { inTurnThread } from './turn-thread.ts';

export interface TakeOver {
  /** The kept library's folder. */
  readonly kept: string;
  /** That of the account's own library. */
  readonly folder: string;
  /** Of the account's own library; null where it is not encrypted. */
  readonly keys: LibraryKeys | null;
  /** A password or a recovery code of the kept one; null where none was typed. */
  readonly secret: string | null;
  readonly signal?: AbortSignal;
}

/** Errors: `wrong-key` when it needs a secret of its own, `wrong-credentials` for another one, as `turnLibrary`. */
export async function takeOverKept({ keys, ...options }: TakeOver): Promise<void> {
  // SECURITY: a lock meanwhile fills the account's with zeros, and nothing may be put under those.
  const to = keys && copyKeys(keys);
  try {
    await takeOver(to, options);
  } finally {
    if (to) clearKeys(to);
  }
}

async function takeOver(to: LibraryKeys | null, options: Omit<TakeOver, 'keys'>): Promise<void> {
  const { kept, folder } = options;
  const path = join(kept, DATABASE);
  await settleDatabase(path);
  const accountFile = to && (await readKeysFile(folder));
  if (to && !accountFile) throw damagedKeys(join(folder, KEYS_FILE));
  const { isPlainThere, isEncryptedThere } = await formsIn(kept);
  const turn = (from: LibraryKeys | null, after: LibraryKeys | null): Promise<void> =>
    inTurnThread({ folder: kept, from, to: after }, options.signal ? { signal: options.signal } : {});
  if (isEncryptedThere) {
    const own = await openOwn(to, accountFile, options);
    try {
      if (!to) await turn(own, null);
      else {
        // Files under three keys could not be told apart: those that are still plain first get its own.
        if (isPlainThere) await turn(null, own);
        await turn(own, to);
      }
    } finally {
      clearKeys(own);
    }
  } else if (accountFile) {
    // Before the first of its files: with these keys alone they can be read then.
    await writeKeysFile(kept, accountFile);
    await turn(null, to);
  }
  if (accountFile) await writeKeysFile(kept, accountFile);
  else await removeKeysFile(kept);
}

/** In which form its files and its database are: in both when turning it on or off was interrupted. */
async function formsIn(kept: string): Promise<{ readonly isPlainThere: boolean; readonly isEncryptedThere: boolean }> {
  const isPlain = isUnderKey(join(kept, DATABASE), null);
  const names: string[] = [];
  for (const folder of ['blobs', 'thumbs']) {
    if (existsSync(join(kept, folder))) names.push(...(await readdir(join(kept, folder))));
  }
  return {
    isPlainThere: isPlain || names.some((name) => !isContentHash(name)),
    isEncryptedThere: !isPlain || names.some(isContentHash),
  };
}

/** Its own keys, which the caller clears: those of the account, or what the secret opens. */
async function openOwn(
  to: LibraryKeys | null,
  accountFile: KeysFile | null,
  { kept, secret }: Omit<TakeOver, 'keys'>,
): Promise<LibraryKeys> {
  const file = await readKeysFile(kept);
  if (to && (isUnderKey(join(kept, DATABASE), to.database) || file?.keyId === accountFile?.keyId)) return copyKeys(to);
  if (!file) throw damaged(join(kept, DATABASE));
  if (secret === null) {
    throw new AppError('wrong-key', 'This earlier library has a password of its own.', {
      hint: 'Type the password that it had when it was put aside, or its recovery code.',
    });
  }
  return openWithSecret(file, secret, `the earlier library ${basename(kept)}`);
}
