/**
 * Whether a sentence or a row has the figure that a question asks for: the number of the things that it counts, and of
 * the whole rather than of a part. Pure.
 */
import type { Candidate } from './answer-scoring.ts';
import { isYear, termsOf } from './answer-terms.ts';
import { queryTerms } from './query-terms.ts';

/** Words between a number and what it counts: `125,000 full-time, part-time and seasonal employees`. */
const nearby = 7;

/** Stems of what a question counts, in each of its spellings; null when it counts nothing. */
export function countedIn(question: string): ReadonlySet<string> | null {
  const after = /\b(?:how many|(?:what|which) (?:is|was|are|were) the (?:total )?number of)\s+(.{3,60})/i.exec(
    question,
  )?.[1];
  if (after === undefined) return null;
  // `million`, `percent`: an amount in disguise.
  const [group] = queryTerms(after.replace(/^(?:millions?|billions?|thousands?|dollars?|percent\w*|points?)\b.*/i, ''));
  const stems = new Set((group?.terms ?? []).flatMap((term) => termsOf(term).map(({ stem }) => stem)));
  return stems.size > 0 ? stems : null;
}

/** 0 to 1: whether a number stands beside the counted. */
export function countIn({ kind, text, row }: Candidate, counted: ReadonlySet<string>): number {
  const isCounted = (words: string): boolean => termsOf(words).some(({ stem }) => counted.has(stem));
  if (kind === 'row') return isCounted(row?.label ?? text) ? 0.8 : 0.1;
  if (!isCounted(text)) return 0;
  const words = text.split(/\s+/);
  const isNumber = (word: string): boolean => {
    const bare = word.replace(/^[(~]|[),.;:]+$/g, '');
    return /^\d[\d,.]*$/.test(bare) && !isYear(bare);
  };
  for (let at = 0; at < words.length; at += 1) {
    if (!isNumber(words[at] ?? '')) continue;
    for (let next = at + 1; next <= at + nearby && next < words.length; next += 1) {
      if (isNumber(words[next] ?? '') || /^[$€£¥]/.test(words[next] ?? '')) break;
      if (isCounted(words[next] ?? '')) return isWhole(text) ? 1 : 0.75;
    }
    const before = words.slice(Math.max(0, at - nearby), at);
    if (before.some(isCounted) && /\b(?:of|was|were|totall?ed|approximately|about|nearly|:)$/i.test(before.join(' '))) {
      return isWhole(text) ? 0.9 : 0.65;
    }
  }
  return /\d/.test(text) ? 0.2 : 0;
}

function isWhole(text: string): boolean {
  return /\b(?:total|worldwide|globally|workforce|as of|at (?:the )?(?:end|year-end|\p{Lu})|employ(?:s|ed)|operate[sd]?)\b/u.test(
    text,
  );
}

/** Words that make a figure one of a part, or another measure of the same. */
const parts =
  /\b(?:segments?|geographic|quarterly|quarters?|three months|pro forma|adjusted|organic|non-gaap|guarantors?|obligor|intersegment|discontinued|attributable to non-?controlling|deferred|comprehensive|equity in|% of|percentage of|percent of|per share|(?:un)?consolidated affiliates?|parent)\b/gi;

/** The same of titles: what stands under one is of a part. */
const partTitles =
  /\b(?:segments?|geographic|pro forma|guarantors?|obligor|discontinued|quarter(?:ly|s)?|three months|parent company)\b/gi;

/** `Walmart U.S. Segment`: what stands under it is told with it. */
export function isPart(title: string): boolean {
  return title.search(partTitles) >= 0;
}

/** True when a candidate tells of a part of what the question asks for as a whole. */
export function isOfAPart(question: string, { kind, text, place = '', row }: Candidate): boolean {
  const asked = question.toLowerCase();
  const found =
    kind === 'row' ? [...(row?.label ?? text).matchAll(parts), ...place.matchAll(partTitles)] : text.matchAll(parts);
  return [...found].some(([word]) => !asked.includes(word.toLowerCase().replace(/(?:ly|s)$/, '')));
}

/** A cross-reference is no figure, and a year alone none that was asked for. */
const noFigure =
  /\b(?:notes?|items?|parts?|sections?|pages?|exhibits?|forms?|schedules?)\s+[\dIVX]+[A-Z]?\b|\b(?:19|20)\d\d\b/gi;

/** True for a sentence without a figure of its own, or that says where the figures are. */
export function isWithoutFigure({ kind, text }: Pick<Candidate, 'kind' | 'text'>): boolean {
  if (kind !== 'sentence') return false;
  return (
    !/\d/.test(text.replace(noFigure, '')) ||
    /:$/.test(text) ||
    /^(?:for (?:additional|further|more) |see |refer to )|\b(?:the following (?:tables?|charts?|graphs?|schedules?)|(?:are|is|was|were) as follows|(?:set forth|summari[sz]ed|shown|presented|described) (?:below|in the (?:following )?table))\b/i.test(
      text,
    )
  );
}
