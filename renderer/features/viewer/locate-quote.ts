/** Finds a quote in a page's text, whatever became of its white space and dot leaders on the way. Pure. */

export interface TextRange {
  /** UTF-16 indices, end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** White space, soft hyphens, and every dot of a leader (`Revenue . . . . 12`) but its last. */
const filler = /[\s\u00ad]+|\.(?=\s*\.)/g;

/** The characters that count, with the index that each came from. */
function significant(text: string): { readonly characters: string; readonly indices: readonly number[] } {
  const indices: number[] = [];
  const pieces: string[] = [];
  let at = 0;
  const keep = (end: number) => {
    pieces.push(text.slice(at, end));
    for (let index = at; index < end; index++) indices.push(index);
  };
  for (const match of text.matchAll(filler)) {
    keep(match.index);
    at = match.index + match[0].length;
  }
  keep(text.length);
  return { characters: pieces.join(''), indices };
}

/**
 * Null when the quote is not there, or nothing of it counts.
 *
 * @param from Index from which on it is looked for.
 */
export function locateQuote(text: string, quote: string, from = 0): TextRange | null {
  const page = significant(text);
  const wanted = significant(quote).characters;
  if (wanted === '') return null;
  const begin = from === 0 ? 0 : page.indices.findIndex((index) => index >= from);
  const at = begin < 0 ? -1 : page.characters.indexOf(wanted, begin);
  const start = page.indices[at];
  const last = page.indices[at + wanted.length - 1];
  return at < 0 || start === undefined || last === undefined ? null : { start, end: last + 1 };
}
