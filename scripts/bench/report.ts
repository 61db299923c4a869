/** What a benchmark finds out, and how docs/BENCHMARKS.md shows it. */
import { cpus, totalmem } from 'node:os';

export interface BenchResult {
  /** What was measured, in a few words. */
  readonly name: string;
  readonly value: number;
  /** `x` for a ratio, else the unit. */
  readonly unit: string;
  /** The limit as a sentence: `at least 1.8`. */
  readonly limit: string;
  readonly holds: boolean;
  /** The figures behind it: peer, sizes, repetitions. */
  readonly detail: string;
}

/** A result whose value must not be below the limit. */
export function atLeast(name: string, value: number, limit: number, unit: string, detail: string): BenchResult {
  return { name, value, unit, limit: `at least ${limit}`, holds: value >= limit, detail };
}

/** A result whose value must not be above the limit. */
export function atMost(name: string, value: number, limit: number, unit: string, detail: string): BenchResult {
  return { name, value, unit, limit: `at most ${limit}`, holds: value <= limit, detail };
}

/** A result that is told for comparison. */
export function withoutLimit(name: string, value: number, unit: string, detail: string): BenchResult {
  return { name, value, unit, limit: 'none set', holds: true, detail };
}

/** The value below which this share of the values lies; nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function formatResult(result: BenchResult): string {
  return `${result.holds ? 'holds ' : 'MISSES'}  ${result.name}: ${formatValue(result)} (${result.limit}). ${result.detail}`;
}

function formatValue({ value, unit }: BenchResult): string {
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 3)} ${unit}`;
}

/** The whole page; sections by benchmark. */
export function renderReport(
  sections: readonly { readonly title: string; readonly results: readonly BenchResult[] }[],
): string {
  const lines = [
    '# Benchmarks',
    '',
    'Written by `npm run bench`. Ratios are taken in one run on one machine against a named peer or limit; a line that does not hold says so.',
    '',
    `Last run: ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}.`,
    '',
  ];
  for (const { title, results } of sections) {
    lines.push(`## ${title}`, '', '| What | Measured | Limit | Holds | How |', '| --- | --- | --- | --- | --- |');
    for (const result of results) {
      lines.push(
        `| ${result.name} | ${formatValue(result)} | ${result.limit} | ${result.holds ? 'yes' : '**no**'} | ${result.detail} |`,
      );
    }
    lines.push('');
  }
  return lines.join('\n');
}
