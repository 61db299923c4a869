/** Opens the keys of the library in a backup, with what the person who made it knows. */
import { basename } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { damagedKeys, KEYS_FILE, parseKeysFile } from './keys-file.ts';
import { deriveLibraryKeys, type LibraryKeys } from './library-keys.ts';
import { openKeys } from './open-keys.ts';
import { parseRecoveryCode } from './recovery-code.ts';

/**
 * The keys are the caller's to clear. Errors: `wrong-credentials`, `keys-damaged`.
 * @param file The backup's, named in errors.
 * @param keysFile The text of its `keys.json`.
 * @param secret A password, or a recovery code as it was written down.
 */
export async function openBackupKeys(file: string, keysFile: string, secret: string): Promise<LibraryKeys> {
  const parsed = parseKeysFile(keysFile);
  if (!parsed) throw damagedKeys(`${KEYS_FILE} in ${basename(file)}`);
  const code = parseRecoveryCode(secret);
  const byCode = code === null ? null : await openKeys(parsed, { kind: 'recovery', code });
  // What looks like a code may still be a password.
  const opened = byCode ?? (await openKeys(parsed, { kind: 'password', password: secret }));
  if (!opened) {
    throw new AppError('wrong-credentials', `This does not open ${basename(file)}.`, {
      hint: 'Type the password that its library had when the backup was made, or its recovery code.',
    });
  }
  const keys = deriveLibraryKeys(opened.dataKey);
  opened.dataKey.fill(0);
  return keys;
}
