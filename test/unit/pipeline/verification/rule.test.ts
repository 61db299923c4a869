/** The rule by which a sentence is checked against its passages: each case is a way in which it could be wrong. */
import { describe, expect, it } from 'vitest';
import {
  checkSentence,
  numbersNowhere,
  prepareEvidence,
  withMeaning,
} from '../../../../electron/pipeline/verification/rule.ts';

const letter = prepareEvidence({
  text: `The work on the crane takes nine days and costs $12,500. Payment is due on July 1, 2022. The harbour authority of Bergen has not approved the night shift. Mr. Olsen signs for Nordkai AS. The price of steel fell against the offer of last spring.`,
  context: 'Offer for the crane',
});
const report = prepareEvidence({
  text: `Net sales were $34.2 billion in 2022, compared with $35.4 billion in 2021. Operating income decreased 5.3% because of higher raw material costs.
(in millions) 2022 2021
Net sales $ 34,229 $ 35,355
Net income 5,777 5,921
Change in cash ( 1,234 ) 310`,
  context: '3M_2022_10K\nResults of operations',
});
const check = (sentence: string, ...evidence: readonly (typeof letter)[]) => checkSentence(sentence, evidence);
const flags = (sentence: string, ...evidence: readonly (typeof letter)[]) =>
  check(sentence, ...evidence).flagged.map(({ start, end }) => sentence.slice(start, end));

describe('words', () => {
  it.each([
    ['as they are', 'The work on the crane takes nine days and costs $12,500.', 'exact'],
    ['with other marks and capitals', 'the work, on the crane, takes nine days', 'exact'],
    ['nearly as they are', 'Work on the crane takes about nine days and costs $12,500 in all.', 'near'],
  ])('%s are supported', (_how, sentence, reason) => {
    expect(check(sentence, letter)).toMatchObject({ verdict: 'supported', reason, flagged: [] });
  });

  // Catches: “word for word” said of a row that Quire put together with its columns' names.
  it('of a row with the names of its columns are a row, not the passage’s own words', () => {
    const row = 'Net income (in millions) — 2022: 5,777 · 2021: 5,921';
    expect(check(row, report)).toMatchObject({ verdict: 'supported', reason: 'row', flagged: [] });
    expect(check('Net income 5,777 5,921', report).reason).toBe('exact');
  });

  // Catches: a sentence about something else that is let through because it has neither numbers nor names.
  it('of something else are not', () => {
    expect(check('The board plans to close its pension fund to new members.', letter).verdict).toBe('unsupported');
  });

  // Catches: verdicts on the strength of the document's title alone.
  it('that only the title has support nothing', () => {
    expect(check('The offer', prepareEvidence({ text: 'Page left blank.', context: 'The offer' })).verdict).toBe(
      'unsupported',
    );
  });

  it('that occur in part are partly supported, and the meaning can lift or leave that', () => {
    const finding = check('The crane is repaired in nine days by skilled workers.', letter);
    expect(finding).toMatchObject({ verdict: 'partly', reason: 'words' });
    expect(withMeaning(finding, 0.9)).toMatchObject({ verdict: 'supported', reason: 'meaning' });
    expect(withMeaning(finding, 0.2).verdict).toBe('partly');
  });
});

