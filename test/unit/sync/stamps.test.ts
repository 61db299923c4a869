import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BEFORE_SYNC, isOwn, isStamp, nextTime, stampOf, timeOf } from '../../../electron/sync/stamps.ts';

const device = '0123abcd-0000-4000-8000-000000000000';
const other = '0123abce-0000-4000-8000-000000000000';

describe('stamps', () => {
  // Catches: two changes of one device of which the later loses, because a clock was set back or stood still.
  it('grow with each change, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4e12 }), { minLength: 2 }), (clock) => {
        let last = 0;
        const stamps = clock.map((now) => stampOf((last = nextTime(last, now, 0)), device));
        expect(stamps).toEqual([...stamps].sort());
        expect(new Set(stamps).size).toBe(stamps.length);
      }),
    );
  });

  // Catches: a change after a look at a later one that is stamped earlier than it, so that it loses to what it answers.
  it('are later than those that were seen, and by the server’s clock', () => {
    const seen = stampOf(nextTime(0, 2_000_000, 0), other);
    expect(stampOf(nextTime(timeOf(seen), 1_000, 0), device) > seen).toBe(true);
    expect(nextTime(0, 1_000_000, 3_600_000)).toBe(4_600_000_000);
    expect(nextTime(5, Number.NaN, 0)).toBe(6);
  });

  // Catches: stamps of other lengths, which compare wrongly as text.
  it('have one length, and tell their device', () => {
    const stamp = stampOf(BEFORE_SYNC, device);
    expect(stamp).toBe('0000000000000001-0123abcd');
    expect([isStamp(stamp), isStamp('1-0123abcd'), isStamp(`${stamp}0`), isStamp(7)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([isOwn(stamp, device), isOwn(stamp, other)]).toEqual([true, false]);
    expect(() => stampOf(1e16, device)).toThrow(/stamped/);
  });
});
