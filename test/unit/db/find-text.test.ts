import { describe, expect, it } from 'vitest';
import { textFinder } from '../../../electron/db/find-text.ts';

/** What is found, as it stands in the text. */
function found(text: string, query: string, limit = 100): string[] {
  return textFinder(query)(text, limit).map(({ start, end }) => text.slice(start, end));
}

describe('finding text on a page', () => {
  it('makes no difference between cases and accents, composed or not', () => {
    expect(found('Café, CAFE, cafe\u0301 and cage', 'café')).toEqual(['Café', 'CAFE', 'cafe\u0301']);
    expect(found('Ærø STRASSE', 'strasse')).toEqual(['STRASSE']);
  });

  it('finds the letters of a ligature, and marks the whole of it', () => {
    expect(found('the ﬁrst oﬃce', 'first office')).toEqual(['ﬁrst oﬃce']);
    expect(found('oﬃce', 'fi')).toEqual(['ﬃ']);
  });

  it('finds a word that a line’s end cut, and a hyphenated one however it was typed', () => {
    expect(found('the harbour-\nmaster came', 'harbourmaster')).toEqual(['harbour-\nmaster']);
    expect(found('a well-\nknown ship', 'well-known')).toEqual(['well-\nknown']);
    expect(found('co\u00adopera\u00ad\ntion', 'cooperation')).toEqual(['co\u00adopera\u00ad\ntion']);
  });

  it('keeps the hyphens of figures and between words', () => {
    expect(found('from -5 to 5', '-5')).toEqual(['-5']);
    expect(found('2019-2020', '20192020')).toEqual([]);
    expect(found('left - right', 'leftright')).toEqual([]);
  });

  it('takes any white space for any other, and kinds of quotes and dashes for one', () => {
    expect(found('the  river\n\tflows', 'the river flows')).toEqual(['the  river\n\tflows']);
    expect(found('the keeper’s “log” – 1902', 'keeper\'s "log" - 1902')).toEqual(['keeper’s “log” – 1902']);
  });

  it('finds nothing by white space alone, and stops at its limit', () => {
    expect(found('a b c', '  ')).toEqual([]);
    expect(found('aaaa', 'a', 3)).toHaveLength(3);
    expect(found('aaaa', 'aa')).toEqual(['aa', 'aa']);
  });

  it('places matches behind characters of two code units', () => {
    expect(found('𝔔uire 😀 river', 'river')).toEqual(['river']);
    expect(found('𝔔uire', 'quire')).toEqual(['𝔔uire']);
  });
});
