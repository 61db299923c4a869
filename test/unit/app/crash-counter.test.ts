import { expect, it } from 'vitest';
import { crashCounter } from '../../../electron/app/crash-counter.ts';

// Catches: a page that crashes as it loads and is reloaded for ever, and a limit that never lets go again.
it('answers three crashes in a minute, asks at the fourth, and begins anew after that', () => {
  const isTooOften = crashCounter();
  expect([0, 1_000, 2_000, 3_000].map(isTooOften)).toEqual([false, false, false, true]);
  expect([4_000, 5_000, 6_000, 7_000].map(isTooOften)).toEqual([false, false, false, true]);
});

it('does not count crashes that are far apart', () => {
  const isTooOften = crashCounter();
  expect([0, 30_000, 60_000, 90_000, 120_000, 150_000].map(isTooOften)).not.toContain(true);
});
