/**
 * Chooses the sentences that answer a question: words weighted by how rare they are, figures and dates where the
 * question asks for them, likeness of meaning where an embedder runs, and no sentence twice in other words. Pure.
 */
import { isName, termsOf } from './answer-terms.ts';
import type { DescribedRow } from './answer-rows.ts';
import { countIn, countedIn, isOfAPart, isWithoutFigure } from './answer-figures.ts';
import { queryTerms } from './query-terms.ts';

export interface Candidate {
  /** From 0, the passage's rank. */
  readonly passage: number;
  readonly kind: 'sentence' | 'row' | 'heading';
  readonly text: string;
  /** Title, heading path and table header: what the sentence does not repeat. */
  readonly context: string;
  /** The same without the title. */
  readonly place?: string;
  /** Of a row of a table. */
  readonly row?: DescribedRow | null;
}

export interface ScoredCandidate<C extends Candidate> {
  readonly candidate: C;
  /** 0 to about 1.5. */
  readonly score: number;
  /** Cosine with the question; null when it was not embedded. */
  readonly cosine: number | null;
  readonly stems: ReadonlySet<string>;
}

/** What a question wants to be told. */
export type Asked = 'count' | 'amount' | 'time' | 'person' | 'reason' | 'definition' | 'other';

export function askedFor(question: string): Asked {
  const text = question.toLowerCase();
  if (/\bwhy\b|\breasons?\b|\bcauses?d?\b|\bdrove\b|\bdriv(?:e|er|ers|en|ing)\b|\bdue to\b|\bwhat led\b/.test(text))
    return 'reason';
  if (countedIn(question)) return 'count';
  if (
    /\bhow (?:much|many|high|large|big|long|often|old)\b|\bwhat percent|\b(?:amount|number|total|rate|ratio|margin|percentage|value|price|cost|revenues?|sales|income|expenses?|capex|expenditures?|debt|assets?|liabilities|earnings|eps|cash|profit|loss|growth|turnover|dividends?|fy\s?\d{2,4})\b/.test(
      text,
    )
  )
    return 'amount';
  if (/\bwhen\b|\bwhat (?:date|day|year|month|time)\b|\bsince when\b|\bdeadline\b/.test(text)) return 'time';
  if (/\bwho(?:se|m)?\b/.test(text)) return 'person';
  if (/\bwhat (?:is|are|does|do) (?:an?|the)?\s*[\w -]{2,40}(?:mean)?\??$|\bdefin/.test(text)) return 'definition';
  return 'other';
}

/** Terms of the title and the headings count less than those of the sentence itself. */
const contextCredit = 0.5;

/** Weights of the parts of a score; the cosine of related sentences is about 0.3 to 0.7. */
const weights = { coverage: 0.5, phrases: 0.15, cosine: 0.6, passage: 0.2, asked: 0.15, counted: 0.35, label: 0.3 };

export interface Scores<C extends Candidate> {
  /** In the order of the candidates. */
  readonly items: readonly ScoredCandidate<C>[];
  /** Share of the question's terms that any candidate or its context has, 0 to 1. */
  readonly found: number;
  /** The largest share of them, but for years and quarters, that one candidate has with its context, 0 to 1. */
  readonly together: number;
}

/** A text's words as they are compared, and which stand side by side. */
interface Words {
  readonly stems: ReadonlySet<string>;
  readonly pairs: ReadonlySet<string>;
}

function wordsOf(text: string): Words {
  const stems = termsOf(text).map(({ stem }) => stem);
  const pairs = stems.slice(1).map((stem, at) => `${stems[at] ?? ''} ${stem}`);
  return { stems: new Set(stems), pairs: new Set(pairs) };
}

/** A candidate with its words, found once however often it is scored. */
export interface PreparedCandidate<C extends Candidate> {
  readonly candidate: C;
  readonly words: Words;
  readonly contextWords: Words;
}

/** Prepares candidates one by one; what they share of context is looked at once. */
export function candidatePreparer<C extends Candidate>(): (candidate: C) => PreparedCandidate<C> {
  const contexts = new Map<string, Words>();
  return (candidate) => {
    const contextWords = contexts.get(candidate.context) ?? wordsOf(candidate.context);
    contexts.set(candidate.context, contextWords);
    return { candidate, words: wordsOf(candidate.text), contextWords };
  };
}

