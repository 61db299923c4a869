/** How long to wait after a round that failed. Pure. */
import type { AppError } from '../../shared/errors.ts';

const first = 1_000;
const longest = 5 * 60_000;
/** A server that asks for more is not believed: a day of silence helps nobody. */
const longestAsked = 60 * 60_000;

/**
 * Milliseconds since the epoch of the next try; null when only a person can change anything. Exponential, with full
 * jitter: computers that lost the same server do not come back to it together (Brooker, "Exponential backoff and
 * jitter", AWS Architecture Blog, 2015). A time that the server asked for is honoured, and jittered beyond it.
 *
 * @param failures In a row, 1 after the first.
 * @param random From 0 to 1.
 */
export function retryTime(error: AppError, failures: number, now: number, random = Math.random()): number | null {
  if (!error.retryable) return null;
  const ceiling = Math.min(first * 2 ** (failures - 1), longest);
  const asked = Math.min(Math.max(error.retryAt ?? now, now), now + longestAsked);
  return Math.round(asked + ceiling * random);
}
