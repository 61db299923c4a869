/** Opens what accounts need, and takes up what the last run left. */
import { toAppError, type AppError, type ErrorInfo } from '../../shared/errors.ts';
import { openRegistry } from '../db/accounts/client.ts';
import type { Account, Registry } from '../db/accounts/registry.ts';
import type { SecretStore } from '../pipeline/ports/keychain.ts';
import { needsKeys } from './account-folder.ts';
import type { AccountKeys } from './account-keys.ts';
import { AccountSessions } from './account-sessions.ts';
import { deleteAccount } from './delete-account.ts';
import { SignInGuard } from './sign-in-guard.ts';

export interface AccountParts {
  readonly registry: Registry;
  readonly guard: SignInGuard;
  readonly sessions: AccountSessions;
  /** Whether an account's keys are needed to open it. */
  readonly needsKeys: (account: Account) => boolean;
  /** Of encrypted accounts: loaded when it is first needed. */
  readonly keys: () => Promise<AccountKeys>;
  /** See `deleteAccount`. */
  readonly finishDeletion: (account: Pick<Account, 'id' | 'emailKey'>) => Promise<void>;
  /** Why an account whose deletion was begun is not gone whole; null when all of them are. */
  readonly deletionLeft: () => ErrorInfo | null;
}

export interface AccountPartsOptions {
  /** The registry's file. */
  readonly path: string;
  readonly dataFolder: string;
  readonly secrets: SecretStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onError: (where: string, error: AppError) => void;
}

/** Errors: as `openRegistry`. */
export async function openAccounts({
  path,
  dataFolder,
  secrets,
  now,
  onError,
}: AccountPartsOptions): Promise<AccountParts> {
  const registry = await openRegistry({ path });
  const guard = new SignInGuard(registry, now);
  let keys: Promise<AccountKeys> | null = null;
  const openKeys = (): Promise<AccountKeys> =>
    (keys ??= import('./account-keys.ts').then(
      ({ AccountKeys }) => new AccountKeys({ dataFolder, registry, onError }),
    ));
  let deletionLeft: ErrorInfo | null = null;
  const sessions = new AccountSessions({ registry, secrets, now, onError });
  const finishDeletion = async (account: Pick<Account, 'id' | 'emailKey'>): Promise<void> => {
    try {
      sessions.forgetKey();
      await deleteAccount({ dataFolder, registry, secrets, guard }, account);
    } catch (thrown) {
      const error = toAppError(thrown);
      // It is tried again by the next start alone.
      deletionLeft = error.toInfo();
      throw error;
    }
  };
  await registry.sessions.prune(now());
  for (const account of await registry.accounts.deleting()) {
    await finishDeletion(account).catch((thrown: unknown) => onError('delete account', toAppError(thrown)));
  }
  return {
    registry,
    guard,
    sessions,
    finishDeletion,
    deletionLeft: () => deletionLeft,
    needsKeys: (account) => needsKeys(dataFolder, account),
    keys: openKeys,
  };
}