/** Scores candidates against a question, in steps; `cosines` may be shorter than the candidates. */
export function* scoringCandidates<C extends Candidate>(
  question: string,
  candidates: readonly PreparedCandidate<C>[],
  cosines: readonly (number | null)[],
): Generator<void, Scores<C>> {
  const asked = askedFor(question);
  const counted = asked === 'count' ? countedIn(question) : null;
  const isFigure = asked === 'amount' || asked === 'count';
  const groups = questionGroups(question);
  const own: boolean[][] = [];
  const around: boolean[][] = [];
  for (const { words, contextWords } of candidates) {
    own.push(groups.map((group) => has(group, words)));
    around.push(groups.map((group) => has(group, contextWords)));
    yield;
  }
  // A name that is in every title tells no sentence from another, so the context counts here as well.
  const having = groups.map(
    (_, at) => candidates.filter((_each, index) => own[index]?.[at] || around[index]?.[at]).length,
  );
  const weightsOf = having.map(
    (count, at) =>
      Math.log(1 + (candidates.length - count + 0.5) / (count + 0.5)) * (isPeriod(groups[at] ?? []) ? periodWeight : 1),
  );
  // What no candidate has tells nothing about which is better; it only tells that much is not here.
  const reachable = weightsOf.reduce((sum, weight, at) => sum + ((having[at] ?? 0) > 0 ? weight : 0), 0);
  const pairs = new Set([...wordsOf(question).pairs].filter((pair) => !pair.split(' ').some(isPeriodTerm)));
  const items: ScoredCandidate<C>[] = [];
  for (const [index, { candidate, words }] of candidates.entries()) {
    const covered = weightsOf.reduce((sum, weight, at) => {
      if (own[index]?.[at]) return sum + weight;
      return around[index]?.[at] ? sum + contextCredit * weight : sum;
    }, 0);
    const relative = reachable > 0 ? covered / reachable : 0;
    const cosine = cosines[index] ?? null;
    const score =
      (weights.coverage * relative +
        weights.phrases * sharedPairs(pairs, words.pairs) +
        weights.cosine * Math.max(0, cosine ?? relative * 0.5) +
        weights.passage / (1 + candidate.passage * 0.5) +
        (counted ? weights.counted * countIn(candidate, counted) : weights.asked * fits(asked, candidate)) +
        (isFigure && candidate.row ? weights.label * labelShare(candidate.row.label, groups) : 0)) *
      shape(candidate) *
      (isFigure && isOfAPart(question, candidate) ? partFactor : 1) *
      (isFigure && isWithoutFigure(candidate) ? withoutFigureFactor : 1);
    items.push({ candidate, score, cosine, stems: words.stems });
    yield;
  }
  const telling = groups.flatMap((group, at) => (isPeriod(group) ? [] : [at]));
  const together = candidates.map((_, index) => telling.filter((at) => own[index]?.[at] || around[index]?.[at]).length);
  return {
    items,
    found: groups.length > 0 ? having.filter((count) => count > 0).length / groups.length : 0,
    together: telling.length > 0 ? Math.max(0, ...together) / telling.length : 0,
  };
}

/** What a word of the time is worth beside one of what is asked: `first quarter of 2021` is in sentences on anything. */
const periodWeight = 0.6;

function isPeriod(spellings: Spellings): boolean {
  return spellings.every((spelling) => spelling.every(isPeriodTerm));
}

function isPeriodTerm(stem: string): boolean {
  return /^(?:(?:19|20)\d\d|(?:fy|[qh])?\d{1,4}|first|second|third|fourth|quart\w*|fiscal|year|half|month)$/.test(stem);
}

/** Spellings of one thing that a question names, each as the stems of its words. */
type Spellings = readonly (readonly string[])[];

/** What a question looks for, with the spellings that the index knows of it (`capex`, `capital expenditures`). */
function questionGroups(question: string): Spellings[] {
  return queryTerms(question)
    .map(({ terms }) => terms.map((term) => termsOf(term).map(({ stem }) => stem)).filter((stems) => stems.length > 0))
    .filter((spellings) => spellings.length > 0);
}

/** A spelling of several words has to stand together: a chief of something and an executive are no chief executive. */
function has(spellings: Spellings, { stems, pairs }: Words): boolean {
  return spellings.some((spelling) =>
    spelling.every((stem, at) => (at === 0 ? stems.has(stem) : pairs.has(`${spelling[at - 1] ?? ''} ${stem}`))),
  );
}

/** `operating margin` is more than both words. Half of the question's pairs is as good as all: a sentence seldom has more. */
function sharedPairs(wanted: ReadonlySet<string>, pairs: ReadonlySet<string>): number {
  if (wanted.size === 0) return 0;
  let shared = 0;
  for (const pair of wanted) if (pairs.has(pair)) shared += 1;
  return Math.min(1, shared / Math.max(1, wanted.size / 2));
}

/** Score of a figure of a part (a segment, a quarter, adjusted) where the question asks for the whole. */
const partFactor = 0.75;
/** Score of a sentence without a figure, or that says that figures follow. */
const withoutFigureFactor = 0.7;

/** How much of a row's label the question has asked for: `Revenue` is nearer to revenue than `Cost of revenue`. */
function labelShare(label: string, groups: readonly Spellings[]): number {
  // A total is the thing itself.
  const words = wordsOf(label.replace(/\b(?:total|consolidated)\b/gi, ' '));
  if (words.stems.size === 0) return 0;
  const asked = new Set(
    groups.filter((group) => has(group, words)).flatMap((group) => group.filter((each) => has([each], words)).flat()),
  );
  return asked.size / words.stems.size;
}

