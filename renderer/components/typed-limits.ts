/** The limits of an account as they are typed, by itself or by its administrator. Pure. */
import type { Limits } from '../../shared/accounts.ts';
import { moneyText, tokenCount } from './amounts.ts';
import { fieldText, parseAmount, rules, type AmountRule } from './parse-amount.ts';

export interface LimitField {
  readonly name: keyof Limits;
  readonly label: string;
  readonly rule: AmountRule;
  readonly text: (limit: number) => string;
}

export const limitFields: readonly LimitField[] = [
  { name: 'monthlyCost', label: 'US dollars a month', rule: rules.money, text: moneyText },
  { name: 'monthlyTokens', label: 'Tokens a month', rule: rules.tokens, text: tokenCount },
  { name: 'requestsPerMinute', label: 'Requests a minute', rule: rules.requests, text: tokenCount },
];

/** Empty where there is none. */
export type TypedLimits = Readonly<Record<keyof Limits, string>>;

export function typedLimits({ monthlyCost, monthlyTokens, requestsPerMinute }: Limits): TypedLimits {
  return {
    monthlyCost: fieldText(monthlyCost, rules.money),
    monthlyTokens: fieldText(monthlyTokens, rules.tokens),
    requestsPerMinute: fieldText(requestsPerMinute, rules.requests),
  };
}

export interface ParsedLimits {
  /** Null where one of them can't be meant. */
  readonly limits: Limits | null;
  readonly problems: Readonly<Partial<Record<keyof Limits, string>>>;
}

export function parseLimits(typed: TypedLimits): ParsedLimits {
  const monthlyCost = parseAmount(typed.monthlyCost, rules.money);
  const monthlyTokens = parseAmount(typed.monthlyTokens, rules.tokens);
  const requestsPerMinute = parseAmount(typed.requestsPerMinute, rules.requests);
  const parsed = { monthlyCost, monthlyTokens, requestsPerMinute };
  const problems = Object.fromEntries(
    Object.entries(parsed).flatMap(([name, { problem }]) => (problem === null ? [] : [[name, problem]])),
  ) as ParsedLimits['problems'];
  if (Object.keys(problems).length > 0) return { limits: null, problems };
  return {
    limits: {
      monthlyCost: monthlyCost.value,
      monthlyTokens: monthlyTokens.value,
      requestsPerMinute: requestsPerMinute.value,
    },
    problems,
  };
}
