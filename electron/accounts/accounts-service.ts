/**
 * Accounts and who is signed in: what the window may ask of both. It works without Electron, and loads nothing of argon2,
 * the registry or the keychain for somebody who only uses the local profile.
 */
import {
  LOCAL_ACCOUNT,
  noLimits,
  type EncryptionTask,
  type IdleLock,
  type Limits,
  type ManagedAccount,
  type SessionState,
} from '../../shared/accounts.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { Registry } from '../db/accounts/registry.ts';
import type { PatientSecretStore } from '../pipeline/ports/keychain.ts';
import type { AccountRecovery } from './account-recovery.ts';
import { AccountsOnDemand } from './accounts-on-demand.ts';
import { administrate, managedAccounts } from './administrate.ts';
import type { Caller } from './caller.ts';
import { checkPassword, finished, withProof } from './check-password.ts';
import { CurrentSession, type CurrentSessionOptions, type PresentAccount } from './current-session.ts';
import { emailKey } from './email.ts';
import type { EncryptionService } from './encryption-service.ts';
import type { IdentityService } from './identity-service.ts';
import { mailAccounts } from './mail-accounts.ts';
import type { MailService } from './mail-service.ts';
import type { Browser } from './ports/identity-provider.ts';
import type { MailAccounts } from './ports/mail-accounts.ts';
import type { OpenSync } from './ports/library-sync.ts';
import { proveAlone, provePresent } from './prove-present.ts';
import { registerAccount, type Registration } from './register-account.ts';
import { noSuchAccount, wrongSignIn } from './errors.ts';
import {
  changeEmail,
  changePassword,
  deleteOwnAccount,
  renameAccount,
  setIdleLock,
  tellSync,
  type Ending,
  type OwnAccountParts,
} from './own-account.ts';

export interface AccountsServiceOptions extends CurrentSessionOptions {
  /** Without one nobody signs in at a provider. */
  readonly browser?: Browser;
  /** Told how far turning an account's encryption on or off is; null when it is over. */
  readonly onTurning?: (task: EncryptionTask | null) => void;
  /** Without it nothing syncs. */
  readonly sync?: OpenSync;
  /** Milliseconds since the epoch; for tests. */
  readonly now?: () => number;
}

export interface SignIn {
  readonly email: string;
  readonly password: string;
  readonly staySignedIn: boolean;
}

/** Milliseconds. */
const mailDelay = 10_000;

export class AccountsService {
  readonly #dataFolder: string;
  readonly #onError: AccountsServiceOptions['onError'];
  readonly #now: () => number;
  readonly #accounts: AccountsOnDemand;
  readonly #session: CurrentSession;
  #closing: Promise<void> | null = null;
  /** For mail to those who have an account. */
  readonly mailAccounts: MailAccounts;
  readonly #secrets: PatientSecretStore;
  #mail: Promise<MailService> | null = null;
  #mailTimer: NodeJS.Timeout | undefined;
  readonly #browser: Browser | undefined;
  #identities: Promise<IdentityService> | null = null;
  #recovery: Promise<AccountRecovery> | null = null;
  readonly #onTurning: AccountsServiceOptions['onTurning'];
  readonly #own: OwnAccountParts;
  #encryption: Promise<EncryptionService> | null = null;

  constructor({ now = Date.now, browser, onTurning, sync, ...options }: AccountsServiceOptions) {
    const { dataFolder, keychain, onError } = options;
    this.#dataFolder = dataFolder;
    this.#onError = onError;
    this.#now = now;
    this.#accounts = new AccountsOnDemand({ dataFolder, secrets: keychain, now, onError });
    this.#session = new CurrentSession(options, this.#accounts, now);
    this.mailAccounts = mailAccounts(this.#accounts, this.#session, () => this.recovery());
    this.#secrets = keychain;
    this.#browser = browser;
    this.#onTurning = onTurning;
    this.#own = {
      accounts: this.#accounts,
      session: this.#session,
      mail: () => this.mail(),
      sync: sync ?? (() => Promise.resolve(null)),
      onError,
    };
  }

  get #parts() {
    const recovery = () => this.recovery();
    return { dataFolder: this.#dataFolder, accounts: this.#accounts, session: this.#session, recovery };
  }

  /** Whose library may be shown; null when it is locked or nobody is signed in. */
  get openAccountId(): string | null {
    return this.#session.openAccountId;
  }

