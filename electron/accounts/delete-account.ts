/** Removes everything of an account, and looks whether anything is left. */
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { namesIn } from '../backup/files.ts';
import type { Account, Registry } from '../db/accounts/registry.ts';
import type { SecretName, SecretStore } from '../pipeline/ports/keychain.ts';
import { accountFolder, readOpenAccount, rememberOpenAccount } from './account-folder.ts';
import { clientEntry, deleteEntries, mailEntry } from './account-keychain.ts';
import type { SignInGuard } from './sign-in-guard.ts';
import { SIGNING_KEY } from './signing-key.ts';
import { LOCAL_ACCOUNT } from '../../shared/accounts.ts';

export interface DeletionParts {
  readonly dataFolder: string;
  readonly registry: Registry;
  readonly secrets: SecretStore;
  readonly guard: SignInGuard;
}

/**
 * For an account whose deletion is begun in the registry, and whose library is closed. Can be called again after it was
 * interrupted or failed.
 *
 * With the last account goes what was set up for all of them: the mail server and its password, providers of sign-ins and
 * their client secrets, the local profile's limits, the key that signed sessions. Nobody is left who could see or change
 * them, and whoever makes the next first account shall not find another's.
 *
 * Errors: `deletion-incomplete`; the registry then still knows that the deletion is to be finished.
 */
export async function deleteAccount(
  { dataFolder, registry, secrets, guard }: DeletionParts,
  { id, emailKey }: Pick<Account, 'id' | 'emailKey'>,
): Promise<void> {
  const left: string[] = [];
  const files = await deleteFolders(accountFolder(dataFolder, id));
  if (files > 0) left.push('files in its folder');
  if (await hasEntriesLeft(secrets, registry, id)) left.push('entries in the system’s keychain');
  if (left.length === 0) {
    if (readOpenAccount(dataFolder) === id) rememberOpenAccount(dataFolder, LOCAL_ACCOUNT);
    await guard.forget(emailKey);
    if ((await registry.accounts.remove(id)) > 0) left.push('rows in the list of accounts');
  }
  if (left.length === 0) return;
  throw new AppError(
    'deletion-incomplete',
    `The account is closed for good, but not all of it could be removed: ${left.join(' and ')}.`,
    {
      hint: 'Close other programs that may use them, and unlock the keychain; Quire tries again at its next start.',
    },
  );
}

/** The folder, and what restores put beside it. Answers with how many are left. */
async function deleteFolders(folder: string): Promise<number> {
  const parent = dirname(folder);
  const id = folder.slice(parent.length + 1);
  const own = async () => (await namesIn(parent)).filter((name) => name.startsWith(id));
  for (const name of await own()) {
    // What can't be removed is counted below.
    await rm(join(parent, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
  return (await own()).length;
}

/** Where there never was a keychain, nothing is in it. */
async function hasEntriesLeft(secrets: SecretStore, registry: Registry, id: string): Promise<boolean> {
  try {
    return (await deleteEntries(secrets, id, await sharedEntries(registry))) > 0;
  } catch {
    // It can't be asked now: whether it ever held anything is what the registry knows.
    return registry.installation.hasUsedKeychain();
  }
}

/** Of what is set up for all accounts; empty when there is none. */
async function sharedEntries({ accounts, mails, identities }: Registry): Promise<ReadonlySet<SecretName>> {
  if ((await accounts.list()).length === 0) return new Set();
  const server = await mails.server();
  const issuers = (await identities.providers()).map(({ issuer }) => clientEntry(issuer));
  return new Set([SIGNING_KEY, ...(server ? [mailEntry(server)] : []), ...issuers]);
}
