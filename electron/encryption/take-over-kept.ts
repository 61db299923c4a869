/**
 * Puts a library that was put aside under the keys of the one whose place it is to take: it may be of before encryption
 * was turned on, or of before the account was given other keys. A kill in between leaves it where it can be gone on with.
 */
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { syncToDisk } from '../backup/files.ts';
import { DATABASE } from '../backup/manifest.ts';
import { damaged } from '../db/connection.ts';
import { isUnderKey } from '../db/file-header.ts';
import { AppError } from '../../shared/errors.ts';
import { damagedKeys, KEYS_FILE, readKeysFile, writeKeysFile } from './keys-file.ts';
import { clearKeys, type LibraryKeys } from './library-keys.ts';
import { openWithSecret } from './open-backup-keys.ts';
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
}

/** Errors: `wrong-key` when it needs a secret of its own, `wrong-credentials` for another one, as `turnLibrary`. */
export async function takeOverKept({ kept, folder, keys, secret }: TakeOver): Promise<void> {
  const path = join(kept, DATABASE);
  // Files are put under other keys before the database: with it all are.
  if (!isUnderKey(path, keys?.database ?? null)) {
    const from = isUnderKey(path, null) ? null : await openKept(kept, path, secret);
    try {
      await inTurnThread({ folder: kept, from, to: keys });
    } finally {
      if (from) clearKeys(from);
    }
  }
  if (keys) {
    const own = await readKeysFile(folder);
    if (!own) throw damagedKeys(join(folder, KEYS_FILE));
    await writeKeysFile(kept, own);
  } else {
    await rm(join(kept, KEYS_FILE), { force: true });
    await syncToDisk(kept, 'folder');
  }
}

async function openKept(kept: string, path: string, secret: string | null): Promise<LibraryKeys> {
  const file = await readKeysFile(kept);
  if (!file) throw damaged(path);
  if (secret === null) {
    throw new AppError('wrong-key', 'This earlier library has a password of its own.', {
      hint: 'Type the password that it had when it was put aside, or its recovery code.',
    });
  }
  return openWithSecret(file, secret, `the earlier library ${basename(kept)}`);
}
