/** Accounts, sessions and what limits an account: what main and the window tell each other of them. */
import type { ErrorInfo } from './errors.ts';

/** The account that needs no password: the library of whoever sits at this computer. */
export const LOCAL_ACCOUNT = 'local';

export interface AccountSummary {
  /** A UUID, or `local`. */
  readonly id: string;
  readonly kind: 'local' | 'account';
  readonly name: string;
  /** Null for the local profile. */
  readonly email: string | null;
  /** The first account that was made on this computer. */
  readonly isAdministrator: boolean;
  readonly isEmailVerified: boolean;
  /** Its library opens with the password, or the recovery code, alone; a kept session begins locked. */
  readonly isEncrypted: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** What the window may show: a library, the way to unlock it, or the way to sign in. */
export type SessionState =
  | {
      readonly state: 'open';
      readonly account: AccountSummary;
      /** Goes with every request; a JWT that is of use for a quarter of an hour. */
      readonly accessToken: string;
      /** Milliseconds since the epoch. */
      readonly expiresAt: number;
      /** False when the next start asks for the password again. */
      readonly isKept: boolean;
      /** Why it can't be kept though it was asked for; null otherwise. */
      readonly keychainError: ErrorInfo | null;
    }
  | {
      readonly state: 'locked';
      readonly account: AccountSummary;
      /** The system's keychain asks its owner something, and what was under way waits for that; left out otherwise. */
      readonly waitsForKeychain?: true;
    }
  | {
      readonly state: 'signed-out';
      /** As above: it may yet turn out who is signed in. */
      readonly waitsForKeychain?: true;
      /** Whether anybody has an account here; without, one can be made or the local profile opened. */
      readonly hasAccounts: boolean;
      /** Why an account that was deleted is not gone whole; left out when none is. */
      readonly deletionLeft?: ErrorInfo;
    };

/** What an account may spend on providers. Null: no limit. */
export interface Limits {
  /** US dollars in a calendar month. */
  readonly monthlyCost: number | null;
  /** Tokens in a calendar month, prompts and answers together. */
  readonly monthlyTokens: number | null;
  readonly requestsPerMinute: number | null;
}

export const noLimits: Limits = { monthlyCost: null, monthlyTokens: null, requestsPerMinute: null };

/** An account, or the local profile, as the administrator sees it; what is in it stays its own. */
export interface ManagedAccount extends AccountSummary {
  /** Set by the administrator; the account's own may be tighter. */
  readonly limits: Limits;
}

/** How far turning a library's encryption on or off is. */
export interface EncryptionProgress {
  readonly stage: 'files' | 'database' | 'searching';
  /** Bytes; of the database's stage nothing is known until it is over. */
  readonly done: number;
  /** 0 where it is not known. */
  readonly total: number;
}

/** What the window is told of it. */
export interface EncryptionTask extends EncryptionProgress {
  readonly direction: 'on' | 'off';
}

/** A recovery code that was made for somebody who is about to encrypt a library. */
export interface OfferedRecoveryCode {
  /** As it is shown: seven groups of four. */
  readonly code: string;
  /** Which two groups are asked back, counted from 0. */
  readonly asked: readonly [number, number];
}

/** Minutes without a key or a click until the window is locked; null for never. */
export type IdleLock = number | null;

export const shortestPassword = 10;
export const longestPassword = 128;
