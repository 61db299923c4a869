/** Names, months, quarters and words that act as names: each class of swap that is seen, and what must not be flagged. */
import { describe, expect, it } from 'vitest';
import { nameOfFile } from '../../../../electron/pipeline/answer.ts';
import { checkSentence, prepareEvidence } from '../../../../electron/pipeline/verification/rule.ts';

const report = prepareEvidence({
  text: `In the second quarter of 2022, the Company acquired Kenvara Foods for $12 million. Revenue from residential customers grew in March 2022. The plant in Almere employs most of our drivers. Payments are due on June 30, 2023. The MQ-25 and the KC-46A are programs of the defense unit. The SEC asked for more data. A lease with Tobit Partners ended.`,
  context: 'NORDKAI AS, 10-K, December 31, 2022\nNORDKAI_2022_10K',
});
const check = (sentence: string, ...evidence: readonly (typeof report)[]) =>
  checkSentence(sentence, evidence.length > 0 ? evidence : [report]);
const flags = (sentence: string) => check(sentence).flagged.map(({ start, end }) => sentence.slice(start, end));

describe('a single name that begins the sentence', () => {
  // Catches: another company's name as the subject, let through because its capital may be the sentence's.
  it.each([
    ['with a verb behind it', 'Ashbury acquired Kenvara Foods for $12 million.', 'Ashbury'],
    ['with an adverb between', 'Ashbury also acquired Kenvara Foods for $12 million.', 'Ashbury'],
    ['that owns something', 'Ashbury’s plant in Almere employs most of its drivers.', 'Ashbury'],
    ['in -s, with a verb of the singular', 'Belkings has acquired Kenvara Foods for $12 million.', 'Belkings'],
    ['behind a full stop', 'It was in 2022. Ashbury acquired Kenvara Foods.', 'Ashbury'],
  ])('%s is flagged', (_how, sentence, expected) => {
    expect(check(sentence)).toMatchObject({ verdict: 'unsupported', reason: 'name' });
    expect(flags(sentence)).toEqual([expected]);
  });

  // Catches: common nouns in words of one's own taken for names.
  it.each([
    'Turnover with households grew in March 2022.',
    'Management acquired Kenvara Foods for $12 million.',
    'Drivers were mostly employed in Almere.',
    'Spending grew in March 2022.',
    'Everyone paid in March 2022.',
    'Today’s drivers are employed in Almere.',
  ])('is no common noun: %s', (sentence) => {
    expect(check(sentence).reason).not.toBe('name');
  });

  it('is known from the title', () => {
    expect(check('Nordkai acquired Kenvara Foods for $12 million.')).toMatchObject({ verdict: 'supported' });
  });
});

describe('the name of the title', () => {
  // Catches: “something else in place of Nordkai” where the passage says “the Company”.
  it('in the place of the report’s word for itself contradicts nothing', () => {
    const sentence = 'In the second quarter of 2022, Nordkai acquired Kenvara Foods for $12 million.';
    expect(check(sentence)).toMatchObject({ verdict: 'supported', flagged: [] });
  });

  // Catches: the company flagged in its own report, the title of which was not read; years taken from the file's name.
  it('may be the file’s name alone, without its years', () => {
    const context = nameOfFile('/reports/COCACOLA_2017_10K.pdf');
    expect(context).not.toMatch(/2017/);
    const passage = prepareEvidence({ text: 'The Company bought back shares for $3.7 billion.', context });
    expect(check('Coca-Cola bought back shares for $3.7 billion.', passage).flagged).toEqual([]);
    expect(check('In 2017, Coca-Cola bought back shares for $3.7 billion.', passage).reason).toBe('number');
  });

  it('in the place of another name does', () => {
    const sentence = 'A lease with Nordkai ended.';
    expect(check(sentence).verdict).toBe('unsupported');
  });
});

describe('months', () => {
  it.each([
    ['that the passage has not', 'Revenue from residential customers grew in May 2022.', 'May'],
    ['with another year', 'Revenue from residential customers grew in March 2023.', 'March'],
    ['without a year', 'Payments are due at the end of July.', 'July'],
  ])('%s are flagged', (_what, sentence, expected) => {
    expect(check(sentence)).toMatchObject({ verdict: 'unsupported' });
    expect(flags(sentence)).toContain(expected);
  });

  it.each([
    ['without the day', 'Payments are due at the end of June 2023.'],
    ['of the title', 'In December 2022, the plant in Almere employed most of the drivers.'],
    ['that are a verb', 'The plant may employ most of our drivers in Almere.'],
  ])('%s are not', (_what, sentence) => {
    expect(check(sentence).reason).not.toBe('name');
  });

  it('that a span runs over are there', () => {
    const span = prepareEvidence({ text: 'Sales in the three months ended June 30, 2022 fell.', context: '' });
    expect(check('From April to June 2022 sales fell.', span).reason).not.toBe('name');
    expect(check('From March to June 2022 sales fell.', span)).toMatchObject({
      verdict: 'unsupported',
      reason: 'name',
    });
  });
});

describe('quarters', () => {
  it('are flagged where the passage tells of another one', () => {
    expect(flags('In the third quarter of 2022, the Company acquired Kenvara Foods.')).toEqual(['third quarter']);
    expect(check('The Company acquired Kenvara Foods in Q2 2022.').flagged).toEqual([]);
  });

  // Catches: a fiscal quarter that the passage tells by its months.
  it('are not where it names none', () => {
    const months = prepareEvidence({ text: 'Sales in the three months ended June 30, 2022 fell.', context: '' });
    expect(check('Sales fell in the second quarter of 2022.', months).flagged).toEqual([]);
  });
});

describe('words in small letters that act as names', () => {
  it('are flagged where the passage has another of their sort at their place', () => {
    const sentence = 'Revenue from commercial customers grew in March 2022.';
    expect(check(sentence)).toMatchObject({ verdict: 'unsupported', reason: 'contradicted' });
    expect(flags(sentence)).toEqual(['commercial']);
  });

  it('are not where another word of the same sort stands', () => {
    expect(flags('Revenue from residential clients grew in March 2022.')).toEqual([]);
  });

  // Catches: any word of a group flagged because another one stands somewhere in the passage.
  it('are not at another place', () => {
    expect(flags('Revenue from residential customers, a retail business, grew in March 2022.')).toEqual([]);
  });
});

describe('names in another form', () => {
  it.each([
    ['one of two with hyphens', 'The MQ-25 is a program of the defense unit.'],
    ['both of them', 'The programs of the defense unit are the MQ-25 and KC-46A.'],
    ['an acronym spelled out', 'The Securities and Exchange Commission asked for more data.'],
  ])('are known: %s', (_what, sentence) => {
    expect(check(sentence).flagged).toEqual([]);
  });

  it('are flagged with another number', () => {
    expect(check('The MQ-35 is a program of the defense unit.').verdict).toBe('unsupported');
  });
});