describe('numbers', () => {
  it.each([
    ['another figure', 'Net sales were $34.7 billion in 2022.', '$34.7 billion'],
    ['another year', 'Net sales were $34.2 billion in 2019.', '2019'],
    ['another scale', 'Net sales were $34.2 million in 2022.', '$34.2 million'],
    ['another scale than the table says', 'Net income was $5,777 billion.', '$5,777 billion'],
    ['another percentage', 'Operating income decreased 5.8%.', '5.8%'],
    ['a rounding that is another number', 'Operating income decreased 6%.', '6%'],
  ])('%s is flagged where it stands', (_what, sentence, flagged) => {
    expect(check(sentence, report)).toMatchObject({ verdict: 'unsupported', reason: 'number' });
    expect(flags(sentence, report)).toEqual([flagged]);
  });

  it.each([
    ['another date', 'Payment is due on July 2, 2022.', 'July 2, 2022'],
    ['a number in words', 'The work on the crane takes eight days.', 'eight'],
  ])('%s is flagged', (_what, sentence, flagged) => {
    expect(flags(sentence, letter)).toEqual([flagged]);
  });

  it.each([
    ['in millions of the table', 'Net sales were $34,229 million in 2022.'],
    ['rounded from the table', 'Net income was $5.8 billion in 2022.'],
    ['without the table’s unit', 'Net income was 5,777 in 2022, after 5,921.'],
    ['of a bracketed negative', 'Change in cash was -1,234 in 2022.'],
    ['with percent in words', 'Operating income decreased 5.3 percent because of higher raw material costs.'],
  ])('written %s is the same', (_how, sentence) => {
    expect(check(sentence, report)).toMatchObject({ verdict: 'supported', flagged: [] });
  });

  it.each(['Payment is due on 1 July 2022.', 'Payment is due on 2022-07-01.', 'The work on the crane takes 9 days.'])(
    'dates and counts in another form are the same: %s',
    (sentence) => {
      expect(check(sentence, letter)).toMatchObject({ verdict: 'supported', flagged: [] });
    },
  );

  // Catches: a number that stands elsewhere in the passage and passes for the one at this place.
  it('that stand elsewhere in the passage are wrong where another one stands', () => {
    const sentence = 'Operating income decreased 310% because of higher raw material costs.';
    expect(check(sentence, report)).toMatchObject({ verdict: 'unsupported', reason: 'contradicted' });
    expect(flags(sentence, report)).toEqual(['310%']);
  });

  it('that follow from two others are told as calculated', () => {
    const sentence = 'Net sales were $34.2 billion in 2022, a decrease of 3.4% from $35.4 billion in 2021.';
    expect(check(sentence, report)).toMatchObject({ verdict: 'partly', reason: 'calculated' });
    expect(flags(sentence, report)).toEqual(['3.4%']);
  });

  it('of an uncited sentence are looked for in all passages', () => {
    expect(numbersNowhere('That is nine days for $12,500.', [letter, report])).toEqual([]);
    expect(numbersNowhere('That is $77 a day.', [letter, report])).toHaveLength(1);
  });

  // Catches: forms, notes and names with digits that are taken for figures.
  it.each(['The 10-K', 'Section 3M', 'a 2nd look', 'COVID-19'])('are not seen in %s', (text) => {
    expect(numbersNowhere(text, [letter])).toEqual([]);
  });
});

describe('names', () => {
  it.each([
    ['a company', 'Mr. Olsen signs for Sørhavn Marine.', ['Sørhavn Marine']],
    ['a person', 'Mr. Hansen signs for Nordkai AS.', ['Hansen']],
    ['a place', 'The harbour authority of Trondheim has not approved the night shift.', ['Trondheim']],
  ])('%s that the passage does not know is flagged', (_what, sentence, expected) => {
    expect(check(sentence, letter)).toMatchObject({ verdict: 'unsupported', reason: 'name' });
    expect(flags(sentence, letter).map((text) => text.replace('Mr. ', ''))).toEqual(expected);
  });

  // Catches: a swapped name that begins the sentence, or that is a common word, too.
  it('in the place of another are seen where the sentence is near the passage', () => {
    const sentence = 'Bergen supplies ropes to the harbour of Oslo and to Hammerfest each spring.';
    const passage = prepareEvidence({
      text: 'In spring Nordkai and Bergen met. Nordkai supplies ropes to the harbour of Oslo and to Hammerfest each spring.',
      context: '',
    });
    expect(check(sentence, passage)).toMatchObject({ verdict: 'unsupported', reason: 'contradicted' });
    expect(flags(sentence, passage)).toEqual(['Bergen']);
  });

  // Catches: the company's own name flagged, because only the file is called so.
  it('of the title need not stand in the passage', () => {
    expect(check('In 2022, net sales of 3M were $34.2 billion.', report)).toMatchObject({ flagged: [] });
  });

  it('are not made of the word that begins a sentence', () => {
    expect(flags('Roughly, work on the crane takes nine days.', letter)).toEqual([]);
    expect(flags('Sales: Revenue was $34.2 billion.', report)).toEqual([]);
  });
});

describe('the opposite', () => {
  it.each([
    ['a negation that is left out', 'The harbour authority of Bergen has approved the night shift.', letter],
    ['a negation that is put in', 'The work on the crane does not take nine days and costs $12,500.', letter],
    ['a contraction', "The work on the crane doesn't take nine days and costs $12,500.", letter],
    ['a direction', 'Operating income increased 5.3% because of higher raw material costs.', report],
    ['a direction in other words', 'Compared to last spring’s offer, steel has a higher price.', letter],
  ])('by %s is not supported', (_how, sentence, evidence) => {
    expect(check(sentence, evidence)).toMatchObject({ verdict: 'unsupported', reason: 'contradicted' });
  });

  it('is not seen in another word for the same direction', () => {
    expect(check('Operating income fell 5.3% because of higher raw material costs.', report).verdict).toBe('supported');
  });
});
