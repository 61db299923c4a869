/** Handlers of signing in at a provider; no library need be open for them. */
import type { AccountsService } from '../../accounts/accounts-service.ts';
import type { identityRequests } from '../../../shared/requests/identities.ts';
import type { CallerHandlers } from '../dispatch.ts';

export function identityHandlers(accounts: AccountsService): Pick<CallerHandlers, keyof typeof identityRequests> {
  return {
    'identities.listProviders': async () => (await accounts.identities()).listProviders(),
    'identities.signIn': async ({ issuer, staySignedIn }) => (await accounts.identities()).signIn(issuer, staySignedIn),
    'identities.cancel': async () => {
      (await accounts.identities()).cancel();
      return null;
    },
    'identities.list': async (_params, caller) => (await accounts.identities()).list(caller),
    'identities.link': async ({ issuer }, caller) => (await accounts.identities()).link(caller, issuer),
    'identities.unlink': async ({ issuer }, caller) => (await accounts.identities()).unlink(caller, issuer),
    'identities.getProviders': async (_params, caller) => (await accounts.identities()).getProviders(caller),
    'identities.testProvider': async ({ issuer }, caller) => {
      await (await accounts.identities()).testProvider(caller, issuer);
      return null;
    },
    'identities.setProvider': async ({ clientSecret, ...provider }, caller) =>
      (await accounts.identities()).setProvider(caller, provider, clientSecret),
    'identities.removeProvider': async ({ issuer }, caller) =>
      (await accounts.identities()).removeProvider(caller, issuer),
  };
}
