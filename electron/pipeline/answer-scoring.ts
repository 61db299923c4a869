/**
 * Chooses the sentences that answer a question: words weighted by how rare they are, figures and dates where the
 * question asks for them, likeness of meaning where an embedder runs, and no sentence twice in other words. Pure.
 */
import { isYear, termsOf } from './answer-terms.ts';

export interface Candidate {
  /** From 0, the passage's rank. */
  readonly passage: number;
  readonly kind: 'sentence' | 'row' | 'heading';
  readonly text: string;
  /** Title, heading path and table header: what the sentence does not repeat. */
  readonly context: string;
}

export interface ScoredCandidate<C extends Candidate> {
  readonly candidate: C;
  /** 0 to about 1.5. */
  readonly score: number;
  /** Share of the question's weight that its words cover, 0 to 1. */
  readonly coverage: number;
  /** Cosine with the question; null when it was not embedded. */
  readonly cosine: number | null;
  readonly stems: ReadonlySet<string>;
}

/** What a question wants to be told. */
export type Asked = 'amount' | 'time' | 'person' | 'reason' | 'definition' | 'other';

export function askedFor(question: string): Asked {
  const text = question.toLowerCase();
  if (
    /\bhow (?:much|many|high|large|big|long|often|old)\b|\bwhat percent|\b(?:amount|number|total|rate|ratio|margin|percentage|value|price|cost|revenues?|sales|income|expenses?|capex|expenditures?|debt|assets?|liabilities|earnings|eps|cash|profit|loss|growth|turnover|dividends?|fy\s?\d{2,4})\b/.test(
      text,
    )
  )
    return 'amount';
  if (/\bwhen\b|\bwhat (?:date|day|year|month|time)\b|\bsince when\b|\bdeadline\b/.test(text)) return 'time';
  if (/\bwho(?:se|m)?\b/.test(text)) return 'person';
  if (/\bwhy\b|\breasons?\b|\bcauses?d?\b|\bdrove\b|\bdriv(?:e|er|ers|en|ing)\b|\bdue to\b|\bwhat led\b/.test(text))
    return 'reason';
  if (/\bwhat (?:is|are|does|do) (?:an?|the)?\s*[\w -]{2,40}(?:mean)?\??$|\bdefin/.test(text)) return 'definition';
  return 'other';
}

/** Terms of the title and the headings count less than those of the sentence itself. */
const contextCredit = 0.5;

/** Weights of the parts of a score; the cosine of related sentences is about 0.3 to 0.7. */
const weights = { coverage: 0.55, cosine: 0.6, passage: 0.25, asked: 0.15 };

/** Scores candidates against a question, in their own order. */
export function scoreCandidates<C extends Candidate>(
  question: string,
  candidates: readonly C[],
  cosines: readonly (number | null)[],
): ScoredCandidate<C>[] {
  const asked = askedFor(question);
  const terms = [...new Set(termsOf(question).map(({ stem }) => stem))];
  const stems = candidates.map((candidate) => new Set(termsOf(candidate.text).map(({ stem }) => stem)));
  const contexts = candidates.map((candidate) => new Set(termsOf(candidate.context).map(({ stem }) => stem)));
  const idf = new Map(
    terms.map((term) => {
      const having = stems.filter((set) => set.has(term)).length;
      return [term, Math.log(1 + (candidates.length - having + 0.5) / (having + 0.5))] as const;
    }),
  );
  const total = terms.reduce((sum, term) => sum + (idf.get(term) ?? 0), 0);
  return candidates.map((candidate, index) => {
    const own = stems[index] ?? new Set<string>();
    const around = contexts[index] ?? new Set<string>();
    let covered = 0;
    for (const term of terms) {
      if (own.has(term)) covered += idf.get(term) ?? 0;
      else if (around.has(term)) covered += contextCredit * (idf.get(term) ?? 0);
    }
    const coverage = total > 0 ? covered / total : 0;
    const cosine = cosines[index] ?? null;
    const score =
      (weights.coverage * coverage +
        weights.cosine * Math.max(0, cosine ?? coverage * 0.5) +
        weights.passage / (1 + candidate.passage * 0.5) +
        weights.asked * fits(asked, candidate)) *
      shape(candidate);
    return { candidate, score, coverage, cosine, stems: own };
  });
}

/** 1 when the sentence has what the question asks for. */
function fits(asked: Asked, { text, kind }: Candidate): number {
  switch (asked) {
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
function shape({ text, kind }: Candidate): number {
  const words = text.split(/\s+/).length;
  if (kind === 'heading') return 0.35;
  if (kind === 'row') return /\p{L}{3}/u.test(text) ? 1 : 0.4;
  if (words < 5) return 0.5;
  if (/\?$/.test(text)) return 0.7;
  return words > 90 ? 0.8 : 1;
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

/** True when the question's own years are asked for and the sentence names others alone. */
export function isOtherYear(question: string, text: string): boolean {
  const asked = termsOf(question).filter(({ word }) => isYear(word));
  if (asked.length === 0) return false;
  const named = termsOf(text).filter(({ word }) => isYear(word));
  return named.length > 0 && !named.some(({ word }) => asked.some((year) => year.word === word));
}
