/** Opens the keys of a library that is not the account's own, with what the person who had it knows. */
import { basename } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { damagedKeys, parseKeysFile, type KeysFile } from './keys-file.ts';
import { deriveLibraryKeys, KEYS_FILE, type LibraryKeys } from './library-keys.ts';
import { openKeys } from './open-keys.ts';
import { parseRecoveryCode } from './recovery-code.ts';

/**
 * Of the library in a backup. The keys are the caller's to clear. Errors: `wrong-credentials`, `keys-damaged`.
 * @param file The backup's, named in errors.
 * @param keysFile The text of its `keys.json`.
 * @param secret See `openWithSecret`.
 */
export async function openBackupKeys(file: string, keysFile: string, secret: string): Promise<LibraryKeys> {
  const parsed = parseKeysFile(keysFile);
  if (!parsed) throw damagedKeys(`${KEYS_FILE} in ${basename(file)}`);
  return openWithSecret(parsed, secret, basename(file));
}

/**
 * The keys are the caller's to clear. Errors: `wrong-credentials`, `keys-damaged`.
 * @param secret A password, or a recovery code as it was written down.
 * @param subject What does not open, for the error.
 */
export async function openWithSecret(file: KeysFile, secret: string, subject: string): Promise<LibraryKeys> {
  const code = parseRecoveryCode(secret);
  const byCode = code === null ? null : await openKeys(file, { kind: 'recovery', code });
  // What looks like a code may still be a password.
  const opened = byCode ?? (await openKeys(file, { kind: 'password', password: secret }));
  if (!opened) {
    throw new AppError('wrong-credentials', `This does not open ${subject}.`, {
      hint: 'Type the password that it had then, or its recovery code.',
    });
  }
  const keys = deriveLibraryKeys(opened.dataKey);
  opened.dataKey.fill(0);
  return keys;
}
