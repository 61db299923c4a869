/**
 * The words of a sentence and of a passage, made comparable, and how they lie beside each other. Pure.
 */
import { stemOf } from '../answer-terms.ts';

export interface Token {
  /** Comparable form. */
  readonly stem: string;
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** Words that turn a statement into its opposite; contractions are taken apart first. */
const negators = new Set(
  'not no never without neither nor none cannot nobody nothing fail unable nicht kein keine keinen nie ohne'.split(' '),
);

/** Words of direction: one side says the opposite of the other. Stems, since every form counts. */
const opposites: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    [
      'increase',
      'increased',
      'increasing',
      'rise',
      'rose',
      'risen',
      'rising',
      'grow',
      'grew',
      'grown',
      'growth',
      'up',
      'higher',
      'gain',
      'gained',
      'improve',
      'improved',
      'improvement',
      'expand',
      'expanded',
      'expansion',
      'climbed',
      'exceeded',
      'strengthened',
    ],
    [
      'decrease',
      'decreased',
      'decreasing',
      'fall',
      'fell',
      'fallen',
      'falling',
      'decline',
      'declined',
      'declining',
      'drop',
      'dropped',
      'down',
      'lower',
      'loss',
      'lost',
      'worsen',
      'worsened',
      'contract',
      'contracted',
      'contraction',
      'shrank',
      'reduced',
      'reduction',
      'weakened',
    ],
  ],
  [
    ['more', 'above', 'over', 'maximum', 'most'],
    ['less', 'fewer', 'below', 'under', 'minimum', 'least'],
  ],
  [
    ['before', 'prior', 'earlier'],
    ['after', 'subsequent', 'later'],
  ],
  [
    ['include', 'included', 'including', 'includes'],
    ['exclude', 'excluded', 'excluding', 'excludes'],
  ],
  [
    ['favorable', 'favorably', 'favourable'],
    ['unfavorable', 'unfavorably', 'unfavourable', 'adverse', 'adversely'],
  ],
  [
    ['positive', 'profit', 'profitable'],
    ['negative', 'unprofitable'],
  ],
  [
    ['approve', 'approved', 'accept', 'accepted'],
    ['reject', 'rejected', 'deny', 'denied'],
  ],
  [
    ['able', 'permitted', 'allowed'],
    ['unable', 'prohibited', 'forbidden'],
  ],
  [['effective'], ['ineffective']],
  [
    ['material', 'materially'],
    ['immaterial', 'immaterially'],
  ],
];

/** Word → its side: the pair's number, positive for the one side, negative for the other. */
const sides = new Map<string, number>();
for (const [index, [one, other]] of opposites.entries()) {
  for (const word of one) sides.set(word, index + 1);
  for (const word of other) sides.set(word, -(index + 1));
}

/** What a number is told in; the numbers' own comparison minds them, and tables say them in their heading. */
const units = new Set('thousand thousands million millions billion billions trillion trillions percent'.split(' '));

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

export function isNegator(word: string): boolean {
  const lower = word.toLowerCase();
  return negators.has(lower) || lower.endsWith("n't") || lower === 'failed' || lower === 'fails';
}

/** The side of a word of direction; 0 for every other. */
export function sideOf(word: string): number {
  return sides.get(word.toLowerCase()) ?? 0;
}

/** Words that carry meaning, negations and directions among them. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const plain = normalise(text).replace(/\bFY ?'?(?=(?:19|20)\d\d\b)/gi, (prefix) => ' '.repeat(prefix.length));
  for (const match of plain.matchAll(wordPattern)) {
    const word = match[0];
    if (units.has(word.toLowerCase())) continue;
    const stem = isNegator(word) ? 'not' : stemOf(word) || (sideOf(word) === 0 ? '' : word.toLowerCase());
    if (stem !== '') tokens.push({ stem, word, start: match.index, end: match.index + word.length });
  }
  return tokens;
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
