/**
 * Finds the exact place of a quote: from a range of a passage's text back to the page's own text, and from there to boxes.
 *
 * A passage's text is its ranges with white space and dot leaders collapsed, so its characters stand in the page's text
 * in the same order with others between them; walking both side by side finds each.
 */
import type { Box } from '../../shared/domain.ts';
import type { PageRange } from './chunk-types.ts';
import { boxesForRange } from './geometry.ts';
import type { StoredPage } from './stored-page.ts';

export interface LocatableChunk {
  readonly text: string;
  readonly ranges: readonly PageRange[];
}

/** Characters of the page that may be passed over to find the next one of the passage: the longest dot leader. */
const LOOKAHEAD = 400;

/**
 * The parts of the pages' texts that the characters `start` to `end` of the passage stand for, in order; adjoining ones
 * are one. Empty when the pages do not hold the passage's text.
 */
export function rangesOfQuote(
  chunk: LocatableChunk,
  pages: readonly Pick<StoredPage, 'number' | 'text'>[],
  start: number,
  end: number,
): PageRange[] {
  const textOf = new Map(pages.map((page) => [page.number, page.text]));
  const found: { page: number; start: number; end: number; rangeIndex: number }[] = [];
  let at = 0;
  for (const [rangeIndex, range] of chunk.ranges.entries()) {
    const source = textOf.get(range.page) ?? '';
    let from = range.start;
    while (at < chunk.text.length && from < range.end) {
      const character = chunk.text[at] ?? '';
      if (/\s/.test(character)) {
        at += 1;
        continue;
      }
      const next = source.indexOf(character, from);
      if (next < 0 || next >= range.end || next - from > LOOKAHEAD) {
        // Either this range is used up and the character is the next one's, or it was put in (an ellipsis).
        if (source.slice(from, range.end).trim() === '') break;
        if (rangeIndex < chunk.ranges.length - 1 && restIsLeader(source.slice(from, range.end))) break;
        at += 1;
        continue;
      }
      if (at >= start && at < end) {
        const last = found.at(-1);
        if (last && last.rangeIndex === rangeIndex) last.end = next + 1;
        else found.push({ page: range.page, start: next, end: next + 1, rangeIndex });
      }
      from = next + 1;
      at += 1;
    }
  }
  return found.map(({ page, start: first, end: last }) => ({ page, start: first, end: last }));
}

function restIsLeader(text: string): boolean {
  return /^[\s.…·_-]*$/.test(text);
}

/** Boxes of the characters `start` to `end` of the passage's text; empty where the pages have no geometry. */
export function locateQuote(
  chunk: LocatableChunk,
  pages: readonly Pick<StoredPage, 'number' | 'text' | 'geometry'>[],
  start: number,
  end: number,
): Box[] {
  return rangesOfQuote(chunk, pages, start, end).flatMap((range) => {
    const page = pages.find(({ number }) => number === range.page);
    return page ? boxesForRange(page.geometry, range.page, range.start, range.end) : [];
  });
}
