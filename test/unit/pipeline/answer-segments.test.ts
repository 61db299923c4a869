/** What is quoted must be whole sentences and readable rows; a cut in the middle of “U.S. sales” is not. */
import { describe, expect, test } from 'vitest';
import { segmentsOf, sentenceRanges } from '../../../electron/pipeline/answer-segments.ts';

const sentences = (text: string): string[] =>
  sentenceRanges(text, 0, text.length).map(([start, end]) => text.slice(start, end));

describe('sentenceRanges', () => {
  test.each([
    ['Sales rose. Costs fell.', ['Sales rose.', 'Costs fell.']],
    ['U.S. sales rose 3.5 % in 2022. They fell abroad.', ['U.S. sales rose 3.5 % in 2022.', 'They fell abroad.']],
    [
      'Acme Inc. reported it. Mr. J. Smith signed, e.g. Form 10-K. See No. 5 and Fig. 2 below.',
      ['Acme Inc. reported it.', 'Mr. J. Smith signed, e.g. Form 10-K.', 'See No. 5 and Fig. 2 below.'],
    ],
    [
      'We operate in the U.S. The company was founded in 1902.',
      ['We operate in the U.S.', 'The company was founded in 1902.'],
    ],
    ['He said “It is done.” Nobody answered.', ['He said “It is done.”', 'Nobody answered.']],
    ['Is it so? Yes! Good.', ['Is it so?', 'Yes!', 'Good.']],
    ['1. Business. We make tape.', ['1. Business.', 'We make tape.']],
    ['See www.example.com. for more', ['See www.example.com. for more']],
    ['It was $3.2 billion. 2021 was better.', ['It was $3.2 billion.', '2021 was better.']],
    ['No end', ['No end']],
    ['   ', []],
  ])('%s', (text, expected) => expect(sentences(text)).toEqual(expected));
});

const table = `CONSOLIDATED STATEMENTS OF INCOME
(in millions, except per share data)
Years ended December 31, 2022 2021 2020
Net sales $ 34,229 $ 35,355 $ 32,184
Operating expenses
Cost of sales 19,232 18,795 16,605
Selling, general and administrative expenses 9,049 7,197 ( 6,929 )
Gain on sale of business ( 2,724 ) — (389)
Effective tax rate 10.2 % 17.8 % 19.6 %
The accompanying notes are an integral part of this statement. Note 14 says more.`;

describe('segmentsOf', () => {
  test('rows carry their columns and the unit; group labels are no rows', () => {
    const rows = segmentsOf(table).filter(({ kind }) => kind === 'row');
    expect(rows.map(({ text }) => text)).toEqual([
      'Net sales (in millions) — 2022: $34,229 · 2021: $35,355 · 2020: $32,184',
      'Cost of sales (in millions) — 2022: 19,232 · 2021: 18,795 · 2020: 16,605',
      'Selling, general and administrative expenses (in millions) — 2022: 9,049 · 2021: 7,197 · 2020: (6,929)',
      'Gain on sale of business (in millions) — 2022: (2,724) · 2021: — · 2020: (389)',
      'Effective tax rate — 2022: 10.2% · 2021: 17.8% · 2020: 19.6%',
    ]);
  });

  test('ranges are those of the passage’s own words', () => {
    for (const segment of segmentsOf(table)) {
      const own = table.slice(segment.start, segment.end);
      expect(own).toBe(own.trim());
      if (segment.kind !== 'row') expect(segment.text).toBe(own.replace(/\s+/g, ' '));
      else expect(own).toContain(segment.text.split(/ \(in| —/)[0]);
    }
  });

  test('sentences after a table do not inherit its columns', () => {
    const kinds = segmentsOf(table).map(({ kind }) => kind);
    expect(kinds.slice(-2)).toEqual(['sentence', 'sentence']);
  });

  test('a paragraph that was cut at a page’s end is whole again', () => {
    const text = `Net cash provided by operating activities increased by 3 percent compared with\nthe same period last year. It was good.`;
    expect(segmentsOf(text).map((segment) => segment.text)).toEqual([
      'Net cash provided by operating activities increased by 3 percent compared with the same period last year.',
      'It was good.',
    ]);
  });

  test('sentences with figures are sentences', () => {
    const text =
      'Revenue grew to $34.2 billion in 2022.\nThe plan covers employees hired before January 1, 2009\nOn March 10, 2019';
    expect(segmentsOf(text).filter(({ kind }) => kind === 'row')).toEqual([]);
  });

  test('a table of contents is no table of figures', () => {
    const text = 'Item 1. Business 4\nItem 1A. Risk Factors 12\nNote 17 – Changes in Other Comprehensive Income 141';
    expect(segmentsOf(text).map(({ kind }) => kind)).toEqual(['heading', 'heading', 'heading']);
  });

  test('the same year twice names no columns, a note’s number is part of the label', () => {
    const two = 'Three months ended June 30, Six months ended June 30,\n2023 2022 2023 2022\nRevenue 10 20 30 40';
    expect(segmentsOf(two).find(({ kind }) => kind === 'row')?.text).toBe('Revenue — 10 · 20 · 30 · 40');
    const note = 'Note 2023 2022\nCorporate bonds Level 2 416,420 213,875';
    expect(segmentsOf(note).find(({ kind }) => kind === 'row')?.text).toBe(
      'Corporate bonds Level 2 — 2023: 416,420 · 2022: 213,875',
    );
  });

  test('bullets are sentences without their bullet', () => {
    const [first] = segmentsOf('• The tenant pays for repairs up to $500.');
    expect(first).toMatchObject({ kind: 'sentence', text: 'The tenant pays for repairs up to $500.' });
  });

  test('nothing in, nothing out', () => expect(segmentsOf('\n \n')).toEqual([]));
});
