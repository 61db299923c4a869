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
import type { NameSource } from './names.ts';
import { announcedScales, followsFrom, isSame, isTelling, numbersOf, standsIn } from './numbers.ts';
import type { FoundNumber } from './numbers.ts';
import { otherKinds } from './kinds.ts';
import { missingPeriods, periodSource } from './periods.ts';
import type { PeriodSource } from './periods.ts';
import { contradictsItself, deniesOther, turnsDirection } from './polarity.ts';
import type { Stated } from './polarity.ts';
import { languageOfPassage, languageTold, polarityWords } from './polarity-words.ts';
import type { CheckedLanguage, PolarityWords } from './polarity-words.ts';
import { misplaced, readRow } from './rows.ts';
import type { TableRow } from './rows.ts';
import {
  akinMeaning,
  enoughWords,
  nearShare,
  sameMeaning,
  sameMeaningAtFigures,
  someWords,
  widestWindow,
} from './thresholds.ts';
import { tokensOf, wordString } from './words.ts';

/** A cited passage: its own words, and the title and headings that stand for it. */
export interface Evidence {
  readonly text: string;
  readonly context: string;
  /** The document's language (BCP 47 primary tag); null or absent when it is not known. */
  readonly language?: string | null;
}

export interface Segment extends Stated {
  readonly header: string;
  readonly stems: ReadonlySet<string>;
  /** Stems that the passage writes with a capital wherever they stand: parts of names. */
  readonly proper: ReadonlySet<string>;
  readonly row: TableRow | null;
  /** Years and dates of a row's header. */
  readonly columns: readonly FoundNumber[];
}

/** A passage made ready once for all the sentences that cite it. */
export interface PreparedEvidence {
  /** Null for one without word lists: there, nothing but words, numbers and names can be compared. */
  readonly language: CheckedLanguage | null;
  readonly segments: readonly Segment[];
  readonly words: string;
  /** Rows of tables as they are quoted: label and values, each with its column. */
  readonly rows: readonly string[];
  readonly numbers: readonly FoundNumber[];
  /** Numbers of the title and headings: years and dates may stand there alone. */
  readonly contextNumbers: readonly FoundNumber[];
  readonly contextStems: ReadonlySet<string>;
  readonly contextNames: NameSource;
  readonly scales: ReadonlySet<number>;
  readonly names: NameSource;
  readonly periods: PeriodSource;
}

export interface Finding {
  readonly verdict: Verdict;
  readonly reason: VerdictReason;
  /** Ranges of the sentence. */
  readonly flagged: readonly { readonly kind: 'number' | 'name'; readonly start: number; readonly end: number }[];
  /** Set when the meaning may change the verdict: the parts of the passages to compare the sentence with. */
  readonly ask: readonly string[];
  /** The cosine from which they mean the same. */
  readonly sameFrom: number;
}

export function prepareEvidence({ text, context, language }: Evidence): PreparedEvidence {
  const told = languageOfPassage(text, language ?? null);
  const polarity = polarityWords(told ?? 'en');
  const proper = properStems(text, polarity);
  const read = { tokens: (part: string) => tokensOf(part, polarity), numbers: numbersOf };
  const parts = segmentsOf(text);
  const segments = parts.map(({ start, end, header, kind, text: shown }): Segment => {
    const own = text.slice(start, end);
    const tokens = read.tokens(own);
    const stems = new Set([...tokens, ...read.tokens(header)].map(({ stem }) => stem));
    const row = kind === 'row' ? readRow(shown, header, read) : null;
    const columns = numbersOf(header).filter((number) => number.kind !== 'number');
    return { text: own, header, tokens, stems, proper, numbers: numbersOf(own), row, columns };
  });
  return {
    language: told,
    segments,
    words: wordString(text),
    rows: parts.filter(({ kind }) => kind === 'row').map((row) => wordString(row.text)),
    numbers: numbersOf(text),
    contextNumbers: numbersOf(context.replace(/[_-]+/g, ' ')).filter(({ kind }) => kind !== 'number'),
    contextStems: new Set(read.tokens(context.replace(/_+/g, ' ')).map(({ stem }) => stem)),
    contextNames: nameSource('', context),
    scales: announcedScales(`${text} ${context}`),
    names: nameSource(text, context),
    periods: periodSource(text, context),
  };
}

