/** Where pages lie in a column that is scrolled: from their sizes to pixels and back. Pure. */

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

/** `sizes` holds the pages that were looked at; all others are taken to be like `standard` until they are. */
export function layoutPages(
  count: number,
  sizes: ReadonlyMap<number, PageSize>,
  standard: PageSize,
  scale: number,
): PageLayout {
  const starts = new Float64Array(count);
  const heights = new Float64Array(count);
  let at = pageGap;
  let width = 0;
  for (let index = 0; index < count; index++) {
    const size = sizes.get(index + 1) ?? standard;
    starts[index] = at;
    heights[index] = Math.round(size.height * scale);
    at += Math.round(size.height * scale) + pageGap;
    width = Math.max(width, Math.round(size.width * scale));
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

/** First and last page number in sight, `overscan` more on each side. */
export function pagesInSight(
  layout: PageLayout,
  top: number,
  height: number,
  overscan: number,
): { readonly first: number; readonly last: number } {
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

export function anchorAt(layout: PageLayout, top: number): Anchor {
  const page = pageAt(layout, top);
  const height = layout.heights[page - 1] ?? 0;
  return { page, part: height === 0 ? 0 : (top - (layout.starts[page - 1] ?? 0)) / height };
}

export function topOf(layout: PageLayout, anchor: Anchor): number {
  const index = Math.min(Math.max(anchor.page, 1), layout.starts.length) - 1;
  return (layout.starts[index] ?? 0) + anchor.part * (layout.heights[index] ?? 0);
}
