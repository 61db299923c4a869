/** What is said when a limit holds: why, until when, what to do, and nothing that is not so. */
import { expect, test } from 'vitest';
import { noLimits } from '../../../shared/accounts.ts';
import type { Budget } from '../../../shared/usage.ts';
import { budgetNotice, refusalError, type Refusal } from '../../../electron/core/limit-words.ts';

const resetsAt = new Date(2026, 11, 1).getTime();
const overBudget = (fields: object): Refusal => ({
  ...{ outcome: 'over-budget', limit: 'monthlyCost', inForce: { value: 5, by: 'own' }, used: 5, resetsAt },
  ...fields,
});

test('a budget that is used up says until when, and how to go on', () => {
  const { code, message, hint, retryable } = refusalError(overBudget({}), 'answer');
  expect({ code, retryable }).toEqual({ code: 'budget-exceeded', retryable: false });
  expect(message).toBe('This month’s budget for models, $5.00, is used up until 1 December.');
  expect(hint).toBe('Raise it in Settings under Usage and limits, or wait until then.');
});

// Catches: “used up” told of a budget of which there is some left.
test('one with too little left says that', () => {
  const { message } = refusalError(
    overBudget({ limit: 'monthlyTokens', inForce: { value: 100_000, by: 'own' }, used: 97_000 }),
    'answer',
  );
  expect(message).toBe(
    'What is left of this month’s budget for models, 100,000 tokens, is too little for this; it begins anew on 1 December.',
  );
});

test('the administrator’s limit is not told as one’s own, and a piece has a way without a model', () => {
  const { message, hint } = refusalError(overBudget({ inForce: { value: 5, by: 'administrator' } }), 'piece');
  expect(message).toContain('$5.00 by this computer’s administrator');
  expect(hint).toBe(
    'Ask this computer’s administrator for more, or wait until then. Quoted instead of written, a piece needs no model.',
  );
});

test('too many requests say when the next may be made', () => {
  const error = refusalError({ outcome: 'too-many', inForce: { value: 10, by: 'own' }, wait: 5_400 }, 'answer');
  expect(error).toMatchObject({ code: 'too-many-requests', retryable: true });
  expect(error.message).toContain('10 requests a minute');
  expect(error.message).toContain('in 6 seconds');
});

const budget: Budget = {
  monthStart: new Date(2026, 10, 1).getTime(),
  resetsAt,
  spent: { cost: 3, tokens: 500 },
  reserved: { cost: 1.1, tokens: 0 },
  callsWithoutPrice: 0,
  own: noLimits,
  administrator: noLimits,
  monthlyCost: { value: 5, by: 'own' },
  monthlyTokens: { value: 1_000, by: 'administrator' },
  requestsPerMinute: null,
  countsLocal: false,
  percentage: 82,
  level: 'warning',
};

test('the notice tells the budget that is fuller, from 80 % on', () => {
  expect(budgetNotice(budget)).toEqual({
    level: 'warning',
    percentage: 82,
    resetsAt,
    note: '82 % of this month’s budget for models, $5.00, is used; it begins anew on 1 December.',
  });
  const exceeded = { ...budget, spent: { cost: 3, tokens: 1_000 }, percentage: 100, level: 'exceeded' } as const;
  expect(budgetNotice(exceeded)?.note).toBe(
    'This month’s budget for models, 1,000 tokens by this computer’s administrator, is used up until 1 December. Answers quote the documents until then.',
  );
  // Catches: “used up” told of a budget of which there is some left.
  expect(budgetNotice({ ...budget, percentage: 98.7, level: 'exceeded' })).toMatchObject({
    ...{ level: 'exceeded', percentage: 98 },
    note: 'What is left of this month’s budget for models is too little for an answer; it begins anew on 1 December. Answers quote the documents until then.',
  });
  expect(budgetNotice({ ...budget, percentage: 79.9, level: 'ok' })).toBeNull();
  expect(budgetNotice({ ...budget, percentage: null, level: 'unlimited' })).toBeNull();
});
