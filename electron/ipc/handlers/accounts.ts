/** Handlers of sessions, accounts, their mail and sign-ins at providers; no library need be open for them. */
import type { AccountsService } from '../../accounts/accounts-service.ts';
import { accountRequests } from '../../../shared/requests/accounts.ts';
import { identityRequests } from '../../../shared/requests/identities.ts';
import { mailRequests } from '../../../shared/requests/mail.ts';
import type { RequestName } from '../../../shared/requests/index.ts';
import type { CallerHandlers } from '../dispatch.ts';
import { identityHandlers } from './identities.ts';
import { mailHandlers } from './mail.ts';

type AccountRequest = keyof typeof accountRequests | keyof typeof mailRequests | keyof typeof identityRequests;
type AccountHandlers = Pick<CallerHandlers, AccountRequest>;

export function isAccountRequest(name: RequestName): name is AccountRequest {
  return [accountRequests, mailRequests, identityRequests].some((requests) => Object.hasOwn(requests, name));
}

export function accountHandlers(accounts: AccountsService): AccountHandlers {
  return {
    ...mailHandlers(accounts),
    ...identityHandlers(accounts),
    'session.current': () => accounts.current(),
    'session.refresh': () => accounts.refresh(),
    'session.openLocal': () => accounts.openLocal(),
    'session.leaveKeychain': () => accounts.leaveKeychain(),
    'session.unlock': ({ password }) => accounts.unlock(password),
    'session.lock': (_params, caller) => accounts.lock(caller),
    'session.signOut': (_params, caller) => accounts.signOut(caller),
    'accounts.signIn': (params) => accounts.signIn(params),
    'accounts.offerRecoveryCode': async () => (await accounts.recovery()).offer(),
    'accounts.register': (params) => accounts.register(params),
    'accounts.recover': async (params) => {
      await (await accounts.recovery()).recover(params);
      return null;
    },
    'accounts.checkPassword': async ({ password }, caller) => {
      await (await accounts.encryption()).checkPassword(caller, password);
      return null;
    },
    'accounts.turnEncryptionOn': async (params, caller) => (await accounts.encryption()).turnOn(caller, params),
    'accounts.turnEncryptionOff': async ({ password }, caller) =>
      (await accounts.encryption()).turnOff(caller, password),
    'accounts.cancelEncryption': async () => {
      (await accounts.encryption()).cancel();
      return null;
    },
    'accounts.changePassword': (params, caller) => accounts.changePassword(caller, params),
    'accounts.changeEmail': (params, caller) => accounts.changeEmail(caller, params),
    'accounts.rename': ({ name }, caller) => accounts.rename(caller, name),
    'accounts.delete': ({ password, leavesLibrary }, caller) => accounts.delete(caller, password, { leavesLibrary }),
    'accounts.getIdleLock': (_params, caller) => accounts.getIdleLock(caller),
    'accounts.setIdleLock': ({ minutes }, caller) => accounts.setIdleLock(caller, minutes),
    'accounts.list': (_params, caller) => accounts.list(caller),
    'accounts.setLimits': ({ accountId, limits }, caller) => accounts.setLimits(caller, accountId, limits),
    'session.openStream': ({ streamId }, caller) => Promise.resolve({ ticket: accounts.issueTicket(streamId, caller) }),
  };
}
