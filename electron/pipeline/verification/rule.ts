/**
 * The rule by which a sentence of an answer is checked against the passages that it cites. Pure.
 *
 * In this order: its words stand there as they are; its numbers and names must occur; nothing may say the opposite;
 * its words stand there nearly as they are; else its words and, where that can be compared, its meaning decide.
 */
import type { VerdictReason, Verdict } from '../../../shared/domain.ts';
import { segmentsOf } from '../answer-segments.ts';
import { hasName, nameSource, namesOf } from './names.ts';
import type { FoundName, NameSource } from './names.ts';
import { announcedScales, followsFrom, numbersOf, standsIn } from './numbers.ts';
import type { FoundNumber } from './numbers.ts';
import { align, gapsOf, isNegator, sideOf, tokensOf, wordString } from './words.ts';
import type { Token } from './words.ts';

/** Share of the words, in order, from which a sentence is one of the passage's, and from which the two are comparable. */
export const nearShare = 0.8;
export const comparableShare = 0.6;
/** Share of the words that occur near each other from which they support the sentence, and from which they do in part. */
export const enoughWords = 0.75;
export const someWords = 0.45;
/** Cosine of the built-in model from which the meaning is the same, and from which it is akin. */
export const sameMeaning = 0.75;
export const akinMeaning = 0.6;
/** Segments of a passage that a sentence may draw its words from. */
const widestWindow = 3;

/** A cited passage: its own words, and the title and headings that stand for it. */
export interface Evidence {
  readonly text: string;
  readonly context: string;
}

interface Segment {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly stems: ReadonlySet<string>;
}

/** A passage made ready once for all the sentences that cite it. */
export interface PreparedEvidence {
  readonly segments: readonly Segment[];
  readonly words: string;
  readonly numbers: readonly FoundNumber[];
  /** Numbers of the title and headings: years and dates may stand there alone. */
  readonly contextNumbers: readonly FoundNumber[];
  readonly contextStems: ReadonlySet<string>;
  readonly scales: ReadonlySet<number>;
  readonly names: NameSource;
}

export interface Finding {
  readonly verdict: Verdict;
  readonly reason: VerdictReason;
  /** Ranges of the sentence. */
  readonly flagged: readonly { readonly kind: 'number' | 'name'; readonly start: number; readonly end: number }[];
  /** Set when the meaning may change the verdict: the parts of the passages to compare the sentence with. */
  readonly ask: readonly string[];
}

export function prepareEvidence({ text, context }: Evidence): PreparedEvidence {
  const segments = segmentsOf(text).map(({ start, end, header }): Segment => {
    const own = text.slice(start, end);
    const tokens = tokensOf(own);
    return { text: own, tokens, stems: new Set([...tokens, ...tokensOf(header)].map(({ stem }) => stem)) };
  });
  return {
    segments,
    words: wordString(text),
    numbers: numbersOf(text),
    contextNumbers: numbersOf(context.replace(/[_-]+/g, ' ')).filter(({ kind }) => kind !== 'number'),
    contextStems: new Set(tokensOf(context.replace(/_+/g, ' ')).map(({ stem }) => stem)),
    scales: announcedScales(`${text} ${context}`),
    names: nameSource(text, context),
  };
}

export function checkSentence(sentence: string, evidence: readonly PreparedEvidence[]): Finding {
  const words = wordString(sentence);
  const tokens = tokensOf(sentence);
  const numbers = numbersOf(sentence);
  if (
    words.trim() !== '' &&
    evidence.some((passage) => passage.words.includes(words)) &&
    numbers.every((number) => stands(number, sentence, evidence))
  )
    return { verdict: 'supported', reason: 'exact', flagged: [], ask: [] };

  const missing = missingNumbers(sentence, numbers, evidence);
  const names = namesOf(sentence).filter(({ text }) => !evidence.some((passage) => hasName(text, passage.names)));
  const flagged = [...missing.map(flag('number')), ...names.map(flag('name'))].sort((a, b) => a.start - b.start);
  const derived = missing.length > 0 && missing.every((number) => followsFrom(number, knownNumbers(numbers, missing)));
  if (missing.length > 0 && !derived) return { verdict: 'unsupported', reason: 'number', flagged, ask: [] };
  if (names.length > 0) return { verdict: 'unsupported', reason: 'name', flagged, ask: [] };

  const window = bestWindow(tokens, evidence);
  const [best] = window.segments;
  const nearest = best ? compare(tokens, best) : null;
  const opposite = nearest && best ? contradiction(tokens, numbers, best, nearest, window) : null;
  if (opposite)
    return { verdict: 'unsupported', reason: 'contradicted', flagged: opposite.map(flag('number')), ask: [] };
  if (derived) return { verdict: 'partly', reason: 'calculated', flagged, ask: [] };
  if (nearest && nearest.share >= nearShare) return { verdict: 'supported', reason: 'near', flagged, ask: [] };
  if (window.share >= enoughWords) return { verdict: 'supported', reason: 'words', flagged, ask: [] };
  const verdict: Verdict = window.share >= someWords ? 'partly' : 'unsupported';
  return { verdict, reason: 'words', flagged, ask: window.segments.map(({ text }) => text) };
}

/** What the likeness of meaning (cosine) makes of a finding that asks for it. */
export function withMeaning(finding: Finding, cosine: number): Finding {
  if (finding.ask.length === 0) return finding;
  const settled = { ...finding, ask: [] };
  if (cosine >= sameMeaning && finding.verdict === 'partly')
    return { ...settled, verdict: 'supported', reason: 'meaning' };
  if (cosine >= akinMeaning) return { ...settled, verdict: 'partly' };
  return settled;
}

