/**
 * What a model costs, where that is known. Pure.
 *
 * OpenAI's list prices (openai.com/api/pricing), as of August 2025, in US dollars for a million tokens; cached input and
 * batches would cost less. Other servers publish no price that a name alone would tell, so theirs is unknown.
 */

/** The day of the list, told with every estimate. */
export const pricesAsOf = 'August 2025';

interface Price {
  readonly input: number;
  readonly output: number;
}

const openAiHost = 'api.openai.com';
const openAiPrices: Readonly<Record<string, Price>> = {
  'gpt-5': { input: 1.25, output: 10 },
  'gpt-5-mini': { input: 0.25, output: 2 },
  'gpt-5-nano': { input: 0.05, output: 0.4 },
  'gpt-4.1': { input: 2, output: 8 },
  'gpt-4.1-mini': { input: 0.4, output: 1.6 },
  'gpt-4.1-nano': { input: 0.1, output: 0.4 },
  'gpt-4o': { input: 2.5, output: 10 },
  'gpt-4o-mini': { input: 0.15, output: 0.6 },
  o3: { input: 2, output: 8 },
  'o4-mini': { input: 1.1, output: 4.4 },
  'text-embedding-3-small': { input: 0.02, output: 0 },
  'text-embedding-3-large': { input: 0.13, output: 0 },
};

/** Dollars of a request; 0 on this computer, null when no price is known. A model's dated version costs as the model. */
export function costOf(request: {
  readonly host: string;
  readonly model: string;
  readonly local: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
}): number | null {
  if (request.local) return 0;
  if (request.host !== openAiHost) return null;
  const price = openAiPrices[request.model.replace(/-\d{4}-\d{2}-\d{2}$/, '')];
  if (!price) return null;
  return (request.inputTokens * price.input + request.outputTokens * price.output) / 1_000_000;
}
