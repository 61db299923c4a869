/** The libraries that restores put aside: an account whose encryption is turned on or off has them turned with its own. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { DATABASE } from '../backup/manifest.ts';
import { damaged } from '../db/connection.ts';
import { isUnderKey } from '../db/file-header.ts';
import { readKeysFile, removeKeysFile, withState, writeKeysFile, type KeysFile } from '../encryption/keys-file.ts';
import { openKeys, type OpenedKeys } from '../encryption/open-keys.ts';
import { settleDatabase } from '../encryption/turn-database.ts';
import { turnTowards, type TurnThreadOptions } from '../encryption/turn-thread.ts';

type Keys = Pick<OpenedKeys, 'file' | 'dataKey'>;

/**
 * Encrypts one; one that has keys of its own already keeps them, and goes on where it stopped.
 * @param password Of the account.
 * Errors: `wrong-key` for one that is half encrypted under another password, as `turnLibrary`.
 */
export async function turnKeptOn(
  folder: string,
  keys: Keys,
  password: string,
  options: TurnThreadOptions,
): Promise<void> {
  const database = join(folder, DATABASE);
  await settleDatabase(database);
  if (!existsSync(database)) return;
  const own = await readKeysFile(folder);
  if (own?.state === 'on') return;
  // Of a damaged one the files would not be found; it is the person's to delete.
  if (!own && !isUnderKey(database, null)) throw damaged(database);
  const present = own ? await openOwn(folder, own, keys, password) : keys;
  try {
    const { file, dataKey } = present;
    await writeKeysFile(folder, withState(file, dataKey, 'turning-on'));
    await turnTowards(folder, dataKey, 'turning-on', options);
    await writeKeysFile(folder, withState(file, dataKey, 'on'));
  } finally {
    if (present !== keys) present.dataKey.fill(0);
  }
}

/** SECURITY: other keys must not take the place of those that alone open what is encrypted of it. */
async function openOwn(folder: string, own: KeysFile, keys: Keys, password: string): Promise<Keys> {
  if (own.keyId === keys.file.keyId) return keys;
  const opened = await openKeys(own, { kind: 'password', password });
  if (opened) return opened;
  throw new AppError('wrong-key', `The earlier library ${basename(folder)} is half encrypted, with another password.`, {
    hint: 'Put it back in Settings, under Library, with that password, or delete it; then try again.',
  });
}

/** Decrypts one that is under these keys, whole or half. Errors: as `turnLibrary`; its keys then stay with it. */
export async function turnKeptOff(folder: string, { file, dataKey }: Keys, options: TurnThreadOptions): Promise<void> {
  const own = await readKeysFile(folder);
  if (own?.keyId !== file.keyId) return;
  await writeKeysFile(folder, withState(own, dataKey, 'turning-off'));
  await turnTowards(folder, dataKey, 'turning-off', options);
  await removeKeysFile(folder);
}
