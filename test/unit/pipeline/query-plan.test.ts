import { describe, expect, it } from 'vitest';
import { planSearch, withoutInstructions } from '../../../electron/pipeline/query-plan.ts';

describe('withoutInstructions', () => {
  // Catches: words about the form of the answer searched for in the documents.
  it.each([
    ['What was revenue in 2021? Answer in USD millions.', 'What was revenue in 2021?'],
    ['What is the margin? Round your answer to two decimal places.', 'What is the margin?'],
    ['You are a helpful analyst. What were net sales?', 'What were net sales?'],
    ['Did it grow? If growth is not a useful metric, then state that and explain why.', 'Did it grow?'],
    ['Based on the balance sheet, what are total assets?', 'what are total assets?'],
    ['Please, who signed the lease? Reply in two sentences.', 'who signed the lease?'],
  ])('%s', (question, bare) => {
    expect(withoutInstructions(question)).toBe(bare);
  });

  // Catches: questions that are instructions themselves emptied or cut.
  it.each([
    'Summarise the termination clause',
    'Give me the interest rate of the loan',
    'If the tenant moves out early, what does he owe?',
    'Show the steps to reset the router',
    'Give the percentage of water. And of salt?',
    'If the tenant dies, does the lease state who inherits?',
    'Explain section 4.2: what is a material breach?',
    'What does “use of proceeds” say?',
  ])('keeps %s', (question) => {
    expect(withoutInstructions(question)).toBe(question);
  });
});

describe('planSearch', () => {
  it('looks for the question alone when it is not about accounts', () => {
    const plan = planSearch('How long is the notice period?');
    expect(plan).toMatchObject({ related: [], texts: ['How long is the notice period?'] });
    expect(plan.groups.map(({ terms }) => terms[0])).toEqual(['long', 'notice', 'period']);
  });

  // Catches: the vector of a question about something else drawn to balance sheets.
  it('embeds statement lines only where accounts are meant', () => {
    expect(planSearch('How do I print the inventory?').texts).toHaveLength(1);
    expect(planSearch('What was the inventory in FY21?').texts).toHaveLength(2);
    expect(planSearch('Which lawsuits were there in 2021?').texts).toHaveLength(1);
  });

  // Catches: a statement that only the instructions name lost with them.
  it('adds statement lines, also those of a statement named in an instruction', () => {
    const plan = planSearch('What are the inventories? Base your judgments on the balance sheet.');
    expect(plan.question).toBe('What are the inventories?');
    expect(plan.texts).toEqual(['What are the inventories?', 'Consolidated balance sheet: inventories']);
    expect(plan.related.map(({ terms }) => terms[0])).toEqual(['inventories', 'balance sheet', 'statementbalance']);
  });
});
