/**
 * Signing in at a provider (Google, or any OpenID Connect provider that the administrator set up), and linking who signed
 * in there to an account here.
 */
import type { SessionState } from '../../shared/accounts.ts';
import { AppError } from '../../shared/errors.ts';
import type { IdentityProviderName, IdentityProviderView, LinkedIdentity } from '../../shared/requests/identities.ts';
import type { StoredProvider } from '../db/accounts/identity-types.ts';
import type { Account, Registry } from '../db/accounts/registry.ts';
import type { SecretStore } from '../pipeline/ports/keychain.ts';
import { clientEntry } from './account-keychain.ts';
import type { AccountsOnDemand } from './accounts-on-demand.ts';
import { administrate } from './administrate.ts';
import type { Caller } from './caller.ts';
import type { CurrentSession } from './current-session.ts';
import { emailKey } from './email.ts';
import { noSuchAccount } from './errors.ts';
import { decideLinking, type Linking } from './identity-linking.ts';
import type { IdentityProvider, ProviderIdentity } from './ports/identity-provider.ts';

export interface IdentityServiceOptions {
  readonly accounts: AccountsOnDemand;
  readonly session: CurrentSession;
  readonly secrets: SecretStore;
  readonly provider: IdentityProvider;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface SignedIn {
  readonly provider: StoredProvider;
  readonly identity: ProviderIdentity;
}

export class IdentityService {
  readonly #options: IdentityServiceOptions;
  /** Of the sign-in that is waited for. */
  #running: AbortController | null = null;

  constructor(options: IdentityServiceOptions) {
    this.#options = options;
  }

