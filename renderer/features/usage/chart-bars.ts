/** What the chart draws: a bar for each day, or each month where there are many days, and its axes. Pure. */
import type { UsageFigures, UsageRow } from '../../../shared/usage.ts';
import { moneyText, shortTokensText, tokenCount } from '../../components/amounts.ts';
import { monthText } from '../../components/budget-words.ts';
import { countOf } from '../../components/format.ts';
import { dayAfter, monthAfter, timeOfDay, type Range, type Span } from './time-span.ts';

export const metrics = ['cost', 'tokens'] as const;
export type Metric = (typeof metrics)[number];

export interface Bar extends Span {
  /** `Saturday 21 November`, `November 2026`. */
  readonly title: string;
  /** `21 Nov`, `Nov 2026`. */
  readonly tick: string;
  /** Null when nothing was asked. */
  readonly figures: UsageFigures | null;
}

export interface Chart {
  readonly unit: 'day' | 'month';
  readonly bars: readonly Bar[];
}

/** More days than this are drawn as months. */
const mostDays = 100;
/** Fewer would be a wall of one bar. */
const fewestDays = 14;

/** @param rows The days on which something was asked, in order. */
export function chartOf(rows: readonly UsageRow[], range: Range, span: Span): Chart {
  const figures = new Map<number, UsageFigures>(rows.map((row) => [timeOfDay(row.key), row]));
  const [first = span.to] = figures.keys();
  const from = range === 'all' ? Math.min(first, dayAfter(span.to, -fewestDays)) : span.from;
  const days: Bar[] = [];
  for (let day = from; day < span.to; day = dayAfter(day, 1)) {
    const date = new Date(day);
    days.push({
      from: day,
      to: dayAfter(day, 1),
      title: date.toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' }),
      tick: date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' }),
      figures: figures.get(day) ?? null,
    });
  }
  return days.length <= mostDays ? { unit: 'day', bars: days } : { unit: 'month', bars: monthsOf(days) };
}

function monthsOf(days: readonly Bar[]): readonly Bar[] {
  const months = Map.groupBy(days, ({ from }) => monthAfter(from, 0));
  return [...months].map(([from, inMonth]) => ({
    from,
    to: monthAfter(from, 1),
    title: monthText(from),
    tick: new Date(from).toLocaleDateString('en-GB', { month: 'short', year: 'numeric' }),
    figures: sumOf(inMonth.flatMap(({ figures }) => figures ?? [])),
  }));
}

/** Null of nothing. */
export function sumOf(all: readonly UsageFigures[]): UsageFigures | null {
  if (all.length === 0) return null;
  const sum = (value: (figures: UsageFigures) => number) => all.reduce((total, one) => total + value(one), 0);
  const priced = all.filter(({ cost }) => cost !== null);
  return {
    calls: sum(({ calls }) => calls),
    promptTokens: sum(({ promptTokens }) => promptTokens),
    completionTokens: sum(({ completionTokens }) => completionTokens),
    cost: priced.length > 0 ? sum(({ cost }) => cost ?? 0) : null,
    isCostPartial: priced.length > 0 && (priced.length < all.length || all.some(({ isCostPartial }) => isCostPartial)),
    isEstimated: all.some(({ isEstimated }) => isEstimated),
  };
}

export function valueOf(figures: UsageFigures | null, metric: Metric): number {
  if (!figures) return 0;
  return metric === 'cost' ? (figures.cost ?? 0) : figures.promptTokens + figures.completionTokens;
}

/** Values of the lines across, from 0 to at least the greatest: two to four steps of 1, 2 or 5 times a power of ten. */
export function levelsOf(greatest: number, metric: Metric): readonly number[] {
  // An empty chart keeps its frame.
  const most = greatest > 0 ? greatest : 1;
  const power = 10 ** Math.floor(Math.log10(most / 4));
  const wanted = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step * 4 >= most * (1 - 1e-9));
  const step = Math.max(wanted ?? most, metric === 'tokens' ? 1 : 0);
  const steps = Math.ceil(most / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, index) => index * step);
}

/** `$0.50`, `$20`, `12k`; as many digits as the steps have. */
export function levelText(value: number, step: number, metric: Metric): string {
  if (metric === 'tokens') return shortTokensText(value);
  const digits = step >= 1 ? 0 : Math.max(2, -Math.floor(Math.log10(step) + 1e-9));
  return `$${value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** Every how many bars have their name below, so that names do not touch: by weeks, or by parts of a year. */
export function tickStep(unit: Chart['unit'], bars: number, width: number): number {
  const room = unit === 'day' ? 46 : 62;
  const fits = (step: number) => (width / bars) * step >= room;
  const steps = unit === 'day' ? [1, 2, 7, 14, 28] : [1, 2, 3, 6, 12, 24];
  return steps.find(fits) ?? bars;
}

/** `Saturday 21 November: $0.42, 12,345 tokens, 4 calls`. */
export function barText({ title, figures }: Pick<Bar, 'title' | 'figures'>): string {
  return `${title}: ${figures ? figuresText(figures) : 'nothing was asked'}`;
}

/** `$0.42, 12,345 tokens, 4 calls`; `at least` where a price is not known, `about` where tokens are estimated. */
export function figuresText({ calls, promptTokens, completionTokens, cost, isCostPartial, isEstimated }: UsageFigures) {
  const money = cost === null ? 'cost unknown' : `${isCostPartial ? 'at least ' : ''}${moneyText(cost)}`;
  const tokens = tokenCount(promptTokens + completionTokens);
  return `${money}, ${isEstimated ? 'about ' : ''}${tokens} tokens, ${countOf(calls, 'call')}`;
}
