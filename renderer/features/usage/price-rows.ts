/** The table of prices as it is edited: the built-in list and the person's own rows in one. Pure. */
import type { ModelPrice, PriceTable } from '../../../shared/usage.ts';
import { parseAmount, rules } from '../../components/parse-amount.ts';

export interface PriceRow extends ModelPrice {
  /** Of host and model, unique among the rows. */
  readonly key: string;
  readonly isOwn: boolean;
  /** What the built-in list has where an own row holds in its place. */
  readonly instead: ModelPrice | null;
}

export function keyOf({ host, model }: Pick<ModelPrice, 'host' | 'model'>): string {
  return `${host.trim().toLowerCase()} ${model.trim()}`;
}

/** Own rows first, then the built-in ones that hold; each by host and model. */
export function priceRows({ builtIn, own }: PriceTable): readonly PriceRow[] {
  const listed = new Map(builtIn.map((price) => [keyOf(price), price]));
  const taken = new Set(own.map(keyOf));
  const ownRows = own.map((price) => {
    const key = keyOf(price);
    return { ...price, key, isOwn: true, instead: listed.get(key) ?? null };
  });
  const others = builtIn
    .filter((price) => !taken.has(keyOf(price)))
    .map((price) => ({ ...price, key: keyOf(price), isOwn: false, instead: null }));
  const byName = (a: PriceRow, b: PriceRow) => a.key.localeCompare(b.key, 'en', { numeric: true });
  return [...ownRows.sort(byName), ...others.sort(byName)];
}

/** A row as it is typed. */
export interface PriceDraft {
  readonly host: string;
  readonly model: string;
  readonly input: string;
  readonly output: string;
}

export type DraftProblems = Partial<Record<keyof PriceDraft, string>>;

export type CheckedDraft =
  { readonly price: ModelPrice; readonly problems: null } | { readonly price: null; readonly problems: DraftProblems };

/** @param taken Keys of the own rows besides the one that is changed. */
export function checkDraft(draft: PriceDraft, taken: ReadonlySet<string>): CheckedDraft {
  const host = draft.host.trim().toLowerCase();
  const model = draft.model.trim();
  const input = parseAmount(draft.input, rules.price);
  const output = parseAmount(draft.output, rules.price);
  const problems: DraftProblems = {
    ...(isHost(host) ? {} : { host: 'The server’s name, as in api.openai.com or localhost:1234.' }),
    ...(model === '' ? { model: 'Name the model.' } : {}),
    ...(model !== '' && taken.has(keyOf({ host, model })) ? { model: 'This model has a price of yours already.' } : {}),
    ...problemOf('input', input),
    ...problemOf('output', output),
  };
  if (Object.keys(problems).length > 0) return { price: null, problems };
  return { price: { host, model, input: input.value ?? 0, output: output.value ?? 0 }, problems: null };
}

function problemOf(field: 'input' | 'output', { value, problem }: ReturnType<typeof parseAmount>): DraftProblems {
  if (problem !== null) return { [field]: problem };
  return value === null ? { [field]: 'Write 0 when it costs nothing.' } : {};
}

/** A name or an address, with a port or without; no scheme and no path, by which calls do not go. */
function isHost(host: string): boolean {
  return (
    host.length <= 255 && /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/u.test(host)
  );
}

/** The own rows with one put in place of another (`key`), or added. */
export function withPrice(own: readonly ModelPrice[], price: ModelPrice, key: string | null): ModelPrice[] {
  return [...own.filter((row) => keyOf(row) !== key), price];
}
