/** Where an account's library lies, and which account was open last. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_ACCOUNT } from '../../shared/accounts.ts';
import { KEYS_FILE } from '../encryption/library-keys.ts';

/** In the data folder. */
const ACCOUNTS = 'accounts';
const OPEN = 'open';
const accountId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The folder of an account's library. */
export function accountFolder(dataFolder: string, id: string): string {
  return join(dataFolder, ACCOUNTS, id);
}

/**
 * Whether an account's library is encrypted, or on its way there or back. SECURITY: the registry alone does not say so:
 * whoever puts one of before encryption in its place shall not have a plain library begun in an encrypted one's folder.
 */
export function needsKeys(
  dataFolder: string,
  { id, keys }: { readonly id: string; readonly keys: string | null },
): boolean {
  return keys !== null || existsSync(join(accountFolder(dataFolder, id), KEYS_FILE));
}

/** The id of the account that was open last; the local profile's when none was. Reads one small file, at once. */
export function readOpenAccount(dataFolder: string): string {
  let id: string;
  try {
    id = readFileSync(join(dataFolder, ACCOUNTS, OPEN), 'utf8').trim();
  } catch {
    // There is none before the first account; one that can't be read says as little.
    return LOCAL_ACCOUNT;
  }
  // SECURITY: it becomes a folder's name.
  return accountId.test(id) ? id : LOCAL_ACCOUNT;
}

/** Says which account the next start looks at. */
export function rememberOpenAccount(dataFolder: string, id: string): void {
  const path = join(dataFolder, ACCOUNTS, OPEN);
  if (id === LOCAL_ACCOUNT) return rmSync(path, { force: true });
  mkdirSync(join(dataFolder, ACCOUNTS), { recursive: true });
  writeFileSync(`${path}.new`, `${id}\n`);
  renameSync(`${path}.new`, path);
}