function properStems(text: string, polarity: PolarityWords): Set<string> {
  const tokens = tokensOf(text, polarity);
  const common = new Set(tokens.filter(({ word }) => /^\p{Ll}/u.test(word)).map(({ stem }) => stem));
  const inside = tokens.filter(({ word, start }) => /^\p{Lu}/u.test(word) && !beginsClause(text, start));
  return new Set(inside.map(({ stem }) => stem).filter((stem) => !common.has(stem)));
}

const settled = { flagged: [], ask: [], sameFrom: Number.POSITIVE_INFINITY } as const;

export function checkSentence(sentence: string, evidence: readonly PreparedEvidence[]): Finding {
  const words = wordString(sentence);
  const numbers = numbersOf(sentence);
  if (words.trim() !== '' && numbers.every((number) => stands(number, sentence, evidence))) {
    const isExact = evidence.some((passage) => passage.words.includes(words));
    // A row is put together from its line and the names of its columns: these words stand nowhere in this order.
    if (isExact || evidence.some(({ rows }) => rows.some((row) => row.includes(words))))
      return { ...settled, verdict: 'supported', reason: isExact ? 'exact' : 'row' };
  }

  const language = sharedLanguage(sentence, evidence);
  const polarity = polarityWords(language ?? 'en');
  const tokens = tokensOf(sentence, polarity);
  const stated: Stated = { text: sentence, tokens, numbers };
  const missing = missingNumbers(sentence, numbers, evidence);
  const names = namesOf(sentence).filter(({ text }) => !evidence.some((passage) => hasName(text, passage.names)));
  const dates = numbers.filter(({ kind }) => kind === 'date');
  const periods = missingPeriods(
    sentence,
    evidence.map((passage) => passage.periods),
  ).filter(({ start }) => !dates.some((date) => start >= date.start && start < date.end));
  const flagged = [...missing.map(flag('number')), ...[...names, ...periods].map(flag('name'))].sort(
    (a, b) => a.start - b.start,
  );
  const window = bestWindow(stated, evidence);
  const derived = missing.length > 0 && missing.every((number) => isDerived(number, stated, missing, window));
  if (missing.length > 0 && !derived) return { ...settled, verdict: 'unsupported', reason: 'number', flagged };
  if (names.length + periods.length > 0) return { ...settled, verdict: 'unsupported', reason: 'name', flagged };
  if (!language) return { ...settled, verdict: 'unjudged', reason: 'language', flagged };

  const [best] = window.segments;
  const nearest = best ? nearness(tokens, best) : null;
  const opposite = nearest && best ? contradiction(stated, best, nearest, window) : null;
  // In the place of the figures that it follows from, a calculated one contradicts nothing.
  const isCalculated = derived && opposite !== null && opposite.length > 0 && opposite.every(isOneOf(missing));
  if (opposite && !isCalculated)
    return { ...settled, verdict: 'unsupported', reason: 'contradicted', flagged: opposite };
  const elsewhere = misplacedNumbers(stated, evidence);
  if (elsewhere.length > 0)
    return { ...settled, verdict: 'unsupported', reason: 'contradicted', flagged: elsewhere.map(flag('number')) };
  const known = new Set(
    evidence.flatMap(({ segments, contextStems }) => [...segments.flatMap(({ stems }) => [...stems]), ...contextStems]),
  );
  const kinds = otherKinds(tokens, window.segments, known);
  if (kinds.length > 0)
    return { ...settled, verdict: 'unsupported', reason: 'contradicted', flagged: kinds.map(flag('name')) };
  const isNear = nearest !== null && nearest.share >= nearShare;
  const turned = isNear ? 'same' : polarityOf(stated, window, polarity);
  if (turned === 'opposed') return { ...settled, verdict: 'unsupported', reason: 'contradicted' };
  if (derived) return { ...settled, verdict: 'partly', reason: 'calculated', flagged };
  if (isNear) return { ...settled, verdict: 'supported', reason: 'near' };
  const isClear = turned === 'same';
  if (isClear && window.share >= enoughWords) return { ...settled, verdict: 'supported', reason: 'words' };
  const verdict: Verdict = window.share >= someWords ? 'partly' : 'unsupported';
  // Where one side denies something, likeness of meaning says nothing.
  if (!isClear) return { ...settled, verdict, reason: 'words' };
  const sameFrom = window.hasFigures ? sameMeaningAtFigures : sameMeaning;
  return { verdict, reason: 'words', flagged, ask: comparedParts(window), sameFrom };
}

