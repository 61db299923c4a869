/**
 * The one session that is open, or locked, and the library that goes with it.
 *
 * What changes it goes one after another; checking a token waits for nothing.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { LOCAL_ACCOUNT, type AccountSummary, type SessionState } from '../../shared/accounts.ts';
import { toAppError, type AppError } from '../../shared/errors.ts';
import type { Account } from '../db/accounts/registry.ts';
import { clearKeys, deriveLibraryKeys, type LibraryKeys } from '../encryption/library-keys.ts';
import type { PatientSecretStore } from '../pipeline/ports/keychain.ts';
import { needsKeys, readOpenAccount, rememberOpenAccount } from './account-folder.ts';
import { moveLocalKeys } from './account-keychain.ts';
import type { AccountSession } from './account-sessions.ts';
import type { AccountsOnDemand } from './accounts-on-demand.ts';
import type { Caller } from './caller.ts';
import { needsAccount, unauthenticated } from './errors.ts';
import { SessionTokens } from './session-tokens.ts';
import { KEY_LENGTH } from './signing-key.ts';
import { Tickets } from './tickets.ts';

export interface CurrentSessionOptions {
  readonly dataFolder: string;
  readonly keychain: PatientSecretStore;
  /** The one open library. */
  readonly library: {
    /** Errors: as `openCore`; no library is open then. @param keys Null for a plain library; cleared after `close`. */
    open(accountId: string, keys: LibraryKeys | null): Promise<void>;
    close(): Promise<void>;
  };
  /** Told with the first state, and whenever the state or the session is another. */
  readonly onChange: (state: SessionState['state'], accountId: string | null) => void;
  /** What went wrong without keeping anybody from going on. */
  readonly onError: (where: string, error: AppError) => void;
}

interface PresentBase {
  readonly id: string;
  readonly tokens: SessionTokens;
  readonly isLocked: boolean;
}

export interface PresentAccount extends PresentBase {
  readonly account: Account;
  readonly session: AccountSession;
}

/** Of the local profile there is no account, and no session in the registry. */
export type Present = PresentAccount | (PresentBase & { readonly account: null; readonly session: null });

/** Milliseconds. */
const MINUTE = 60_000;

export const localProfile: AccountSummary = {
  id: LOCAL_ACCOUNT,
  kind: 'local',
  name: 'Local profile',
  email: null,
  isAdministrator: false,
  isEmailVerified: false,
  isEncrypted: false,
  createdAt: 0,
};

export class CurrentSession {
  readonly #options: CurrentSessionOptions;
  readonly #accounts: AccountsOnDemand;
  readonly #now: () => number;
  readonly #tickets: Tickets;
  /** Whose library is open. */
  #library: string | null = null;
  /** Of that library, when it is encrypted. */
  #keys: LibraryKeys | null = null;
  #present: Present | null = null;
  /** False until the first state is known. */
  #hasBegun = false;
  #told: string | null = null;
  #work: Promise<unknown> = Promise.resolve();
  #localTokens: SessionTokens | null = null;

  constructor(options: CurrentSessionOptions, accounts: AccountsOnDemand, now: () => number) {
    this.#options = options;
    this.#accounts = accounts;
    this.#now = now;
    this.#tickets = new Tickets(now);
  }

  /** Null when nobody is signed in. */
  get present(): Present | null {
    return this.#present;
  }

  /** Whose library may be shown; null when it is locked or nobody is signed in. */
  get openAccountId(): string | null {
    return this.#present && !this.#present.isLocked ? idOf(this.#present) : null;
  }

  /** Makes a change when those before are over, and answers with the state after it. */
  alone(change: () => Promise<void> | void): Promise<SessionState> {
    const next = this.#work.then(async () => {
      try {
        await change();
      } finally {
        if (this.#present) this.#hasBegun = true;
        // SECURITY: behind a window that nobody is signed in at nothing is open, and behind a locked one nothing encrypted.
        if (!this.#present || isShut(this.#present)) await this.#closeAfterLeaving();
        this.#tell();
      }
      return this.#state();
    });
    // Its failure is told by whoever asked for it.
    this.#work = next.catch(() => undefined);
    return next;
  }

