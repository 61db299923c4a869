/**
 * Whether a sentence in its own words denies what a passage says, or turns its direction round. Pure. Three ways: two
 * values of the sentence itself that go the other way; the direction told of a figure; a negation beside the same word.
 */
import { amountPair, resultPair } from './polarity-words.ts';
import type { PolarityWords } from './polarity-words.ts';
import type { FoundNumber } from './numbers.ts';
import type { Token } from './words.ts';

/** `opposed`: it says the opposite. `unclear`: one denies and the other may say the same in other words. */
export type Polarity = 'opposed' | 'unclear' | 'same';

export interface Stated {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly numbers: readonly FoundNumber[];
}

/** Characters between a figure and the word that tells its direction. */
const farthestDirection = 60;

/** `fell to 5 from 4`: no passage is needed to see that. */
export function contradictsItself({ text, tokens, numbers }: Stated, words: PolarityWords): boolean {
  const values = numbers.filter(({ kind, spelled }) => kind === 'number' && !spelled);
  return values.some((first, index) => {
    const second = values[index + 1];
    if (!second || first.percent !== second.percent || isSigned(text, first) || isSigned(text, second)) return false;
    const between = text.slice(first.end, second.start);
    const isClause = between.length <= farthestDirection && !/[;]|\.\s/.test(between);
    if (!isClause || tokens.some(({ negates, start }) => negates && start < second.start)) return false;
    const before = text.slice(0, first.start);
    const change = valueOf(second, first) - valueOf(first, second);
    if (change === 0) return false;
    const isFromTo = words.from.test(before) && words.to.test(between);
    if (!isFromTo && !words.than.test(between)) return false;
    const side = directionOf(
      tokens,
      isFromTo ? first.start - farthestDirection : before.lastIndexOf('. '),
      second.start,
    );
    // `from old to new` goes forth, `new from old` and `new, up from old` back.
    return side !== 0 && side !== Math.sign(isFromTo ? change : -change);
  });
}

function isSigned(text: string, { start, text: own }: FoundNumber): boolean {
  return /^[(\-–−]/.test(own) || /[(\-–−]\s?[$€£]?$/.test(text.slice(Math.max(0, start - 2), start));
}

/** `from 30 to 34 million`: the scale is said once. */
function valueOf(number: FoundNumber, other: FoundNumber): number {
  return number.mantissa * (number.scale ?? other.scale ?? 1);
}

/** 1 up, -1 down, 0 neither or both. */
function directionOf(tokens: readonly Token[], from: number, to: number): number {
  const sides = tokens
    .filter(({ start, side }) => start >= from && start < to && isAmount(side))
    .map(({ side }) => Math.sign(side));
  return sides.every((side) => side === sides[0]) ? (sides[0] ?? 0) : 0;
}

/** Up and down, and more and less, which say it of amounts, too. */
function isAmount(side: number): boolean {
  return Math.abs(side) === amountPair || Math.abs(side) === amountPair + 1;
}

function isResult(side: number): boolean {
  return Math.abs(side) === resultPair;
}

/** The direction that each tells of a figure that both have. */
export function turnsDirection(sentence: Stated, passage: Stated): boolean {
  return sentence.numbers.some((number) => {
    if (number.kind !== 'number') return false;
    const same = passage.numbers.filter((other) => other.kind === 'number' && isFigure(number, other));
    return [isAmount, isResult].some((isKind) => {
      const own = nearestDirection(sentence, number, isKind);
      const said = same.map((other) => nearestDirection(passage, other, isKind)).filter((side) => side !== 0);
      return own !== 0 && said.length > 0 && said.every((side) => side === -own);
    });
  });
}

function isFigure(one: FoundNumber, other: FoundNumber): boolean {
  const ratio = valueOf(one, one) / valueOf(other, other);
  return [1, 1e3, 1e6, 1e9, 1e-3, 1e-6, 1e-9].some((scale) => Math.abs(ratio / scale - 1) < 0.006);
}

/** Of the words of direction around a figure the nearest one, with no other figure between them; before it first. */
function nearestDirection(
  { text, tokens, numbers }: Stated,
  number: FoundNumber,
  isKind: (side: number) => boolean,
): number {
  let best = 0;
  let least = farthestDirection;
  for (const { side, start, end } of tokens) {
    if (!isKind(side)) continue;
    const [first, last] = end <= number.start ? [end, number.start] : [number.end, start];
    // What stands behind a figure belongs to the next one more often.
    const distance = (last - first) * (end <= number.start ? 1 : 2);
    const isApart = numbers.some(
      (other) => other !== number && other.kind === 'number' && other.start >= first && other.end <= last,
    );
    if (
      distance >= least ||
      isApart ||
      /[;,]|\.\s|\b(?:by|while|although|offset)\b/i.test(text.slice(first, last).replace(/^\s*by\b/i, ''))
    )
      continue;
    best = Math.sign(side);
    least = distance;
  }
  return best;
}

/** What a negation says where the other side has none, and where a word that denies in another way may say the same. */
export function deniesOther(sentence: Stated, passage: Stated, words: PolarityWords): Polarity {
  const own = headsOf(sentence.tokens);
  const theirs = headsOf(passage.tokens);
  const isSoft = ({ text }: Stated): boolean =>
    (text.toLowerCase().match(/[\p{L}-]+/gu) ?? []).some((word) => words.soft.has(word));
  if (own.length > 0 && theirs.length === 0) return isSoft(passage) ? 'unclear' : 'opposed';
  if (own.length === 0) {
    const isSaid = theirs.some((head) => sentence.tokens.some(({ stem }) => stem === head));
    return isSaid ? (isSoft(sentence) ? 'unclear' : 'opposed') : 'same';
  }
  return own.some((head) => theirs.includes(head)) ? 'same' : 'unclear';
}

/** The words that negations stand before. */
function headsOf(tokens: readonly Token[]): string[] {
  return tokens.flatMap(({ negates }, index) =>
    negates ? (tokens.slice(index + 1).find((next) => !next.negates)?.stem ?? []) : [],
  );
}
