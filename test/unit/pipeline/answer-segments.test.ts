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

const rowsOf = (text: string): string[] =>
  segmentsOf(text).flatMap(({ kind, text: row }) => (kind === 'row' ? [row] : []));

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

  test('a label over two lines is one: a company’s name alone is not its net income', () => {
    const text =
      'Year Ended December 31, 2017 2016\n(In millions)\nNET OPERATING REVENUES $ 35,410 $ 41,863\n' +
      'Less: Net income attributable to noncontrolling interests\n35 23\n' +
      'NET INCOME ATTRIBUTABLE TO SHAREOWNERS OF\nTHE HARBOUR COMPANY $ 1,248 $ 6,527\n' +
      'Selling, general and administrative\nexpenses 12,496 15,262\n' +
      'Income before taxes (less interest\nof loans) 9 8\nASSETS\nCash 5 6';
    expect(rowsOf(text)).toEqual([
      'NET OPERATING REVENUES (in millions) — 2017: $35,410 · 2016: $41,863',
      'Less: Net income attributable to noncontrolling interests (in millions) — 2017: 35 · 2016: 23',
      'NET INCOME ATTRIBUTABLE TO SHAREOWNERS OF THE HARBOUR COMPANY (in millions) — 2017: $1,248 · 2016: $6,527',
      'Selling, general and administrative expenses (in millions) — 2017: 12,496 · 2016: 15,262',
      'Income before taxes (less interest of loans) (in millions) — 2017: 9 · 2016: 8',
      'Cash (in millions) — 2017: 5 · 2016: 6',
    ]);
    const income = segmentsOf(text).find(({ text: row }) => row.startsWith('NET INCOME'));
    expect(text.slice(income?.start, income?.end)).toBe(
      'NET INCOME ATTRIBUTABLE TO SHAREOWNERS OF\nTHE HARBOUR COMPANY $ 1,248 $ 6,527',
    );
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
    expect(rowsOf('101 The following information from the report for the year ended December 31, 2017,')).toEqual([]);
  });

  test('a table of contents is no table of figures', () => {
    const text = 'Item 1. Business 4\nItem 1A. Risk Factors 12\nNote 17 – Changes in Other Comprehensive Income 141';
    expect(segmentsOf(text).map(({ kind }) => kind)).toEqual(['heading', 'heading', 'heading']);
  });

  test('the same years under two periods are told apart, a note’s number is part of the label', () => {
    const two = 'Three months ended June 30, Six months ended June 30,\n2023 2022 2023 2022\nRevenue 10 20 30 40';
    expect(rowsOf(two)).toEqual([
      'Revenue — 2023 (Three months ended June 30): 10 · 2022 (Three months ended June 30): 20 · ' +
        '2023 (Six months ended June 30): 30 · 2022 (Six months ended June 30): 40',
    ]);
    const note = 'Note 2023 2022\nCorporate bonds Level 2 416,420 213,875';
    expect(rowsOf(note)).toEqual(['Corporate bonds Level 2 — 2023: 416,420 · 2022: 213,875']);
  });

  test('days over their years are of the header, and a quarter is told from a year', () => {
    const two =
      '13 Weeks Ended 52 Weeks Ended\nJanuary January January January\n28, 29, 28, 29,\n' +
      '(Dollars in millions, except per share data) 2023 2022 2023 2022\nNet sales $ 3,226.8 $ 2,729.4 $ 10,208.6 $ 8,630.9\n' +
      'Comparable sales 15.6% (4.8%) 15.6% (17.9%)\nNew store openings, net 12 6 47 44';
    expect(rowsOf(two)).toEqual([
      'Net sales (in millions) — 2023 (13 Weeks Ended): $3,226.8 · 2022 (13 Weeks Ended): $2,729.4 · ' +
        '2023 (52 Weeks Ended): $10,208.6 · 2022 (52 Weeks Ended): $8,630.9',
      // A share is in no money.
      'Comparable sales — 2023 (13 Weeks Ended): 15.6% · 2022 (13 Weeks Ended): (4.8%) · ' +
        '2023 (52 Weeks Ended): 15.6% · 2022 (52 Weeks Ended): (17.9%)',
      'New store openings, net — 2023 (13 Weeks Ended): 12 · 2022 (13 Weeks Ended): 6 · ' +
        '2023 (52 Weeks Ended): 47 · 2022 (52 Weeks Ended): 44',
    ]);
    const quarter =
      'Statements of Income\n(In thousands)\n13 Weeks Ended\nJanuary 28, January 29,\n2023 2022\nCost of sales 2,014,270 1,702,059';
    expect(rowsOf(quarter)).toEqual([
      'Cost of sales (in thousands) — 2023 (13 Weeks Ended): 2,014,270 · 2022 (13 Weeks Ended): 1,702,059',
    ]);
  });

  test('shares beside the amounts of a year are that year’s', () => {
    const text =
      '(In thousands)\n2023 2022\nNet sales $ 3,226,773 100.0% $ 2,729,388 100.0%\nInterest, net (4,378) (0.1%) 467 0.1%\nBasic 50 53 54';
    expect(rowsOf(text)).toEqual([
      'Net sales (in thousands) — 2023: $3,226,773 · 2023, %: 100.0% · 2022: $2,729,388 · 2022, %: 100.0%',
      'Interest, net (in thousands) — 2023: (4,378) · 2023, %: (0.1%) · 2022: 467 · 2022, %: 0.1%',
      'Basic (in thousands) — 50 · 53 · 54',
    ]);
  });

  test('a headline or a range is no row of the date above it', () => {
    const text =
      'March 9, 2023\nComparable Sales Increased 15.6%\nOperating margin 14.7% to 15.0%\nEffective tax rate approximately 24.6%';
    expect(rowsOf(text)).toEqual([]);
    expect(segmentsOf(text).filter(({ kind }) => kind === 'sentence')).toHaveLength(3);
  });

  test('groups of columns that nothing names keep their years, with the title above them', () => {
    const text =
      'Revenue Mix Summary Comparable Sales Summary\nYear Ended Year Ended\n' +
      'February 3, 2018 January 28, 2017 February 3, 2018 January 28, 2017\nAppliances 10% 9% 11.4% (7.8)%';
    expect(rowsOf(text)).toEqual([
      'Appliances (Revenue Mix Summary Comparable Sales Summary) — 2018: 10% · 2017: 9% · 2018: 11.4% · 2017: (7.8)%',
    ]);
  });

  test('a footnote’s mark is no figure: “(1)” is not minus one', () => {
    const text =
      'Consolidated Performance Summary 2019 2018 2017\nRevenue $ 42,879 $ 42,151 $ 39,403\n' +
      'Comparable sales growth (1) 4.8% 5.6% 0.3 %\nGain from discontinued operations (3) $ — $ 1 $ 21\n' +
      'Restructuring (benefit) charges $ (1) $ 1 $ 8\nRevenue increase (decrease) % 2.5% 10.6% (0.3)%\n' +
      'International (1) 4.6% 6.3% n/a\nBacklog 7,000(a) 6,500(b) 6,000 (c)\nOther (1) 2 (3)';
    expect(rowsOf(text)).toEqual([
      'Revenue — 2019: $42,879 · 2018: $42,151 · 2017: $39,403',
      'Comparable sales growth — 2019: 4.8% · 2018: 5.6% · 2017: 0.3%',
      'Gain from discontinued operations — 2019: $— · 2018: $1 · 2017: $21',
      'Restructuring (benefit) charges — 2019: $(1) · 2018: $1 · 2017: $8',
      'Revenue increase (decrease) % — 2019: 2.5% · 2018: 10.6% · 2017: (0.3)%',
      'International — 2019: 4.6% · 2018: 6.3% · 2017: n/a',
      'Backlog — 2019: 7,000 · 2018: 6,500 · 2017: 6,000',
      // As many values as columns: a loss.
      'Other — 2019: (1) · 2018: 2 · 2017: (3)',
    ]);
  });

  test('a mark before percentages or decimals is none either where the columns are not known', () => {
    const rows = rowsOf('Non-comparable sales impact (1) (2.5)%\nCurrent ratio (8) 1.2 1.3 1.5');
    expect(rows).toEqual(['Non-comparable sales impact — (2.5)%', 'Current ratio — 1.2 · 1.3 · 1.5']);
    expect(rowsOf('Domestic (9) 1,026 1,298 1,369')).toEqual(['Domestic (9) — 1,026 · 1,298 · 1,369']);
  });

  test('years with footnotes, and the change between them, are columns', () => {
    const text = 'Fiscal Year 2019 (1) 2018 (2)(3) 2017\nRevenue 42,879 42,151 39,403\nIncome 5 4 3';
    expect(rowsOf(text)[0]).toBe('Revenue — 2019: 42,879 · 2018: 42,151 · 2017: 39,403');
    expect(rowsOf('(Dollars in millions) 2022 2021 % Change\nSales 110 100 10 %')).toEqual([
      'Sales (in millions) — 2022: 110 · 2021: 100 · % Change: 10%',
    ]);
    expect(rowsOf('Years ended December 31, 2022 2021 2022 vs. 2021\nSales 110 100 10')).toEqual([
      'Sales — 2022: 110 · 2021: 100 · 2022 vs. 2021: 10',
    ]);
  });

  test('a sentence or a heading with years names no columns', () => {
    for (const line of [
      'Fiscal 2019 Results Compared With Fiscal 2018',
      'Sales grew from fiscal 2018 to fiscal 2019',
      'The plan covers employees hired before January 1, 2009',
    ]) {
      const [first, ...rows] = segmentsOf(`${line}\nComparable sales 4.4% 5.3%`);
      expect({ line, text: first?.text, row: rows.at(-1)?.text }).toEqual({
        line,
        text: line,
        row: 'Comparable sales — 4.4% · 5.3%',
      });
    }
  });

  test('the unit is that of the table, and of its money alone', () => {
    const text =
      'The following table presents data of the last two years ($ in millions, except per share amounts):\n' +
      'Consolidated Summary 2019 2018\nRevenue $ 42,879 $ 42,151\nOperating data\nOf the shops\nOf the web\nOf all\n' +
      'Profit 1,900 1,843\nDiluted $ 5.20 $ 3.26\nCurrent ratio 1.2 1.3\nRetail square footage (in thousands)\n' +
      'Domestic 39,500 40,360\nNumber of stores\nDomestic 1,026 1,298';
    expect(rowsOf(text)).toEqual([
      'Revenue (in millions) — 2019: $42,879 · 2018: $42,151',
      'Profit (in millions) — 2019: 1,900 · 2018: 1,843',
      'Diluted — 2019: $5.20 · 2018: $3.26',
      'Current ratio — 2019: 1.2 · 2018: 1.3',
      'Domestic (in thousands) — 2019: 39,500 · 2018: 40,360',
      'Domestic — 2019: 1,026 · 2018: 1,298',
    ]);
  });

  test('bullets are sentences without their bullet', () => {
    const [first] = segmentsOf('• The tenant pays for repairs up to $500.');
    expect(first).toMatchObject({ kind: 'sentence', text: 'The tenant pays for repairs up to $500.' });
  });

  test('nothing in, nothing out', () => expect(segmentsOf('\n \n')).toEqual([]));
});
