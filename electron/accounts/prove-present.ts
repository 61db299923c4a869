/** Asks whoever has a session for its password again. */
import type { Account } from '../db/accounts/registry.ts';
import type { AccountsOnDemand } from './accounts-on-demand.ts';
import { checkPassword, withProof, type Proven } from './check-password.ts';
import type { PresentAccount } from './current-session.ts';
import { wrongPassword } from './errors.ts';

/** The keys that it opened are the caller's: see `withProof`. Errors: `wrong-credentials`, `too-many-attempts`. */
export async function provePresent(
  accounts: AccountsOnDemand,
  { account }: PresentAccount,
  password: string,
): Promise<Proven> {
  const parts = await accounts.open();
  const stored = await parts.registry.accounts.get(account.id);
  const proven = await checkPassword(parts, account.emailKey, stored, password);
  if (!proven) throw wrongPassword();
  return proven;
}

/** As `provePresent`, for what needs no key. */
export async function proveAlone(
  accounts: AccountsOnDemand,
  present: PresentAccount,
  password: string,
): Promise<Account> {
  return withProof(await provePresent(accounts, present, password), ({ account }) => Promise.resolve(account));
}
