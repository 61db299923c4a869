/** Where a citation is marked in the pages of a text. */
import { describe, expect, it } from 'vitest';
import { citedRanges } from '../../../renderer/features/viewer/cited-ranges.ts';
import { textPieces } from '../../../renderer/features/viewer/text-marks.ts';

const pages = [
  { number: 1, text: 'The tide turns at six.\nThe wind is light. The ferry leaves at seven. The wind is light.' },
  { number: 2, text: 'The crane was mended. The wind is light.' },
];
const marked = (citation: Parameters<typeof citedRanges>[0]) =>
  citedRanges(citation, pages).map(({ page, start, end }) => `${page}: ${pages[page - 1]?.text.slice(start, end)}`);

describe('what a citation marks in a text', () => {
  it('is the characters that were kept with it, on every page', () => {
    const ranges = [
      { page: 1, start: 68, end: 86 },
      { page: 2, start: 0, end: 21 },
    ];
    expect(citedRanges({ page: 1, quote: 'The wind is light. The crane was mended.', ranges }, pages)).toEqual(ranges);
  });

  it('leaves out what is beyond the text, and pages that are not there', () => {
    const ranges = [
      { page: 2, start: 30, end: 4_000 },
      { page: 9, start: 0, end: 1 },
    ];
    expect(citedRanges({ page: 2, quote: 'x', ranges }, pages)).toEqual([]);
    expect(citedRanges(null, pages)).toEqual([]);
  });

  // Catches: nothing marked for quotes joined by an ellipsis, or cut with one, in answers of before characters were kept.
  it('is each piece of the quote where nothing was kept, also on the next page', () => {
    expect(marked({ page: 1, quote: 'The tide turns at six. … The ferry leaves at seven.' })).toEqual([
      '1: The tide turns at six.',
      '1: The ferry leaves at seven.',
    ]);
    expect(marked({ page: 1, quote: 'The ferry leaves at seven. … The crane was mended.' })).toEqual([
      '1: The ferry leaves at seven.',
      '2: The crane was mended.',
    ]);
    expect(marked({ page: 1, quote: 'The tide turns at six. The wind…' })).toEqual([
      '1: The tide turns at six.\nThe wind',
    ]);
    expect(marked({ page: 2, quote: 'Nobody said this. … Nor that.' })).toEqual([]);
  });

  it('takes a repeated sentence after the piece before it', () => {
    expect(
      citedRanges({ page: 1, quote: 'The ferry leaves at seven. … The wind is light.' }, pages).map(
        ({ start }) => start,
      ),
    ).toEqual([42, 69]);
  });
});

describe('a text with several cited pieces', () => {
  it('is cut at each of them', () => {
    const cited = [
      { start: 0, end: 3 },
      { start: 8, end: 13 },
    ];
    expect(textPieces('one two three', cited, [], null)).toEqual([
      { text: 'one', mark: 'citation' },
      { text: ' two ', mark: null },
      { text: 'three', mark: 'citation' },
    ]);
  });
});
