/** The window is locked when nobody touched the computer for long enough, asleep or awake. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const monitor = vi.hoisted(() => ({ idleSeconds: 0, resume: (): void => undefined }));
vi.mock('electron', () => ({
  powerMonitor: {
    getSystemIdleTime: () => monitor.idleSeconds,
    on: (_event: 'resume', listener: () => void) => (monitor.resume = listener),
  },
}));

const { lockWhenIdle } = await import('../../../electron/app/idle-lock.ts');

const MINUTE = 60_000;
let locked = 0;
const accounts = {
  idleLock: 5 as number | null,
  lockNow: () => {
    locked += 1;
    return Promise.resolve();
  },
};

beforeEach(() => {
  locked = 0;
  monitor.idleSeconds = 0;
  accounts.idleLock = 5;
  vi.useFakeTimers();
  lockWhenIdle(accounts);
});
afterEach(() => {
  vi.useRealTimers();
});

test('it stays open while somebody works, or nobody chose a time', () => {
  vi.advanceTimersByTime(60 * MINUTE);
  expect(locked).toBe(0);
  accounts.idleLock = null;
  monitor.idleSeconds = 86_400;
  vi.advanceTimersByTime(MINUTE);
  expect(locked).toBe(0);
});

test('it is locked within moments of the time', () => {
  monitor.idleSeconds = 5 * 60 - 1;
  vi.advanceTimersByTime(MINUTE);
  expect(locked).toBe(0);
  monitor.idleSeconds = 5 * 60;
  vi.advanceTimersByTime(15_000);
  expect(locked).toBe(1);
});

// Catches: a computer that slept for a night and is open to whoever wakes it, whose key ended what was counted as idle.
test('it is locked at once when the computer wakes from a sleep that was long enough', () => {
  vi.setSystemTime(Date.now() + 5 * MINUTE);
  monitor.resume();
  expect(locked).toBe(1);
  vi.setSystemTime(Date.now() + 4 * MINUTE);
  monitor.resume();
  expect(locked).toBe(1);
});
