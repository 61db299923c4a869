import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UsageFigures, UsageRow } from '../../../shared/usage.ts';
import {
  barText,
  chartOf,
  figuresText,
  levelText,
  levelsOf,
  sumOf,
  tickStep,
} from '../../../renderer/features/usage/chart-bars.ts';
import { spanOf, spanOfDay, timeOfDay } from '../../../renderer/features/usage/time-span.ts';

const figures: UsageFigures = {
  calls: 4,
  promptTokens: 12_000,
  completionTokens: 345,
  cost: 0.42,
  isCostPartial: false,
  isEstimated: false,
};
const day = (key: string, more: Partial<UsageFigures> = {}): UsageRow => ({
  ...figures,
  ...more,
  key,
  label: key,
  host: null,
  special: null,
});
const local = (text: string) => new Date(text).getTime();

// Its clocks go forward on 30 March 2025 and back on 26 October.
const zone = process.env['TZ'];
beforeAll(() => void (process.env['TZ'] = 'Europe/Berlin'));
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

describe('times', () => {
  it('are calendar months, 90 days with today, or all', () => {
    const now = local('2025-03-30T15:00');
    expect(spanOf('this-month', now)).toEqual({ from: local('2025-03-01T00:00'), to: local('2025-04-01T00:00') });
    expect(spanOf('last-month', now)).toEqual({ from: local('2025-02-01T00:00'), to: local('2025-03-01T00:00') });
    expect(spanOf('90-days', now)).toEqual({ from: local('2024-12-31T00:00'), to: local('2025-03-31T00:00') });
    expect(spanOf('all', now)).toEqual({ from: 0, to: local('2025-03-31T00:00') });
    expect(spanOf('last-month', local('2025-01-31T00:00')).from).toBe(local('2024-12-01T00:00'));
  });

  // Catches: the calls of a day of 23 hours that are those of the next day, too.
  it('take a day as long as it was', () => {
    const { from, to } = spanOfDay('2025-03-30');
    expect(to - from).toBe(23 * 3_600_000);
    expect(timeOfDay('2025-03-30')).toBe(local('2025-03-30T00:00'));
  });
});

describe('the chart', () => {
  // Catches: days left out or doubled where the clocks change, and bars on the wrong day.
  it('has a bar for each day of the month, also where nothing was asked', () => {
    for (const month of ['2025-03', '2025-10']) {
      const now = local(`${month}-30T12:00`);
      const { unit, bars } = chartOf([day(`${month}-02`), day(`${month}-30`)], 'this-month', spanOf('this-month', now));
      expect(unit).toBe('day');
      expect(bars).toHaveLength(31);
      expect(bars.flatMap(({ figures: has }, index) => (has ? [index + 1] : []))).toEqual([2, 30]);
      expect(new Set(bars.map(({ title }) => title)).size).toBe(31);
    }
  });

  it('of all begins with the first day, and is no single bar on the first', () => {
    const now = local('2025-06-20T12:00');
    expect(chartOf([day('2025-06-20')], 'all', spanOf('all', now)).bars).toHaveLength(14);
    expect(chartOf([day('2025-05-01'), day('2025-06-20')], 'all', spanOf('all', now)).bars).toHaveLength(51);
    expect(chartOf([], 'all', spanOf('all', now)).bars).toHaveLength(14);
  });

  // Catches: a thousand bars of a pixel, and months that lose days or say that they know what they do not.
  it('draws years by month, each the sum of its days', () => {
    const rows = [day('2023-01-31'), day('2023-02-01', { cost: null }), day('2023-02-28', { isEstimated: true })];
    const { unit, bars } = chartOf(rows, 'all', spanOf('all', local('2025-06-20T12:00')));
    expect(unit).toBe('month');
    expect(bars).toHaveLength(30);
    expect(bars[0]).toMatchObject({ title: 'January 2023', figures: { calls: 4, cost: 0.42, isCostPartial: false } });
    expect(bars[1]?.figures).toEqual({
      calls: 8,
      promptTokens: 24_000,
      completionTokens: 690,
      cost: 0.42,
      isCostPartial: true,
      isEstimated: true,
    });
    expect(bars[2]?.figures).toBeNull();
    expect(bars[1]?.to).toBe(local('2023-03-01T00:00'));
  });

  it('knows no cost where none is known', () => {
    expect(sumOf([])).toBeNull();
    expect(sumOf([{ ...figures, cost: null }])).toMatchObject({ cost: null, isCostPartial: false });
  });

  // Catches: axes that end below the highest bar, and labels such as $0.30000000000000004.
  it('has round levels up to the greatest value', () => {
    expect(levelsOf(0, 'cost')).toEqual([0, 0.5, 1]);
    for (const greatest of [0.00031, 0.042, 0.9, 1, 4, 7.3, 99, 101, 12_345, 9_999_999]) {
      const levels = levelsOf(greatest, 'tokens');
      expect(levels.at(-1)).toBeGreaterThanOrEqual(greatest);
      expect(levels.at(-2)).toBeLessThan(greatest);
      expect(levels.length).toBeLessThanOrEqual(5);
    }
    const text = (greatest: number) => {
      const levels = levelsOf(greatest, 'cost');
      return levels.map((level) => levelText(level, levels[1] ?? 1, 'cost'));
    };
    expect(text(0.9)).toEqual(['$0.00', '$0.50', '$1.00']);
    expect(text(0.0071)).toEqual(['$0.000', '$0.002', '$0.004', '$0.006', '$0.008']);
    expect(text(73)).toEqual(['$0', '$20', '$40', '$60', '$80']);
    expect(levelsOf(3, 'tokens')).toEqual([0, 1, 2, 3]);
    expect(levelText(20_000, 10_000, 'tokens')).toBe('20k');
  });

  it('names as many days below as fit', () => {
    expect(tickStep('day', 30, 600)).toBe(7);
    expect(tickStep('day', 90, 500)).toBe(14);
    expect(tickStep('day', 14, 900)).toBe(1);
    expect(tickStep('month', 30, 300)).toBe(12);
  });

  it('says in words what a bar shows, and how sure that is', () => {
    expect(barText({ title: 'Friday 21 March', figures })).toBe('Friday 21 March: $0.42, 12,345 tokens, 4 calls');
    expect(barText({ title: 'Friday 21 March', figures: null })).toBe('Friday 21 March: nothing was asked');
    expect(figuresText({ ...figures, calls: 1, isCostPartial: true, isEstimated: true })).toBe(
      'at least $0.42, about 12,345 tokens, 1 call',
    );
    expect(figuresText({ ...figures, cost: null })).toBe('cost unknown, 12,345 tokens, 4 calls');
  });
});
