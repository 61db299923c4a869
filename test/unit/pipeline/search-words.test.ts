/** What is typed to find pages, where a text has it, and the piece that is shown. */
import { describe, expect, it } from 'vitest';
import { findMatches, mayHave, snippetOf } from '../../../electron/pipeline/search-matches.ts';
import { parseSearch, searchExpression } from '../../../electron/pipeline/search-query.ts';

const parts = (typed: string): string[] =>
  parseSearch(typed).map(({ words, prefix }) => words.join(' ') + (prefix ? '*' : ''));

const matched = (text: string, typed: string): string[] =>
  findMatches(text, parseSearch(typed)).map(({ start, end }) => text.slice(start, end));

describe('what is typed', () => {
  it('takes the last word for a beginning, and no other', () => {
    expect(parts('net sal')).toEqual(['net', 'sal*']);
    expect(parts('net sal ')).toEqual(['net', 'sal']);
  });

  it('takes what is in quotes for a phrase, whose last word is a beginning while the quote is open', () => {
    expect(parts('"net sales" 2022')).toEqual(['net sales', '2022*']);
    expect(parts('total "net sal')).toEqual(['total', 'net sal*']);
    expect(parts('“net sales” fell ')).toEqual(['net sales', 'fell']);
  });

  it('takes apart what the index takes apart, and keeps it together', () => {
    expect(parts('R&D 1,577 ')).toEqual(['r d', '1 577']);
    expect(parts('Überschuß ')).toEqual(['uberschuß']);
  });

  it('has no parts when nothing is a word', () => {
    expect(parts('  "" * - (')).toEqual([]);
  });

  // Catches: a search that throws, or finds something else, because FTS5 read a word as its syntax.
  it.each(['a" OR b', 'NEAR(a b)', 'body:x', '-x', 'x*y', '^x', '{context}: x', "a'b", 'a\0b'])(
    'quotes %s',
    (typed) => {
      const expression = searchExpression(parseSearch(typed));
      expect(expression).toMatch(/^\{body\} : \((?:"[\p{L}\p{N} ]+"(?: \*)?(?: AND )?)+\)$/u);
    },
  );
});

describe('matches', () => {
  it('finds other forms of a word, as the index does, and the beginning of the last', () => {
    expect(matched('Revenues from the sale of cranes.', 'revenue crane ')).toEqual(['Revenues', 'cranes']);
    expect(matched('Communication and commerce', 'comm')).toEqual(['Communication', 'commerce']);
    expect(matched('the income', 'come')).toEqual([]);
  });

  it('finds a phrase only where its words follow one another', () => {
    expect(matched('Net sales rose; sales, net of tax, fell. Net\nsales', '"net sales"')).toEqual([
      'Net sales',
      'Net\nsales',
    ]);
  });

  it('finds words with accents by words without, and keeps the places of the text as it is', () => {
    expect(matched('Le résumé d’été', 'resume ete')).toEqual(['résumé', 'été']);
  });

  it('tells quickly whether a text may have a part', () => {
    const [part] = parseSearch('crane');
    if (!part) throw new Error('no part');
    expect(mayHave(part)('The Cranes of Brevik')).toBe(true);
    expect(mayHave(part)('A microcrane')).toBe(false);
    const [phrase] = parseSearch('"net sales"');
    if (!phrase) throw new Error('no phrase');
    expect(mayHave(phrase)('net of sales')).toBe(false);
  });
});

describe('snippets', () => {
  const filler = 'Nothing of note stands here at all, and it goes on for a while. '.repeat(8);

  it('shows the piece with most of the words, with their places in it', () => {
    const text = `A crane alone. ${filler}The harbour crane\nlifted ${filler}`;
    const snippet = snippetOf(text, parseSearch('harbour crane'));
    const shown = snippet.ranges.map(({ start, end }) => snippet.text.slice(start, end));
    expect(shown).toEqual(['harbour', 'crane']);
    expect(snippet.text).toContain('The harbour crane lifted');
    expect(snippet.text.length).toBeLessThanOrEqual(180);
  });

  it('begins and ends with whole words', () => {
    const { text } = snippetOf(`${filler}crane ${filler}`, parseSearch('crane'));
    expect(` ${filler}crane ${filler} `).toContain(` ${text}`);
    expect(text).toMatch(/\w$/);
  });

  it('joins matches that overlap, so that nothing is marked twice', () => {
    const { ranges } = snippetOf('net sales', parseSearch('"net sales" sales'));
    expect(ranges).toEqual([{ start: 0, end: 9 }]);
  });
});
