/** What the registry keeps for mail: the server, the queue, and the codes that were mailed. No code and no password as it is. */
import type { ErrorInfo } from '../../../shared/errors.ts';
import type { MailKind, MailServer, UnsentMail } from '../../../shared/requests/mail.ts';
import type { CodePurpose, StoredCode } from '../../accounts/one-time-codes.ts';

export interface NewMail {
  readonly id: string;
  /** Whose address it goes to when it is sent. */
  readonly accountId: string;
  readonly kind: MailKind;
  /** Milliseconds since the epoch; it is due at once. */
  readonly createdAt: number;
}

/** A mail that is being sent. Its text, with a new code, is made for each attempt. */
export interface QueuedMail extends NewMail {
  /** This one counted. */
  readonly attempts: number;
  /** After how many of those before nobody knows whether it was sent. */
  readonly uncertain: number;
}

/** How an attempt ended, with the code that the recipient has, or may have, since. */
export type MailOutcome = { readonly code: NewCode | null } & (
  | { readonly state: 'sent' }
  | {
      readonly state: 'waiting';
      /** Milliseconds since the epoch. */
      readonly nextAttemptAt: number;
      readonly error: ErrorInfo;
      /** It may have been sent. */
      readonly isUncertain: boolean;
    }
  | { readonly state: 'failed'; readonly error: ErrorInfo }
);

export interface NewCode extends StoredCode {
  readonly purpose: CodePurpose;
}

export interface MailStore {
  /** Null when none is set up. */
  server(): Promise<MailServer | null>;
  /** With null every mail that waits is dropped. */
  setServer(server: MailServer | null): Promise<void>;
  /** Takes the place of one of the same kind for the same account that was not begun. */
  put(mail: NewMail): Promise<void>;
  /** When mails of this kind were asked for by this account, from a time on. */
  askedAt(accountId: string, kind: MailKind, from: number): Promise<readonly number[]>;
  /** The next one that is due, marked as being sent; null when none is. */
  begin(now: number): Promise<QueuedMail | null>;
  /** Ends what `begin` began, and keeps the code, in one transaction. */
  finish(id: string, outcome: MailOutcome): Promise<void>;
  /** Takes it out of the queue without a trace: there is nobody, or no reason, to send it to any more. */
  drop(id: string): Promise<void>;
  /** When the next one is due, in milliseconds since the epoch; null when none waits. */
  nextAttemptAt(): Promise<number | null>;
  /** Makes all that wait due. */
  retryAll(now: number): Promise<void>;
  /**
   * After a start: what was being sent when the app ended waits again, once; the second time it is given up for `reason`.
   * Sent and failed ones from before `before` are forgotten.
   */
  recover(now: number, before: number, reason: ErrorInfo): Promise<void>;
  /** Newest first; those that were sent are not among them. */
  unsent(): Promise<readonly UnsentMail[]>;
}

export interface CodeStore {
  /** Counts a try and answers with the code that it is for, this try counted; null when none may be tried. */
  takeTry(accountId: string, purpose: CodePurpose, now: number): Promise<StoredCode | null>;
  /** Uses a code up. False when somebody else did, or another took its place. */
  claim(accountId: string, purpose: CodePurpose, hash: string): Promise<boolean>;
  /** Brings back a code that was claimed for nothing, unless a newer one is there. */
  restore(accountId: string, code: NewCode): Promise<void>;
}
