/** What only the administrator of this computer's accounts may do. */
import type { Registry } from '../db/accounts/registry.ts';
import type { AccountsOnDemand } from './accounts-on-demand.ts';
import type { Caller } from './caller.ts';
import type { CurrentSession } from './current-session.ts';
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
