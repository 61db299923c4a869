/**
 * The rule by which a sentence of an answer is checked against the passages that it cites. Pure.
 *
 * In this order: its words stand there as they are; its numbers and names must occur; nothing may say the opposite;
 * its words stand there nearly as they are; else its words and, where that can be compared, its meaning decide.
 */
import type { VerdictReason, Verdict } from '../../../shared/domain.ts';
import { segmentsOf } from '../answer-segments.ts';
import { contradiction, nearness } from './contradiction.ts';
import { beginsClause, hasName, nameSource, namesOf } from './names.ts';
import type { FoundName, NameSource } from './names.ts';
import { announcedScales, followsFrom, numbersOf, standsIn } from './numbers.ts';
import type { FoundNumber } from './numbers.ts';
import { akinMeaning, enoughWords, nearShare, sameMeaning, someWords, widestWindow } from './thresholds.ts';
import { tokensOf, wordString } from './words.ts';
import type { Token } from './words.ts';

/** A cited passage: its own words, and the title and headings that stand for it. */
export interface Evidence {
  readonly text: string;
  readonly context: string;
}

export interface Segment {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly stems: ReadonlySet<string>;
  /** Stems that the passage writes with a capital wherever they stand: parts of names. */
  readonly proper: ReadonlySet<string>;
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
  const proper = properStems(text);
  const segments = segmentsOf(text).map(({ start, end, header }): Segment => {
    const own = text.slice(start, end);
    const tokens = tokensOf(own);
    return { text: own, tokens, stems: new Set([...tokens, ...tokensOf(header)].map(({ stem }) => stem)), proper };
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

function properStems(text: string): Set<string> {
  const tokens = tokensOf(text);
  const common = new Set(tokens.filter(({ word }) => /^\p{Ll}/u.test(word)).map(({ stem }) => stem));
  const inside = tokens.filter(({ word, start }) => /^\p{Lu}/u.test(word) && !beginsClause(text, start));
  return new Set(inside.map(({ stem }) => stem).filter((stem) => !common.has(stem)));
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
  const nearest = best ? nearness(tokens, best) : null;
  const opposite = nearest && best ? contradiction({ tokens, numbers }, best, nearest, window) : null;
  if (opposite) return { verdict: 'unsupported', reason: 'contradicted', flagged: opposite, ask: [] };
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

export interface Window {
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
