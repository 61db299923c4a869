/** Titles that a person would call a document by, and languages. */
import { describe, expect, it } from 'vitest';
import {
  registrantOf,
  sensibleAuthor,
  sensibleTitle,
  titleFromPages,
} from '../../../electron/pipeline/document-info.ts';
import { languageOf } from '../../../electron/pipeline/language.ts';
import { encodeLayout, type LayoutLine } from '../../../electron/pipeline/geometry.ts';
import type { StoredPage } from '../../../electron/pipeline/stored-page.ts';
import { readTextDocument } from '../../../electron/pipeline/text-document.ts';

describe('metadata titles', () => {
  it.each([
    ['Annual Report 2023', 'Annual Report 2023'],
    ['Microsoft Word - Minutes of the board', 'Minutes of the board'],
    ['Microsoft Word - foo.docx', null],
    ['untitled', null],
    ['d123456dex991', null],
    ['0000012927-19-000010', null],
    ['report_final_v2', null],
    ['PowerPoint Presentation', null],
    ['C:\\temp\\scan0001.pdf', null],
    // Catches: answers headed by a filing's part, whoever filed it.
    ['Q1 2023 8-K - Exhibit 99.1', null],
    ['EX-99.1', null],
    ['Exhibit 4 and its makers', 'Exhibit 4 and its makers'],
    ['', null],
    [null, null],
  ])('%s', (title, sensible) => {
    expect(sensibleTitle(title)).toBe(sensible);
  });

  it('leave out authors that are accounts', () => {
    expect(sensibleAuthor('Admin')).toBeNull();
    expect(sensibleAuthor(' Ada  Lovelace ')).toBe('Ada Lovelace');
  });
});

describe('language', () => {
  it.each([
    [
      'en',
      'The company reported that its revenue increased during the year because customers bought more of its products.',
    ],
    [
      'de',
      'Die Gesellschaft berichtete, dass der Umsatz im vergangenen Jahr gestiegen ist, weil die Kunden mehr gekauft haben.',
    ],
    [
      'fr',
      "La société a annoncé que son chiffre d'affaires a augmenté au cours de l'année parce que les clients ont acheté davantage.",
    ],
    ['ru', 'Компания сообщила, что выручка за прошлый год выросла, потому что покупатели приобрели больше товаров.'],
  ])('%s', (language, text) => {
    expect(languageOf(readTextDocument(new TextEncoder().encode(text), 'text', 'a.txt'), null)).toBe(language);
  });

  it('is not guessed from a few words', () => {
    expect(languageOf(readTextDocument(new TextEncoder().encode('OK 12'), 'text', 'a.txt'), null)).toBeNull();
  });
});

type Line = readonly [text: string, more?: Partial<LayoutLine>];

/** A page of these lines, 10 points and each a block of its own unless it says otherwise. */
function pageOf(lines: readonly Line[]): StoredPage {
  let at = 0;
  const layout = lines.map(([text, more]): LayoutLine => {
    const place = { x0: 0, y0: 0, x1: 0, y1: 0, bold: false, vertical: false, words: [] };
    const line = { ...place, start: at, end: at + text.length, fontSize: 10, blockStart: true, kind: 'text', ...more };
    at += text.length + 1;
    return line as LayoutLine;
  });
  const text = lines.map(([words]) => words).join('\n');
  const size = { width: 612, height: 792, rotation: 0 as const };
  return { number: 1, ...size, text, geometry: encodeLayout({ lines: layout }), hasText: true, source: 'text' };
}

describe('titles from pages', () => {
  const heading = { kind: 'heading', bold: true } as const;

  it('are large headings, or bold ones at the beginning', () => {
    expect(titleFromPages([pageOf([['FORM 10-K'], ['Harbour report', { ...heading, fontSize: 16 }]])])).toBe(
      'Harbour report',
    );
    expect(titleFromPages([pageOf([['Minutes of the board', heading], ['It met.']])])).toBe('Minutes of the board');
  });

  // Catches: an earnings release that is called by half a bullet, or by the section after its first page of text.
  it('are no piece of a list’s item or a sentence, and no section’s heading', () => {
    const release = [
      ['FOR IMMEDIATE RELEASE', heading],
      ['• Company is increasing its guidance for sales excluding', heading],
      ['COVID-19 Vaccine and adjusted EPS', heading],
      ['Northwind intends to split off its shares in the', heading],
      ['Kelvue business', heading],
      ['word '.repeat(300)],
      ['OVERALL RESULTS', heading],
    ] as const;
    expect(titleFromPages([pageOf(release)])).toBeNull();
  });

  // Catches: `MGM R ESORTS I NTERNATIONAL`, where the cover sets the name in small capitals.
  it('of a company in small capitals are written as its text writes them; letters that are words stay', () => {
    const cover = (name: string): StoredPage => pageOf([[name], ['(Exact name of registrant as specified)']]);
    const text = pageOf([['NWH Resorts International is a Delaware corporation. Plan B Foods is none.']]);
    expect(registrantOf([cover('NWH R ESORTS I NTERNATIONAL'), text])).toBe('NWH Resorts International');
    expect(registrantOf([cover('PLAN B FOODS'), text])).toBe('PLAN B FOODS');
  });
});