  async listProviders(): Promise<readonly IdentityProviderName[]> {
    const { accounts } = this.#options;
    if (!accounts.hasRegistry) return [];
    return (await this.#providers()).map(({ issuer, name }) => ({ issuer, name }));
  }

  /** Errors: `sign-in-failed`, `cancelled`, `not-found`. A session that was open before goes on then. */
  async signIn(issuer: string, staySignedIn: boolean): Promise<SessionState> {
    // Not in the queue of sessions: a person takes minutes, and the window may lock meanwhile.
    const signedIn = await this.#ask(issuer);
    const { session } = this.#options;
    return session.alone(async () => {
      const account = await this.#carryOut(await this.#decide(signedIn, null), signedIn);
      await session.leave();
      // Who is known, but not the key: an encrypted library still wants its password.
      await session.enter(account, staySignedIn, null);
    });
  }

  /** Ends the sign-in that is waited for. */
  cancel(): void {
    this.#running?.abort();
  }

  /** Errors: `forbidden` for the local profile. */
  async list(caller: Caller): Promise<readonly LinkedIdentity[]> {
    const { account } = this.#options.session.requireAccount(caller);
    const { registry } = await this.#options.accounts.open();
    const names = new Map((await registry.identities.providers()).map(({ issuer, name }) => [issuer, name]));
    return (await registry.identities.ofAccount(account.id)).map(({ provider, linkedAt }) => ({
      issuer: provider,
      name: names.get(provider) ?? provider,
      linkedAt,
    }));
  }

  /** Errors: as `signIn`; `unauthenticated` when the session ended meanwhile. */
  async link(caller: Caller, issuer: string): Promise<readonly LinkedIdentity[]> {
    const { session } = this.#options;
    session.requireAccount(caller);
    const signedIn = await this.#ask(issuer);
    await session.alone(async () => {
      const present = session.requireAccount(caller);
      const account = await this.#carryOut(await this.#decide(signedIn, present.account.id), signedIn);
      session.replace({ ...present, account });
    });
    return this.list(caller);
  }

  async unlink(caller: Caller, issuer: string): Promise<readonly LinkedIdentity[]> {
    const { account } = this.#options.session.requireAccount(caller);
    await (await this.#options.accounts.open()).registry.identities.unlink(account.id, issuer);
    return this.list(caller);
  }

  async getProviders(caller: Caller): Promise<readonly IdentityProviderView[]> {
    return (await this.#administrate(caller)).identities.providers();
  }

  /** Errors: `sign-in-failed` with the reason. */
  async testProvider(caller: Caller, issuer: string): Promise<void> {
    await this.#administrate(caller);
    await this.#options.provider.check(issuer);
  }

  /** @param clientSecret Null leaves what is kept. Errors: `keychain-unavailable`. */
  async setProvider(
    caller: Caller,
    provider: Omit<StoredProvider, 'hasClientSecret'>,
    clientSecret: string | null,
  ): Promise<readonly IdentityProviderView[]> {
    const { identities } = await this.#administrate(caller);
    const present = (await identities.providers()).find(({ issuer }) => issuer === provider.issuer);
    let hasClientSecret = present?.hasClientSecret ?? false;
    if (clientSecret !== null) {
      if (clientSecret !== '') await this.#options.secrets.set(clientEntry(provider.issuer), clientSecret);
      else if (hasClientSecret) await this.#options.secrets.delete(clientEntry(provider.issuer));
      hasClientSecret = clientSecret !== '';
    }
    await identities.setProvider({ ...provider, hasClientSecret });
    return identities.providers();
  }

  /** Errors: `keychain-unavailable`, when a secret is left there. */
  async removeProvider(caller: Caller, issuer: string): Promise<readonly IdentityProviderView[]> {
    const { identities } = await this.#administrate(caller);
    const present = (await identities.providers()).find((provider) => provider.issuer === issuer);
    if (present?.hasClientSecret) await this.#options.secrets.delete(clientEntry(issuer));
    await identities.removeProvider(issuer);
    return identities.providers();
  }

  #administrate(caller: Caller): Promise<Registry> {
    return administrate(this.#options.accounts, this.#options.session, caller);
  }

  async #providers(): Promise<readonly StoredProvider[]> {
    return (await this.#options.accounts.open()).registry.identities.providers();
  }

  /** Who signs in at a provider now. */
  async #ask(issuer: string): Promise<SignedIn> {
    const { accounts, secrets } = this.#options;
    const known = accounts.hasRegistry ? await this.#providers() : [];
    const provider = known.find((one) => one.issuer === issuer);
    if (!provider) {
      throw new AppError('not-found', 'This provider is not set up on this computer.', {
        hint: 'The administrator of its accounts can add it in Settings.',
      });
    }
    this.cancel();
    const running = (this.#running = new AbortController());
    try {
      const clientSecret = provider.hasClientSecret ? await secrets.get(clientEntry(issuer)) : null;
      return { provider, identity: await this.#options.provider.signIn({ ...provider, clientSecret }, running.signal) };
    } finally {
      if (this.#running === running) this.#running = null;
    }
  }

  async #decide({ provider, identity }: SignedIn, callerId: string | null): Promise<Linking> {
    const { identities, accounts } = (await this.#options.accounts.open()).registry;
    const linked = await identities.find(identity.issuer, identity.subject);
    const sameEmail = identity.email === null ? null : await accounts.findByEmail(emailKey(identity.email));
    const others = sameEmail ? await identities.ofAccount(sameEmail.id) : [];
    const subject = others.find((one) => one.provider === provider.issuer)?.subject ?? null;
    return decideLinking(identity, provider.name, {
      linkedId: linked?.accountId ?? null,
      sameEmail: sameEmail && { id: sameEmail.id, isEmailVerified: sameEmail.isEmailVerified, subject },
      callerId,
    });
  }

  /** Answers with the account as it is then. */
  async #carryOut({ action, accountId }: Linking, { provider, identity }: SignedIn): Promise<Account> {
    const { identities, accounts } = (await this.#options.accounts.open()).registry;
    if (action === 'link') {
      const { issuer, subject, email } = identity;
      const linkedAt = this.#options.now();
      const isLinked = await identities.link({ issuer, subject, provider: provider.issuer, accountId, linkedAt });
      if (!isLinked) throw noSuchAccount();
      // The provider made sure of it, and it is the account's.
      if (email !== null) await accounts.setEmailVerified(accountId, emailKey(email));
    }
    // None when its deletion has begun.
    const account = await accounts.get(accountId);
    if (!account) throw noSuchAccount();
    return account;
  }
}
