/** Whether a passage says something else where a sentence nearly says the same. Pure. */
import type { FoundNumber } from './numbers.ts';
import { stemOf } from '../answer-terms.ts';
import { hasName } from './names.ts';
import { standsIn } from './numbers.ts';
import { comparableShare, someWords } from './thresholds.ts';
import { align, gapsOf } from './words.ts';
import type { Gap, Token } from './words.ts';
import type { Finding, Segment, Window } from './rule.ts';

export interface Nearness {
  readonly pairs: readonly (readonly [number, number])[];
  /** Of the sentence's words, how many the segment has in the same order. */
  readonly share: number;
}

export function nearness(tokens: readonly Token[], segment: Segment): Nearness {
  const { pairs } = align(tokens, segment.tokens);
  return { pairs, share: tokens.length === 0 ? 0 : pairs.length / tokens.length };
}

export interface ReadSentence {
  readonly tokens: readonly Token[];
  readonly numbers: readonly FoundNumber[];
}

/**
 * The numbers and names that stand in the place of others, or an empty list where a negation or a direction is turned
 * round; null when nothing says the opposite.
 */
export function contradiction(
  sentence: ReadSentence,
  best: Segment,
  { pairs, share }: Nearness,
  window: Window,
): Finding['flagged'] | null {
  if (share < comparableShare) return share > 0 && window.share >= someWords ? opposedWords(sentence, window) : null;
  const gaps = gapsOf(sentence.tokens, best.tokens, { pairs });
  const swapped = [
    ...swappedNumbers(sentence, gaps, best, window.scales),
    ...swappedNames(sentence, gaps, best, window),
  ];
  if (swapped.length > 0) return swapped.sort((a, b) => a.start - b.start);
  const negations = (side: readonly Token[]): number => side.filter((token) => token.negates).length;
  const turned = gaps.reduce((sum, { first, second }) => sum + negations(first) - negations(second), 0);
  return turned % 2 !== 0 || gaps.some(isTurned) ? [] : null;
}

function swappedNumbers(
  { numbers }: ReadSentence,
  gaps: readonly Gap[],
  best: Segment,
  scales: ReadonlySet<number>,
): Finding['flagged'] {
  const swapped = gaps.flatMap(({ first, second }) =>
    // A table's heading has the year of its columns.
    second.some(isNumber) ? first.filter((token) => isNumber(token) && !best.stems.has(token.stem)) : [],
  );
  const source = { numbers: best.numbers, scales };
  return numbers
    .filter(({ start, end }) => swapped.some((token) => token.start >= start && token.start < end))
    .filter((number) => !standsIn(number, new Set(), source))
    .map(({ start, end }) => ({ kind: 'number', start, end }));
}

function isNumber({ stem }: Token): boolean {
  return /^\d/.test(stem);
}

/** How a report speaks of the company that its title names. */
const ownWords = new Set(['Company', 'Corporation', 'Registrant', 'Firm', 'Group', 'Bank', 'Issuer'].map(stemOf));

/** A capitalised word that the segment does not have, where the passage has a name. */
function swappedNames(
  { tokens }: ReadSentence,
  gaps: readonly Gap[],
  best: Segment,
  { context }: Window,
): Finding['flagged'] {
  const said = new Set(tokens.map(({ stem }) => stem));
  return gaps.flatMap(({ first, second }): Finding['flagged'] => {
    // A name that the sentence has elsewhere has only moved.
    const theirs = second.filter(({ word, stem }) => /^\p{Lu}/u.test(word) && best.proper.has(stem) && !said.has(stem));
    if (theirs.length === 0) return [];
    const isOwn = theirs.every(({ stem }) => ownWords.has(stem));
    const others = first.filter(({ word, stem }) => /^\p{Lu}/u.test(word) && !best.stems.has(stem));
    const name = others.map(({ word }) => word).join(' ');
    if (isOwn && context && (hasName(name, context) || others.every(({ word }) => hasName(word, context)))) return [];
    return others.map(({ start, end }) => ({ kind: 'name', start, end }));
  });
}

function isTurned({ first, second }: Gap): boolean {
  return first.some(({ side }) => side !== 0 && second.some((other) => other.side === -side));
}

/** Said in other words: it is the opposite when the passage knows the other direction only. */
function opposedWords({ tokens }: ReadSentence, window: Window): Finding['flagged'] | null {
  const own = new Set(tokens.map(({ side }) => side).filter((side) => side !== 0));
  const said = new Set(window.segments.flatMap((segment) => segment.tokens.map(({ side }) => side)));
  const isOpposed = [...own].some((side) => said.has(-side) && !said.has(side) && !own.has(-side));
  return isOpposed ? [] : null;
}
