/**
 * Find in a page's text as a reader means it: case, accents, ligatures, soft hyphens, hyphens at a line's end, kinds of
 * quotes and dashes, and the amount of white space make no difference. Pure.
 */

export interface FoundText {
  /** UTF-16 indices into the text, end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** A text as it is compared: code units, each with where in the text it begins and ends. */
interface Folded {
  readonly text: string;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

const space = 32;
const hyphen = 45;
const softHyphen = 0xad;
const letter = /\p{L}/u;
const mark = /\p{M}/u;
const anySpace = /\s/;
/** Signs that a keyboard has only one of. */
const alike: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‚': "'",
  '‛': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '‐': '-',
  '‑': '-',
  '‒': '-',
  '–': '-',
  '—': '-',
  '−': '-',
};

/** What one character beyond ASCII counts as: nothing for a mark, two letters for a ligature. */
const foldings = new Map<string, string>();
function foldCharacter(character: string): string {
  const known = foldings.get(character);
  if (known !== undefined) return known;
  const same = alike[character];
  const folded =
    same ??
    [...character.normalize('NFKD')]
      .filter((part) => !mark.test(part))
      .join('')
      .toLowerCase();
  foldings.set(character, folded);
  return folded;
}

function isLetterCode(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  return letter.test(String.fromCharCode(code));
}

function isSpaceCode(code: number): boolean {
  if (code < 128) return code === space || (code >= 9 && code <= 13);
  return anySpace.test(String.fromCharCode(code));
}

/** Index of the letter that goes on after a hyphen (with a line's end behind it, or none); -1 when none does. */
function wordGoesOn(text: string, afterHyphen: number): number {
  let at = afterHyphen;
  while (at < text.length && isSpaceCode(text.charCodeAt(at))) at += 1;
  const isBroken = at > afterHyphen && text.slice(afterHyphen, at).includes('\n');
  if (at > afterHyphen && !isBroken) return -1;
  return at < text.length && isLetterCode(text.charCodeAt(at)) ? at : -1;
}

function fold(text: string): Folded {
  // No character folds to more than 18 (an Arabic ligature); grown when one does come.
  let codes = new Uint16Array(text.length + 32);
  let starts = new Uint32Array(codes.length);
  let ends = new Uint32Array(codes.length);
  let length = 0;
  const add = (code: number, start: number, end: number): void => {
    if (length === codes.length) {
      codes = copied(codes, new Uint16Array(length * 2));
      starts = copied(starts, new Uint32Array(length * 2));
      ends = copied(ends, new Uint32Array(length * 2));
    }
    codes[length] = code;
    starts[length] = start;
    ends[length] = end;
    length += 1;
  };
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isSpaceCode(code)) {
      if (length > 0 && codes[length - 1] === space) ends[length - 1] = at + 1;
      else add(space, at, at + 1);
      at += 1;
    } else if (code === softHyphen) {
      const next = wordGoesOn(text, at + 1);
      at = next < 0 ? at + 1 : next;
    } else if (
      (code === hyphen || code === 0x2010 || code === 0x2011) &&
      at > 0 &&
      isLetterCode(text.charCodeAt(at - 1))
    ) {
      // Whether a hyphen within a word is the word's own or the line's, nobody can tell: it counts nowhere.
      const next = wordGoesOn(text, at + 1);
      if (next < 0) add(hyphen, at, at + 1);
      at = next < 0 ? at + 1 : next;
    } else if (code < 128) {
      add(code >= 65 && code <= 90 ? code + 32 : code, at, at + 1);
      at += 1;
    } else {
      const character = String.fromCodePoint(text.codePointAt(at) ?? code);
      const end = at + character.length;
      const folded = foldCharacter(character);
      // A mark belongs to the letter before it.
      if (folded === '' && length > 0) ends[length - 1] = end;
      for (let index = 0; index < folded.length; index += 1) add(folded.charCodeAt(index), at, end);
      at = end;
    }
  }
  return { text: textOf(codes.subarray(0, length)), starts, ends };
}

function copied<T extends Uint16Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Code units in pieces: a call takes only so many parameters. */
function textOf(codes: Uint16Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < codes.length; at += 8_192) {
    pieces.push(String.fromCharCode(...codes.subarray(at, at + 8_192)));
  }
  return pieces.join('');
}

/** A query made ready for many texts; nothing is found by one of white space alone. */
export function textFinder(query: string): (text: string, limit: number) => FoundText[] {
  const wanted = fold(query.trim()).text;
  return (text, limit) => {
    const found: FoundText[] = [];
    if (wanted === '') return found;
    const folded = fold(text);
    let at = folded.text.indexOf(wanted);
    while (at >= 0 && found.length < limit) {
      found.push({ start: folded.starts[at] ?? 0, end: folded.ends[at + wanted.length - 1] ?? 0 });
      at = folded.text.indexOf(wanted, at + wanted.length);
    }
    return found;
  };
}
