import { describe, expect, it } from 'vitest';
import type { Block } from '../../../electron/pipeline/blocks.ts';
import {
  chunkContext,
  coverFacts,
  documentLabel,
  fileWords,
  pageLeads,
} from '../../../electron/pipeline/chunk-context.ts';
import type { StoredPage } from '../../../electron/pipeline/stored-page.ts';

const page = (text: string): StoredPage => ({
  number: 1,
  width: 612,
  height: 792,
  rotation: 0,
  text,
  geometry: new Uint8Array(),
  hasText: true,
  source: 'pdfium',
});
const cover = page(
  'UNITED STATES\nSECURITIES AND EXCHANGE COMMISSION\nForm 10-K\nFor the fiscal year ended June 30, 2022\n' +
    'Acme Foods Company\n(Exact name of registrant as specified in its charter)\nDelaware',
);
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
  it('names company, form and period from the cover', () => {
    expect(coverFacts([cover])).toEqual(['Acme Foods Company', 'Form 10-K', 'fiscal year ended June 30, 2022']);
    expect(documentLabel([cover], { title: 'Annual report', fileName: '0000012345-22-000007.pdf' })).toBe(
      'Annual report · Acme Foods Company · Form 10-K · fiscal year ended June 30, 2022',
    );
  });

  // Catches: a form that is only mentioned taken for the document's own.
  it('takes nothing from the first pages of other documents', () => {
    expect(coverFacts([page('As our Form 10-Q for the quarter says, see page 3.')])).toEqual([]);
    expect(documentLabel([page('Dear tenant')], { title: 'Lease' })).toBe('Lease');
  });

  it('says nothing twice', () => {
    expect(documentLabel([], { title: 'Acme 2022 10K', fileName: 'ACME_2022_10K.pdf' })).toBe('Acme 2022 10K');
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
