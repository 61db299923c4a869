/** How failed sign-ins slow the next one down. */
import { describe, expect, test } from 'vitest';
import {
  perEmail,
  perInstallation,
  waitFor,
  withAttempt,
  withoutAttempt,
  type Failures,
} from '../../electron/accounts/throttle.ts';

const now = 1_800_000_000_000;
const after = (count: number, lastAt = now): Failures => ({ count, lastAt });

describe('the wait after failures', () => {
  test('is nothing for those who mistype, then doubles up to its longest', () => {
    // A rule that never waits lets everybody guess; one that waits at once punishes a slip.
    const waits = [0, 1, 4, 5, 6, 7, 8].map((count) => waitFor(perEmail, after(count), now));
    expect(waits).toEqual([0, 0, 0, 2_000, 4_000, 8_000, 16_000]);
    expect(waitFor(perEmail, after(5_000), now)).toBe(perEmail.longestWait);
  });

  test('passes as the clock goes on, and is over to the millisecond', () => {
    expect(waitFor(perEmail, after(6), now + 3_999)).toBe(1);
    expect(waitFor(perEmail, after(6), now + 4_000)).toBe(0);
  });

  test('is forgotten after a day, and the count begins anew', () => {
    const later = now + perEmail.forgottenAfter;
    expect(waitFor(perEmail, after(500), later)).toBe(0);
    expect(withAttempt(perEmail, after(500), later)).toEqual({ count: 1, lastAt: later });
    expect(withAttempt(perEmail, after(500), later - 1).count).toBe(501);
  });

  test('keeps nobody out for years because the clock was wrong', () => {
    const tomorrow = after(10, now + 86_400_000);
    expect(waitFor(perEmail, tomorrow, now)).toBeLessThanOrEqual(perEmail.longestWait);
  });

  test('for the whole installation lets its owner in within a minute', () => {
    expect(waitFor(perInstallation, after(20), now)).toBe(0);
    expect(waitFor(perInstallation, after(21), now)).toBe(1_000);
    expect(waitFor(perInstallation, after(10_000), now)).toBe(60_000);
  });
});

test('an attempt that was right is taken back, and no more than that', () => {
  const begun = withAttempt(perInstallation, after(7), now);
  expect(withoutAttempt(begun).count).toBe(7);
  expect(withoutAttempt(after(0)).count).toBe(0);
});

test('a day of guessing at one address gains about a hundred guesses', () => {
  let known: Failures | null = null;
  let guesses = 0;
  for (let time = now; time < now + 86_400_000; time += Math.max(1, waitFor(perEmail, known, time))) {
    if (waitFor(perEmail, known, time) > 0) continue;
    known = withAttempt(perEmail, known, time);
    guesses += 1;
  }
  expect(guesses).toBeLessThan(120);
});
