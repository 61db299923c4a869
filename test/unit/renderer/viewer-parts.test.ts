import { describe, expect, it } from 'vitest';
import {
  formatReadingPositions,
  parseReadingPositions,
  withPosition,
} from '../../../renderer/app/stores/reading-positions.ts';
import { matchesByPage, mergeMatches, nextMatch, sliceOrder } from '../../../renderer/features/viewer/find-order.ts';
import { lineOfPage, openAtFirst, outlineKey, outlineLines } from '../../../renderer/features/viewer/outline-tree.ts';
import { layoutPages, pageTop, scaleToFit, topOf } from '../../../renderer/features/viewer/page-layout.ts';
import { destinationPoint, namedActionPage } from '../../../renderer/features/viewer/pdf-destination.ts';
import { citedText, pagesText, quoteText } from '../../../renderer/features/viewer/selected-text.ts';
import { headingLines, textHeadings, textPieces } from '../../../renderer/features/viewer/text-marks.ts';
import { headingOutline } from '../../../renderer/features/viewer/text-outline.ts';
import { viewerKey } from '../../../renderer/features/viewer/viewer-keys.ts';
import { wheelFactor } from '../../../renderer/features/viewer/use-zoom-wheel.ts';
import { turn, zoomBy } from '../../../renderer/features/viewer/zoom.ts';

const match = (page: number, start: number) => ({ page, start, end: start + 3 });

describe('pages that the person turned', () => {
  it('are laid out on their side, and four quarter turns lead back', () => {
    const layout = layoutPages(2, new Map(), { width: 612, height: 792 }, 1, 90);
    expect([layout.width, layout.heights[0]]).toEqual([792, 612]);
    expect([turn(0, -1), turn(270, 1), turn(90, 1)]).toEqual([270, 0, 180]);
  });

  it('fit by width or as a whole', () => {
    const pane = { width: 624, height: 420 };
    expect(scaleToFit('fit', { width: 600, height: 800 }, pane)).toBe(1);
    expect(scaleToFit('page', { width: 600, height: 792 }, pane)).toBe(0.5);
  });

  it('show a page smaller that is wider than there is room, and no other', () => {
    const layout = layoutPages(2, new Map([[2, { width: 800, height: 600 }]]), { width: 400, height: 600 }, 1, 0, 400);
    expect([layout.width, ...layout.heights]).toEqual([400, 600, 300]);
  });

  it('keep the place when the sizes of pages above become known', () => {
    const standard = { width: 612, height: 792 };
    const before = layoutPages(2_000, new Map(), standard, 1);
    const after = layoutPages(2_000, new Map([[3, { width: 792, height: 612 }]]), standard, 1);
    const place = { page: 1_500, part: 0.25 };
    expect(topOf(before, place) - topOf(after, place)).toBe(180);
    expect(topOf(after, { page: 1_500, part: pageTop })).toBeLessThan(topOf(after, { page: 1_500, part: 0 }));
  });
});

describe('zooming by the wheel', () => {
  it('comes back to where it began, and ends at the ends', () => {
    expect(wheelFactor(-100) * wheelFactor(100)).toBeCloseTo(1, 10);
    expect(wheelFactor(-100)).toBeGreaterThan(1.1);
    expect([zoomBy(3.9, wheelFactor(-100)), zoomBy(0.26, wheelFactor(100))]).toEqual([4, 0.25]);
  });

  it('follows fingers further than notches of the same distance', () => {
    expect(wheelFactor(-10)).toBeGreaterThan(wheelFactor(-50));
  });
});

