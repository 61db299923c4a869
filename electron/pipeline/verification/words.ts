/**
 * The words of a sentence and of a passage, made comparable, and how they lie beside each other. Pure.
 */
import { stemOf } from '../answer-terms.ts';
import { polarityWords } from './polarity-words.ts';
import type { PolarityWords } from './polarity-words.ts';

export interface Token {
  /** Comparable form. */
  readonly stem: string;
  readonly word: string;
  /** Turns what follows into its opposite. */
  readonly negates: boolean;
  /** Its side as a word of direction (polarity-words.ts); 0 for every other. */
  readonly side: number;
  readonly start: number;
  readonly end: number;
}

/** What a number is told in; the numbers' own comparison minds them, and tables say them in their heading. */
const units = new Set(
  (
    'thousand thousands million millions billion billions trillion trillions percent percentage basis point points tausend millionen milliarde ' +
    'milliarden mio mrd prozent milliard milliards mil millón millones'
  ).split(' '),
);

const wordPattern = /(?:\d+-?)?\p{L}[\p{L}\p{M}\p{N}]*(?:['&.][\p{L}\p{N}]+)*|\d[\d,.]*\d|\d/gu;

/** One form for quotes, dashes and contractions, every character in its place. */
export function normalise(text: string): string {
  return text
    .replace(/[’‘`´]/g, "'")
    .replace(/[“”„«»]/g, '"')
    .replace(/[‐‑–—−]/g, '-')
    .replace(/\u00ad/g, ' ')
    .replace(/\s/g, ' ');
}

/** Words that carry meaning, negations and directions among them. */
export function tokensOf(text: string, polarity: PolarityWords = polarityWords('en')): Token[] {
  const tokens: Token[] = [];
  const plain = normalise(text).replace(/\bFY ?'?(?=(?:19|20)\d\d\b)/gi, (prefix) => ' '.repeat(prefix.length));
  const own = polarity.language === 'en' ? null : polarity.common;
  for (const match of plain.matchAll(wordPattern)) {
    const word = match[0];
    const lower = word.toLowerCase();
    if (units.has(lower)) continue;
    const negates = isNegation(lower, polarity, plain, match.index);
    const side = polarity.sides.get(lower) ?? 0;
    const meant = own?.has(lower) ? '' : stemOf(word);
    const stem = negates ? 'not' : meant || (side === 0 ? '' : lower);
    if (stem !== '') tokens.push({ stem, word, negates, side, start: match.index, end: match.index + word.length });
  }
  return tokens;
}

/** `No, …` answers a question, `not only` and `or not` deny nothing. */
function isNegation(lower: string, { negators }: PolarityWords, text: string, start: number): boolean {
  if (!negators.has(lower) && !lower.endsWith("n't")) return false;
  const end = start + lower.length;
  if (text.slice(0, start).trim() === '' && /^\s*[,.:;-]/.test(text.slice(end))) return false;
  if (/^\s+(?:only|nur|seulement|solo|sólo)\b/i.test(text.slice(end))) return false;
  return !/\b(?:or|oder|ou|o)\s+$/i.test(text.slice(0, start));
}

/** All words in lower case with one space between: equal strings say the same words in the same order. */
export function wordString(text: string): string {
  return ` ${(
    normalise(text)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).join(' ')} `;
}

/** Where the words of one text stand in another, in the same order. */
export interface Alignment {
  /** Pairs of places, ascending in both. */
  readonly pairs: readonly (readonly [number, number])[];
}

/** Longest common subsequence of the stems; quadratic in the lengths of two sentences. */
export function align(a: readonly Token[], b: readonly Token[]): Alignment {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        a[i]?.stem === b[j]?.stem
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i]?.stem === b[j]?.stem) {
      pairs.push([i, j]);
      i += 1;
      j += 1;
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i += 1;
    else j += 1;
  }
  return { pairs };
}

export interface Gap {
  /** What the first text has where the second has something else; either may be empty, not both. */
  readonly first: readonly Token[];
  readonly second: readonly Token[];
}

/** Between neighbouring pairs, before the first and behind the last as far as the first text goes. */
export function gapsOf(a: readonly Token[], b: readonly Token[], { pairs }: Alignment): Gap[] {
  const gaps: Gap[] = [];
  const add = (first: readonly Token[], second: readonly Token[]): void => {
    if (first.length + second.length > 0) gaps.push({ first, second });
  };
  const [begin] = pairs;
  const last = pairs.at(-1);
  if (!begin || !last) return gaps;
  // What the second text says before and behind is another part of its sentence; as many words as stand in its place, and one more,
  // which may deny what follows.
  add(a.slice(0, begin[0]), b.slice(Math.max(0, begin[1] - begin[0] - 1), begin[1]));
  for (const [index, [i, j]] of pairs.entries()) {
    const next = pairs[index + 1];
    if (next) add(a.slice(i + 1, next[0]), b.slice(j + 1, next[1]));
  }
  const tail = a.slice(last[0] + 1);
  add(tail, b.slice(last[1] + 1, last[1] + 1 + tail.length));
  return gaps;
}
