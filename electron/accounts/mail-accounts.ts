/** The accounts as mail needs them. */
import type { Account } from '../db/accounts/registry.ts';
import type { AccountRecovery } from './account-recovery.ts';
import type { AccountsOnDemand } from './accounts-on-demand.ts';
import { hashNewPassword } from './check-password.ts';
import type { CurrentSession } from './current-session.ts';
import { emailKey } from './email.ts';
import { noSuchAccount, recoveryCodeRequired } from './errors.ts';
import type { MailAccount, MailAccounts } from './ports/mail-accounts.ts';

export function mailAccounts(
  accounts: AccountsOnDemand,
  session: CurrentSession,
  recovery: () => Promise<AccountRecovery>,
): MailAccounts {
  const stored = async () => (await accounts.open()).registry.accounts;
  return {
    async get(accountId) {
      const account = accounts.hasRegistry ? await (await stored()).get(accountId) : null;
      return account && toMailAccount(account);
    },
    async findByEmail(email) {
      const account = accounts.hasRegistry ? await (await stored()).findByEmail(emailKey(email)) : null;
      return account && toMailAccount(account);
    },
    async setEmailVerified(accountId, email) {
      await session.alone(async () => {
        await (await stored()).setEmailVerified(accountId, emailKey(email));
        const { present } = session;
        const account = await (await stored()).get(accountId);
        if (account && present?.session && present.account.id === accountId) session.replace({ ...present, account });
      });
    },
    async resetPassword(accountId, password, recoveryGroups) {
      await session.alone(async () => {
        const { registry, guard } = await accounts.open();
        const account = await registry.accounts.get(accountId);
        if (!account) throw noSuchAccount();
        if (account.keys !== null) {
          if (!recoveryGroups) throw recoveryCodeRequired();
          await (await recovery()).beginEmpty(account, password, recoveryGroups);
        } else {
          const passwordHash = await hashNewPassword(password, account);
          await registry.accounts.setPasswordHash(accountId, passwordHash);
          await registry.sessions.endAll(accountId);
        }
        // Whoever guessed before does not keep the owner out now.
        await guard.forget(account.emailKey);
        if (session.present?.account?.id === accountId) await session.leave();
      });
    },
  };
}

function toMailAccount({ id, name, email, isEmailVerified }: Account): MailAccount {
  return { id, name, email, isEmailVerified };
}
