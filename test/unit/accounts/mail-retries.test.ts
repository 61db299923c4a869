/** When a mail is tried again, and how many may be asked for. */
import { describe, expect, test } from 'vitest';
import { longestWait, mayAskFrom, nextAttemptAt } from '../../../electron/accounts/mail-retries.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('the next attempt', () => {
  test('comes later and later, but at least every four hours', () => {
    const delays = Array.from({ length: 12 }, (_, index) => (nextAttemptAt(index + 1, 0, 0, 0.5) ?? 0) / minute);
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240, 240]);
  });

  test('is not the same for mails that failed together', () => {
    expect(nextAttemptAt(3, 0, 0, 0)).toBe(3 * minute);
    expect(nextAttemptAt(3, 0, 0, 1)).toBe(5 * minute);
  });

  test('is made once at the end of two days, and then no more', () => {
    expect(nextAttemptAt(20, 0, longestWait - hour, 0.5)).toBe(longestWait);
    expect(nextAttemptAt(21, 0, longestWait, 0.5)).toBeNull();
    // The computer slept for a week meanwhile.
    expect(nextAttemptAt(1, 0, 7 * 24 * hour, 0.5)).toBeNull();
  });

  test('stays in those two days however often it failed', () => {
    let attempts = 0;
    for (let now: number | null = 0; now !== null; now = nextAttemptAt(attempts, 0, now, 0.5)) {
      attempts += 1;
      expect(now).toBeLessThanOrEqual(longestWait);
    }
    expect(attempts).toBeGreaterThan(15);
    expect(attempts).toBeLessThan(30);
  });
});

describe('asking for another mail', () => {
  test('is possible once a minute, five times an hour', () => {
    const now = 10 * hour;
    expect(mayAskFrom([], now)).toBe(now);
    expect(mayAskFrom([now - 30_000], now)).toBe(now + 30_000);
    expect(mayAskFrom([now - minute], now)).toBe(now);
    const five = [50, 40, 30, 20, 10].map((minutes) => now - minutes * minute);
    expect(mayAskFrom(five, now)).toBe(now + 10 * minute);
    expect(mayAskFrom(five, now + 10 * minute)).toBe(now + 10 * minute);
    // A sixth that came in by another way counts, too.
    expect(mayAskFrom([...five, now - 5 * minute], now)).toBe(now + 20 * minute);
  });

  // Catches: nobody can have a new password mailed until the clock is where it was before it was set back.
  test('does not wait for a time that a wrong clock told', () => {
    expect(mayAskFrom([30 * 24 * hour, 400 * 24 * hour], 10 * hour)).toBe(10 * hour);
  });
});
