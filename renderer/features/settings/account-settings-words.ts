/** What the account’s settings say. Pure. */
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
