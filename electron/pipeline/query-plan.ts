/**
 * What is searched for on behalf of a question: its own words, what they point to in financial reports, and the texts
 * whose vectors are compared. Pure.
 */
import type { TermGroup } from '../db/search-types.ts';
import { financialTerms, statements } from './query-glossary.ts';
import { queryTerms, wordsOf } from './query-terms.ts';
import { statementTerm } from './statement-terms.ts';

export interface SearchPlan {
  /** The question without what only says how to answer. */
  readonly question: string;
  readonly groups: readonly TermGroup[];
  /** Lines and names of financial statements; empty for other questions. */
  readonly related: readonly TermGroup[];
  /** The question first; their vectors are searched together. */
  readonly texts: readonly string[];
}

/** A year, a quarter or a half year: what is asked with one is asked of a report. */
const period = /\b(?:(?:19|20)\d{2}|fy\s?['’]?\d{2,4}|[qh][1-4]|[1-4]q)/i;

export function planSearch(question: string): SearchPlan {
  const bare = withoutInstructions(question);
  const { lines, statements: named, certain } = financialTerms(wordsOf(question.replace(/[-‐‑]/g, ' ')));
  // A group of its own, so that it counts beside the statement's name.
  const related = [...lines, ...named.flatMap((name) => [statements[name], [statementTerm(name)]])].map((terms) => ({
    terms,
  }));
  const texts = [bare];
  if (named.length > 0 && (certain || period.test(question))) {
    const names = named.map((name) => `Consolidated ${statements[name][0]}`).join(', ');
    texts.push(`${names}: ${lines.map(([first]) => first).join(', ')}`);
  }
  return { question: bare, groups: queryTerms(bare), related, texts };
}

/** Sentences that say who answers, from what, in which form, or what to do if there is no answer. */
const instructions: readonly RegExp[] = [
  /^(?:please\s+)?(?:round|answer|respond|reply|format|base|utili[sz]e)\b(?!.*\?).*\b(?:answer|response|reply|question|decimals?|units?|millions|thousands|billions|percents?|percentage|words|sentences?|statements?|sheet|judge?ments?|information|sources?|pages?|steps?|usd|eur|dollars)\b/i,
  /^(?:please\s+)?(?:limit|keep|state|use|cite|quote|write|give|provide|express|report|show)\b(?!.*\?).*\b(?:answers?|response|reply|decimals?|judge?ments?)\b/i,
  /^(?:you are|you're|act as|imagine|pretend|suppose you|assume the role)\b(?!.*\?)/i,
  /^we (?:need|want|have) to\b(?!.*\?).*\b(?:calculate|compute|determine|answer)\b/i,
  /^if\b.*\b(?:(?:then\s+)?(?:please\s+)?(?:state|say|explain|mention|tell|note|answer|reply)|not (?:useful|relevant|applicable|known))\b(?!.*\?)/i,
];
/** Openings of a sentence that goes on to ask. */
const openings =
  /^(?:(?:basing|using|relying|taking|considering|assuming|given|based|looking|according|judging|drawing)\b[^,?]*\b(?:statements?|sheets?|p&l|report|filing|document|information|details|data|resources?|sources?)\b[^,?]*,\s*|(?:please\s+)?answer the following question:\s*|here(?:'|’)?s (?:the|my) question:\s*|(?:hi|hello|hey|please)\b[,!.]?\s+)+/i;

/** Characters; what is longer was pasted, and the patterns would take their time with it. */
const longestQuestion = 2_000;

/** The question without its instructions; as it is when nothing else would be left. */
export function withoutInstructions(question: string): string {
  if (question.length > longestQuestion) return question;
  const sentences = question.match(/[^.?!:]+(?:[.?!:](?!\s|$)[^.?!:]*)*[.?!:]*\s*/g) ?? [question];
  const kept = sentences
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '' && !instructions.some((pattern) => pattern.test(sentence)))
    .map((sentence) => sentence.replace(openings, ''));
  const bare = kept.join(' ').trim();
  return /\p{L}{3}/u.test(bare) ? bare : question;
}
