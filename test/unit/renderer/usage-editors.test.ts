import { describe, expect, it } from 'vitest';
import { ownPricesSchema } from '../../../shared/requests/usage.ts';
import type { ModelPrice, PriceTable } from '../../../shared/usage.ts';
import { fieldText, parseAmount, rules } from '../../../renderer/components/parse-amount.ts';
import { parseLimits, typedLimits } from '../../../renderer/components/typed-limits.ts';
import { checkDraft, keyOf, priceRows, withPrice } from '../../../renderer/features/usage/price-rows.ts';

describe('amounts as they are typed', () => {
  it('may be empty, money, or whole with their groups', () => {
    expect(parseAmount(' ', rules.money)).toEqual({ value: null, problem: null });
    const value = (text: string, rule: keyof typeof rules) => parseAmount(text, rules[rule]).value;
    expect(['5', '$5.00', ' 0.5 ', '.5', '5.', '0'].map((text) => value(text, 'money'))).toEqual([
      5, 5, 0.5, 0.5, 5, 0,
    ]);
    expect(
      ['1000000', '1,000,000', '1 000 000', '1.000.000', '1M', '1.5 m', '500k'].map((text) => value(text, 'tokens')),
    ).toEqual([1e6, 1e6, 1e6, 1e6, 1e6, 1.5e6, 5e5]);
  });

  // Catches: 1,50 taken for 150 dollars, a budget a hundred times as large as meant.
  it('are refused where they could mean two things', () => {
    expect(parseAmount('1,50', rules.money).problem).toMatch(/point/);
    expect(parseAmount('1,500', rules.money).problem).toMatch(/point/);
    for (const text of ['-1', 'five', '1e3', 'Infinity', '0x10', '1.2.3', '£5'])
      expect(parseAmount(text, rules.money).problem).not.toBeNull();
    for (const text of ['1.5', '1,00', '12,34,567', '-3', 'k'])
      expect(parseAmount(text, rules.tokens).problem).toMatch(/whole/);
  });

  it('stay within what main takes', () => {
    expect(parseAmount('0', rules.requests).problem).toBe('At least 1.');
    expect(parseAmount('100,001', rules.requests).problem).toBe('At most 100,000.');
    expect(parseAmount('2000000', rules.price).problem).toBe('At most 1,000,000.');
  });

  // Catches: a saved limit that the form itself refuses when it shows it.
  it('come back from their field as they went in', () => {
    for (const value of [0, 0.02, 0.0000125, 5, 1204.5, 1e12])
      expect(parseAmount(fieldText(value, rules.money), rules.money).value).toBe(value);
    for (const value of [1, 999, 1_000, 1_234_567])
      expect(parseAmount(fieldText(value, rules.tokens), rules.tokens).value).toBe(value);
    expect(fieldText(null, rules.money)).toBe('');
  });
});

const openAi = (model: string, input: number, output: number): ModelPrice => ({
  host: 'api.openai.com',
  model,
  input,
  output,
});
const table: PriceTable = {
  asOf: 'August 2025',
  builtIn: [openAi('gpt-5', 1.25, 10), openAi('gpt-4o', 2.5, 10)],
  own: [openAi('gpt-5', 1, 8), { host: 'models.example.org', model: 'llama', input: 0.2, output: 0.3 }],
  isListLeast: false,
  unpriced: [],
};

describe('limits as they are typed', () => {
  it('are taken together, or not at all, and say which of them is wrong', () => {
    const limits = { monthlyCost: 1204.5, monthlyTokens: 2_000_000, requestsPerMinute: null };
    expect(parseLimits(typedLimits(limits))).toEqual({ limits, problems: {} });
    const { limits: none, problems } = parseLimits({
      ...typedLimits(limits),
      monthlyCost: '5,00',
      requestsPerMinute: '0',
    });
    expect(none).toBeNull();
    expect(problems).toEqual({ monthlyCost: expect.stringMatching(/point/), requestsPerMinute: 'At least 1.' });
  });
});

describe('the table of prices', () => {
  // Catches: a model that stands there twice, once with a price that does not hold.
  it('shows each model once, own rows first, with what they replace', () => {
    const rows = priceRows(table);
    expect(rows.map(({ model, isOwn }) => [model, isOwn])).toEqual([
      ['gpt-5', true],
      ['llama', true],
      ['gpt-4o', false],
    ]);
    expect(rows[0]?.instead).toEqual(openAi('gpt-5', 1.25, 10));
    expect(rows[1]?.instead).toBeNull();
  });

  it('takes a row as it is typed, as main takes it', () => {
    const draft = { host: ' API.example.org:8080 ', model: ' gpt-oss ', input: '0.15', output: '0' };
    const checked = checkDraft(draft, new Set());
    expect(checked.price).toEqual({ host: 'api.example.org:8080', model: 'gpt-oss', input: 0.15, output: 0 });
    expect(ownPricesSchema.safeParse([checked.price]).success).toBe(true);
    expect(checkDraft({ ...draft, host: '[::1]:1234' }, new Set()).problems).toBeNull();
  });

  // Catches: a price that no call is ever counted by, because calls name hosts and not addresses.
  it('says what is wrong with a row, field by field', () => {
    const problems = checkDraft(
      { host: 'https://api.openai.com/v1', model: '', input: '1,25', output: '' },
      new Set(),
    ).problems;
    expect(Object.keys(problems ?? {})).toEqual(['host', 'model', 'input', 'output']);
    const draft = { host: 'api.openai.com', model: 'gpt-5', input: '1', output: '8' };
    expect(checkDraft(draft, new Set(table.own.map(keyOf))).problems).toEqual({
      model: expect.stringMatching(/already/),
    });
    expect(checkDraft(draft, new Set()).problems).toBeNull();
  });

  it('changes a row in its place, also when its name changes', () => {
    const [first] = table.own;
    if (!first) throw new Error('no row');
    const changed = withPrice(table.own, { ...first, model: 'gpt-5-mini' }, keyOf(first));
    expect(changed.map(({ model }) => model).sort()).toEqual(['gpt-5-mini', 'llama']);
    expect(withPrice(table.own, openAi('o3', 2, 8), null)).toHaveLength(3);
  });
});
