/** What the status bar is told, and when no more. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StatusFeed, type StatusFeedOptions } from '../../../electron/core/status-feed.ts';
import type { AppStatus } from '../../../shared/requests/app.ts';
import { settingsSchema } from '../../../shared/requests/settings.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const notice = { level: 'warning', percentage: 81, resetsAt: 1, note: '81 % is used.' } as const;

// Catches: the status of one account's library told while another's is open.
test('a budget’s notice is told once, and nothing after the library was closed', () => {
  const told: AppStatus[] = [];
  const feed = new StatusFeed({
    settings: { current: settingsSchema.parse({}) },
    meter: { activity: () => null },
    imported: () => null,
    announce: (status: AppStatus) => told.push(status),
  } as unknown as StatusFeedOptions);
  feed.setBudget(notice);
  feed.setBudget({ ...notice });
  vi.advanceTimersByTime(10_000);
  expect(told.map(({ budget }) => budget)).toEqual([notice]);
  feed.changed();
  feed.close();
  feed.setBudget(null);
  vi.advanceTimersByTime(10_000);
  expect(told).toHaveLength(1);
});