  /** Minutes without a key or a click until `lockNow` is to be called; null for never, and when nothing can be locked. */
  get idleLock(): IdleLock {
    return this.openAccountId === null ? null : (this.#session.present?.account?.idleLock ?? null);
  }

  /** At the start: opens the profile or the kept session that was open last, where that needs no password. */
  async current(): Promise<SessionState> {
    this.#sendWaitingMail();
    // Turning encryption on or off takes its time, and the window shows how far it is.
    if ((await this.#encryption)?.tellAgain()) return this.#session.now();
    return this.#session.current();
  }

  /** Whoever waits for the keychain goes on without it. */
  leaveKeychain(): Promise<SessionState> {
    this.#secrets.leave();
    return this.#session.current();
  }

  /** Codes by mail, and the server that they go through. */
  mail(): Promise<MailService> {
    return (this.#mail ??= import('./open-mail.ts').then(({ openMail }) =>
      openMail(this, { secrets: this.#secrets, now: this.#now, onError: (error) => this.#onError('mail', error) }),
    ));
  }

  /** Signing in at providers such as Google. */
  identities(): Promise<IdentityService> {
    const parts = { accounts: this.#accounts, session: this.#session, secrets: this.#secrets, now: this.#now };
    return (this.#identities ??= import('./open-identities.ts').then(({ openIdentities }) =>
      openIdentities({ ...parts, browser: this.#browser }),
    ));
  }

  /** Recovery codes of encrypted accounts. */
  recovery(): Promise<AccountRecovery> {
    return (this.#recovery ??= import('./account-recovery.ts').then(
      ({ AccountRecovery }) => new AccountRecovery(this.#parts),
    ));
  }

  /** Encryption of the account that is open. */
  encryption(): Promise<EncryptionService> {
    const parts = {
      ...this.#parts,
      prove: (present: PresentAccount, password: string) => provePresent(this.#accounts, present, password),
      onProgress: (task: EncryptionTask | null) => this.#onTurning?.(task),
      onError: this.#onError,
    };
    return (this.#encryption ??= import('./encryption-service.ts').then(
      ({ EncryptionService }) => new EncryptionService(parts),
    ));
  }

  /** Takes up the mail that the last run left, when the window has had time to come up. */
  #sendWaitingMail(): void {
    if (this.#mailTimer || !this.#accounts.hasRegistry) return;
    this.#mailTimer = setTimeout(() => {
      this.mail().then(
        (mail) => mail.start(),
        (thrown: unknown) => this.#onError('mail', toAppError(thrown)),
      );
    }, mailDelay).unref();
  }

  /** A new access token; for an account's session a new refresh token, too. */
  refresh(): Promise<SessionState> {
    return this.#session.alone(async () => {
      const { present } = this.#session;
      if (!present?.session || present.isLocked) return;
      const session = await (await this.#accounts.open()).sessions.rotate(present.session);
      if (session) this.#session.replace({ ...present, session });
      else await this.#session.leave();
    });
  }

  /** Opens the local profile; a session that is open, or locked, is over. */
  openLocal(): Promise<SessionState> {
    return this.#session.alone(async () => {
      const { present } = this.#session;
      if (present && !present.account) return;
      await this.#session.leave();
      await this.#session.enterLocal();
    });
  }

  /** Errors: `wrong-credentials`, `too-many-attempts`. */
  unlock(password: string): Promise<SessionState> {
    return this.#session.alone(async () => {
      const { present } = this.#session;
      if (!present?.session || !present.isLocked) return;
      const proven = await provePresent(this.#accounts, present, password);
      await withProof(await finished(proven, this), async ({ account, keys }) => {
        await this.#session.openLibrary(account.id, keys?.dataKey ?? null);
        await (await this.#registry()).sessions.setLocked(present.id, false);
        this.#session.unlock({ ...present, account });
      });
      tellSync(this.#own, (sync) => sync.passwordProven(password));
    });
  }

  /**
   * Access tokens are refused until `unlock`; what a plain library is at goes on, an encrypted one is closed. Errors:
   * `forbidden`.
   */
  async lock(caller: Caller): Promise<SessionState> {
    this.#session.requireAccount(caller);
    this.#session.lockAtOnce();
    return this.#session.alone(() => this.#session.lock());
  }

  /** Locks if there is something to lock; a failure is told to `onError`. */
  async lockNow(): Promise<void> {
    try {
      this.#session.lockAtOnce();
      await this.#session.alone(() => this.#session.lock());
    } catch (thrown) {
      this.#onError('lock', toAppError(thrown));
    }
  }

  /** Ends the session for good. */
  signOut(caller: Caller): Promise<SessionState> {
    return this.#session.alone(() => {
      this.#session.require(caller);
      return this.#session.leave();
    });
  }

  /** Errors: `wrong-credentials`, `too-many-attempts`; a session that was open before goes on then. */
  signIn({ email, password, staySignedIn }: SignIn): Promise<SessionState> {
    return this.#session.alone(async () => {
      if (!this.#accounts.hasRegistry) throw wrongSignIn();
      const parts = await this.#accounts.open();
      const key = emailKey(email);
      const proven = await checkPassword(parts, key, await parts.registry.accounts.findByEmail(key), password);
      if (!proven) throw wrongSignIn();
      await withProof(await finished(proven, this), async ({ account, keys }) => {
        await this.#session.leave();
        await this.#session.enter(account, staySignedIn, keys?.dataKey ?? null);
      });
      tellSync(this.#own, (sync) => sync.passwordProven(password));
    });
  }

