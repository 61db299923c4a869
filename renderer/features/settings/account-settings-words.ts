/** What the account’s settings say, and what is typed into its limits. Pure. */
import type { IdleLock, Limits } from '../../../shared/accounts.ts';
import { countOf } from '../../components/format.ts';

const usualIdleLocks: readonly IdleLock[] = [null, 1, 5, 15, 60];

/** What is offered, and what holds though it is none of the usual ones; the shortest first, after never. */
export function idleLockChoices(current: IdleLock): readonly IdleLock[] {
  if (usualIdleLocks.includes(current)) return usualIdleLocks;
  return [...usualIdleLocks, current].sort((a, b) => (a ?? 0) - (b ?? 0));
}

/** `Never`, `5 min`, `1 h`. */
export function idleLockText(minutes: IdleLock): string {
  if (minutes === null) return 'Never';
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

/** What an account has in it. */
export interface AccountContent {
  readonly documents: number;
  readonly conversations: number;
  readonly pieces: number;
}

/** `12 documents, 3 conversations, 2 written pieces`. */
export function contentText({ documents, conversations, pieces }: AccountContent): string {
  return [
    countOf(documents, 'document'),
    countOf(conversations, 'conversation'),
    pieces > 0 && countOf(pieces, 'written piece'),
  ]
    .filter(Boolean)
    .join(', ');
}

const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });

/** `$5.00 and 2,000,000 tokens a month, 20 requests a minute`. */
export function limitsText({ monthlyCost, monthlyTokens, requestsPerMinute }: Limits): string {
  const monthly = [
    monthlyCost !== null && money.format(monthlyCost),
    monthlyTokens !== null && countOf(monthlyTokens, 'token'),
  ].filter(Boolean);
  const parts = [
    monthly.length > 0 && `${monthly.join(' and ')} a month`,
    requestsPerMinute !== null && `${countOf(requestsPerMinute, 'request')} a minute`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : 'No limits';
}

/** The limits as they are typed; empty for none. */
export type TypedLimits = Readonly<Record<keyof Limits, string>>;

export function typedLimits(limits: Limits): TypedLimits {
  const typed = (value: number | null) => (value === null ? '' : String(value));
  return {
    monthlyCost: typed(limits.monthlyCost),
    monthlyTokens: typed(limits.monthlyTokens),
    requestsPerMinute: typed(limits.requestsPerMinute),
  };
}

/** Null for no limit, undefined for what is no number that it could be. Commas and spaces between digits do not count. */
function parseLimit(text: string, isWhole: boolean, least: number, most: number): number | null | undefined {
  const typed = text.replace(/[\s,_]/g, '').replace(/^\$/, '');
  if (typed === '') return null;
  if (!/^\d+(?:\.\d+)?$/.test(typed)) return undefined;
  const value = Number(typed);
  return (isWhole && !Number.isInteger(value)) || value < least || value > most ? undefined : value;
}

/** Either the limits, or which of them can't be meant. */
export function parseLimits(typed: TypedLimits): {
  readonly limits: Limits | null;
  readonly wrong: readonly (keyof Limits)[];
} {
  const parsed = {
    monthlyCost: parseLimit(typed.monthlyCost, false, 0, 1e12),
    monthlyTokens: parseLimit(typed.monthlyTokens, true, 0, 1e12),
    requestsPerMinute: parseLimit(typed.requestsPerMinute, true, 1, 100_000),
  };
  const { monthlyCost, monthlyTokens, requestsPerMinute } = parsed;
  if (monthlyCost !== undefined && monthlyTokens !== undefined && requestsPerMinute !== undefined) {
    return { limits: { monthlyCost, monthlyTokens, requestsPerMinute }, wrong: [] };
  }
  return { limits: null, wrong: (Object.keys(parsed) as (keyof Limits)[]).filter((key) => parsed[key] === undefined) };
}
