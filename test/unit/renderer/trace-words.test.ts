import { describe, expect, it } from 'vitest';
import { costText, durationText, leftText, tokensText } from '../../../renderer/components/sent-words.ts';
import type { SentRequest } from '../../../shared/trace.ts';

const sent: SentRequest = {
  purpose: 'answer',
  host: 'api.openai.com',
  model: 'm',
  local: false,
  bytes: 12_000,
  delivered: true,
  inputTokens: 2_310,
  outputTokens: 84,
  reported: true,
  cost: 0.0012,
};

describe('what left the computer', () => {
  // Catches: bytes to a server on this computer, or one that was not reached, told as sent away.
  it('is told with bytes and host, and only when it did', () => {
    expect(leftText([])).toBe('Nothing left this computer.');
    expect(leftText([sent, { ...sent, bytes: 500 }])).toBe('13 KB left this computer, to api.openai.com.');
    expect(leftText([{ ...sent, local: true }])).toMatch(/^Nothing left this computer: the model runs on it/);
    expect(leftText([{ ...sent, delivered: false }])).toMatch(/^Nothing left this computer: the server could not/);
  });
});

it('tokens say whether they were told or estimated', () => {
  expect(tokensText(sent)).toBe('2,310 tokens in, 84 out (reported)');
  expect(tokensText({ ...sent, reported: false })).toContain('(estimated)');
});

it('costs and times are short', () => {
  expect([null, 0, 0.00001, 0.0012, 1.5].map(costText)).toEqual([
    'unknown',
    'free',
    'under $0.0001',
    '$0.0012',
    '$1.50',
  ]);
  expect([340, 2_440, 72_000].map(durationText)).toEqual(['340 ms', '2.4 s', '1 min 12 s']);
});
