import { describe, expect, it } from 'vitest';
import { indexTerms, queryTerms } from '../../../electron/pipeline/query-terms.ts';

const groups = (question: string): string[][] => queryTerms(question).map(({ terms }) => [...terms]);

describe('queryTerms', () => {
  // Catches: stop words in the query, which cost most and tell nothing.
  it('keeps the words that tell something', () => {
    expect(groups('What was the weather like in Berlin?')).toEqual([['weather'], ['berlin']]);
    expect(groups('What is it about?')).toEqual([]);
    expect(groups('')).toEqual([]);
  });

  // Catches: 1577 not found where a table prints 1,577.
  it('writes numbers as tables do and as people do', () => {
    expect(groups('1577')).toEqual([['1577', '1,577']]);
    expect(groups('$1,234,567.50')).toEqual([['1234567.50', '1,234,567.50']]);
    expect(groups('12.5%')).toEqual([['12.5']]);
  });

  it('knows fiscal years and quarters', () => {
    expect(groups('FY22')).toEqual([['2022', 'fy2022', 'fy22']]);
    expect(groups("FY'19")).toEqual([['2019', 'fy2019', 'fy19']]);
    expect(groups('Q2 FY2023')).toEqual([
      ['q2', 'second quarter'],
      ['2023', 'fy2023', 'fy23'],
    ]);
  });

  // Catches: 2022 looked for as 2,022, and `FY2023Q1` as one word that no report prints.
  it('knows years, and quarters and halves written together with them', () => {
    expect(groups('2022')).toEqual([['2022', 'fy2022', 'fy22']]);
    expect(groups('FY2023Q1')).toEqual([
      ['q1', 'first quarter'],
      ['2023', 'fy2023', 'fy23'],
    ]);
    expect(groups('H1 2023')).toEqual([
      ['h1', 'first half', 'six months'],
      ['2023', 'fy2023', 'fy23'],
    ]);
  });

  it('takes an acronym and what it stands for as one', () => {
    expect(groups('capex')[0]).toContain('capital expenditures');
    const [whole, ...words] = groups('research and development');
    expect(whole).toContain('r&d');
    expect(words).toEqual([['research'], ['development']]);
  });

  it('looks for each term once', () => {
    expect(groups('sales, sales and Sales')).toEqual([['sales']]);
  });

  it('finds words of any script', () => {
    expect(groups('Größe 日本 Ответ')).toEqual([['größe'], ['日本'], ['ответ']]);
  });
});

describe('indexTerms', () => {
  it('joins acronyms with & and points, once each', () => {
    expect(indexTerms('R&D in the U.S. and R&D elsewhere; PP&E.')).toBe('rd us ppe');
    expect(indexTerms('nothing here')).toBe('');
  });
});
