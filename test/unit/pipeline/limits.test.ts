/** The rules of limits: whose holds, what a month has room for, when the next request may go. */
import { describe, expect, it } from 'vitest';
import { noLimits } from '../../../shared/accounts.ts';
import {
  grant,
  isTooLittle,
  limitsInForce,
  monthOf,
  percentageOf,
  readOwnLimits,
  readOwnPrices,
  reservedTokens,
  takeTurn,
  type Bucket,
  type Wanted,
} from '../../../electron/pipeline/limits.ts';
import { costOf } from '../../../electron/pipeline/prices.ts';

const own = { value: 1_000, by: 'own' } as const;
const free = limitsInForce(noLimits, noLimits);
const wanted: Wanted = {
  promptTokens: 300,
  mostOutput: 500,
  leastOutput: 100,
  price: { input: 1, output: 10 },
  countsTokens: true,
};

describe('the limit in force', () => {
  // Catches: an account that lifts its administrator's limit by setting a higher one of its own, or none.
  it('is the tighter one, whoever set it', () => {
    const administrator = { monthlyCost: 5, monthlyTokens: 100, requestsPerMinute: null };
    expect(limitsInForce({ monthlyCost: 50, monthlyTokens: 10, requestsPerMinute: 3 }, administrator)).toEqual({
      monthlyCost: { value: 5, by: 'administrator' },
      monthlyTokens: { value: 10, by: 'own' },
      requestsPerMinute: { value: 3, by: 'own' },
    });
    expect(limitsInForce(noLimits, { ...noLimits, monthlyCost: 0 }).monthlyCost).toEqual({
      value: 0,
      by: 'administrator',
    });
  });

  it('is read from the settings with care: what is no amount limits nothing', () => {
    const stored = { limits: { monthlyCost: -1, monthlyTokens: 'many', requestsPerMinute: 5 }, countsLocal: 1 };
    expect(readOwnLimits(stored)).toEqual({ limits: { ...noLimits, requestsPerMinute: 5 }, countsLocal: false });
    expect(readOwnLimits(null)).toEqual({ limits: noLimits, countsLocal: false });
  });
});

describe('a month', () => {
  it('runs from its first moment to that of the next, over the end of a year too', () => {
    const { start, end } = monthOf(new Date(2026, 11, 31, 23, 59).getTime());
    expect([new Date(start), new Date(end)]).toEqual([new Date(2026, 11, 1), new Date(2027, 0, 1)]);
    expect(monthOf(start).start).toBe(start);
    expect(monthOf(end).start).toBe(end);
  });
});

describe('what is granted', () => {
  it('is all that was asked for without a budget, and nothing has to be ended', () => {
    expect(grant(wanted, { cost: 1e9, tokens: 1e9 }, free)).toEqual({ isGranted: true, output: 500, isCapped: false });
  });

  // Catches: a budget that stops at half because the longest answer would not fit any more.
  it('is a shorter answer when less is left, and none when it would be of no use', () => {
    const limits = { ...free, monthlyTokens: own };
    expect(grant(wanted, { cost: 0, tokens: 200 }, limits)).toEqual({ isGranted: true, output: 500, isCapped: true });
    expect(grant(wanted, { cost: 0, tokens: 550 }, limits)).toEqual({ isGranted: true, output: 150, isCapped: true });
    expect(grant(wanted, { cost: 0, tokens: 600 }, limits)).toMatchObject({ isGranted: true, output: 100 });
    expect(grant(wanted, { cost: 0, tokens: 601 }, limits)).toEqual({ isGranted: false, by: 'monthlyTokens' });
    expect(grant({ ...wanted, countsTokens: false }, { cost: 0, tokens: 9_999 }, limits)).toMatchObject({
      isGranted: true,
    });
  });

  it('is what the money has room for, prompt first', () => {
    const limits = { ...free, monthlyCost: { value: 0.01, by: 'own' } as const };
    // 300 tokens of prompt are $0.0003; each token of the answer is $0.00001.
    expect(grant(wanted, { cost: 0, tokens: 0 }, limits)).toMatchObject({ output: 500, isCapped: true });
    expect(grant(wanted, { cost: 0.0077, tokens: 0 }, limits)).toMatchObject({ output: 200 });
    expect(grant(wanted, { cost: 0.0092, tokens: 0 }, limits)).toEqual({ isGranted: false, by: 'monthlyCost' });
    const embedding = { ...wanted, mostOutput: 0, leastOutput: 0, price: { input: 1, output: 0 } };
    expect(grant(embedding, { cost: 0.0096, tokens: 0 }, limits)).toMatchObject({ isGranted: true, output: 0 });
    expect(grant(embedding, { cost: 0.0098, tokens: 0 }, limits)).toMatchObject({ isGranted: false });
  });

  // Catches: a model whose price nobody knows refused for money, or one that costs nothing.
  it('is not held by money where no price is known or nothing is to be paid', () => {
    const limits = { ...free, monthlyCost: { value: 1, by: 'own' } as const };
    for (const price of [null, { input: 0, output: 0 }]) {
      const granted = grant({ ...wanted, price }, { cost: 2, tokens: 0 }, limits);
      expect(granted).toEqual({ isGranted: true, output: 500, isCapped: false });
    }
  });

  it('never comes to more than the budget, whatever is asked for in whatever order', () => {
    let tokens = 0;
    for (let call = 0; call < 50; call += 1) {
      const granted = grant(
        { ...wanted, promptTokens: (call * 37) % 400 },
        { cost: 0, tokens },
        { ...free, monthlyTokens: own },
      );
      if (granted.isGranted) tokens += ((call * 37) % 400) + granted.output;
    }
    expect(tokens).toBeGreaterThan(700);
    expect(tokens).toBeLessThanOrEqual(1_000);
  });
});

