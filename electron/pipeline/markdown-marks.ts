/** Stored Markdown as a reader of its page sees it: the signs of bold, italic, code, links and tables are not words. Pure. */
import { formatOf } from './blobs.ts';

/** Marks that show nothing. Those with white space on both sides, and `_` within a word, are what they look like. */
const marks =
  /!?\[(?=[^\]\n]*\]\([^)\n]*\))|\]\([^)\n]*\)|(?<=\S)(?:\*{1,3}|~~|`+)|(?:\*{1,3}|~~|`+)(?=\S)|(?<![\p{L}\p{N}])_{1,3}(?=\S)|(?<=\S)_{1,3}(?![\p{L}\p{N}])/gu;

export interface Unmarked {
  readonly text: string;
  /** Place in the marked text of each UTF-16 unit. */
  readonly places: Uint32Array;
}

/** Null when it has no marks. */
export function withoutMarks(text: string): Unmarked | null {
  const pieces: string[] = [];
  const places = new Uint32Array(text.length);
  let length = 0;
  let from = 0;
  const keep = (end: number): void => {
    pieces.push(text.slice(from, end));
    for (let at = from; at < end; at += 1, length += 1) places[length] = at;
  };
  for (const { index, 0: found } of text.matchAll(marks)) {
    keep(index);
    from = index + found.length;
  }
  if (from === 0) return null;
  keep(text.length);
  return { text: pieces.join(''), places: places.subarray(0, length) };
}

/** Signs at the beginning of a line that say what it is (a heading, a quote, a point of a list), and a table's edges. */
const lineSigns = /^[^\S\n]*(?:#{1,6}|>|[-*+])[^\S\n]+(?:\[[ xX]\][^\S\n]+)?|^[^\S\n]*\|[^\S\n]*|[^\S\n]*\|[^\S\n]*$/gm;

/**
 * Text of a document to be shown, or compared with what is shown; of one that is no Markdown as it is.
 * @param path Of the document's file.
 */
export function asRead(text: string, path: string): string {
  if (formatOf(path) !== 'markdown') return text;
  return (withoutMarks(text)?.text ?? text).replace(lineSigns, '');
}
