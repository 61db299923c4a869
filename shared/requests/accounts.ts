/** Requests about sessions and accounts. Passwords go in and never come out. */
import { z } from 'zod';
import {
  LOCAL_ACCOUNT,
  longestPassword,
  type IdleLock,
  type ManagedAccount,
  type OfferedRecoveryCode,
  type SessionState,
} from '../accounts.ts';
import { define, defineOpen } from './define.ts';

/** As typed; case and spaces around it do not count. */
export const email = z.string().trim().max(254).pipe(z.email());
/** Any that may be typed: whether it is the right one, or a good one, is told by the service. */
export const password = z
  .string()
  .min(1)
  .max(longestPassword * 4);
/** As typed: case, spaces and hyphens do not count. */
const recoveryCode = z.string().trim().min(1).max(100);
/** The two groups of the recovery code that was offered last, as they were asked. */
export const recoveryGroups = z.array(z.string().trim().max(20)).length(2);
const name = z.string().trim().min(1).max(100);
const accountId = z.union([z.uuid(), z.enum([LOCAL_ACCOUNT])]);
const limit = z.number().nonnegative().max(1e12).nullable();

export const limitsSchema = z.object({
  monthlyCost: limit,
  monthlyTokens: limit,
  requestsPerMinute: z.number().int().min(1).max(100_000).nullable(),
});

export const accountRequests = {
  /** At the start: opens the profile or the kept session that was open last, where that needs no password. */
  'session.current': defineOpen(z.object({}))<SessionState>(),
  /** A new access token for the session that is open. */
  'session.refresh': defineOpen(z.object({}))<SessionState>(),
  /** Opens the local profile, which has no password. */
  'session.openLocal': defineOpen(z.object({}))<SessionState>(),
  /** Goes on without the keychain that is waited for: what was to be kept there is not. */
  'session.leaveKeychain': defineOpen(z.object({}))<SessionState>(),
  'session.unlock': defineOpen(z.object({ password }))<SessionState>(),
  'session.lock': define(z.object({}))<SessionState>(),
  'session.signOut': define(z.object({}))<SessionState>(),
  /** The ticket is of use once, for a minute: whoever has it gets the parts of this stream. */
  'session.openStream': define(z.object({ streamId: z.uuid() }))<{ readonly ticket: string }>(),
  'accounts.signIn': defineOpen(z.object({ email, password, staySignedIn: z.boolean() }))<SessionState>(),
  /** Makes a recovery code and keeps it in mind until it is used, or another one is made. */
  'accounts.offerRecoveryCode': defineOpen(z.object({}))<OfferedRecoveryCode>(),
  /**
   * `takeLocal` makes the local profile's library the new account's. With `recoveryGroups` the library is encrypted: an
   * empty one from the start, one that is taken along as by `turnEncryptionOn`.
   */
  'accounts.register': defineOpen(
    z.object({
      email,
      name,
      password,
      takeLocal: z.boolean(),
      staySignedIn: z.boolean(),
      recoveryGroups: recoveryGroups.optional(),
    }),
  )<SessionState>(),
  /**
   * Sets a new password of an encrypted account by its recovery code and ends all its sessions. Errors:
   * `wrong-credentials`, for an address that nobody has, too; `too-many-attempts`, `password-weak`.
   */
  'accounts.recover': defineOpen(z.object({ email, recoveryCode, password }))<null>(),
  /** Tells a wrong password (`wrong-credentials`) before a recovery code is written down for it. */
  'accounts.checkPassword': define(z.object({ password }))<null>(),
  /**
   * Encrypts the library of the account that is open, which is locked meanwhile; `encryption.changed` tells how far it is.
   * `kept`: what becomes of earlier libraries. Whenever it is interrupted, unlocking goes on with it.
   */
  'accounts.turnEncryptionOn': define(
    z.object({ password, recoveryGroups, kept: z.enum(['encrypt', 'delete']) }),
  )<SessionState>(),
  'accounts.turnEncryptionOff': define(z.object({ password }))<SessionState>(),
  /** Turns what runs now back. */
  'accounts.cancelEncryption': defineOpen(z.object({}))<null>(),
  /** Ends all other sessions of the account. */
  'accounts.changePassword': define(z.object({ current: password, next: password }))<SessionState>(),
  'accounts.changeEmail': define(z.object({ password, email }))<SessionState>(),
  'accounts.rename': define(z.object({ name }))<SessionState>(),
  /**
   * With everything of it on this computer. An account that syncs is not deleted (`request-invalid`) unless its library is to
   * stay on the servers; `sync.deleteThere` deletes it there first.
   */
  'accounts.delete': define(z.object({ password, leavesLibrary: z.boolean().default(false) }))<SessionState>(),
  'accounts.getIdleLock': define(z.object({}))<IdleLock>(),
  'accounts.setIdleLock': define(z.object({ minutes: z.number().int().min(1).max(1_440).nullable() }))<IdleLock>(),
  /** For the administrator alone: `forbidden` otherwise. */
  'accounts.list': define(z.object({}))<readonly ManagedAccount[]>(),
  'accounts.setLimits': define(z.object({ accountId, limits: limitsSchema }))<readonly ManagedAccount[]>(),
};
