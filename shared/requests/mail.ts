/**
 * Requests about the mail server, and what a code that was mailed is good for. The server's password goes in and never
 * comes out; neither does a code.
 */
import { z } from 'zod';
import type { SessionState } from '../accounts.ts';
import type { ErrorInfo } from '../errors.ts';
import { hostName } from '../host-name.ts';
import { isThisComputer } from '../this-computer.ts';
import { email, password, recoveryGroups } from './accounts.ts';
import { define, defineOpen } from './define.ts';

/** How the connection is encrypted: from its first byte, after a word in the clear, or not at all. */
export type MailSecurity = 'tls' | 'starttls' | 'none';

/** The port that each is usually found on; RFC 8314 recommends the first. */
export const usualMailPorts: Readonly<Record<MailSecurity, number>> = { tls: 465, starttls: 587, none: 25 };

export const mailServerSchema = z
  .object({
    host: hostName('smtp.example.com'),
    port: z.number().int().min(1).max(65_535),
    security: z.enum(['tls', 'starttls', 'none']),
    /** Empty where the server wants no sign-in. */
    user: z
      .string()
      .trim()
      .max(254)
      .regex(/^\P{Cc}*$/u, 'A user name is one line.'),
    /** The address that mails are from. */
    sender: email,
    /** Certificate (PEM) of the authority of a server of one's own, beside those that everybody knows; empty for none. */
    authority: z.string().trim().max(50_000),
  })
  // SECURITY: neither a password nor a code crosses a network in the clear.
  .refine(({ host, security }) => security !== 'none' || isThisComputer(host), {
    path: ['security'],
    message: 'Without encryption Quire sends mail only to a server on this computer.',
  });
export type MailServer = z.infer<typeof mailServerSchema>;

export type MailKind = 'welcome' | 'verify-email' | 'reset-password';

/** A mail that was not sent yet, or could not be. */
export interface UnsentMail {
  readonly id: string;
  readonly kind: MailKind;
  /** Whom it is for. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Milliseconds since the epoch; null when it was given up. */
  readonly nextAttemptAt: number | null;
  /** Why the last attempt failed; null before the first. */
  readonly error: ErrorInfo | null;
}

export interface MailSettingsView {
  /** Null when no mail server is set up: then nothing is mailed, and what needs mail says so. */
  readonly server: MailServer | null;
  readonly hasPassword: boolean;
  /** False when the password holds until Quire ends, because there is no keychain to keep it in. */
  readonly isPasswordKept: boolean;
  readonly keychainError: ErrorInfo | null;
  /** Newest first. */
  readonly unsent: readonly UnsentMail[];
}

/** In the order in which they are taken. */
export const mailSteps = ['connect', 'encrypt', 'sign-in', 'send'] as const;
export type MailStep = (typeof mailSteps)[number];

/** What trying a server out gave. */
export interface MailTest {
  readonly ok: boolean;
  /** `skipped`: these settings want no such step; `not-tried`: one before it failed. */
  readonly steps: Readonly<Record<MailStep, 'ok' | 'failed' | 'skipped' | 'not-tried'>>;
  readonly error: ErrorInfo | null;
  readonly milliseconds: number;
}

const serverPassword = z.string().max(1_000);
/** As typed: case, spaces and hyphens do not count. */
const code = z.string().trim().min(1).max(40);

export const mailRequests = {
  /** Whether anything can be mailed at all: what the sign-in screen may offer. */
  'mail.getStatus': defineOpen(z.object({}))<{ readonly isSetUp: boolean }>(),
  /** For the administrator alone, as the next two: `forbidden` otherwise. */
  'mail.getSettings': define(z.object({}))<MailSettingsView>(),
  /** Without a password the one that is kept for this server stays; an empty one removes it. */
  'mail.setSettings': define(
    z.object({ server: mailServerSchema.nullable(), password: serverPassword.optional() }),
  )<MailSettingsView>(),
  /** Sends a test message. Without a password the one that is kept for this server is used. Nothing is saved. */
  'mail.test': define(
    z.object({ server: mailServerSchema, password: serverPassword.optional(), to: email }),
  )<MailTest>(),
  /** Mails a code to the account's own address. Errors: `mail-failed` without a server, `too-many-attempts`. */
  'accounts.requestVerification': define(z.object({}))<null>(),
  /** Errors: `wrong-credentials` for a code that is not right, was used, or is too old. */
  'accounts.verifyEmail': define(z.object({ code }))<SessionState>(),
  /** The same answer whether or not there is such an account. Errors: `mail-failed` without a server. */
  'accounts.requestPasswordReset': defineOpen(z.object({ email }))<null>(),
  /**
   * Ends all sessions of the account. Errors: `wrong-credentials`; `password-weak`, and `recovery-code-required` for an
   * encrypted account (the code still holds after both). With `recoveryGroups` such an account begins an empty library,
   * which that recovery code opens; the one that is there is put aside, locked.
   */
  'accounts.resetPassword': defineOpen(
    z.object({ email, code, password, recoveryGroups: recoveryGroups.optional() }),
  )<null>(),
};
