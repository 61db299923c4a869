import { describe, expect, it } from 'vitest';
import { statementTerms } from '../../../electron/pipeline/statement-terms.ts';

const rows = 'Cash 1,204 1,100\nReceivables, net 2,310 2,200\nInventories 980 870\nTotal current assets 4,494 4,170';

describe('statementTerms', () => {
  // Catches: the second half of a table, which only its page or heading names; other houses' wordings.
  it.each([
    ['Acme\nConsolidated Balance Sheets (in millions) › Part II', rows, 'statementbalance'],
    ['Acme\nItem 8', `Acme and Subsidiaries Statements of Financial Position\n${rows}`, 'statementbalance'],
    ['Acme\nCONSOLIDATED STATEMENTS OF OPERATIONS', rows, 'statementincome'],
    ['Acme\nConsolidated Statements of Cash Flows', rows, 'statementcash'],
    ["Acme\nStatements of Changes in Shareholders' Equity", rows, 'statementequity'],
  ])('%s', (contextText, text, term) => {
    expect(statementTerms({ contextText, text })).toEqual([term]);
  });

  // Catches: notes, contents and sentences that only mention a statement.
  it.each([
    ['Acme\nNotes to Consolidated Balance Sheets', rows],
    ['Acme\nItem 7', `The amounts are recorded in the accompanying consolidated balance sheets.\n${rows}`],
    ['Acme\nIndex', 'Consolidated Balance Sheets 52\nConsolidated Statements of Cash Flows 53'],
    ['Consolidated Balance Sheets of Acme\nItem 7', rows],
    ['', 'No figures here'],
  ])('leaves out %s', (contextText, text) => {
    expect(statementTerms({ contextText, text })).toEqual([]);
  });
});
