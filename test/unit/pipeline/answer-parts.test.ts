/** Half an answer looks like a whole one: a question for two things must be searched for and answered as two. */
import { describe, expect, test } from 'vitest';
import { questionParts } from '../../../electron/pipeline/answer-parts.ts';

const partsOf = (question: string) => questionParts(question, question);

describe('questionParts', () => {
  test.each([
    ['What were sales and how many employees?', ['What were sales?', 'How many employees?']],
    ['When does the lease end, and who repairs the roof?', ['When does the lease end?', 'Who repairs the roof?']],
    ['How much is the deposit? Are pets allowed?', ['How much is the deposit?', 'Are pets allowed?']],
    ['What were revenue and net income in 2022?', ['What were revenue in 2022?', 'What were net income in 2022?']],
  ])('%s', (question, asked) => expect(partsOf(question).map((part) => part.asked)).toEqual(asked));

  test('names and years are those of the whole question, unless a part has its own', () => {
    const [sales, employees] = partsOf('What were total sales and how many employees did Best Buy have in 2019?');
    for (const word of ['Best', 'Buy', '2019']) {
      expect(sales?.question).toContain(word);
      expect(employees?.question).toContain(word);
    }
    expect(sales?.question).not.toContain('employees');
    const [, other] = partsOf('What were sales of Pfizer in 2021, and how many warehouses does Costco have?');
    expect(other?.question).not.toContain('Pfizer');
  });

  test('what a part points back to is in the part before it', () => {
    const [, second] = partsOf('What is the Alvine ferry and how often does it leave?');
    expect(second?.question).toContain('Alvine');
  });

  // Catches: the second half searched for with the words of the first, which answer the first once more or nothing.
  test.each([
    ['What is the monthly rent under the lease and how can it be terminated?', 'how can the lease be terminated?'],
    ['How much is the deposit in this tenancy agreement, and when do they end?', 'when do this tenancy agreement end?'],
  ])('a pronoun stands for what the first part is asked of: %s', (whole, second) => {
    const parts = partsOf(whole);
    expect(parts).toHaveLength(2);
    expect(parts[1]?.question).toBe(second);
    expect(parts[1]?.question).not.toMatch(/rent|deposit/);
  });

  test('a pronoun that stands for the figure itself takes it along', () => {
    const [, second] = partsOf('What is the price of the crane and when must it be paid?');
    expect(second?.question).toMatch(/price.*crane/);
  });

  test.each([
    'What was spent on research and development in 2021?',
    'What is property, plant and equipment?',
    'When and where was the company founded?',
    'What changed, and why?',
    'What did the board decide on fees and moorings?',
    'What were the risks and uncertainties of the plan?',
    'Does Adobe have an improving margin as of 2022? If it is not useful, then state that and explain why.',
    'What is the cash flow ratio for Adobe? It is defined as: cash from operations / total current liabilities.',
    'What were sales?',
  ])('is one question: %s', (question) => expect(partsOf(question)).toEqual([]));
});
