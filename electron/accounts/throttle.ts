/**
 * How failed sign-ins slow the next one down. Pure: what is known of failures and the time go in, a wait comes out.
 *
 * An attempt counts as failed before its password is looked at, and is forgiven when that was right: neither many at
 * once nor an end of the app in between gains one. What is refused for being too early does not count.
 */

export interface Failures {
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly lastAt: number;
}

export interface ThrottleRule {
  /** Failures that slow nothing down: people mistype. */
  readonly free: number;
  /** Milliseconds after the first that does; doubled with each further one. */
  readonly firstWait: number;
  /** Milliseconds. */
  readonly longestWait: number;
  /** Milliseconds after which failures are forgotten. */
  readonly forgottenAfter: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** For one e-mail address: about a hundred guesses a day at most. */
export const perEmail: ThrottleRule = {
  free: 4,
  firstWait: 2 * SECOND,
  longestWait: 15 * MINUTE,
  forgottenAfter: 24 * HOUR,
};

/** For all addresses together: many addresses with a few guesses each. The owner of the computer waits a minute at most. */
export const perInstallation: ThrottleRule = {
  free: 20,
  firstWait: SECOND,
  longestWait: MINUTE,
  forgottenAfter: HOUR,
};

/** What still counts. A clock that was set back makes nobody wait for the time it showed before. */
function counting(rule: ThrottleRule, known: Failures | null, now: number): Failures {
  if (known === null || now - known.lastAt >= rule.forgottenAfter) return { count: 0, lastAt: now };
  return { count: known.count, lastAt: Math.min(known.lastAt, now) };
}

/** Milliseconds until the next attempt may be made; 0 when it may now. */
export function waitFor(rule: ThrottleRule, known: Failures | null, now: number): number {
  const { count, lastAt } = counting(rule, known, now);
  if (count <= rule.free) return 0;
  const wait = Math.min(rule.longestWait, rule.firstWait * 2 ** (count - rule.free - 1));
  return Math.max(0, lastAt + wait - now);
}

/** With an attempt that begins now. */
export function withAttempt(rule: ThrottleRule, known: Failures | null, now: number): Failures {
  return { count: counting(rule, known, now).count + 1, lastAt: now };
}

/** Without the attempt that was begun, because it was right. */
export function withoutAttempt(known: Failures): Failures {
  return { count: Math.max(0, known.count - 1), lastAt: known.lastAt };
}