describe('the order of finding', () => {
  it('goes from the page in sight to the end, then from the start, and misses no page', () => {
    expect(sliceOrder(2_000, 1_850, 200)).toEqual([
      { from: 1_850, to: 2_000 },
      { from: 1, to: 200 },
      { from: 201, to: 400 },
      { from: 401, to: 600 },
      { from: 601, to: 800 },
      { from: 801, to: 1_000 },
      { from: 1_001, to: 1_200 },
      { from: 1_201, to: 1_400 },
      { from: 1_401, to: 1_600 },
      { from: 1_601, to: 1_800 },
      { from: 1_801, to: 1_849 },
    ]);
    expect(sliceOrder(0, 1, 200)).toEqual([]);
  });

  it('puts slices that come late in their place', () => {
    const merged = mergeMatches(mergeMatches([], [match(9, 1), match(9, 5)]), [match(2, 1), match(3, 0)]);
    expect(merged.map(({ page }) => page)).toEqual([2, 3, 9, 9]);
    expect(mergeMatches(merged, [match(5, 0)]).map(({ page }) => page)).toEqual([2, 3, 5, 9, 9]);
    expect(matchesByPage(merged).get(9)).toEqual([match(9, 1), match(9, 5)]);
  });

  it('goes round the ends', () => {
    const all = [match(1, 0), match(1, 9), match(4, 2)];
    expect(nextMatch(all, match(4, 2), 1)).toEqual(match(1, 0));
    expect(nextMatch(all, match(1, 0), -1)).toEqual(match(4, 2));
    expect(nextMatch(all, null, 1)).toEqual(match(1, 0));
    expect(nextMatch([], null, 1)).toBeNull();
  });
});

describe('the place where reading stopped', () => {
  const place = { page: 42, part: 0.25, zoom: 'fit', rotation: 90 } as const;

  it('survives being written and read', () => {
    const kept = withPosition(new Map(), 'a', place);
    expect(parseReadingPositions(formatReadingPositions(kept)).get('a')).toEqual(place);
  });

  it('drops what does not fit instead of opening nowhere', () => {
    expect(parseReadingPositions('{')).toEqual(new Map());
    expect(parseReadingPositions('{"a":1}')).toEqual(new Map());
    const bad = '[["a",0,0,"fit",0],["b",1,null,"fit",0],["c",1,0,"huge",0],["d",1,0,1,45],["e",2,0,1.5,180]]';
    expect([...parseReadingPositions(bad).keys()]).toEqual(['e']);
  });

  it('lets the oldest go beyond its limit, and what is read again is new', () => {
    let kept = withPosition(withPosition(new Map(), 'a', place, 2), 'b', place, 2);
    kept = withPosition(kept, 'a', place, 2);
    expect([...withPosition(kept, 'c', place, 2).keys()]).toEqual(['a', 'c']);
  });
});

describe('the outline', () => {
  const leaf = (title: string) => ({ title, place: title, children: [] });
  const nodes = [{ title: 'One', place: 'One', children: [leaf('A'), leaf('B')] }, leaf('Two')];
  const press = (active: string, open: string[], key: string) => {
    const step = { active, open: new Set(open) };
    const next = outlineKey(outlineLines(nodes, step.open), step, key);
    return next && [next.active, [...next.open]];
  };

  it('shows what is open, level by level', () => {
    expect(outlineLines(nodes, new Set(['0'])).map(({ id, level }) => `${id}:${level}`)).toEqual([
      '0:1',
      '0.0:2',
      '0.1:2',
      '1:1',
    ]);
    expect([...openAtFirst(nodes, 10)]).toEqual(['0', '1']);
    expect([...openAtFirst(nodes, 3)]).toEqual([]);
  });

  it('follows the page that is read, as far as it is open, and keeps the line that was gone to', () => {
    const pages = new Map([
      ['0', 3],
      ['0.0', 3],
      ['0.1', 8],
      ['1', 60],
    ]);
    const at = (page: number, active = '0', open = ['0']) => lineOfPage({ active, open: new Set(open) }, pages, page);
    expect(at(67)).toBe('1');
    expect(at(8)).toBe('0.1');
    expect(at(9)).toBe('0.1');
    expect(at(9, '1', [])).toBe('0');
    expect(at(3, '1')).toBe('0');
    expect(at(3, '0.0')).toBe('0.0');
    expect(at(1, '1')).toBe('1');
  });

  it('is walked with the keys of a tree', () => {
    expect(press('0', [], 'ArrowDown')).toEqual(['1', []]);
    expect(press('0', [], 'ArrowRight')).toEqual(['0', ['0']]);
    expect(press('0', ['0'], 'ArrowRight')).toEqual(['0.0', ['0']]);
    expect(press('0.1', ['0'], 'ArrowLeft')).toEqual(['0', ['0']]);
    expect(press('0', ['0'], 'ArrowLeft')).toEqual(['0', []]);
    expect(press('0', ['0'], 'End')).toEqual(['1', ['0']]);
    expect(press('0', [], 'x')).toBeNull();
  });

  it('is made of Markdown’s headings, not of comments in its code', () => {
    const headings = textHeadings('# A\n\n## B\n\n```\n# no\n```\n\n#### C ##\n\n# D');
    const titles = (list: ReturnType<typeof headingOutline>): unknown[] =>
      list.map(({ title, children }) => (children.length > 0 ? [title, titles(children)] : title));
    expect(titles(headingOutline(headings))).toEqual([['A', [['B', ['C']]]], 'D']);
  });
});

