/**
 * What an account may spend: which limit holds, whether a call fits in it, and when the next request may be made. Pure.
 */
import type { Limits } from '../../shared/accounts.ts';
import type { CallKind, LimitInForce, ModelPrice } from '../../shared/usage.ts';
import { costAt, type Price } from './prices.ts';

/** Keys of the library's settings. */
export const OWN_LIMITS = 'limits';
export const OWN_PRICES = 'prices';

/** What the person set for the account. */
export interface OwnLimits {
  readonly limits: Limits;
  /** Whether calls to servers on this computer count in tokens and requests. */
  readonly countsLocal: boolean;
}

/**
 * The limits as they lie in the settings, where they were checked on their way in (a schema would have to be loaded into
 * the database's thread); whatever is not readable sets no limit.
 */
export function readOwnLimits(stored: unknown): OwnLimits {
  const { limits, countsLocal } = fieldsOf(stored);
  const { monthlyCost, monthlyTokens, requestsPerMinute } = fieldsOf(limits);
  return {
    limits: {
      monthlyCost: amountIn(monthlyCost),
      monthlyTokens: amountIn(monthlyTokens),
      requestsPerMinute: amountIn(requestsPerMinute),
    },
    countsLocal: countsLocal === true,
  };
}

/** The person's own prices as they lie in the settings; rows that are not readable are left out. */
export function readOwnPrices(stored: unknown): readonly ModelPrice[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((row: unknown) => {
    const { host, model, input, output } = fieldsOf(row);
    const [inputPrice, outputPrice] = [amountIn(input), amountIn(output)];
    const isWhole =
      typeof host === 'string' && typeof model === 'string' && inputPrice !== null && outputPrice !== null;
    return isWhole ? [{ host, model, input: inputPrice, output: outputPrice }] : [];
  });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function amountIn(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

export type LimitName = keyof Limits;
export type LimitsInForce = { readonly [Name in LimitName]: LimitInForce | null };

/** Of each limit the tighter one; the person's own where both are the same. */
export function limitsInForce(own: Limits, administrator: Limits): LimitsInForce {
  const tighter = (name: LimitName): LimitInForce | null => {
    const [mine, theirs] = [own[name], administrator[name]];
    if (mine === null && theirs === null) return null;
    return mine !== null && (theirs === null || mine <= theirs)
      ? { value: mine, by: 'own' }
      : { value: theirs ?? 0, by: 'administrator' };
  };
  return {
    monthlyCost: tighter('monthlyCost'),
    monthlyTokens: tighter('monthlyTokens'),
    requestsPerMinute: tighter('requestsPerMinute'),
  };
}

/** A calendar month by the computer's clock, milliseconds: `start` is its first moment, `end` the next one's. */
export interface Month {
  readonly start: number;
  readonly end: number;
}

export function monthOf(now: number): Month {
  const date = new Date(now);
  const [year, month] = [date.getFullYear(), date.getMonth()];
  return { start: new Date(year, month, 1).getTime(), end: new Date(year, month + 1, 1).getTime() };
}

/** Requests that may be made at once now, and when that was so. */
export interface Bucket {
  readonly requests: number;
  readonly filledAt: number;
}

/** With the bucket as it is then, to be kept either way. */
export type Turn =
  | { readonly mayGo: true; readonly bucket: Bucket }
  /** Milliseconds until it is worth trying again. */
  | { readonly mayGo: false; readonly bucket: Bucket; readonly wait: number };

/** Of a full bucket, what is kept for those whom a person waits for: work in the background would take each drop. */
const KEPT_FOR_QUESTIONS = 0.25;

/**
 * Takes a request out of the bucket, which holds a minute's and fills evenly.
 * @param bucket As it was left; null before the first request. A clock that was set back fills nothing.
 * @param canWait For work in the background.
 */
export function takeTurn(bucket: Bucket | null, perMinute: number, now: number, canWait: boolean): Turn {
  const perMillisecond = perMinute / 60_000;
  // Of two processes one may be a moment behind; what is further ahead is of a clock that was set back.
  const isAhead = bucket !== null && bucket.filledAt > now && bucket.filledAt < now + 60_000;
  const filledAt = isAhead ? bucket.filledAt : now;
  const passed = Math.max(0, now - (bucket?.filledAt ?? now));
  const requests = Math.min(perMinute, (bucket?.requests ?? perMinute) + passed * perMillisecond);
  const needed = 1 + (canWait ? Math.floor(perMinute * KEPT_FOR_QUESTIONS) : 0);
  // Fractions add up to a little less than the whole.
  if (requests >= needed - 1e-9) return { mayGo: true, bucket: { requests: requests - 1, filledAt } };
  return { mayGo: false, bucket: { requests, filledAt }, wait: Math.ceil((needed - requests) / perMillisecond) };
}

/** Spent and reserved together. */
export interface Spending {
  readonly cost: number;
  readonly tokens: number;
}

/** What is to be reserved for a call. */
export interface Wanted {
  readonly promptTokens: number;
  /** Tokens of the answer, at most, and at least for it to be of use. */
  readonly mostOutput: number;
  readonly leastOutput: number;
  /** Null when it is not known: a budget in money does not hold it. */
  readonly price: Price | null;
  /** Whether it counts in the budget of tokens. */
  readonly countsTokens: boolean;
}

export type Grant =
  | {
      readonly isGranted: true;
      /** Tokens that the answer may have. */
      readonly output: number;
      /** A budget holds: the answer has to be ended there. */
      readonly isCapped: boolean;
    }
  | { readonly isGranted: false; readonly by: 'monthlyCost' | 'monthlyTokens' };

/** Lets a call go when what is left of the month has room for its prompt and for an answer of some use. */
export function grant(wanted: Wanted, spending: Spending, limits: LimitsInForce): Grant {
  const { promptTokens, leastOutput, price } = wanted;
  const { monthlyCost, monthlyTokens } = limits;
  let output = wanted.mostOutput;
  let isCapped = false;
  if (monthlyTokens && wanted.countsTokens) {
    const left = Math.floor(monthlyTokens.value - spending.tokens - promptTokens);
    if (left < leastOutput) return { isGranted: false, by: 'monthlyTokens' };
    output = Math.min(output, left);
    isCapped = true;
  }
  if (monthlyCost && price && (price.input > 0 || price.output > 0)) {
    const left = monthlyCost.value - spending.cost - costAt(price, promptTokens, 0);
    const affordable = price.output > 0 ? Math.floor((left * 1_000_000) / price.output) : Number.MAX_SAFE_INTEGER;
    if (left < 0 || affordable < leastOutput) return { isGranted: false, by: 'monthlyCost' };
    output = Math.min(output, affordable);
    isCapped = true;
  }
  return { isGranted: true, output, isCapped };
}

/**
 * Tokens of an answer by what it is for. At most: brief answers have a few hundred; models that think first count that in,
 * too. At least: with fewer it would only begin.
 */
export const outputTokens: Readonly<Record<CallKind, { readonly most: number; readonly least: number }>> = {
  answer: { most: 8_192, least: 512 },
  piece: { most: 8_192, least: 512 },
  rewrite: { most: 2_048, least: 128 },
  test: { most: 1_024, least: 64 },
  embedding: { most: 0, least: 0 },
  question: { most: 0, least: 0 },
};

/**
 * Whether what is left has no room for an answer, whatever is asked.
 * @param price Of the model that answers; null when it is not known, and then a budget in money is not looked at.
 */
export function isTooLittle(spending: Spending, limits: LimitsInForce, price: Price | null): boolean {
  const { least } = outputTokens.answer;
  const shortest = { promptTokens: 0, mostOutput: least, leastOutput: least, price, countsTokens: true };
  return !grant(shortest, spending, limits).isGranted;
}

/** Bytes of a token at least, on average, in any script: 4 in English, 3 in Chinese and in dense figures. */
const bytesPerToken = 3;

/** Tokens of a text of so many bytes, rather too many than too few: what is reserved has to do. */
export function tokensOfBytes(bytes: number): number {
  return Math.ceil(bytes / bytesPerToken);
}

export function reservedTokens(text: string): number {
  return tokensOfBytes(Buffer.byteLength(text));
}

/** Percent of the month's budget, the fuller one of the two; null without a budget. A budget of nothing is used up. */
export function percentageOf(spending: Spending, { monthlyCost, monthlyTokens }: LimitsInForce): number | null {
  const parts = [
    ...(monthlyCost ? [share(spending.cost, monthlyCost.value)] : []),
    ...(monthlyTokens ? [share(spending.tokens, monthlyTokens.value)] : []),
  ];
  return parts.length === 0 ? null : Math.max(...parts);
}

function share(spent: number, budget: number): number {
  return budget === 0 ? 100 : (spent / budget) * 100;
}