/** What the likeness of meaning (cosine) makes of a finding that asks for it. */
export function withMeaning(finding: Finding, cosine: number): Finding {
  if (finding.ask.length === 0) return finding;
  const { verdict, sameFrom } = finding;
  if (cosine >= sameFrom) return { ...finding, ask: [], verdict: 'supported', reason: 'meaning' };
  if (cosine >= akinMeaning || verdict === 'partly') return { ...finding, ask: [], verdict: 'partly' };
  return { ...finding, ask: [] };
}

/** Before a number that only points somewhere: `Exhibit 99.1`, `Note 3`. */
const pointer =
  /\b(?:exhibit|note|item|section|part|table|figure|page|chapter|form|no\.?|nr\.?|anlage|abschnitt|seite)\s*$/i;

/** Numbers of a text that stand in none of the passages: for what is said without a citation. */
export function numbersNowhere(sentence: string, evidence: readonly PreparedEvidence[]): Finding['flagged'] {
  // What leads up to a list names its source.
  if (/:\s*$/.test(sentence)) return [];
  return missingNumbers(sentence, numbersOf(sentence), evidence)
    .filter(({ start }) => !pointer.test(sentence.slice(0, start)))
    .map(flag('number'));
}

/** The language that sentence and passages are in; null when they differ, or when it has no lists. */
function sharedLanguage(sentence: string, evidence: readonly PreparedEvidence[]): CheckedLanguage | null {
  const known = evidence.map(({ language }) => language).find((language) => language !== null) ?? null;
  const own = languageTold(sentence);
  return own?.isClear && own.language !== known ? null : known;
}

/** Characters that are compared at once: the model's time grows with them. */
const longestCompared = 400;

/** The best segment by itself, and all together: a sentence may draw on several. */
function comparedParts({ segments }: Window): string[] {
  const parts = segments.map(({ text, header }) => (header === '' ? text : `${header} ${text}`));
  const whole = parts.length > 1 ? [parts.join(' ')] : [];
  return [...parts.slice(0, 1), ...whole].map((part) => part.slice(0, longestCompared));
}

function polarityOf(stated: Stated, { segments }: Window, polarity: PolarityWords): ReturnType<typeof deniesOther> {
  if (contradictsItself(stated, polarity)) return 'opposed';
  if (segments.some((segment) => turnsDirection(stated, segment))) return 'opposed';
  const text = segments.map((segment) => segment.text).join(' ');
  const tokens = segments.flatMap((segment) => segment.tokens);
  return segments.length === 0 ? 'same' : deniesOther(stated, { text, tokens, numbers: [] }, polarity);
}

function misplacedNumbers(stated: Stated, evidence: readonly PreparedEvidence[]): FoundNumber[] {
  const scales = announcedScales(stated.text);
  const found = evidence.map(({ segments, scales: announced }) =>
    misplaced(
      stated,
      segments.flatMap(({ row }) => row ?? []),
      (number, other) => isSame(number, scales, other, announced),
    ),
  );
  // Another passage may have the figure where it belongs.
  return found.every((numbers) => numbers.length > 0) ? (found[0] ?? []) : [];
}

