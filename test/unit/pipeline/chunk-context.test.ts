import { describe, expect, it } from 'vitest';
import type { Block } from '../../../electron/pipeline/blocks.ts';
import { chunkContext, documentLabel, fileWords, pageLeads } from '../../../electron/pipeline/chunk-context.ts';

const block = (pageNumber: number, text: string): Block => ({
  page: pageNumber,
  start: 0,
  end: text.length,
  kind: 'text',
  text,
  tokens: 1,
  rank: 0,
});

describe('documentLabel', () => {
  it('is the title, and the name of the file where that says more', () => {
    expect(documentLabel({ title: 'Annual report', fileName: 'ACME_2022.pdf' })).toBe('Annual report · ACME 2022');
    expect(documentLabel({ title: 'Lease' })).toBe('Lease');
  });

  // Catches: the same words twice in front of every passage, and codes.
  it('says nothing twice', () => {
    expect(documentLabel({ title: 'Acme 2022 10K', fileName: 'ACME_2022_10K.pdf' })).toBe('Acme 2022 10K');
    expect(documentLabel({ title: 'Acme', fileName: '0000012345-22-000007.pdf' })).toBe('Acme');
  });
});

describe('fileWords', () => {
  it('parts the words of a file name', () => {
    expect(fileWords('ACME_2023Q2_10Q.pdf')).toBe('ACME 2023 Q2 10Q');
    expect(fileWords('LeaseAgreement-final.v2.docx')).toBe('Lease Agreement final v2');
  });

  // Catches: accession numbers and camera counters in front of every passage.
  it('leaves codes out', () => {
    expect(fileWords('0000012927-19-000010.pdf')).toBe('');
    expect(fileWords('12_34.pdf')).toBe('');
  });
});

describe('pageLeads', () => {
  it('takes the first words of a page when they name something', () => {
    const leads = pageLeads([
      block(1, '17'),
      block(1, 'Consolidated Balance Sheets\n(in millions)'),
      block(1, 'Assets'),
      block(2, 'and therefore part of a single obligation'),
      block(3, 'Sales rose in all regions.'),
      block(4, 'x'.repeat(400)),
    ]);
    expect([...leads]).toEqual([
      [1, 'Consolidated Balance Sheets (in millions)'],
      [2, ''],
      [3, ''],
      [4, ''],
    ]);
  });
});

describe('chunkContext', () => {
  // Catches: the lower half of a table that nothing names.
  it('puts the document, the page and the headings before a passage', () => {
    expect(chunkContext('Acme', ['Part II', 'Liabilities'], 'Balance Sheets', 'Accounts payable 780')).toBe(
      'Acme\nBalance Sheets › Part II › Liabilities',
    );
  });

  it('leaves out what is there already, and empty lines', () => {
    expect(chunkContext('Acme', [], 'Balance Sheets', 'Balance\nSheets 2022')).toBe('Acme');
    expect(chunkContext('', ['Balance Sheets'], 'Balance Sheets', 'x')).toBe('Balance Sheets');
    expect(chunkContext('', [], '', 'x')).toBe('');
  });
});
