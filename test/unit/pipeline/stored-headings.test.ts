/** An outline of what was stored, for when the file with its own is not there. */
import { describe, expect, it } from 'vitest';
import { storedHeadings } from '../../../electron/pipeline/stored-headings.ts';

describe('headings of the stored passages', () => {
  // Catches: a heading once for each passage below it.
  it('are told once each, with their level and the page of the first passage below them', () => {
    const passages = [
      { path: [], page: 1 },
      { path: ['Risks'], page: 2 },
      { path: ['Risks', 'Markets'], page: 3 },
      { path: ['Risks', 'Markets'], page: 4 },
      { path: ['Risks', 'Law'], page: 5 },
      { path: ['Figures'], page: 6 },
      { path: ['Figures'], page: 7 },
    ];
    expect(storedHeadings(passages)).toEqual([
      { title: 'Risks', level: 1, page: 2 },
      { title: 'Markets', level: 2, page: 3 },
      { title: 'Law', level: 2, page: 5 },
      { title: 'Figures', level: 1, page: 6 },
    ]);
  });

  it('come again when another stood between them, also below a heading that is another', () => {
    const passages = [
      { path: ['A', 'Notes'], page: 1 },
      { path: ['B', 'Notes'], page: 2 },
      { path: ['A'], page: 3 },
    ];
    expect(storedHeadings(passages).map(({ title, level }) => `${level} ${title}`)).toEqual([
      '1 A',
      '2 Notes',
      '1 B',
      '2 Notes',
      '1 A',
    ]);
  });
});
