/** The choice of sentences: what the question asks for, spelled as it may be, and nothing twice. */
import { describe, expect, test } from 'vitest';
import {
  askedFor,
  chooseCandidates,
  isOtherYear,
  missingNames,
  prepareCandidates,
  scoreCandidates,
} from '../../../electron/pipeline/answer-scoring.ts';
import type { Candidate } from '../../../electron/pipeline/answer-scoring.ts';

const candidate = (text: string, passage = 0, context = ''): Candidate => ({
  passage,
  kind: 'sentence',
  text,
  context,
});
const best = (question: string, candidates: readonly Candidate[]): string | undefined =>
  chooseCandidates(scoreCandidates(question, prepareCandidates(candidates), []).items, { most: 1, floor: 0 })[0]
    ?.candidate.text;

test.each([
  ['How much was paid for the acquisition?', 'amount'],
  ['When does the lease end?', 'time'],
  ['Who signed the contract?', 'person'],
  ['Why did sales fall?', 'reason'],
  ['What is a covenant?', 'definition'],
  ['Describe the building', 'other'],
])('%s asks for %s', (question, asked) => expect(askedFor(question)).toBe(asked));

describe('scoreCandidates', () => {
  test('a rare word outweighs several common ones', () => {
    const candidates = [
      candidate('The company and its subsidiaries sell company products to company customers.'),
      candidate('The company leases a warehouse in Rotterdam.'),
      candidate('The company has offices and the company has employees.'),
    ];
    expect(best('Where is the warehouse of the company?', candidates)).toContain('Rotterdam');
  });

  test('an abbreviation finds what it stands for, and the other way round', () => {
    const candidates = [
      candidate('Spending on plants was high this time.'),
      candidate('Capital expenditures were $1.7 billion.'),
    ];
    expect(best('How high was capex?', candidates)).toContain('Capital');
    expect(
      best('How large was R&D?', [...candidates, candidate('Research and development cost $2 billion.')]),
    ).toContain('Research');
  });

  test('why wants a reason, how much wants a figure', () => {
    const candidates = [
      candidate('Sales of tape changed in this segment.'),
      candidate('Sales of tape fell to $5 million.'),
      candidate('Sales of tape fell primarily due to lower demand.'),
    ];
    expect(best('Why did sales of tape fall?', candidates)).toContain('lower demand');
    expect(best('How much were sales of tape?', candidates)).toContain('$5 million');
  });

  test('likeness of meaning decides where words do not', () => {
    const candidates = [candidate('Pets are not allowed.'), candidate('The rent is due on the first.')];
    const { items } = scoreCandidates('May I keep a dog?', prepareCandidates(candidates), [0.6, 0.1]);
    expect(items[0]?.score).toBeGreaterThan((items[1]?.score ?? 0) + 0.1);
  });

  test('how much of the question occurs at all is told', () => {
    const candidates = [candidate('The tenant pays the rent.')];
    expect(scoreCandidates('Which tenant pays rent?', prepareCandidates(candidates), []).found).toBe(1);
    expect(scoreCandidates('Volcanoes of Iceland', prepareCandidates(candidates), []).found).toBe(0);
    expect(scoreCandidates('Volcanoes', [], [])).toEqual({ items: [], found: 0 });
  });
});

test('nothing is chosen twice in other order', () => {
  const candidates = [
    candidate('Net sales rose by five percent in 2022 on higher volumes.'),
    candidate('In 2022 net sales rose by five percent on higher volumes.', 1),
    candidate('Net sales of tape fell in 2022.', 2),
  ];
  const { items } = scoreCandidates('How did net sales change in 2022?', prepareCandidates(candidates), []);
  const chosen = chooseCandidates(items, { most: 3, floor: 0 }).map(({ candidate: { passage } }) => passage);
  expect(chosen).toEqual([0, 2]);
});

test('a sentence about other years only is told apart', () => {
  expect(isOtherYear('What were sales in 2022?', 'Sales in 2019 and 2020 were low.')).toBe(true);
  expect(isOtherYear('What were sales in 2022?', 'Sales in 2021 and 2022 were low.')).toBe(false);
  expect(isOtherYear('What were sales in 2022?', 'Sales were low.')).toBe(false);
  expect(isOtherYear('What were sales?', 'Sales in 2019 were low.')).toBe(false);
});

test('names that are nowhere are found; abbreviations and parts of words are not taken for them', () => {
  const candidates = [candidate('Sales of tape fell.', 0, 'AMERICANEXPRESS 2022')];
  expect(missingNames('What does Tesla say about American tape in EMEA?', candidates)).toEqual(['Tesla']);
  expect(missingNames('What about tape?', candidates)).toEqual([]);
});