/** From figures that the sentence itself names, or from two of one row or sentence of the passage that it is about. */
function isDerived(number: FoundNumber, stated: Stated, missing: readonly FoundNumber[], window: Window): boolean {
  const known = stated.numbers.filter((other) => !missing.includes(other));
  if (followsFrom(number, known)) return true;
  return (
    window.share >= someWords && window.segments.some(({ numbers }) => followsFrom(number, numbers, window.scales))
  );
}

function isOneOf(numbers: readonly FoundNumber[]) {
  return ({ start }: { readonly start: number }) => numbers.some((number) => number.start === start);
}

function flag(kind: 'number' | 'name') {
  return ({ start, end }: { readonly start: number; readonly end: number }) => ({ kind, start, end });
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

export interface Window {
  /** The passage's title and headings. */
  readonly context: NameSource | null;
  /** The one that has most of the sentence first; then those that add the rest. */
  readonly segments: readonly Segment[];
  /** Of the sentence's words, how many occur in them or in what stands for the passage. */
  readonly share: number;
  /** Whether they have all the figures of the sentence, and there are some that tell one place from another. */
  readonly hasFigures: boolean;
  /** What the passage announces for its tables. */
  readonly scales: ReadonlySet<number>;
}

/** A figure tells a place better than a word does. */
const figureWeight = 3;

function bestWindow({ text, tokens, numbers }: Stated, evidence: readonly PreparedEvidence[]): Window {
  const wanted = new Set(tokens.map(({ stem }) => stem));
  const none: Window = { context: null, segments: [], share: 0, hasFigures: false, scales: new Set() };
  if (wanted.size === 0) return none;
  const scales = announcedScales(text);
  const claims = numbers.filter((number) => isClaim(number, text));
  let best = none;
  let most = 0;
  for (const { segments, contextStems, contextNumbers, contextNames, scales: announced } of evidence) {
    const left = new Set(wanted);
    const open = new Set(claims);
    const has = (segment: Segment, number: FoundNumber): boolean =>
      [...segment.numbers, ...segment.columns].some((other) => isSame(number, scales, other, announced));
    const chosen: Segment[] = [];
    while (chosen.length < widestWindow) {
      const found = mostShared(left, open, segments, chosen, has);
      if (!found) break;
      chosen.push(found);
      for (const stem of found.stems) left.delete(stem);
      for (const number of open) {
        if (!has(found, number)) continue;
        open.delete(number);
        // Written in another way, its words stand there as well.
        for (const { stem, start } of tokens) if (start >= number.start && start < number.end) left.delete(stem);
      }
    }
    const own = wanted.size - left.size;
    for (const stem of contextStems) left.delete(stem);
    for (const number of open)
      if (standsIn(number, scales, { numbers: contextNumbers, scales: announced })) open.delete(number);
    // The title alone supports nothing.
    const share = own === 0 ? 0 : (wanted.size - left.size) / wanted.size;
    const score = share + (claims.length - open.size) / (claims.length + 1);
    if (share === 0 || score <= most) continue;
    // Figures that stand apart belong to different things.
    const telling = claims.filter(isTelling);
    const isOnePlace = chosen.some((segment) => telling.every((number) => has(segment, number)));
    const hasFigures = open.size === 0 && telling.length > 0 && isOnePlace;
    best = { context: contextNames, segments: chosen, share, hasFigures, scales: announced };
    most = score;
  }
  return best;
}

function mostShared(
  left: ReadonlySet<string>,
  open: ReadonlySet<FoundNumber>,
  segments: readonly Segment[],
  chosen: readonly Segment[],
  has: (segment: Segment, number: FoundNumber) => boolean,
): Segment | null {
  let best: Segment | null = null;
  let most = 0;
  for (const segment of segments) {
    if (chosen.includes(segment)) continue;
    let shared = 0;
    for (const stem of left) if (segment.stems.has(stem)) shared += 1;
    for (const number of open) if (isTelling(number) && has(segment, number)) shared += figureWeight;
    // Of two that share as much, the shorter one says it more exactly.
    const score = shared - segment.stems.size * 0.001;
    if (shared > 0 && score > most) {
      best = segment;
      most = score;
    }
  }
  return best;
}
