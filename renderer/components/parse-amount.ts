/** Amounts as people type them: limits and prices. Pure. */

export type ParsedAmount =
  /** Null of an empty field. */
  { readonly value: number | null; readonly problem: null } | { readonly value: null; readonly problem: string };

export interface AmountRule {
  /** Tokens and requests come whole. */
  readonly isWhole: boolean;
  readonly least?: number;
  readonly most: number;
}

/** What main takes (`limitsSchema`, `ownPricesSchema`). */
export const rules = {
  money: { isWhole: false, most: 1e12 },
  tokens: { isWhole: true, most: 1e12 },
  requests: { isWhole: true, least: 1, most: 100_000 },
  price: { isWhole: false, most: 1_000_000 },
} as const satisfies Readonly<Record<string, AmountRule>>;

const groups = /^\d{1,3}(?:[ ,.'\u00a0\u202f]\d{3})+$/;
const units: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9 };

/** `5`, `$5.00`, and where it comes whole `1,000,000`, `1 000 000`, `500k`, `1.5M`. A comma in money could mean either. */
export function parseAmount(typed: string, { isWhole, least = 0, most }: AmountRule): ParsedAmount {
  const text = typed.trim().replace(/^\$\s*/, '');
  if (text === '') return { value: null, problem: null };
  if (!isWhole && text.includes(',')) return wrong('Write it with a point and without commas, as in 1.50.');
  const value = isWhole ? wholeOf(text) : /^(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : null;
  if (value === null)
    return wrong(isWhole ? 'Write a whole number, as in 500,000.' : 'Write a number, as in 5 or 1.50.');
  if (value < least) return wrong(`At least ${least.toLocaleString('en')}.`);
  if (value > most) return wrong(`At most ${most.toLocaleString('en')}.`);
  return { value, problem: null };
}

function wholeOf(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  if (groups.test(text)) return Number(text.replace(/\D/g, ''));
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([kmb])$/i.exec(text) ?? [];
  const factor = units[unit?.toLowerCase() ?? ''];
  return number === undefined || factor === undefined ? null : Math.round(Number(number) * factor);
}

function wrong(problem: string): ParsedAmount {
  return { value: null, problem };
}

/** An amount as a field holds it, without anything that it would not take back. */
export function fieldText(value: number | null, { isWhole }: AmountRule): string {
  if (value === null) return '';
  return isWhole
    ? value.toLocaleString('en')
    : value.toLocaleString('en', { useGrouping: false, maximumFractionDigits: 12 });
}