  /**
   * At the start, and whenever the window begins anew: the state, when the changes that were asked for are over. While a
   * keychain asks its owner something it is told as it is now, and that it waits: what it answers is told by `onChange`.
   */
  async current(): Promise<SessionState> {
    const { keychain, onError } = this.#options;
    const begun = this.alone(() => this.begin());
    const isOver = begun.then(
      () => true,
      () => true,
    );
    if (await Promise.race([keychain.asking().then(() => false), isOver])) return begun;
    // Nobody waits for it here; who asked for the change is told as ever.
    begun.catch((thrown: unknown) => onError('session', toAppError(thrown)));
    this.#announce();
    if (this.#present) return this.#state();
    // The list of accounts may wait for the keychain, too: a deletion that the last run began.
    return { state: 'signed-out', hasAccounts: this.#accounts.hasRegistry, waitsForKeychain: true };
  }

  /** The state as it is, whatever is about to change it. */
  now(): Promise<SessionState> {
    return this.#state();
  }

  /** Resolves when the changes that were asked for are over. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** At the start: opens the profile or the kept session that was open last, where that needs no password. */
  async begin(): Promise<void> {
    if (this.#hasBegun) return;
    await this.#openLast();
    this.#hasBegun = true;
  }

  async #openLast(): Promise<void> {
    const last = readOpenAccount(this.#options.dataFolder);
    if (last === LOCAL_ACCOUNT || !this.#accounts.hasRegistry) return this.enterLocal();
    // This finishes a deletion, too, that the last run began.
    const { registry, sessions } = await this.#accounts.open();
    const account = await registry.accounts.get(last);
    if (!account) return (await this.#accounts.hasAccounts()) ? undefined : this.enterLocal();
    const settled = await this.settle(account);
    const resumed = await sessions.resume(account.id);
    if (!resumed) return;
    const { session, usedAt } = resumed;
    const rested = this.#now() - usedAt;
    // SECURITY: a clock that was set back says nothing of how long it rested.
    const isOverdue = account.idleLock !== null && (rested > account.idleLock * MINUTE || rested < -MINUTE);
    // SECURITY: the keychain has no key of a library, or the disk and the system's password would open it.
    const isLocked = resumed.isLocked || isOverdue || needsKeys(this.#options.dataFolder, settled);
    if (isLocked) await registry.sessions.setLocked(session.id, true);
    else await this.openLibrary(account.id, null);
    this.#present = { ...presentOf(settled, session), isLocked };
  }

  async enterLocal(): Promise<void> {
    await this.openLibrary(LOCAL_ACCOUNT, null);
    rememberOpenAccount(this.#options.dataFolder, LOCAL_ACCOUNT);
    this.#localTokens ??= new SessionTokens({
      key: randomBytes(KEY_LENGTH),
      installation: randomUUID(),
      now: this.#now,
    });
    this.#present = { id: randomUUID(), account: null, session: null, tokens: this.#localTokens, isLocked: false };
  }

  /**
   * Opens an account whose owner has shown who they are.
   * @param dataKey Of an encrypted account's library; without it the session begins locked. It stays the caller's.
   */
  async enter(account: Account, staySignedIn: boolean, dataKey: Uint8Array | null): Promise<void> {
    const { registry, sessions } = await this.#accounts.open();
    const settled = await this.settle(account);
    const isLocked = dataKey === null && needsKeys(this.#options.dataFolder, settled);
    if (!isLocked) await this.openLibrary(account.id, dataKey);
    rememberOpenAccount(this.#options.dataFolder, account.id);
    const session = await sessions.begin(account.id, staySignedIn);
    if (isLocked) await registry.sessions.setLocked(session.id, true);
    this.#present = { ...presentOf(settled, session), isLocked };
  }

  /** Puts what became of the present session in its place. SECURITY: one that was locked meanwhile stays so. */
  replace(present: Present): void {
    if (present.id !== this.#present?.id) this.#tickets.clear();
    this.#present = { ...present, isLocked: present.isLocked || (this.#present?.isLocked ?? false) };
  }

  /** Whoever it is locked for has typed the password. */
  unlock(present: PresentAccount): void {
    this.#present = { ...present, isLocked: false };
  }

  /** The session that is open, or locked, is over. Its library is closed with the change that this is part of. */
  async leave(): Promise<void> {
    const left = this.#present;
    this.#present = null;
    this.#tickets.clear();
    if (left?.session) await (await this.#accounts.open()).sessions.end(left.session);
  }

  /**
   * Locks what can be locked, in no queue: a change that is under way may wait for as long as a keychain asks its owner
   * something, and nothing may be read in the window meanwhile. `lock` makes it hold for the next start, too.
   */
  lockAtOnce(): void {
    const present = this.#present;
    if (!present?.session || present.isLocked) return;
    this.#present = { ...present, isLocked: true };
    this.#tickets.clear();
    this.#tell();
  }

  async lock(): Promise<void> {
    this.lockAtOnce();
    const present = this.#present;
    if (present?.session) await (await this.#accounts.open()).registry.sessions.setLocked(present.id, true);
  }

  /** @param dataKey Of an encrypted library; it stays the caller's. */
  async openLibrary(accountId: string, dataKey: Uint8Array | null): Promise<void> {
    if (this.#library === accountId) return;
    await this.closeLibrary();
    this.#keys = dataKey && deriveLibraryKeys(dataKey);
    try {
      await this.#options.library.open(accountId, this.#keys);
    } catch (error) {
      this.clearKeys();
      throw error;
    }
    this.#library = accountId;
  }

  async closeLibrary(): Promise<void> {
    if (this.#library === null) return;
    this.#library = null;
    try {
      await this.#options.library.close();
    } finally {
      this.clearKeys();
    }
  }

  /** Closes the library if it is this account's. */
  async closeLibraryOf(accountId: string): Promise<void> {
    if (this.#library === accountId) await this.closeLibrary();
  }

  /** For a library that is closed. */
  clearKeys(): void {
    if (this.#keys) clearKeys(this.#keys);
    this.#keys = null;
  }

  /** What the change itself failed with is told, rather than this. */
  async #closeAfterLeaving(): Promise<void> {
    try {
      await this.closeLibrary();
    } catch (thrown) {
      this.#options.onError('close library', toAppError(thrown));
    }
  }

  /** Brings the local library to an account that was to have it; also after an end of the app in between. */
  async settle(account: Account): Promise<Account> {
    if (account.stage === 'ready') return account;
    const { dataFolder, keychain, onError } = this.#options;
    const { registry } = await this.#accounts.open();
    const { moveLocalLibrary } = await import('./move-library.ts');
    if (this.#library === LOCAL_ACCOUNT) await this.closeLibrary();
    await moveLocalLibrary(dataFolder, account.id, registry);
    // Without a keychain there are none; a provider's key can be entered again.
    await moveLocalKeys(keychain, account.id).catch((thrown: unknown) => onError('keys', toAppError(thrown)));
    await registry.accounts.setStage(account.id, 'ready');
    return { ...account, stage: 'ready' };
  }

  /** Whose session an access token is of. Throws `unauthenticated` unless it is good and that session is open now. */
  async verify(token: unknown): Promise<Caller> {
    const before = this.#present;
    if (!before || typeof token !== 'string') throw unauthenticated();
    const { accountId, sessionId } = await before.tokens.verifyAccess(token);
    // SECURITY: it may have been locked, or another's turn, while the token was looked at.
    const present = this.require({ accountId, sessionId });
    return { accountId, sessionId, isAdministrator: present.account?.isAdministrator ?? false };
  }

  /** SECURITY: the session of a caller may have ended since its token was looked at. Throws `unauthenticated` then. */
  require({ accountId, sessionId }: Pick<Caller, 'accountId' | 'sessionId'>): Present {
    const present = this.#present;
    if (!present || present.isLocked || present.id !== sessionId || idOf(present) !== accountId) {
      throw unauthenticated();
    }
    return present;
  }

  /** As `require`; `forbidden` for the local profile. */
  requireAccount(caller: Caller): PresentAccount {
    const present = this.require(caller);
    if (!present.account) throw needsAccount();
    return present;
  }

  issueTicket(streamId: string, caller: Caller): string {
    return this.#tickets.issue(streamId, this.require(caller).id);
  }

  redeemTicket(ticket: string): string | null {
    const present = this.#present;
    return present && !present.isLocked ? this.#tickets.redeem(ticket, present.id) : null;
  }

  #tell(): void {
    if (this.#hasBegun) this.#announce();
  }

  #announce(): void {
    const state = this.#present === null ? 'signed-out' : this.#present.isLocked ? 'locked' : 'open';
    const accountId = this.#present && idOf(this.#present);
    const told = `${state} ${accountId}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#options.onChange(state, accountId);
  }

  async #state(): Promise<SessionState> {
    const present = this.#present;
    if (!present) return this.#accounts.signedOut();
    const account = present.account ? summaryOf(present.account) : localProfile;
    const waits = this.#options.keychain.isAsking ? { waitsForKeychain: true as const } : {};
    if (present.isLocked) return { state: 'locked', account, ...waits };
    const { token, expiresAt } = await present.tokens.issueAccess(account.id, present.id);
    return {
      state: 'open',
      account,
      accessToken: token,
      expiresAt,
      isKept: present.session?.isKept ?? true,
      keychainError: present.session?.keychainError ?? null,
    };
  }
}

export function presentOf(account: Account, session: AccountSession): PresentAccount {
  return { id: session.id, account, session, tokens: session.tokens, isLocked: false };
}

export function summaryOf(account: Account): AccountSummary {
  const { id, name, email, isAdministrator, isEmailVerified, createdAt } = account;
  const isEncrypted = account.keys !== null;
  return { id, kind: 'account', name, email, isAdministrator, isEmailVerified, isEncrypted, createdAt };
}

/** Locked, with a library that nothing in memory may open meanwhile. */
function isShut({ isLocked, account }: Present): boolean {
  return isLocked && account !== null && account.keys !== null;
}

function idOf(present: Present): string {
  return present.account?.id ?? LOCAL_ACCOUNT;
}
