/**
 * Where the words of a page are: in memory (`PageLayout`), packed for the database (`encodeLayout`), and as boxes
 * for a range of the page's text (`boxesForRange`).
 */

/** What a line is; headings and running headers are judged across pages, by the chunker. */
export const lineKinds = ['text', 'heading', 'list-item', 'table-row'] as const;
export type LineKind = (typeof lineKinds)[number];

/** A word: a run of characters without white space. Its box spans its line's box across the writing direction. */
export interface LayoutWord {
  /** Range of the page's text, UTF-16 indices. */
  readonly start: number;
  readonly end: number;
  /** Extent along the line: x for a horizontal line, y for a vertical one; points, from < to. */
  readonly from: number;
  readonly to: number;
}

/** One line of a page in reading order. */
export interface LayoutLine {
  readonly start: number;
  readonly end: number;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** Points, after the text matrix; the size of most of the line's characters. */
  readonly fontSize: number;
  readonly bold: boolean;
  /** True when the writing runs along y (text turned by 90 or 270 degrees in user space). */
  readonly vertical: boolean;
  /** True when the line begins a new block (paragraph, heading, list item, table row). */
  readonly blockStart: boolean;
  readonly kind: LineKind;
  readonly words: readonly LayoutWord[];
}

export interface PageLayout {
  readonly lines: readonly LayoutLine[];
}
