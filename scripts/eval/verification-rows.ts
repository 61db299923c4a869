/**
 * Sentences about rows of real tables: true ones, and ones with the figure of another row or of another year, which
 * stands in the passage, too. Deterministic. Pure.
 */
import { createHash } from 'node:crypto';
import { segmentsOf } from '../../electron/pipeline/answer-segments.ts';
import type { SetPassage } from './verification-set.ts';

export interface RowTest {
  readonly kind: 'row told' | 'figure of another row' | 'figure of another year';
  readonly sentence: string;
  readonly passage: SetPassage;
}

interface Row {
  readonly label: string;
  readonly cells: readonly { readonly year: string; readonly value: string }[];
}

/** Rows of a document that are used, so that none decides the outcome. */
const rowsADocument = 3;
/** Figures with fewer digits stand anywhere. */
const leastDigits = 3;

export function rowTests(passages: readonly SetPassage[]): RowTest[] {
  const counts = new Map<string, number>();
  const keyed = passages
    .map((passage) => ({ passage, rows: rowsOf(passage.text), key: hashOf(passage.text) }))
    .filter(({ rows }) => rows.length > 2)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return keyed.flatMap(({ passage, rows }): RowTest[] => {
    const count = counts.get(passage.document) ?? 0;
    const [row, other] = rows;
    const [first, second] = row?.cells ?? [];
    const wrong = other?.cells[0]?.value;
    if (count === rowsADocument || !row || !first || !second || wrong === undefined) return [];
    if (new Set([first.value, second.value, wrong]).size < 3) return [];
    counts.set(passage.document, count + 1);
    const tell = (value: string): string => `In ${first.year}, ${row.label} came to ${value}.`;
    return [
      { kind: 'row told', sentence: tell(first.value), passage },
      { kind: 'figure of another row', sentence: tell(wrong), passage },
      { kind: 'figure of another year', sentence: tell(second.value), passage },
    ];
  });
}

function rowsOf(text: string): Row[] {
  const rows = segmentsOf(text).flatMap(({ kind, text: shown }): Row[] => {
    const [, label = '', values = ''] = /^(.*?)(?: \(in \w+\))? — (\d{4}: .*)$/.exec(shown) ?? [];
    const cells = values.split(' · ').flatMap((cell) => {
      const [, year = '', value = ''] = /^(\d{4}): \$?(\d[\d,.]*\d)$/.exec(cell) ?? [];
      return value.replace(/\D/g, '').length >= leastDigits ? [{ year, value }] : [];
    });
    const isLabel = /^\p{Lu}[\p{L} ]+$/u.test(label) && label.split(' ').length > 1 && label.length < 50;
    return kind === 'row' && isLabel && cells.length > 1 ? [{ label, cells }] : [];
  });
  return rows.filter(({ label }) => rows.filter((other) => other.label === label).length === 1);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
