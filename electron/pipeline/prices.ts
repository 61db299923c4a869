/**
 * What a model costs, where that is known. Pure.
 *
 * OpenAI's list prices (openai.com/api/pricing), as of August 2025, in US dollars for a million tokens; cached input and
 * batches would cost less. Other servers publish no price that a name alone would tell, so theirs is unknown unless the
 * person says it.
 */
import type { ModelPrice } from '../../shared/usage.ts';

/** The day of the list, told with every estimate. */
export const pricesAsOf = 'August 2025';

const openAiHost = 'api.openai.com';
const openAiPrices: readonly (readonly [model: string, input: number, output: number])[] = [
  ['gpt-5', 1.25, 10],
  ['gpt-5-mini', 0.25, 2],
  ['gpt-5-nano', 0.05, 0.4],
  ['gpt-4.1', 2, 8],
  ['gpt-4.1-mini', 0.4, 1.6],
  ['gpt-4.1-nano', 0.1, 0.4],
  ['gpt-4o', 2.5, 10],
  ['gpt-4o-mini', 0.15, 0.6],
  ['o3', 2, 8],
  ['o4-mini', 1.1, 4.4],
  ['text-embedding-3-small', 0.02, 0],
  ['text-embedding-3-large', 0.13, 0],
];

/** Of every model whose price is known without asking. */
export const builtInPrices: readonly ModelPrice[] = openAiPrices.map(([model, input, output]) => ({
  host: openAiHost,
  model,
  input,
  output,
}));

/** A request as far as its price depends on it. */
export interface PricedRequest {
  readonly host: string;
  readonly model: string;
  /** It goes to a server on this computer. */
  readonly local: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Dollars of a request; null when no price is known. */
export type CostOf = (request: PricedRequest) => number | null;

/** Dollars for a million tokens. */
export type Price = Pick<ModelPrice, 'input' | 'output'>;

/**
 * Nothing on this computer, null when no price is known. The person's own rows come first; a model's dated version
 * costs as the model, unless it has a row of its own.
 */
export function priceOf(
  { host, model, local }: Pick<PricedRequest, 'host' | 'model' | 'local'>,
  own: readonly ModelPrice[] = [],
): Price | null {
  if (local) return { input: 0, output: 0 };
  const undated = model.replace(/-\d{4}-\d{2}-\d{2}$/, '');
  const rowIn = (prices: readonly ModelPrice[], name: string): ModelPrice | undefined =>
    prices.find((price) => price.host === host && price.model === name);
  return (
    rowIn(own, model) ?? rowIn(own, undated) ?? rowIn(builtInPrices, model) ?? rowIn(builtInPrices, undated) ?? null
  );
}

/**
 * The price that counts in a budget of money. With one of the administrator's it is the greater one, in and out each, of
 * the built-in list's and the person's own, or a price of 0 would lift what the administrator set; a model that the list
 * does not have counts by the person's own row alone, and not at all without one. With one's own budget alone it is
 * `priceOf`: who sets a price and a budget for oneself evades nobody.
 */
export function countedPrice(
  request: Pick<PricedRequest, 'host' | 'model' | 'local'>,
  own: readonly ModelPrice[],
  byAdministrator: boolean,
): Price | null {
  const price = priceOf(request, own);
  const listed = byAdministrator ? priceOf(request) : null;
  if (!price || !listed) return price;
  return { input: Math.max(price.input, listed.input), output: Math.max(price.output, listed.output) };
}

export function costAt({ input, output }: Price, inputTokens: number, outputTokens: number): number {
  return (inputTokens * input + outputTokens * output) / 1_000_000;
}

/** Dollars of a request by the list and by the person's own rows; null when no price is known. */
export function costOf(request: PricedRequest, own: readonly ModelPrice[] = []): number | null {
  const price = priceOf(request, own);
  return price && costAt(price, request.inputTokens, request.outputTokens);
}
