/**
 * The registry of this computer's accounts (`accounts.db` in the data folder): who has one, which sessions are good, which
 * sign-ins failed, what an administrator allows. No text of any library is in it, and no password or token as it is.
 */
import type { Limits } from '../../../shared/accounts.ts';
import type { IdentityStore } from './identity-types.ts';
import type { CodeStore, MailStore } from './mail-types.ts';

/** `moving`: the local profile's library is on its way to it. Accounts that are being deleted are told of nowhere. */
export type AccountStage = 'ready' | 'moving';

export interface Account {
  readonly id: string;
  /** As it was typed. */
  readonly email: string;
  /** See `emailKey` of electron/accounts; unique. */
  readonly emailKey: string;
  readonly name: string;
  /** PHC string. Null for an encrypted account, whose password is what opens a wrap of `keys`. */
  readonly passwordHash: string | null;
  /** A copy of the library's `keys.json`; null for an account that is not encrypted. */
  readonly keys: string | null;
  readonly isAdministrator: boolean;
  readonly isEmailVerified: boolean;
  readonly stage: AccountStage;
  /** Minutes; null for never. */
  readonly idleLock: number | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export type NewAccount = Pick<
  Account,
  'id' | 'email' | 'emailKey' | 'name' | 'passwordHash' | 'keys' | 'stage' | 'createdAt'
>;

export interface AccountStore {
  /** The first one is the administrator. False when another has the e-mail address; nothing is stored then. */
  insert(account: NewAccount): Promise<boolean>;
  get(id: string): Promise<Account | null>;
  findByEmail(emailKey: string): Promise<Account | null>;
  /** Oldest first. */
  list(): Promise<readonly Account[]>;
  rename(id: string, name: string): Promise<void>;
  /** Another address counts as not verified. False when another account has it; nothing is changed then. */
  setEmail(id: string, email: string, emailKey: string): Promise<boolean>;
  /** Nothing happens when the account has another address by now. */
  setEmailVerified(id: string, emailKey: string): Promise<void>;
  setPasswordHash(id: string, passwordHash: string): Promise<void>;
  /**
   * Sets both. With an account's hash the file's copies from before an update go, which have it, too. Answers with how
   * many are left.
   */
  setCredentials(id: string, credentials: Pick<Account, 'passwordHash' | 'keys'>): Promise<number>;
  /** Whether anybody here is encrypted. */
  hasEncrypted(): Promise<boolean>;
  setIdleLock(id: string, minutes: number | null): Promise<void>;
  setStage(id: string, stage: AccountStage): Promise<void>;
  /**
   * Takes the account out of sight and ends its sessions, for good: `remove` follows when its files are gone. An
   * administrator's role goes to the oldest other account; with none left, what was set up for all of them goes, too: the
   * local profile's limits, the mail server, the providers of sign-ins.
   */
  beginDeletion(id: string): Promise<void>;
  /** Whose deletion was begun and is not over. */
  deleting(): Promise<readonly Pick<Account, 'id' | 'emailKey'>[]>;
  /** Removes every row that names the account, and the file's copies from before an update. Answers with how many are left. */
  remove(id: string): Promise<number>;
}

/** A family of refresh tokens: one sign-in, of which one token at a time is good. */
export interface StoredSession {
  readonly id: string;
  readonly accountId: string;
  /** It may go on after a restart. */
  readonly isKept: boolean;
  readonly isLocked: boolean;
  /** Milliseconds since the epoch. */
  readonly usedAt: number;
}

export interface NewSession {
  readonly id: string;
  readonly accountId: string;
  readonly tokenHash: string;
  readonly isKept: boolean;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** `reused`: the token was exchanged before, so that somebody else may have it; the session is over. */
export type Exchange = 'begun' | 'reused' | 'unknown';

export interface SessionStore {
  /** The account's others are over with it. */
  begin(session: NewSession): Promise<void>;
  get(id: string): Promise<StoredSession | null>;
  /**
   * Begins to exchange a token for the next. Both are good until `finishExchange`, so that an end of the app between the
   * two, whichever of them was kept, costs nobody their session.
   */
  beginExchange(id: string, tokenHash: string, nextHash: string, now: number): Promise<Exchange>;
  /** Only the token that was begun last is good from here on. */
  finishExchange(id: string, expiresAt: number): Promise<void>;
  setKept(id: string, isKept: boolean): Promise<void>;
  setLocked(id: string, isLocked: boolean): Promise<void>;
  touch(id: string, now: number): Promise<void>;
  end(id: string): Promise<void>;
  endAll(accountId: string): Promise<void>;
  /** Ends those that are too old, and those that were not to outlive their run of the app. */
  prune(now: number): Promise<void>;
}

export interface FailureRecord {
  readonly key: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly lastAt: number;
}

export interface FailureStore {
  get(keys: readonly string[]): Promise<readonly FailureRecord[]>;
  /** Those with a count of 0 are removed, and all whose last failure was before `forgetBefore`. */
  put(records: readonly FailureRecord[], forgetBefore: number): Promise<void>;
}

/** Of accounts and the local profile. */
export interface LimitStore {
  /** No limits when none were set. */
  get(accountId: string): Promise<Limits>;
  set(accountId: string, limits: Limits): Promise<void>;
}

/** What is known of the installation itself. */
export interface InstallationStore {
  /** A UUID, made with the file. */
  id(): Promise<string>;
  /** Whether the keychain held anything for it at any time. */
  hasUsedKeychain(): Promise<boolean>;
  noteKeychain(): Promise<void>;
}

export interface LibraryStore {
  /** Throws `library-in-use` when a process has the library in this folder open. */
  requireFree(folder: string): Promise<void>;
}

export interface RegistryStore {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly failures: FailureStore;
  readonly limits: LimitStore;
  readonly installation: InstallationStore;
  readonly libraries: LibraryStore;
  readonly mails: MailStore;
  readonly codes: CodeStore;
  readonly identities: IdentityStore;
}

export interface Registry extends RegistryStore {
  close(): Promise<void>;
}

export type RegistryGroup = keyof RegistryStore;

/** Every method, so that a client can be made without the statements; the compiler wants each of them here. */
export const registryMethods: {
  readonly [Name in RegistryGroup]: { readonly [M in keyof RegistryStore[Name]]: true };
} = {
  accounts: {
    insert: true,
    get: true,
    findByEmail: true,
    list: true,
    rename: true,
    setEmail: true,
    setEmailVerified: true,
    setPasswordHash: true,
    setCredentials: true,
    hasEncrypted: true,
    setIdleLock: true,
    setStage: true,
    beginDeletion: true,
    deleting: true,
    remove: true,
  },
  sessions: {
    begin: true,
    get: true,
    beginExchange: true,
    finishExchange: true,
    setKept: true,
    setLocked: true,
    touch: true,
    end: true,
    endAll: true,
    prune: true,
  },
  failures: { get: true, put: true },
  limits: { get: true, set: true },
  installation: { id: true, hasUsedKeychain: true, noteKeychain: true },
  libraries: { requireFree: true },
  mails: {
    server: true,
    setServer: true,
    put: true,
    askedAt: true,
    begin: true,
    finish: true,
    drop: true,
    nextAttemptAt: true,
    retryAll: true,
    recover: true,
    unsent: true,
  },
  codes: { takeTry: true, claim: true, restore: true },
  identities: {
    providers: true,
    setProvider: true,
    removeProvider: true,
    find: true,
    ofAccount: true,
    link: true,
    unlink: true,
  },
};
