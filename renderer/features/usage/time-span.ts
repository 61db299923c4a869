/** The times that usage is shown for, and the days and months in them, by the computer's clock. Pure. */

export const ranges = ['this-month', 'last-month', '90-days', 'all'] as const;
export type Range = (typeof ranges)[number];

export const rangeNames: Readonly<Record<Range, string>> = {
  'this-month': 'This month',
  'last-month': 'Last month',
  '90-days': '90 days',
  all: 'All',
};

/** From `from` (inclusive) to `to` (exclusive), in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Midnight of a day so many days later; days of 23 and 25 hours count as days. */
export function dayAfter(time: number, days: number): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

/** The first moment of a month so many months later. */
export function monthAfter(time: number, months: number): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth() + months, 1).getTime();
}

export function spanOf(range: Range, now: number): Span {
  switch (range) {
    case 'this-month':
      return { from: monthAfter(now, 0), to: monthAfter(now, 1) };
    case 'last-month':
      return { from: monthAfter(now, -1), to: monthAfter(now, 0) };
    case '90-days':
      return { from: dayAfter(now, -89), to: dayAfter(now, 1) };
    case 'all':
      return { from: 0, to: dayAfter(now, 1) };
  }
}

/** Midnight of a day that main names as `2026-11-21`. */
export function timeOfDay(day: string): number {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date).getTime();
}

export function spanOfDay(day: string): Span {
  const from = timeOfDay(day);
  return { from, to: dayAfter(from, 1) };
}