/** 1 when the sentence has what the question asks for. */
function fits(asked: Asked, { text, kind }: Candidate): number {
  switch (asked) {
    case 'count':
    case 'amount':
      return kind === 'row' || /[$€£¥%]|\b\d[\d,.]*\s*(?:million|billion|thousand|percent)/i.test(text)
        ? 1
        : /\d/.test(text)
          ? 0.5
          : 0;
    case 'time':
      return /\b(?:19|20)\d\d\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b/i.test(
        text,
      )
        ? 1
        : 0;
    case 'person':
      return /\p{Lu}\p{Ll}+ (?:\p{Lu}\. )?\p{Lu}\p{Ll}+/u.test(text) ? 1 : 0;
    case 'reason':
      return /\b(?:because|due to|driven by|primarily|mainly|result(?:ed|ing|s)? (?:of|from|in)|as a result|attributable|reflect(?:s|ed|ing)|offset|owing to|led to|caused)\b/i.test(
        text,
      )
        ? 1
        : 0;
    case 'definition':
      return /\b(?:is|are|means?|refers? to|defined as|consists? of|represents?)\b/i.test(text) ? 0.7 : 0;
    case 'other':
      return 0;
  }
}

/** Below 1 for what reads badly alone: fragments, headings, walls of text. */
function shape({ text, kind, row }: Candidate): number {
  const words = text.split(/\s+/).length;
  if (kind === 'heading') return 0.35;
  if (kind === 'row') {
    if (!/\p{L}{3}/u.test(text)) return 0.4;
    // Figures that nobody can tell of when or what they are.
    return row?.isNamed === false ? (row.values > 4 ? 0.65 : 0.88) : 1;
  }
  if (words < 4) return 0.5;
  if (/\?$/.test(text)) return 0.7;
  // The rest of a sentence whose beginning is in another passage.
  if (/^\p{Ll}/u.test(text)) return 0.75;
  // A long sentence has many of any question's words.
  return Math.max(0.7, Math.min(1, 1 - (words - 35) / 150));
}

/** How much a candidate's own worth counts against its likeness to what was chosen before. */
const relevanceShare = 0.75;

export interface ChoiceLimits {
  readonly most: number;
  /** Share of the best score below which nothing is chosen. */
  readonly floor: number;
}

/**
 * The best candidates, best first, each saying something new (maximal marginal relevance, Carbonell and Goldstein
 * 1998).
 *
 * @param likeness Of two candidates, 0 to 1; the overlap of their words when absent.
 */
export function chooseCandidates<C extends Candidate>(
  scored: readonly ScoredCandidate<C>[],
  limits: ChoiceLimits,
  likeness: (a: ScoredCandidate<C>, b: ScoredCandidate<C>) => number = overlap,
): ScoredCandidate<C>[] {
  const left = [...scored].sort((a, b) => b.score - a.score);
  const best = left[0]?.score ?? 0;
  const chosen: ScoredCandidate<C>[] = [];
  while (chosen.length < limits.most) {
    let next: ScoredCandidate<C> | null = null;
    let nextValue = Number.NEGATIVE_INFINITY;
    for (const item of left) {
      if (item.score < best * limits.floor) break;
      if (chosen.includes(item)) continue;
      const same = Math.max(0, ...chosen.map((other) => likeness(item, other)));
      if (same > 0.85) continue;
      const value = relevanceShare * (item.score / best) - (1 - relevanceShare) * same;
      if (value > nextValue) {
        next = item;
        nextValue = value;
      }
    }
    if (!next) break;
    chosen.push(next);
  }
  return chosen;
}

/** Shared words of two sentences, of all that they have (Jaccard). Figures count: rows differ in nothing else. */
export function overlap(
  a: { readonly stems: ReadonlySet<string> },
  b: { readonly stems: ReadonlySet<string> },
): number {
  let shared = 0;
  for (const stem of a.stems) if (b.stems.has(stem)) shared += 1;
  const all = a.stems.size + b.stems.size - shared;
  return all === 0 ? 0 : shared / all;
}

/**
 * Names in a question (words with a capital within it) that neither the candidates nor their contexts have, also not
 * as a part of a longer word. Abbreviations are left out: a document may spell them.
 */
export function missingNames(question: string, candidates: readonly Candidate[]): string[] {
  const there = candidates.map(({ text, context }) => `${text} ${context}`.toLowerCase()).join(' ');
  const missing = termsOf(question)
    .filter((term) => isName(term, question) && /^\p{Lu}\p{Ll}{3,}/u.test(term.word))
    .map(({ word }) => word.replace(/['’]s$/, ''))
    .filter((word) => !there.includes(word.toLowerCase()));
  return [...new Set(missing)];
}

/** True when the question names years and the sentence names others alone. */
export function isOtherYear(question: string, text: string): boolean {
  const asked = yearsOf(question);
  const named = asked.length > 0 ? yearsOf(text) : [];
  return named.length > 0 && !named.some((year) => asked.includes(year));
}

/** Also those in `FY2022` and `2021Q1`. */
function yearsOf(text: string): string[] {
  return text.match(/(?<!\d)(?:19|20)\d\d(?!\d)/g) ?? [];
}
