import { describe, expect, it } from 'vitest';
import { moneyText, shortTokensText, tokenCount } from '../../../renderer/components/amounts.ts';

describe('money and tokens', () => {
  // Catches: a call of a tenth of a cent told as $0.00, or a month's sum with four digits behind the point.
  it('tells money as finely as there is little of it', () => {
    expect([0, 0.00004, 0.00012, 0.0123, 0.1, 3.2, 1204.5].map(moneyText)).toEqual([
      '$0.00',
      'under $0.0001',
      '$0.0001',
      '$0.0123',
      '$0.10',
      '$3.20',
      '$1,204.50',
    ]);
  });

  // Catches: broken shares of documents, and 1000k for a million.
  it('tells tokens whole, and short where there is little room', () => {
    expect([0, 12_345, 333.333].map(tokenCount)).toEqual(['0', '12,345', '333']);
    expect(
      [0, 940, 999.4, 999.6, 12_400, 99_960, 120_000, 999_400, 999_500, 1_234_567, 2e9].map(shortTokensText),
    ).toEqual(['0', '940', '999', '1k', '12.4k', '100k', '120k', '999k', '1M', '1.2M', '2,000M']);
  });
});
