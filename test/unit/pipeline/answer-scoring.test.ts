/** The choice of sentences: what the question asks for, spelled as it may be, and nothing twice. */
import { describe, expect, test } from 'vitest';
import {
  askedFor,
  chooseCandidates,
  isOtherYear,
  missingNames,
  candidatePreparer,
  scoringCandidates,
} from '../../../electron/pipeline/answer-scoring.ts';
import type { Candidate, PreparedCandidate, Scores } from '../../../electron/pipeline/answer-scoring.ts';
import { atOnce } from '../../../electron/pipeline/in-slices.ts';

const scoreCandidates = (
  question: string,
  candidates: readonly PreparedCandidate<Candidate>[],
  cosines: readonly number[],
): Scores<Candidate> => atOnce(scoringCandidates(question, candidates, cosines));

const candidate = (text: string, passage = 0, context = ''): Candidate => ({
  passage,
  kind: 'sentence',
  text,
  context,
});
const best = (question: string, candidates: readonly Candidate[]): string | undefined =>
  chooseCandidates(scoreCandidates(question, candidates.map(candidatePreparer()), []).items, { most: 1, floor: 0 })[0]
    ?.candidate.text;

test.each([
  ['How much was paid for the acquisition?', 'amount'],
  ['When does the lease end?', 'time'],
  ['Who signed the contract?', 'person'],
  ['Why did sales fall?', 'reason'],
  ['What is a covenant?', 'definition'],
  ['Describe the building', 'other'],
])('%s asks for %s', (question, asked) => expect(askedFor(question)).toBe(asked));

describe('the score of a candidate', () => {
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

  const row = (label: string, values: string, more: Partial<Candidate> = {}): Candidate => ({
    ...candidate(`${label} — ${values}`),
    kind: 'row',
    row: {
      text: '',
      label,
      title: '',
      values: 2,
      isNamed: values.includes(':'),
      cells: [],
      columns: [],
      group: '',
      unit: '',
    },
    ...more,
  });

  test('the row that is called as it was asked comes before rows of more words, of parts and of unknown years', () => {
    const wanted = row('Revenue', '2019: 42,879 · 2018: 42,151', { passage: 3 });
    for (const other of [
      row('Cost of revenue', '2019: 32,918 · 2018: 32,275'),
      row('Revenue', '39,304 · 38,662'),
      row('Revenue', '2019: 39,304 · 2018: 38,662', { place: 'Domestic Segment Performance Summary 2019 2018' }),
      candidate('The following table presents revenue in fiscal 2019:'),
      candidate('For additional information on revenue in fiscal 2019, see Note 4.'),
    ]) {
      expect(best('What was revenue in fiscal 2019?', [other, wanted])).toBe(wanted.text);
    }
  });

  test('how many wants the number beside what it counts', () => {
    const candidates = [
      candidate('For 2022, employees completed approximately 5.8 million hours of learning.'),
      candidate('We support our employees with programs in 12 countries.', 1),
      candidate('At year-end we employed nearly 125,000 full-time and part-time employees.', 2),
    ];
    expect(best('How many employees are there?', candidates)).toContain('125,000');
  });

  test('the subject of the question outweighs its quarter', () => {
    const candidates = [
      candidate('The results for the first quarter of 2021 included a reduction of $5.2 billion in the allowance.'),
      candidate('Net income was $14.3 billion, up from the year before.', 1),
    ];
    expect(best('What was net income in the first quarter of 2021?', candidates)).toContain('$14.3 billion');
  });

  test('“grow”, “grew” and “growth”, “pay” and “paid” are one', () => {
    const candidates = [candidate('Sales were high at $5 million.'), candidate('Sales growth was 5 %.', 1)];
    expect(best('How much did sales grow?', candidates)).toContain('growth');
  });

  test('likeness of meaning decides where words do not', () => {
    const candidates = [candidate('Pets are not allowed.'), candidate('The rent is due on the first.')];
    const { items } = scoreCandidates('May I keep a dog?', candidates.map(candidatePreparer()), [0.6, 0.1]);
    expect(items[0]?.score).toBeGreaterThan((items[1]?.score ?? 0) + 0.1);
  });

  test('how much of the question occurs at all is told', () => {
    const candidates = [candidate('The tenant pays the rent.')];
    expect(scoreCandidates('Which tenant pays rent?', candidates.map(candidatePreparer()), []).found).toBe(1);
    expect(scoreCandidates('Volcanoes of Iceland', candidates.map(candidatePreparer()), []).found).toBe(0);
    expect(scoreCandidates('Volcanoes', [], [])).toEqual({ items: [], found: 0, together: 0 });
  });
});

test('nothing is chosen twice in other order', () => {
  const candidates = [
    candidate('Net sales rose by five percent in 2022 on higher volumes.'),
    candidate('In 2022 net sales rose by five percent on higher volumes.', 1),
    candidate('Net sales of tape fell in 2022.', 2),
  ];
  const { items } = scoreCandidates('How did net sales change in 2022?', candidates.map(candidatePreparer()), []);
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
