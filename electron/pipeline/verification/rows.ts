/** Whether a sentence about a table's row gives it another row's figure, or another year's. Pure. */
import type { FoundNumber } from './numbers.ts';
import type { Token } from './words.ts';

export interface Cell {
  /** The column's; null where it is not known. */
  readonly year: number | null;
  readonly numbers: readonly FoundNumber[];
}

export interface TableRow {
  /** Stems of its label, numbers left out. */
  readonly label: readonly string[];
  readonly cells: readonly Cell[];
  /** Its columns are fiscal years that end in the next calendar year, or may be: 2022 can stand under 2023. */
  readonly isShifted: boolean;
}

/** Words of a label from which it is told from others. */
const leastLabel = 2;

/** `Net sales (in millions) — 2022: $34,229 · 2021: $35,355` as answer-segments.ts writes it. */
export function readRow(
  text: string,
  header: string,
  read: { readonly tokens: (text: string) => Token[]; readonly numbers: (text: string) => FoundNumber[] },
): TableRow | null {
  const at = text.lastIndexOf(' — ', text.search(/ — (?:\d{4}: )?[^—]*$/));
  if (at < 0) return null;
  const label = read
    .tokens(text.slice(0, at).replace(/\(in \w+\)/, ''))
    .map(({ stem }) => stem)
    .filter((stem) => !/^\d/.test(stem));
  const cells = text
    .slice(at + 3)
    .split(' · ')
    .map((cell): Cell => {
      const [, year, value = ''] = /^(?:(\d{4})(?: \([^():]*\))?(?:, %)?: )?(.*)$/.exec(cell) ?? [];
      return { year: year === undefined ? null : Number(year), numbers: read.numbers(value) };
    });
  return { label, cells, isShifted: /\b(?:jan|feb)/i.test(header) };
}

/** Figures of the sentence that the row it names has not, or has under another year than the only one it tells. */
export function misplaced(
  { tokens, numbers }: { readonly tokens: readonly Token[]; readonly numbers: readonly FoundNumber[] },
  rows: readonly TableRow[],
  isSame: (number: FoundNumber, other: FoundNumber) => boolean,
): FoundNumber[] {
  const said = new Set(tokens.map(({ stem }) => stem));
  const named = rows.filter(({ label }) => label.length >= leastLabel && label.every((stem) => said.has(stem)));
  const longest = Math.max(...named.map(({ label }) => label.length));
  const own = named.filter(({ label }) => label.length === longest);
  const figures = numbers.filter(({ kind, spelled }) => kind === 'number' && !spelled);
  if (own.length === 0 || figures.length === 0) return [];
  const cellsOf = (number: FoundNumber): Cell[] =>
    own.flatMap(({ cells }) => cells).filter(({ numbers: values }) => values.some((value) => isSame(number, value)));
  const placed = figures.map((number) => ({ number, cells: cellsOf(number) }));
  if (placed.every(({ cells }) => cells.length === 0)) {
    const others = rows
      .filter((row) => !own.includes(row))
      .flatMap(({ cells }) => cells.flatMap((cell) => cell.numbers));
    return figures.filter((number) => others.some((other) => isSame(number, other)));
  }
  if (own.some(({ isShifted }) => isShifted)) return [];
  return placed
    .filter(({ number, cells }) => {
      const year = yearOf(number, figures, numbers);
      return year !== null && cells.length > 0 && cells.every((cell) => cell.year !== null && cell.year !== year);
    })
    .map(({ number }) => number);
}

/** The year that a figure is told of: the only one, or, where each figure has its year behind it, that. */
function yearOf(figure: FoundNumber, figures: readonly FoundNumber[], numbers: readonly FoundNumber[]): number | null {
  const years = numbers.filter(({ kind }) => kind === 'year');
  const [only] = years;
  if (years.length === 1 && figures.length === 1) return only?.mantissa ?? null;
  if (years.length !== figures.length) return null;
  const at = figures.indexOf(figure);
  const isBehind = figures.every(({ start }, index) => {
    const year = years[index];
    return year !== undefined && year.start > start && year.start < (figures[index + 1]?.start ?? Infinity);
  });
  return isBehind ? (years[at]?.mantissa ?? null) : null;
}
