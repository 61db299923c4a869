import { describe, expect, it } from 'vitest';
import { noLimits } from '../../../shared/accounts.ts';
import type { Budget, UsageCall, UsageRow } from '../../../shared/usage.ts';
import { metersOf } from '../../../renderer/components/budget-words.ts';
import {
  aboutText,
  callAmounts,
  costAmount,
  outcomeText,
  rowTitle,
  tokenAmount,
} from '../../../renderer/features/usage/usage-words.ts';

const budget: Budget = {
  monthStart: 0,
  resetsAt: 0,
  spent: { cost: 3.2, tokens: 120_000 },
  reserved: { cost: 0, tokens: 0 },
  callsWithoutPrice: 0,
  own: noLimits,
  administrator: noLimits,
  monthlyCost: { value: 5, by: 'own' },
  monthlyTokens: null,
  requestsPerMinute: null,
  countsLocal: false,
  percentage: 64,
  level: 'ok',
};

const call: UsageCall = {
  id: 1,
  createdAt: 0,
  kind: 'answer',
  host: 'api.openai.com',
  model: 'gpt-5',
  isLocal: false,
  promptTokens: 1_200,
  completionTokens: 84,
  isEstimated: false,
  cost: 0.0123,
  duration: 2_400,
  outcome: 'complete',
  conversationId: null,
  conversationTitle: null,
  messageId: null,
  pieceId: null,
  pieceTitle: null,
  documents: [],
  deletedDocuments: 0,
};

describe('a budget', () => {
  it('tells what is used of it, with what is reserved', () => {
    const [meter, ...others] = metersOf({ ...budget, reserved: { cost: 0.1, tokens: 900 } });
    expect(others).toEqual([]);
    expect(meter).toMatchObject({ used: '$3.30', limit: '$5.00', reserved: '$0.10', percentage: 66, level: 'ok' });
  });

  // Catches: a warning that comes a call too late, and bars that leave their frame.
  it('warns from 80 % on and is used up at 100 %', () => {
    const at = (cost: number) => metersOf({ ...budget, spent: { cost, tokens: 0 } })[0];
    expect(at(3.99)).toMatchObject({ level: 'ok', percentage: 79 });
    expect(at(4)).toMatchObject({ level: 'warning', percentage: 80 });
    expect(at(4.999)).toMatchObject({ level: 'warning', percentage: 99 });
    expect(at(5)).toMatchObject({ level: 'exceeded', percentage: 100, part: 1 });
    expect(at(6)).toMatchObject({ level: 'exceeded', percentage: 120, part: 1 });
  });

  it('of nothing is used up, and the administrator’s is called so', () => {
    const meters = metersOf({
      ...budget,
      spent: { cost: 0, tokens: 10 },
      monthlyCost: { value: 0, by: 'administrator' },
      monthlyTokens: { value: 1_000_000, by: 'own' },
    });
    expect(meters.map(({ kind, level, by }) => [kind, level, by])).toEqual([
      ['cost', 'exceeded', 'administrator'],
      ['tokens', 'ok', 'own'],
    ]);
  });
});

describe('amounts', () => {
  // Catches: a guess, or half a sum, that reads like a fact.
  it('are marked where they are estimated, lack something, or are not known', () => {
    expect(tokenAmount(1_200, true)).toEqual({ mark: '≈', text: '1,200', isUnknown: false });
    expect(tokenAmount(0, true).mark).toBeNull();
    expect(costAmount(0.42, true)).toEqual({ mark: '≥', text: '$0.42', isUnknown: false });
    expect(costAmount(null, false)).toEqual({ mark: null, text: 'unknown', isUnknown: true });
  });

  it('of calls that run or were interrupted are at most what was reserved', () => {
    const { prompt, completion, cost } = callAmounts({ ...call, outcome: 'interrupted', duration: null });
    expect([prompt.mark, completion.mark, cost.mark]).toEqual(['≤', '≤', '≤']);
    expect(callAmounts({ ...call, outcome: 'running', cost: null }).cost).toMatchObject({
      mark: null,
      isUnknown: true,
    });
    expect(callAmounts(call).prompt.mark).toBeNull();
  });
});

describe('a call', () => {
  it('tells how it ended', () => {
    expect(outcomeText(call)).toBe('2.4 s');
    expect(outcomeText({ outcome: 'failed', duration: 900 })).toBe('Failed after 900 ms');
    expect(outcomeText({ outcome: 'interrupted', duration: null })).toBe('Interrupted');
  });

  it('tells what it was about, also when that is deleted', () => {
    const documents = [
      { id: 'a', title: 'Annual report' },
      { id: 'b', title: 'Letter' },
    ];
    expect(aboutText({ documents: [], deletedDocuments: 0 })).toBe('–');
    expect(aboutText({ documents: [], deletedDocuments: 2 })).toBe('2 deleted documents');
    expect(aboutText({ documents, deletedDocuments: 0 })).toBe('Annual report and 1 more');
    expect(aboutText({ documents: documents.slice(0, 1), deletedDocuments: 1 })).toBe('Annual report and 1 more');
  });

  it('is named by day, kind, model or document in a table', () => {
    const row = { label: '2026-11-21', special: null } as UsageRow;
    expect(rowTitle(row, 'day')).toMatch(/Sat.*21 Nov 2026/);
    expect(rowTitle({ ...row, label: 'embedding' }, 'kind')).toBe('Search vectors');
    expect(rowTitle({ ...row, label: 'gpt-5' }, 'model')).toBe('gpt-5');
    expect(rowTitle({ ...row, label: '', special: 'deleted' }, 'document')).toBe('Deleted documents');
    expect(rowTitle({ ...row, label: '', special: 'none' }, 'document')).toBe('No document');
  });
});
