/** What only the administrator of this computer's accounts may do. */
import type { ManagedAccount } from '../../shared/accounts.ts';
import type { Registry } from '../db/accounts/registry.ts';
import type { AccountsOnDemand } from './accounts-on-demand.ts';
import type { Caller } from './caller.ts';
import { localProfile, summaryOf, type CurrentSession } from './current-session.ts';
import { needsAdministrator } from './errors.ts';

/**
 * The registry, for the administrator. Errors: `forbidden` for all others, `unauthenticated`.
 *
 * SECURITY: by the registry, not by what the token says.
 */
export async function administrate(
  accounts: AccountsOnDemand,
  session: CurrentSession,
  caller: Caller,
): Promise<Registry> {
  const { account } = session.require(caller);
  const registry = account && (await accounts.open()).registry;
  if (!registry || !(await registry.accounts.get(account.id))?.isAdministrator) throw needsAdministrator();
  return registry;
}

/** All accounts and the local profile, with what each may spend. */
export async function managedAccounts({ accounts, limits }: Registry): Promise<readonly ManagedAccount[]> {
  const all = [...(await accounts.list()).map(summaryOf), localProfile];
  return Promise.all(all.map(async (account) => ({ ...account, limits: await limits.get(account.id) })));
}
