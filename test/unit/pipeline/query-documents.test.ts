import { describe, expect, it } from 'vitest';
import { atOnce } from '../../../electron/pipeline/in-slices.ts';
import { documentsNamed } from '../../../electron/pipeline/query-documents.ts';

const document = (fileName: string, title = '') => ({ id: fileName, fileName, title });
const library = [
  document('ACMEFOODS_2021_10K.pdf', 'Acme Foods Company'),
  document('ACMEFOODS_2022_10K.pdf', 'Acme Foods Company'),
  document('ACMEFOODS_2023Q2_10Q.pdf', 'Acme Foods Company'),
  document('GREENFIELD_2022_10K.pdf'),
  document('0000123456-23-000004.pdf', 'International Widget Makers Corporation'),
  document('Lease agreement Main Street.pdf', 'Lease'),
];
const best = (question: string, documents = library) => {
  const ranked = [...atOnce(documentsNamed(question, documents))].sort((a, b) => b[1] - a[1]);
  return ranked.filter(([, share]) => share === ranked[0]?.[1]).map(([id]) => id);
};

describe('documentsNamed', () => {
  // Catches: last year's filing preferred because it says the same.
  it('tells a company’s filings apart by period', () => {
    expect(best('What was Acme Foods’ FY2022 revenue?')).toEqual(['ACMEFOODS_2022_10K.pdf']);
    expect(best('Acme Foods inventories in 2021')).toEqual(['ACMEFOODS_2021_10K.pdf']);
    expect(best('What did Acme Foods earn in Q2 2023?')).toEqual(['ACMEFOODS_2023Q2_10Q.pdf']);
    expect(best('What did Acme Foods earn in the second quarter of FY23?')).toEqual(['ACMEFOODS_2023Q2_10Q.pdf']);
  });

  it('knows names written as one word, apart, and abbreviated', () => {
    expect(best('green field risks')).toEqual(['GREENFIELD_2022_10K.pdf']);
    expect(best('GREENFIELD risks')).toEqual(['GREENFIELD_2022_10K.pdf']);
    expect(best('What does IWM make?')).toEqual([]);
    expect(best('Who owns ACFO?')).toHaveLength(3);
    expect(best('Who are the customers of WIMA?')).toEqual(['0000123456-23-000004.pdf']);
    expect(best('Did GRE pay dividends?')).toEqual(['GREENFIELD_2022_10K.pdf']);
  });

  it('finds other documents by their subject', () => {
    expect(best('What does the lease say about pets?')).toEqual(['Lease agreement Main Street.pdf']);
  });

  // Catches: words of every report (annual, company, results) and acronyms of accounting taken for names.
  it('names none when no name is asked for', () => {
    expect(best('What do the annual results of the company say about SG&A?')).toEqual([]);
    expect(best('How large was EBITDA in 2022?')).toEqual([]);
    expect(best('', library)).toEqual([]);
    expect(best('anything', [])).toEqual([]);
  });

  // Catches: a question to a large library that holds up the window while thousands of names are compared.
  it('rests after each name and each comparison', () => {
    let rests = 0;
    const work = documentsNamed('What does the lease say about pets?', library);
    while (!work.next().done) rests += 1;
    expect(rests).toBe(2 * library.length);
  });
});