  /** Errors: as `registerAccount`. */
  register(registration: Registration): Promise<SessionState> {
    return this.#session.alone(async () => {
      const { id } = await registerAccount(
        { ...this.#parts, encryption: () => this.encryption(), now: this.#now },
        registration,
      );
      await (await this.mail()).welcome(id);
    });
  }

  /** As `changePassword` of own-account.ts. */
  changePassword(
    caller: Caller,
    passwords: { readonly current: string; readonly next: string },
  ): Promise<SessionState> {
    return this.#session.alone(() => changePassword(this.#own, caller, passwords));
  }

  /** For what lies outside of this computer. Errors: `forbidden` when it is not open, `wrong-credentials`, `too-many-attempts`. */
  async proveOwner(accountId: string, password: string): Promise<{ readonly email: string }> {
    const { present } = this.#session;
    if (!present?.account || present.account.id !== accountId || present.isLocked)
      throw new AppError('forbidden', 'This account is not open.');
    return proveAlone(this.#accounts, present, password);
  }

  /** The present address of an account; null when there is none. */
  async emailOf(accountId: string): Promise<string | null> {
    return (await (await this.findRegistry())?.accounts.get(accountId))?.email ?? null;
  }

  /** As `changeEmail` of own-account.ts. */
  changeEmail(caller: Caller, change: { readonly password: string; readonly email: string }): Promise<SessionState> {
    return this.#session.alone(() => changeEmail(this.#own, caller, change));
  }

  /** Errors: `forbidden`. */
  rename(caller: Caller, name: string): Promise<SessionState> {
    return this.#session.alone(() => renameAccount(this.#own, caller, name));
  }

  /** As `deleteOwnAccount`. */
  delete(caller: Caller, password: string, ending?: Ending): Promise<SessionState> {
    return this.#session.alone(() => deleteOwnAccount(this.#own, caller, password, ending));
  }

  async getIdleLock(caller: Caller): Promise<IdleLock> {
    return this.#session.require(caller).account?.idleLock ?? null;
  }

  /** Errors: `forbidden` for the local profile, which nothing would unlock. */
  async setIdleLock(caller: Caller, minutes: IdleLock): Promise<IdleLock> {
    await this.#session.alone(() => setIdleLock(this.#own, caller, minutes));
    return minutes;
  }

  /** Errors: `forbidden` for all but the administrator. */
  async list(caller: Caller): Promise<readonly ManagedAccount[]> {
    return managedAccounts(await administrate(this.#accounts, this.#session, caller));
  }

  /** Errors: `forbidden` for all but the administrator, `not-found`. */
  async setLimits(caller: Caller, accountId: string, limits: Limits): Promise<readonly ManagedAccount[]> {
    const registry = await administrate(this.#accounts, this.#session, caller);
    if (accountId !== LOCAL_ACCOUNT && !(await registry.accounts.get(accountId))) throw noSuchAccount();
    await registry.limits.set(accountId, limits);
    return this.list(caller);
  }

  /** What the administrator allows an account. */
  async limitsOf(accountId: string): Promise<Limits> {
    return (await this.findRegistry())?.limits.get(accountId) ?? noLimits;
  }

  /** Whose session an access token is of. Throws `unauthenticated` unless it is good and that session is open now. */
  verify(token: unknown): Promise<Caller> {
    return this.#session.verify(token);
  }

  /** For a stream of the caller's library; see `Tickets`. */
  issueTicket(streamId: string, caller: Caller): string {
    return this.#session.issueTicket(streamId, caller);
  }

  /** The stream's id; null for a ticket that is not good, and while nothing is open. */
  redeemTicket(ticket: string): string | null {
    return this.#session.redeemTicket(ticket);
  }

  /** Ends nobody's session; the library is its owner's to close. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    (await this.#identities)?.cancel();
    (await this.#encryption)?.interrupt();
    await this.#session.settled();
    clearTimeout(this.#mailTimer);
    await (await this.#mail)?.close();
    const { present } = this.#session;
    if (present?.session && !present.isLocked) {
      await (await this.#registry()).sessions.touch(present.id, this.#now());
    }
    await this.#accounts.close();
    this.#session.clearKeys();
  }

  /** For what else is kept of this computer's accounts; null as long as there never was one. */
  async findRegistry(): Promise<Registry | null> {
    return this.#accounts.hasRegistry ? this.#registry() : null;
  }

  /** Makes the file when there is none. */
  async #registry(): Promise<Registry> {
    return (await this.#accounts.open()).registry;
  }
}