/** Numbers of a text that stand in none of the passages: for what is said without a citation. */
export function numbersNowhere(sentence: string, evidence: readonly PreparedEvidence[]): Finding['flagged'] {
  return missingNumbers(sentence, numbersOf(sentence), evidence).map(flag('number'));
}

function flag(kind: 'number' | 'name') {
  return ({ start, end }: FoundNumber | FoundName) => ({ kind, start, end });
}

function missingNumbers(
  sentence: string,
  numbers: readonly FoundNumber[],
  evidence: readonly PreparedEvidence[],
): FoundNumber[] {
  return numbers.filter((number) => isClaim(number, sentence) && !stands(number, sentence, evidence));
}

/** `one of them`, `two segments`: a small number in words counts only where it measures something. */
function isClaim({ spelled, percent, scale, mantissa, end }: FoundNumber, sentence: string): boolean {
  if (!spelled || percent || scale !== null || mantissa > 12) return true;
  return (
    mantissa > 1 &&
    /^[\s-](?:business |calendar |working )?(?:second|minute|hour|day|week|month|quarter|year|decade|dollar|euro|cent|page|share|vote|employee|store|country|countrie|state|percent|time)s?\b/i.test(
      sentence.slice(end),
    )
  );
}

function stands(number: FoundNumber, sentence: string, evidence: readonly PreparedEvidence[]): boolean {
  const scales = announcedScales(sentence);
  return evidence.some(({ numbers, contextNumbers, scales: announced }) =>
    standsIn(number, scales, { numbers: [...numbers, ...contextNumbers], scales: announced }),
  );
}

function knownNumbers(numbers: readonly FoundNumber[], missing: readonly FoundNumber[]): FoundNumber[] {
  return numbers.filter((number) => !missing.includes(number));
}

interface Window {
  /** The one that has most of the sentence's words first; then those that add the rest. */
  readonly segments: readonly Segment[];
  /** Of the sentence's words, how many occur in them or in what stands for the passage. */
  readonly share: number;
}

function bestWindow(tokens: readonly Token[], evidence: readonly PreparedEvidence[]): Window {
  const wanted = new Set(tokens.map(({ stem }) => stem));
  if (wanted.size === 0) return { segments: [], share: 0 };
  let best: Window = { segments: [], share: 0 };
  for (const { segments, contextStems } of evidence) {
    const left = new Set(wanted);
    const chosen: Segment[] = [];
    while (chosen.length < widestWindow) {
      const found = mostShared(left, segments, chosen);
      if (!found) break;
      chosen.push(found);
      for (const stem of found.stems) left.delete(stem);
    }
    const own = wanted.size - left.size;
    for (const stem of contextStems) left.delete(stem);
    // The title alone supports nothing.
    const share = own === 0 ? 0 : (wanted.size - left.size) / wanted.size;
    if (share > best.share) best = { segments: chosen, share };
  }
  return best;
}

function mostShared(
  left: ReadonlySet<string>,
  segments: readonly Segment[],
  chosen: readonly Segment[],
): Segment | null {
  let best: Segment | null = null;
  let most = 0;
  for (const segment of segments) {
    if (chosen.includes(segment)) continue;
    let shared = 0;
    for (const stem of left) if (segment.stems.has(stem)) shared += 1;
    // Of two that share as much, the shorter one says it more exactly.
    const score = shared - segment.stems.size * 0.001;
    if (shared > 0 && score > most) {
      best = segment;
      most = score;
    }
  }
  return best;
}

interface Nearness {
  readonly pairs: readonly (readonly [number, number])[];
  readonly share: number;
}

function compare(tokens: readonly Token[], segment: Segment): Nearness {
  const { pairs } = align(tokens, segment.tokens);
  return { pairs, share: tokens.length === 0 ? 0 : pairs.length / tokens.length };
}

/**
 * The numbers that stand in the place of others, or an empty list where a negation or a direction is turned round;
 * null when nothing says the opposite.
 */
function contradiction(
  tokens: readonly Token[],
  numbers: readonly FoundNumber[],
  best: Segment,
  { pairs, share }: Nearness,
  window: Window,
): FoundNumber[] | null {
  const directions = new Set(tokens.map(({ word }) => sideOf(word)).filter((side) => side !== 0));
  if (share >= comparableShare) {
    const gaps = gapsOf(tokens, best.tokens, { pairs });
    const swapped = gaps.flatMap(({ first, second }) =>
      second.some(isNumber) ? first.filter((token) => isNumber(token) && !best.stems.has(token.stem)) : [],
    );
    const wrong = numbers.filter((number) => swapped.some(({ start }) => start >= number.start && start < number.end));
    const segmentNumbers = numbersOf(best.text);
    const replaced = wrong.filter(
      (number) => !standsIn(number, new Set(), { numbers: segmentNumbers, scales: new Set() }),
    );
    if (replaced.length > 0) return replaced;
    const negations = (side: readonly Token[]): number => side.filter(({ word }) => isNegator(word)).length;
    const turned = gaps.reduce((sum, { first, second }) => sum + negations(first) - negations(second), 0);
    if (turned % 2 !== 0) return [];
    for (const { first, second } of gaps) {
      for (const { word } of first) {
        const side = sideOf(word);
        if (side !== 0 && second.some((other) => sideOf(other.word) === -side)) return [];
      }
    }
    return null;
  }
  if (window.share < someWords) return null;
  // Said in other words: it is the opposite when the passage knows the other direction only, or no negation at all.
  const said = new Set(window.segments.flatMap((segment) => segment.tokens.map(({ word }) => sideOf(word))));
  for (const side of directions) if (said.has(-side) && !said.has(side) && !directions.has(-side)) return [];
  return null;
}

function isNumber({ stem }: Token): boolean {
  return /^\d/.test(stem);
}
