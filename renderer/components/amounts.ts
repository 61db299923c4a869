/** Money and tokens as people read them. Pure. */

/** US dollars, finer where there are few: `$0.00`, `under $0.0001`, `$0.0012`, `$3.20`, `$1,204.50`. */
export function moneyText(dollars: number): string {
  if (dollars > 0 && dollars < 0.0001) return 'under $0.0001';
  const digits = dollars > 0 && dollars < 0.1 ? 4 : 2;
  return `$${dollars.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** `12,345`. The share that a document has of a call may be a broken number; nobody counts parts of tokens. */
export function tokenCount(tokens: number): string {
  return Math.round(tokens).toLocaleString('en');
}

/** Tokens where there is little room: `940`, `12.4k`, `120k`, `1.2M`. */
export function shortTokensText(tokens: number): string {
  if (tokens < 999.5) return String(Math.round(tokens));
  const [value, unit] = tokens < 999_500 ? [tokens / 1_000, 'k'] : [tokens / 1_000_000, 'M'];
  return `${value < 99.95 ? value.toLocaleString('en', { maximumFractionDigits: 1 }) : Math.round(value).toLocaleString('en')}${unit}`;
}
