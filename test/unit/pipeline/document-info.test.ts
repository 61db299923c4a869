/** Titles that a person would call a document by, and languages. */
import { describe, expect, it } from 'vitest';
import { sensibleAuthor, sensibleTitle } from '../../../electron/pipeline/document-info.ts';
import { languageOf } from '../../../electron/pipeline/language.ts';
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
