import { describe, expect, it } from 'vitest';
import { financialTerms, glossary, isGlossaryTerm, statements } from '../../../electron/pipeline/query-glossary.ts';

const terms = (text: string) => financialTerms(text.split(' '));
const firstLines = (text: string) => terms(text).lines.map(([first]) => first);

describe('financialTerms', () => {
  // Catches: a ratio looked for by its name, which no statement prints.
  it('names the lines that a ratio is made of, and where they stand', () => {
    expect(firstLines('quick ratio')).toEqual([
      'total current assets',
      'total current liabilities',
      'inventories',
      'cash and cash equivalents',
    ]);
    expect(terms('quick ratio').statements).toEqual(['balance']);
    expect(terms('free cash flow').statements).toEqual(['cash']);
  });

  // Catches: `return on assets` read as `assets` only, and a line twice when two terms share it.
  it('takes the longest name, and each line once', () => {
    expect(firstLines('return on assets roa')).toEqual(['net income', 'total assets']);
    expect(firstLines('dpo days payable outstanding')).toHaveLength(3);
  });

  it('knows the names of the statements in other wordings', () => {
    expect(terms('statement of financial position')).toEqual({ lines: [], statements: ['balance'], certain: true });
    expect(terms('p&l statement').statements).toEqual(['income']);
  });

  // Catches: questions about contracts, papers and manuals sent to balance sheets.
  it('leaves other questions alone', () => {
    for (const text of ['notice period of the lease', 'how do i reset the device', 'which data set was used'])
      expect(terms(text)).toEqual({ lines: [], statements: [], certain: false });
  });

  // Catches: an inventory of parts in a manual taken for the inventories of a balance sheet.
  it('doubts words that have other meanings', () => {
    expect(terms('inventory').certain).toBe(false);
    expect(terms('inventory turnover').certain).toBe(true);
  });
});

describe('glossary', () => {
  // Catches: a name that an earlier entry hides, and spellings that no question's words can equal.
  it('has each name once, in lower case', () => {
    const names = glossary.flatMap((entry) => entry.names);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toBe(name.toLowerCase().trim());
  });

  it('points to statements that have names', () => {
    for (const entry of glossary)
      for (const name of entry.statements) expect(statements[name].length).toBeGreaterThan(0);
    expect(isGlossaryTerm('capex')).toBe(true);
    expect(isGlossaryTerm('ibm')).toBe(false);
  });
});
