/** Requests about sessions and accounts. Passwords go in and never come out. */
import { z } from 'zod';
import { LOCAL_ACCOUNT, longestPassword, type IdleLock, type ManagedAccount, type SessionState } from '../accounts.ts';
import { define, defineOpen } from './define.ts';

/** As typed; case and spaces around it do not count. */
export const email = z.string().trim().max(254).pipe(z.email());
/** Any that may be typed: whether it is the right one, or a good one, is told by the service. */
export const password = z
  .string()
  .min(1)
  .max(longestPassword * 4);
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
  'session.unlock': defineOpen(z.object({ password }))<SessionState>(),
  'session.lock': define(z.object({}))<SessionState>(),
  'session.signOut': define(z.object({}))<SessionState>(),
  /** The ticket is of use once, for a minute: whoever has it gets the parts of this stream. */
  'session.openStream': define(z.object({ streamId: z.uuid() }))<{ readonly ticket: string }>(),
  'accounts.signIn': defineOpen(z.object({ email, password, staySignedIn: z.boolean() }))<SessionState>(),
  /** `takeLocal` makes the local profile's library the new account's. */
  'accounts.register': defineOpen(
    z.object({ email, name, password, takeLocal: z.boolean(), staySignedIn: z.boolean() }),
  )<SessionState>(),
  /** Ends all other sessions of the account. */
  'accounts.changePassword': define(z.object({ current: password, next: password }))<SessionState>(),
  'accounts.changeEmail': define(z.object({ password, email }))<SessionState>(),
  'accounts.rename': define(z.object({ name }))<SessionState>(),
  /** With everything of it on this computer. */
  'accounts.delete': define(z.object({ password }))<SessionState>(),
  'accounts.getIdleLock': define(z.object({}))<IdleLock>(),
  'accounts.setIdleLock': define(z.object({ minutes: z.number().int().min(1).max(1_440).nullable() }))<IdleLock>(),
  /** For the administrator alone: `forbidden` otherwise. */
  'accounts.list': define(z.object({}))<readonly ManagedAccount[]>(),
  'accounts.setLimits': define(z.object({ accountId, limits: limitsSchema }))<readonly ManagedAccount[]>(),
};
