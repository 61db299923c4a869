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
import type { Account, Registry } from '../db/accounts/registry.ts';
import type { PatientSecretStore } from '../pipeline/ports/keychain.ts';
import type { AccountRecovery } from './account-recovery.ts';
import { AccountsOnDemand } from './accounts-on-demand.ts';
import { administrate, managedAccounts } from './administrate.ts';
import type { Caller } from './caller.ts';
import { checkPassword, finished, replacePassword, withProof, type Proven } from './check-password.ts';
import { CurrentSession, presentOf, type CurrentSessionOptions, type PresentAccount } from './current-session.ts';
import { emailKey } from './email.ts';
import type { EncryptionService } from './encryption-service.ts';
import type { IdentityService } from './identity-service.ts';
import { mailAccounts } from './mail-accounts.ts';
import type { MailService } from './mail-service.ts';
import type { Browser } from './ports/identity-provider.ts';
import type { MailAccounts } from './ports/mail-accounts.ts';
import { registerAccount, type Registration } from './register-account.ts';
import { emailTaken, noSuchAccount, wrongPassword, wrongSignIn } from './errors.ts';

export interface AccountsServiceOptions extends CurrentSessionOptions {
  /** Without one nobody signs in at a provider. */
  readonly browser?: Browser;
  /** Told how far turning an account's encryption on or off is; null when it is over. */
  readonly onTurning?: (task: EncryptionTask | null) => void;
  /** Told of the open account's new password. */
  readonly onPassword?: (password: string) => void;
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
  readonly #onPassword: AccountsServiceOptions['onPassword'];
  #encryption: Promise<EncryptionService> | null = null;

  constructor({ now = Date.now, browser, onTurning, onPassword, ...options }: AccountsServiceOptions) {
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
    this.#onPassword = onPassword;
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
      prove: (present: PresentAccount, password: string) => this.#prove(present, password),
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
      const proven = await this.#prove(present, password);
      await withProof(await finished(proven, this), async ({ account, keys }) => {
        await this.#session.openLibrary(account.id, keys?.dataKey ?? null);
        await (await this.#registry()).sessions.setLocked(present.id, false);
        this.#session.unlock({ ...present, account });
      });
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

  /** Ends all sessions of the account and begins another. Errors: `wrong-credentials`, `password-weak`, `too-many-attempts`. */
  changePassword(
    caller: Caller,
    { current, next }: { readonly current: string; readonly next: string },
  ): Promise<SessionState> {
    return this.#session.alone(async () => {
      const present = this.#session.requireAccount(caller);
      const parts = await this.#accounts.open();
      await withProof(await this.#prove(present, current), async (proven) => {
        let { session } = present;
        const account = await replacePassword(parts, proven, current, next, async () => {
          session = await parts.sessions.begin(proven.account.id, session.isToBeKept);
        });
        this.#session.replace(presentOf(account, session));
      });
      this.#onPassword?.(next);
    });
  }

  /** For what lies outside of this computer. Errors: `forbidden` when it is not open, `wrong-credentials`, `too-many-attempts`. */
  async proveOwner(accountId: string, password: string): Promise<{ readonly email: string }> {
    const { present } = this.#session;
    if (!present?.account || present.account.id !== accountId || present.isLocked)
      throw new AppError('forbidden', 'This account is not open.');
    return this.#proveAlone(present, password);
  }

  /** Errors: `wrong-credentials`, `email-taken`, `too-many-attempts`. */
  changeEmail(
    caller: Caller,
    { password, email }: { readonly password: string; readonly email: string },
  ): Promise<SessionState> {
    return this.#session.alone(async () => {
      const present = this.#session.requireAccount(caller);
      const { id } = await this.#proveAlone(present, password);
      const registry = await this.#registry();
      if (!(await registry.accounts.setEmail(id, email.trim(), emailKey(email)))) throw emailTaken();
      await this.#readAgain(present);
      await (await this.mail()).welcomeAddress(id);
    });
  }

  /** Errors: `forbidden`. */
  rename(caller: Caller, name: string): Promise<SessionState> {
    return this.#session.alone(async () => {
      const present = this.#session.requireAccount(caller);
      await (await this.#registry()).accounts.rename(present.account.id, name);
      await this.#readAgain(present);
    });
  }

  /**
   * Errors: `wrong-credentials`, `too-many-attempts`, `deletion-incomplete`; after the last one the account is closed all
   * the same.
   */
  delete(caller: Caller, password: string): Promise<SessionState> {
    return this.#session.alone(async () => {
      const account = await this.#proveAlone(this.#session.requireAccount(caller), password);
      const { registry, finishDeletion } = await this.#accounts.open();
      await registry.accounts.beginDeletion(account.id);
      await this.#session.leave();
      await this.#session.closeLibrary();
      await finishDeletion(account);
      // Nobody is left to sign in.
      if (!(await this.#accounts.hasAccounts())) await this.#session.enterLocal();
    });
  }

  async getIdleLock(caller: Caller): Promise<IdleLock> {
    return this.#session.require(caller).account?.idleLock ?? null;
  }

  /** Errors: `forbidden` for the local profile, which nothing would unlock. */
  async setIdleLock(caller: Caller, minutes: IdleLock): Promise<IdleLock> {
    await this.#session.alone(async () => {
      const present = this.#session.requireAccount(caller);
      await (await this.#registry()).accounts.setIdleLock(present.account.id, minutes);
      await this.#readAgain(present);
    });
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

  /** As `#prove`, for what needs no key. */
  async #proveAlone(present: PresentAccount, password: string): Promise<Account> {
    return withProof(await this.#prove(present, password), ({ account }) => Promise.resolve(account));
  }

  /** For whoever has a session: asks for its password again. */
  async #prove({ account }: PresentAccount, password: string): Promise<Proven> {
    const parts = await this.#accounts.open();
    const stored = await parts.registry.accounts.get(account.id);
    const proven = await checkPassword(parts, account.emailKey, stored, password);
    if (!proven) throw wrongPassword();
    return proven;
  }

  async #readAgain(present: PresentAccount): Promise<void> {
    const account = await (await this.#registry()).accounts.get(present.account.id);
    if (account) this.#session.replace({ ...present, account });
  }
}
