/** Where pages lie in a column that is scrolled: from their sizes to pixels and back. Pure. */
import type { Rotation } from '../../app/stores/reading-positions.ts';

export interface PageSize {
  /** Points, as the page is shown (after its /Rotate). */
  readonly width: number;
  readonly height: number;
}

export interface PageLayout {
  /** Pixels from the top of the column to each page; index 0 is page 1. */
  readonly starts: Float64Array;
  readonly heights: Float64Array;
  readonly totalHeight: number;
  /** Pixels; the widest page. */
  readonly width: number;
}

/** Pixels between pages, and around the column. */
export const pageGap = 12;

/** A PDF point is 1/72 inch, a CSS pixel 1/96. */
export const pixelsPerPoint = 96 / 72;

/** A page's size when the person turned it. */
export function turnedSize({ width, height }: PageSize, rotation: Rotation): PageSize {
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width };
}

/** The scale of one page, turned already: smaller than that of the others where it would be wider than there is room. */
export function pageScale(size: PageSize, scale: number, room = Infinity): number {
  return Math.min(scale, room / size.width);
}

/**
 * `sizes` holds the pages that were looked at; all others are taken to be like `standard` until they are.
 *
 * @param room Pixels; wider pages are made smaller.
 */
export function layoutPages(
  count: number,
  sizes: ReadonlyMap<number, PageSize>,
  standard: PageSize,
  scale: number,
  rotation: Rotation = 0,
  room = Infinity,
): PageLayout {
  const starts = new Float64Array(count);
  const heights = new Float64Array(count);
  let at = pageGap;
  let width = 0;
  for (let index = 0; index < count; index++) {
    const size = turnedSize(sizes.get(index + 1) ?? standard, rotation);
    const own = pageScale(size, scale, room);
    const height = Math.round(size.height * own);
    starts[index] = at;
    heights[index] = height;
    at += height + pageGap;
    width = Math.max(width, Math.round(size.width * own));
  }
  return { starts, heights, totalHeight: at, width };
}

/** Page number (from 1) whose place holds this height; gaps belong to the page before them. */
export function pageAt({ starts }: PageLayout, top: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= top) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

export interface PageRange {
  readonly first: number;
  readonly last: number;
}

/** First and last page number in sight, `overscan` more on each side. */
export function pagesInSight(layout: PageLayout, top: number, height: number, overscan: number): PageRange {
  return {
    first: Math.max(1, pageAt(layout, top) - overscan),
    last: Math.min(layout.starts.length, pageAt(layout, top + height) + overscan),
  };
}

/** A place that survives a change of zoom or of page sizes: a page, and how far down it as a part of its height. */
export interface Anchor {
  readonly page: number;
  readonly part: number;
}

/** A page's top with a little of the gap above it. */
export const pageTop = -0.015;

export function anchorAt(layout: PageLayout, top: number): Anchor {
  const page = pageAt(layout, top);
  const height = layout.heights[page - 1] ?? 0;
  return { page, part: height === 0 ? 0 : (top - (layout.starts[page - 1] ?? 0)) / height };
}

export function topOf(layout: PageLayout, anchor: Anchor): number {
  const index = Math.min(Math.max(anchor.page, 1), layout.starts.length) - 1;
  return (layout.starts[index] ?? 0) + anchor.part * (layout.heights[index] ?? 0);
}

/** Pixels a point, so that a page of this size fills the pane's width, or stands in it as a whole. */
export function scaleToFit(
  how: 'fit' | 'page',
  size: PageSize,
  pane: { readonly width: number; readonly height: number },
): number {
  const wide = (pane.width - 2 * pageGap) / size.width;
  const tall = (pane.height - 2 * pageGap) / size.height;
  return Math.max(0.1, how === 'fit' ? wide : Math.min(wide, tall));
}
