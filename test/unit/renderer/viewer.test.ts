import { describe, expect, it } from 'vitest';
import { boxRectangle } from '../../../renderer/features/viewer/highlight-boxes.ts';
import { locateQuote } from '../../../renderer/features/viewer/locate-quote.ts';
import {
  anchorAt,
  layoutPages,
  pageAt,
  pageGap,
  pagesInSight,
  topOf,
} from '../../../renderer/features/viewer/page-layout.ts';
import { zoomIn, zoomOut } from '../../../renderer/features/viewer/zoom.ts';

const letter = { width: 612, height: 792 };

describe('the column of pages', () => {
  const layout = layoutPages(5, new Map([[2, { width: 792, height: 612 }]]), letter, 1);

  it('puts pages below each other by their own sizes', () => {
    expect([...layout.starts]).toEqual([12, 816, 1_440, 2_244, 3_048]);
    expect([layout.totalHeight, layout.width]).toEqual([3_048 + 792 + pageGap, 792]);
  });

  it('knows which page is at a height, with gaps belonging to the page before', () => {
    expect([0, 12, 810, 815, 816, 9_999].map((top) => pageAt(layout, top))).toEqual([1, 1, 1, 1, 2, 5]);
  });

  it('draws what is in sight and its neighbours, not all 5,000 pages', () => {
    expect(pagesInSight(layout, 1_500, 400, 1)).toEqual({ first: 2, last: 4 });
    expect(pagesInSight(layout, 0, 400, 1)).toEqual({ first: 1, last: 2 });
  });

  it('finds the same place again after a zoom', () => {
    const anchor = anchorAt(layout, 1_440 + 396);
    const zoomed = layoutPages(5, new Map(), letter, 2);
    expect(anchor).toEqual({ page: 3, part: 0.5 });
    expect(topOf(zoomed, anchor)).toBe((zoomed.starts[2] ?? 0) + 792);
  });
});

describe('zooming', () => {
  it('steps from wherever fit came to', () => {
    expect([zoomIn(0.93), zoomOut(0.93), zoomIn(1), zoomOut(1)]).toEqual([1, 0.9, 1.1, 0.9]);
  });

  it('stops at both ends', () => {
    expect([zoomIn(4), zoomOut(0.25)]).toEqual([4, 0.25]);
  });
});

describe('citation boxes on a page', () => {
  const box = { page: 1, x0: 72, y0: 700, x1: 172, y1: 712 };

  it('turns points from the lower left into parts from the upper left', () => {
    const viewport = { width: 612, height: 792, convertToViewportPoint: (x: number, y: number) => [x, 792 - y] };
    expect(boxRectangle(box, viewport)).toEqual({ left: 72 / 612, top: 80 / 792, width: 100 / 612, height: 12 / 792 });
  });

  it('follows a page that is turned by 90 degrees', () => {
    const viewport = { width: 792, height: 612, convertToViewportPoint: (x: number, y: number) => [y, x] };
    expect(boxRectangle(box, viewport)).toEqual({ left: 700 / 792, top: 72 / 612, width: 12 / 792, height: 100 / 612 });
  });
});

describe('finding a quote in a text page', () => {
  const text = 'Intro.\n\nThe committee  met on\n14 March and\u00ad agreed.\nRevenue . . . . . . 12\n';

  it('finds it across line breaks and collapsed white space', () => {
    const range = locateQuote(text, 'The committee met on 14 March');
    expect(range && text.slice(range.start, range.end)).toBe('The committee  met on\n14 March');
  });

  it('finds a line whose dot leaders were collapsed', () => {
    const range = locateQuote(text, 'Revenue . 12');
    expect(range && text.slice(range.start, range.end)).toBe('Revenue . . . . . . 12');
  });

  it('marks nothing when the quote is not on the page', () => {
    expect(locateQuote(text, 'something else')).toBeNull();
    expect(locateQuote(text, '  \n')).toBeNull();
  });
});
