/** Handlers of the mail server and of the codes that are mailed; no library need be open for them. */
import type { AccountsService } from '../../accounts/accounts-service.ts';
import type { mailRequests } from '../../../shared/requests/mail.ts';
import type { CallerHandlers } from '../dispatch.ts';

export function mailHandlers(accounts: AccountsService): Pick<CallerHandlers, keyof typeof mailRequests> {
  return {
    'mail.getStatus': async () => (await accounts.mail()).getStatus(),
    'mail.getSettings': async (_params, caller) => (await accounts.mail()).getSettings(caller),
    'mail.setSettings': async ({ server, password }, caller) =>
      (await accounts.mail()).setSettings(caller, server, password),
    'mail.test': async ({ server, to, password }, caller) => (await accounts.mail()).test(caller, server, to, password),
    'accounts.requestVerification': async (_params, caller) => {
      await (await accounts.mail()).requestVerification(caller);
      return null;
    },
    'accounts.verifyEmail': async ({ code }, caller) => {
      await (await accounts.mail()).verifyEmail(caller, code);
      return accounts.current();
    },
    'accounts.requestPasswordReset': async ({ email }) => {
      await (await accounts.mail()).requestPasswordReset(email);
      return null;
    },
    'accounts.resetPassword': async ({ email, code, password, recoveryGroups }) => {
      await (await accounts.mail()).resetPassword(email, code, password, recoveryGroups);
      return null;
    },
  };
}