describe('the bucket of requests', () => {
  function go(count: number, perMinute: number, from: Bucket | null, now: number, canWait = false) {
    let bucket = from;
    let gone = 0;
    for (let request = 0; request < count; request += 1) {
      const turn = takeTurn(bucket, perMinute, now, canWait);
      if (!turn.mayGo) return { gone, bucket, wait: turn.wait };
      ({ bucket } = turn);
      gone += 1;
    }
    return { gone, bucket, wait: 0 };
  }

  it('lets a minute’s go at once, then one in each part of a minute', () => {
    const first = go(20, 10, null, 1_000_000);
    expect(first).toMatchObject({ gone: 10, wait: 6_000 });
    expect(go(1, 10, first.bucket, 1_005_999).gone).toBe(0);
    expect(go(2, 10, first.bucket, 1_006_000).gone).toBe(1);
    expect(go(20, 10, first.bucket, 9_000_000).gone).toBe(10);
  });

  // Catches: embedding that takes each drop as it comes, so that no question is ever answered.
  it('keeps a quarter from work in the background', () => {
    const embedded = go(20, 8, null, 0, true);
    expect(embedded.gone).toBe(6);
    expect(go(20, 8, embedded.bucket, 0).gone).toBe(2);
    expect(go(1, 1, null, 0, true).gone).toBe(1);
  });

  it('gains nothing by a clock that is set back, and waits for none that was ahead', () => {
    const empty = { requests: 0, filledAt: 500_000_000 };
    expect(takeTurn(empty, 60, 499_999_000, false).mayGo).toBe(false);
    const after = takeTurn({ requests: 5, filledAt: 500_000_000 }, 60, 100_000_000, false);
    expect(after).toMatchObject({ mayGo: true, bucket: { requests: 4, filledAt: 100_000_000 } });
    // Catches: an empty bucket that is refilled only when the clock is where it was.
    const refused = takeTurn(empty, 60, 100_000_000, false);
    expect(refused).toMatchObject({ mayGo: false, wait: 1_000 });
    expect(takeTurn(refused.bucket, 60, 100_001_000, false).mayGo).toBe(true);
  });

  it('is as large as the limit that holds now', () => {
    expect(go(50, 3, { requests: 40, filledAt: 0 }, 0).gone).toBe(3);
  });
});

describe('shares and estimates', () => {
  it('tell the fuller budget; one of nothing is used up', () => {
    const limits = { ...free, monthlyCost: { value: 10, by: 'own' } as const, monthlyTokens: own };
    expect(percentageOf({ cost: 5, tokens: 900 }, limits)).toBe(90);
    expect(percentageOf({ cost: 12, tokens: 900 }, limits)).toBe(120);
    expect(percentageOf({ cost: 0, tokens: 0 }, { ...free, monthlyCost: { value: 0, by: 'own' } })).toBe(100);
    expect(percentageOf({ cost: 9, tokens: 9 }, free)).toBeNull();
  });

  // Catches: “98 % is used” of a budget that lets nothing be asked any more.
  it('say when what is left has no room for an answer, in tokens and in money', () => {
    const price = { input: 1, output: 10 };
    const tokens = { ...free, monthlyTokens: own };
    expect(isTooLittle({ cost: 0, tokens: 488 }, tokens, null)).toBe(false);
    expect(isTooLittle({ cost: 0, tokens: 489 }, tokens, null)).toBe(true);
    const money = { ...free, monthlyCost: { value: 1, by: 'own' } as const };
    expect(isTooLittle({ cost: 0.994, tokens: 0 }, money, price)).toBe(false);
    expect(isTooLittle({ cost: 0.996, tokens: 0 }, money, price)).toBe(true);
    // Of a model whose price nobody knows a budget in money stops nothing.
    expect(isTooLittle({ cost: 0.996, tokens: 0 }, money, null)).toBe(false);
    expect(isTooLittle({ cost: 9, tokens: 9_000 }, free, price)).toBe(false);
  });

  // Catches: a reservation by characters, of which one of Chinese is a token.
  it('count at least a token for a Chinese character, and a third of one for a letter', () => {
    expect(reservedTokens('模型的預算')).toBe(5);
    expect(reservedTokens('budget')).toBe(2);
  });
});

describe('prices', () => {
  const request = {
    host: 'api.openai.com',
    model: 'gpt-5-2025-08-07',
    local: false,
    inputTokens: 1e6,
    outputTokens: 0,
  };

  it('are the person’s own where there is a row, the dated one before the other', () => {
    const rows = [
      { host: 'api.openai.com', model: 'gpt-5', input: 3, output: 4 },
      { host: 'models.example', model: 'big', input: 7, output: 8 },
    ];
    expect(costOf(request)).toBeCloseTo(1.25);
    expect(costOf(request, rows)).toBeCloseTo(3);
    expect(costOf(request, [...rows, { ...rows[0]!, model: 'gpt-5-2025-08-07', input: 5 }])).toBeCloseTo(5);
    expect(costOf({ ...request, host: 'models.example', model: 'big' }, rows)).toBeCloseTo(7);
    expect(costOf({ ...request, host: 'other.example', model: 'big' }, rows)).toBeNull();
    expect(costOf({ ...request, local: true }, rows)).toBe(0);
  });

  it('are read from the settings row by row', () => {
    const row = { host: 'models.example', model: 'big', input: 7, output: 8 };
    expect(readOwnPrices([row, { ...row, input: 'seven' }, null, { ...row, output: -1 }])).toEqual([row]);
    expect(readOwnPrices({})).toEqual([]);
  });
});
