/** A follow-up must be searched for with what it refers to; a question that stands alone must not be diluted. */
import { describe, expect, test } from 'vitest';
import { isFollowUp, rewriteQuestion } from '../../../electron/pipeline/answer-follow-up.ts';
import { conversationTitle } from '../../../electron/pipeline/title.ts';

const after = (...questions: string[]) =>
  questions.flatMap((text) => [
    { role: 'user' as const, text },
    { role: 'assistant' as const, text: 'It was 5 % [1].' },
  ]);

describe('rewriteQuestion', () => {
  test.each([
    ['And in 2021?', ['What was 3M’s revenue in 2022?'], ['3M', 'revenue', '2021'], ['2022']],
    ['What about Boeing?', ['What was 3M’s revenue in 2022?'], ['Boeing', 'revenue', '2022'], ['3M']],
    ['Why did it fall?', ['How did the Consumer segment do in 2022?'], ['Consumer', 'segment', '2022', 'fall'], []],
    ['Who signed it?', ['When does the lease with Acme Corp end?'], ['lease', 'Acme', 'signed'], []],
    [
      'and their debt?',
      ['What are the total assets of Pfizer?', 'What about Walmart?'],
      ['Walmart', 'debt'],
      ['Pfizer'],
    ],
  ])('%s', (question, before, has, lacks) => {
    const rewritten = rewriteQuestion(question, after(...before));
    for (const word of has) expect(rewritten).toContain(word);
    for (const word of lacks) expect(rewritten).not.toContain(word);
  });

  test.each([
    'What was the effective tax rate of American Express in fiscal year 2022?',
    'Which customers account for more than ten percent of net sales?',
    'List the risk factors that the annual report names',
  ])('a question that stands alone stays as it is: %s', (question) => {
    const history = after('How much did Costco spend on capital expenditures?');
    expect(isFollowUp(question, history)).toBe(false);
    expect(rewriteQuestion(question, history)).toBe(question);
  });

  test.each([
    // Two words of meaning were taken for a question without a subject, and answered from what was asked before.
    ['Who repairs the roof?', 'How much is the deposit for Harbour House?'],
    ['When does the lease end?', 'What was the revenue of Best Buy in 2019?'],
    ['What is goodwill impairment?', 'What was the revenue of Best Buy in 2019?'],
    ['Who is Corie Barry?', 'What was the revenue of Best Buy in 2019?'],
    ['And how many warehouses does Costco operate?', 'What was the revenue of Best Buy in 2019?'],
    ['So why did the supplier of the crane terminate the contract?', 'What was the revenue of Best Buy in 2019?'],
    ['How long does it take to repair the slewing ring?', 'What was the revenue of Best Buy in 2019?'],
    ['What does this report say on climate risks?', 'What was the revenue of Best Buy in 2019?'],
  ])('a subject of its own is not answered from the old context: %s', (question, before) => {
    expect(rewriteQuestion(question, after(before))).toBe(question);
    expect(isFollowUp(question, after(before))).toBe(false);
  });

  test.each([
    ['How many employees does it have?', ['Best', 'Buy', '2019'], ['revenue']],
    ['And how many employees?', ['Best', 'Buy', '2019'], ['revenue']],
    ['What are its risk factors?', ['Best', 'Buy'], ['revenue']],
    ['What about dividends?', ['Best', 'Buy', '2019'], ['revenue']],
    ['What was the revenue in 2018?', ['Best', 'Buy', '2018'], ['2019']],
    ['Total assets?', ['Best', 'Buy', '2019'], ['revenue']],
  ])('whom it is about is carried over, and not what was asked of it: %s', (question, has, lacks) => {
    const rewritten = rewriteQuestion(question, after('What was the revenue of Best Buy in 2019?'));
    for (const word of has) expect(rewritten).toContain(word);
    if (!question.includes('revenue')) for (const word of lacks) expect(rewritten).not.toContain(word);
  });

  test('without a conversation nothing is a follow-up', () => {
    expect(rewriteQuestion('Why is it so?', [])).toBe('Why is it so?');
  });

  test('what an assistant said is not carried over', () => {
    const history = [
      { role: 'user' as const, text: 'Who leads the audit committee?' },
      { role: 'assistant' as const, text: 'Bananas lead it.' },
    ];
    expect(rewriteQuestion('And since when?', history)).not.toContain('Bananas');
  });
});

describe('conversationTitle', () => {
  test.each([
    ['what was the revenue in 2022?', 'What was the revenue in 2022'],
    ['Please, can you tell me about the lease?', 'The lease'],
    ['could you please explain the indemnity clause', 'The indemnity clause'],
    ['hi', 'Hi'],
    ['???', '???'],
    ['What   is\nthis?', 'What is this'],
  ])('%j is called %j', (question, title) => expect(conversationTitle(question)).toBe(title));

  test('a long question is cut between words', () => {
    const title = conversationTitle(`Compare ${'the operating margins of all reported segments '.repeat(5)}`);
    expect(title.length).toBeLessThanOrEqual(61);
    expect(title).toMatch(/\w…$/);
  });
});
