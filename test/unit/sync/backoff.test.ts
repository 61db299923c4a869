/** How long a round that failed waits. */
import { expect, test } from 'vitest';
import { retryTime } from '../../../electron/sync/backoff.ts';
import { AppError } from '../../../shared/errors.ts';

const unreachable = new AppError('remote-unreachable', 'There is no network.', { retryable: true });

test('each failure may double the wait, up to five minutes: a server that is back is not stormed, nor left alone', () => {
  const longest = Array.from({ length: 12 }, (_, index) => retryTime(unreachable, index + 1, 0, 1));
  expect(longest).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000, 300_000,
  ]);
});

test('the jitter is full, so that computers which failed together do not come back together', () => {
  expect(retryTime(unreachable, 5, 1_000, 0)).toBe(1_000);
  expect(retryTime(unreachable, 5, 1_000, 0.5)).toBe(9_000);
});

test('a server’s own time is honoured, never tried before, and not believed beyond an hour', () => {
  const busy = (retryAt: number): AppError =>
    new AppError('remote-busy', 'The server is busy.', { retryable: true, retryAt });
  expect(retryTime(busy(60_000), 1, 10_000, 0.5)).toBe(60_500);
  // One whose clock is behind.
  expect(retryTime(busy(5_000), 1, 10_000, 0.5)).toBe(10_500);
  expect(retryTime(busy(86_400_000), 1, 0, 0)).toBe(3_600_000);
});

test('what only a person can put right is not tried again', () => {
  const refused = new AppError('remote-unauthorized', 'The password is wrong.');
  expect(retryTime(refused, 1, 0, 0.5)).toBeNull();
});
