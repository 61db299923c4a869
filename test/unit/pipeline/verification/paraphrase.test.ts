/** Sentences in words of their own, other languages, tables: what is let through and what is not. */
import { describe, expect, it } from 'vitest';
import { createCheckingDesk } from '../../../../electron/pipeline/verification/checking-desk.ts';
import { checkSentence, prepareEvidence, withMeaning } from '../../../../electron/pipeline/verification/rule.ts';

const table = prepareEvidence({
  text: `Consolidated results (in millions)
Years ended December 31, 2022 2021
Total revenues $ 17,606 $ 15,785
Cost of sales 2,165 1,865
Operating income 6,098 5,802
Operating margin 34.6 % 36.8 %`,
  context: 'Annual report',
});
const prose = prepareEvidence({
  text: 'Research expense increased by $90 million in 2018, partially offset by lower spending on the 777X. The plan was not approved by the board. Shares with restrictions are excluded from the count of 16 million shares.',
  context: 'Boeing 2018',
});
const check = (sentence: string, passage: typeof prose) => checkSentence(sentence, [passage]);

describe('figures', () => {
  it.each([
    ['rounded to another unit', 'Total revenues were $17.6 billion in 2022.'],
    ['of both years', 'Operating income rose to $6,098 million in 2022 from $5,802 million in 2021.'],
    ['as a fraction', 'In 2022, the operating margin was 0.346.'],
    ['in basis points', 'In 2022, the operating margin was 3,460 basis points.'],
  ])('of a row, %s, are supported', (_how, sentence) => {
    expect(check(sentence, table)).toMatchObject({ verdict: 'supported', flagged: [] });
  });

  // Catches: a figure that stands in the table, but in another row or under another year.
  it.each([
    ['row', 'In 2022, total revenues were 6,098 million.', '6,098 million'],
    ['year', 'In 2022, operating income was 5,802 million.', '5,802 million'],
  ])('of another %s are not', (_what, sentence, figure) => {
    const finding = check(sentence, table);
    expect(finding).toMatchObject({ verdict: 'unsupported', reason: 'contradicted' });
    expect(finding.flagged.map(({ start, end }) => sentence.slice(start, end))).toEqual([figure]);
  });

  it('that are calculated from two of the same row are told as calculated', () => {
    expect(check('Total revenues in 2022 were 1,821 million above those of 2021.', table)).toMatchObject({
      verdict: 'partly',
      reason: 'calculated',
    });
  });

  it('that only point somewhere are no claim of an uncited sentence, a list’s lead neither', async () => {
    const desk = createCheckingDesk(null);
    const tell = (sentence: string) =>
      desk.check({ sentence, evidence: [{ text: 'Nothing.', context: '' }], isCited: false });
    expect(await tell('NOTE 3.')).toBeNull();
    expect(await tell('From Exhibit 7 of 99 pages:')).toBeNull();
    expect(await tell('That makes 77 in all.')).toMatchObject({ reason: 'number' });
  });
});

describe('the opposite in other words', () => {
  it.each([
    [
      'two values that go the other way',
      'Operating income fell to $6,098 million in 2022 from $5,802 million in 2021.',
      table,
    ],
    ['the direction of a figure', 'Research cost shrank by $90 million during 2018.', prose],
    ['a negation that the passage has', 'In the end the board approved the plan.', prose],
    ['a negation that it has not', 'Total revenues did not reach $17.6 billion that year.', table],
  ])('is seen by %s', (_how, sentence, passage) => {
    expect(check(sentence, passage)).toMatchObject({ verdict: 'unsupported', reason: 'contradicted' });
  });

  // Catches: likeness of meaning, which is blind to `not`, that lifts a denial.
  it('is not lifted by meaning where one side denies in another way', () => {
    const finding = check('Restricted stock was not left out of those 16 million shares.', prose);
    expect(withMeaning(finding, 0.99).verdict).not.toBe('supported');
  });
});

const letters = {
  de: 'Der Umsatz ist im Jahr 2022 auf 12,5 Mio. Euro gestiegen. Die Hafenbehörde hat die Nachtschicht nicht genehmigt. Die Zahlung ist am 1. Juli 2022 fällig.',
  fr: 'Le chiffre d’affaires a augmenté en 2022 pour atteindre 12,5 millions d’euros. Le port n’a pas approuvé le travail de nuit. Le paiement est dû le 1er juillet 2022.',
  es: 'La cifra de negocio aumentó en 2022 hasta los 12,5 millones de euros. La autoridad del puerto no ha aprobado el turno de noche. El pago vence el 1 de julio de 2022.',
} as const;

describe('other languages', () => {
  it.each([
    ['de', 'Der Umsatz ist im Jahr 2022 auf 12,5 Millionen Euro gestiegen.'],
    ['de', 'Fällig ist die Zahlung am 01.07.2022.'],
    ['fr', 'Le paiement est dû au 1 juillet 2022.'],
    ['es', 'El pago vence, pues, el 1 de julio de 2022.'],
  ] as const)('%s: what the passage says is supported: %s', (language, sentence) => {
    const passage = prepareEvidence({ text: letters[language], context: '', language });
    expect(check(sentence, passage)).toMatchObject({ verdict: 'supported', flagged: [] });
  });

  it.each([
    ['de', 'Der Umsatz ist im Jahr 2022 auf 12,5 Mio. Euro gesunken.'],
    ['de', 'Die Hafenbehörde hat die Nachtschicht genehmigt.'],
    ['fr', 'Le chiffre d’affaires a diminué en 2022 pour atteindre 12,5 millions d’euros.'],
    ['fr', 'Le port a approuvé le travail de nuit.'],
    ['es', 'La cifra de negocio disminuyó en 2022 hasta los 12,5 millones de euros.'],
    ['es', 'La autoridad del puerto ha aprobado el turno de noche.'],
  ] as const)('%s: the opposite is not: %s', (language, sentence) => {
    const passage = prepareEvidence({ text: letters[language], context: '', language });
    expect(check(sentence, passage)).toMatchObject({ verdict: 'unsupported', reason: 'contradicted' });
  });

  const polish = 'Przychody wzrosły w 2022 roku do 12,5 mln euro. Zarząd portu nie zatwierdził nocnej zmiany.';

  // Catches: a verdict in a language of which the check knows no `not`.
  it('without word lists get no verdict beyond numbers and names', () => {
    const passage = prepareEvidence({ text: polish, context: '', language: 'pl' });
    expect(check('Zarząd portu zatwierdził nocną zmianę w 2022 roku.', passage)).toMatchObject({
      verdict: 'unjudged',
      reason: 'language',
    });
    expect(check('Przychody wzrosły do 19,5 mln euro.', passage)).toMatchObject({
      verdict: 'unsupported',
      reason: 'number',
    });
    expect(check('Przychody wzrosły w 2022 roku do 12,5 mln euro.', passage).verdict).toBe('supported');
  });

  it('are told from the passage where the document’s is not known', async () => {
    const finding = await createCheckingDesk(null).check({
      sentence: 'Zarząd portu zatwierdził nocną zmianę w 2022 roku.',
      evidence: [{ text: polish, context: '' }],
      isCited: true,
    });
    expect(finding?.verdict).toBe('unjudged');
  });

  it('of the answer and the passage that differ leave numbers and names', () => {
    const passage = prepareEvidence({ text: letters.de, context: '', language: 'de' });
    expect(check('The authority of the harbour has not approved the night shift.', passage).verdict).toBe('unjudged');
  });
});
