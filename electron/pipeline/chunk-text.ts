/**
 * A chunk's text from its ranges, and the way back: white space and dot leaders are collapsed for reading and indexing,
 * while citations need the place on the page.
 */
import type { QuotePlace } from './answer-types.ts';
import type { PageRange } from '../../shared/domain.ts';
import { boxesForLines, decodeLayout } from './geometry.ts';
import type { StoredPage } from './stored-page.ts';

/** Four or more dots, with or without spaces between them, that lead the eye from a label to its figure. */
const collapsible = /\s*(?:\.\s*){4,}|[^\S\n]*\n\s*|[^\S\n]{2,}|[^\S\n ]/g;

/** One slice as a chunk shows it: line feeds stay, other white space becomes one space, dot leaders too. */
function normalise(slice: string): string {
  return slice.replace(collapsible, (match) => (match.includes('\n') ? '\n' : ' ')).trim();
}

/** The text of a chunk: its slices, each normalised, joined by line feeds. */
export function chunkText(textOf: (page: number) => string, ranges: readonly PageRange[]): string {
  return ranges.map(({ page, start, end }) => normalise(textOf(page).slice(start, end))).join('\n');
}

/**
 * The ranges of the pages' texts that a range of a chunk's text comes from.
 *
 * @param start UTF-16 index into `chunkText(textOf, ranges)`.
 */
export function rangesInChunk(
  textOf: (page: number) => string,
  ranges: readonly PageRange[],
  start: number,
  end: number,
): PageRange[] {
  const found: PageRange[] = [];
  let offset = 0;
  for (const range of ranges) {
    const slice = textOf(range.page).slice(range.start, range.end);
    const map = offsetsOf(slice);
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, map.length);
    if (from < to) {
      const pageStart = range.start + map[from]!;
      const pageEnd = range.start + map[to - 1]! + 1;
      found.push({ page: range.page, start: pageStart, end: pageEnd });
    }
    offset += map.length + 1;
  }
  return found;
}

/** For each character of the normalised slice, its index in the slice. */
function offsetsOf(slice: string): number[] {
  const map: number[] = [];
  let text = '';
  let at = 0;
  const copy = (to: number): void => {
    for (; at < to; at++) {
      map.push(at);
      text += slice[at]!;
    }
  };
  for (const match of slice.matchAll(collapsible)) {
    copy(match.index);
    map.push(at);
    text += match[0].includes('\n') ? '\n' : ' ';
    at = match.index + match[0].length;
  }
  copy(slice.length);
  const leading = text.length - text.trimStart().length;
  return map.slice(leading, leading + text.trim().length);
}

/**
 * The place of a quote: a range of a chunk's text, on the stored pages it comes from.
 *
 * @param pages The pages of `ranges`; ranges on others are left out.
 */
export function quotePlace(
  pages: readonly Pick<StoredPage, 'number' | 'text' | 'geometry'>[],
  ranges: readonly PageRange[],
  start: number,
  end: number,
): QuotePlace {
  const byNumber = new Map(pages.map((page) => [page.number, page]));
  const found = rangesInChunk((page) => byNumber.get(page)?.text ?? '', ranges, start, end);
  const boxes = found.flatMap((range) => {
    const page = byNumber.get(range.page);
    return page ? boxesForLines(decodeLayout(page.geometry).lines, range.page, [range]) : [];
  });
  return { boxes, ranges: boxes.length > 0 ? [] : found };
}

/**
 * Estimates a text's word pieces as BERT's uncased vocabulary splits it: a word of up to seven letters is one piece and
 * each further six letters one more, figures go in threes, each sign is its own.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  let letters = 0;
  let digits = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 32;
    const small = code | 32;
    const isLetter = (small >= 97 && small <= 122) || (code >= 0xc0 && code < 0x2000);
    const isDigit = code >= 48 && code <= 57;
    if (!isLetter && letters > 0) {
      tokens += letters <= 7 ? 1 : 1 + Math.ceil((letters - 7) / 6);
      letters = 0;
    }
    if (!isDigit && digits > 0) {
      tokens += digits === 4 ? 1 : Math.ceil(digits / 3);
      digits = 0;
    }
    if (isLetter) letters++;
    else if (isDigit) digits++;
    else if (code > 32 && code !== 0xa0) tokens++;
  }
  return tokens;
}
