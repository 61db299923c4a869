/**
 * Find in stored Markdown as a reader sees it: the marks of bold, italic, code, struck out text and links part no words,
 * and what is looked for as it is written is found as well. Pure.
 */
import { textFinder, type FoundText } from './find-text.ts';

/** Marks that show nothing. Those with white space on both sides, and `_` within a word, are what they look like. */
const marks =
  /!?\[(?=[^\]\n]*\]\([^)\n]*\))|\]\([^)\n]*\)|(?<=\S)(?:\*{1,3}|~~|`+)|(?:\*{1,3}|~~|`+)(?=\S)|(?<![\p{L}\p{N}])_{1,3}(?=\S)|(?<=\S)_{1,3}(?![\p{L}\p{N}])/gu;

interface Unmarked {
  readonly text: string;
  /** Place in the marked text of each UTF-16 unit. */
  readonly places: Uint32Array;
}

/** Null when it has no marks. */
function withoutMarks(text: string): Unmarked | null {
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

/** A query made ready for many texts. Matches come in order, none on another. */
export function markdownFinder(query: string): (text: string, limit: number) => FoundText[] {
  const find = textFinder(query);
  return (text, limit) => {
    const written = find(text, limit);
    const unmarked = withoutMarks(text);
    if (!unmarked) return written;
    const { places } = unmarked;
    const read = find(unmarked.text, limit).map(({ start, end }) => ({
      start: places[start] ?? 0,
      end: (places[end - 1] ?? 0) + 1,
    }));
    const all = [...written, ...read].sort((one, other) => one.start - other.start || one.end - other.end);
    let end = 0;
    const apart = all.filter((match) => {
      if (match.start < end) return false;
      end = match.end;
      return true;
    });
    return apart.slice(0, limit);
  };
}