describe('links', () => {
  it('lead to the place that they name', () => {
    expect(destinationPoint([0, { name: 'XYZ' }, 72, 700, null])).toEqual({ x: 72, y: 700 });
    expect(destinationPoint([0, { name: 'FitH' }, 650])).toEqual({ x: null, y: 650 });
    expect(destinationPoint([0, { name: 'Fit' }])).toEqual({ x: null, y: null });
    expect(destinationPoint([0, { name: 'XYZ' }, 'x', Number.NaN])).toEqual({ x: null, y: null });
    expect([
      namedActionPage('NextPage', 9, 9),
      namedActionPage('LastPage', 1, 9),
      namedActionPage('Print', 4, 9),
    ]).toEqual([9, 9, 4]);
  });
});

describe('a quote', () => {
  it('reads as one line of text', () => {
    expect(quoteText('The har-\nbour\nwas\u00ad  closed in 2019-\n2020.')).toBe(
      'The harbour was closed in 2019- 2020.',
    );
  });

  it('says where it stands', () => {
    expect(citedText({ text: 'So it is.', firstPage: 4, lastPage: 5 }, 'Report')).toBe('“So it is.” (Report, pp. 4–5)');
    expect(pagesText(7, 7)).toBe('p. 7');
  });
});

describe('marks in a text', () => {
  it('cut it into pieces that give it back, and what was found wins over the citation', () => {
    const text = 'one two three four';
    const pieces = textPieces(text, [{ start: 4, end: 13 }], [{ page: 1, start: 8, end: 10 }], null);
    expect(pieces.map(({ text: piece }) => piece).join('')).toBe(text);
    expect(pieces.filter(({ mark }) => mark !== null)).toEqual([
      { text: 'two ', mark: 'citation' },
      { text: 'th', mark: 'found' },
      { text: 'ree', mark: 'citation' },
    ]);
  });
});

describe('the keys of the page', () => {
  const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) =>
    viewerKey({ key, code: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held }, false);

  it('leave alone what belongs to the system and to others', () => {
    expect([press('r'), press('R', { shiftKey: true }), press('r', { ctrlKey: true })]).toEqual([
      'rotate-right',
      'rotate-left',
      null,
    ]);
    expect([press('j'), press('k'), press('c', { ctrlKey: true }), press('PageDown')]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect([press('ArrowLeft', { altKey: true }), press('=', { ctrlKey: true })]).toEqual(['back', 'zoom-in']);
  });
});

describe('headings in the stored text of a page', () => {
  const text = 'Risks  of trade\nRisks of trade are many.\nMarkets\nThey fall.';

  // Catches: a heading's words set bold in the running text; marks lost within a heading.
  it('are its lines alone, and keep what is marked in them', () => {
    const lines = headingLines(text, ['Risks of trade', 'Markets']);
    expect(lines.map(({ start, end }) => text.slice(start, end))).toEqual(['Risks  of trade', 'Markets']);
    expect(textPieces(text, [{ start: 0, end: 5 }], [], null, lines)).toEqual([
      { text: 'Risks', mark: 'citation', isHeading: true },
      { text: '  of trade', mark: null, isHeading: true },
      { text: '\nRisks of trade are many.\n', mark: null },
      { text: 'Markets', mark: null, isHeading: true },
      { text: '\nThey fall.', mark: null },
    ]);
  });
});
