/** What the usage screen shows, kept while the window is open: coming back to it shows the same. */
import { create } from 'zustand';
import type { UsageGrouping } from '../../../shared/usage.ts';
import type { Metric } from './chart-bars.ts';
import type { Range, Span } from './time-span.ts';

/** A day or a month of the chart whose calls are listed alone. */
export interface Narrowed extends Span {
  readonly title: string;
}

export interface UsageChoices {
  readonly range: Range;
  readonly by: UsageGrouping;
  /** Null until chosen: money where anything cost some, else tokens. */
  readonly metric: Metric | null;
  readonly narrowed: Narrowed | null;
}

export const useUsageChoices = create<UsageChoices>(() => ({
  range: 'this-month',
  by: 'day',
  metric: null,
  narrowed: null,
}));

const { setState } = useUsageChoices;

export function chooseRange(range: Range): void {
  setState({ range, narrowed: null });
}

export function groupBy(by: UsageGrouping): void {
  setState({ by });
}

export function chooseMetric(metric: Metric): void {
  setState({ metric });
}

export function narrowTo(narrowed: Narrowed | null): void {
  setState({ narrowed });
}
