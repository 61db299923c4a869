/**
 * Makes a question that leans on the conversation one that can be searched for. Pure.
 */
import type { HistoryMessage } from './answer-types.ts';
import { isName, isYear, termsOf } from './answer-terms.ts';

/** Begins a question that goes on with the last one. */
const continuing =
  /^(?:and|but|so|then|also|or|what about|how about|what else|anything else|why(?: (?:is|was|did|not|so|that))?\b|how so|compared|same|in what way|which (?:one|of)|more\b|explain|elaborate|go on)\b/i;

/** Words that stand for something named before; “that” only where no relative clause can begin. */
const anaphora =
  /\b(?:it|they|them|he|him|she|this|these|those|former|latter|ones?|same|such)\b|(?:^|\b(?:is|was|are|were|do|does|did|of|about|for|in|with|to|and|by|on|at|from|like|after|before|why|how)\s)that\b/i;

/** Words that mostly stand for something in the same question, when it names anything before them. */
const possessive = /\b(?:its|their|theirs|his|hers?)\b/i;

/** A question with at most this many words of its own meaning may lack its subject. */
const fewTerms = 2;

/** Terms that are carried over at most; more would drown the question itself. */
const mostCarried = 8;

/** True when a question probably cannot be understood without the one before. */
export function isFollowUp(question: string, history: readonly HistoryMessage[]): boolean {
  if (!history.some(({ role }) => role === 'user')) return false;
  const text = question.trim();
  if (continuing.test(text)) return true;
  // Far from its head, a question's pronouns stand for its own words.
  const head = text.split(/\s+/).slice(0, 8).join(' ');
  if (anaphora.test(head)) return true;
  const owner = possessive.exec(head);
  if (owner && termsOf(head.slice(0, owner.index)).length === 0) return true;
  return termsOf(text).length <= fewTerms;
}

/**
 * The question with what it leaves out: the terms of the questions before it. A year in the new question takes the
 * place of the old years, a name that of the old names. A question that stands alone is given back as it is.
 */
export function rewriteQuestion(question: string, history: readonly HistoryMessage[]): string {
  const asked = history.filter(({ role }) => role === 'user').map(({ text }) => text);
  let standing = '';
  asked.forEach((text, index) => {
    const before = asked.slice(0, index).map((earlier) => ({ role: 'user' as const, text: earlier }));
    standing = isFollowUp(text, before) ? carryOver(text, standing) : text.trim();
  });
  return isFollowUp(question, history) ? carryOver(question, standing) : question.trim();
}

function carryOver(question: string, previous: string): string {
  const own = termsOf(question);
  const ownStems = new Set(own.map(({ stem }) => stem));
  const hasYear = own.some(({ word }) => isYear(word));
  const hasName = own.some((term) => isName(term, question));
  const carried = termsOf(previous).filter((term, index, all) => {
    if (ownStems.has(term.stem)) return false;
    if (all.findIndex(({ stem }) => stem === term.stem) !== index) return false;
    if (hasYear && isYear(term.word)) return false;
    return !(hasName && isName(term, previous));
  });
  const words = carried.slice(-mostCarried).map(({ word }) => word);
  return [question.trim(), ...words].join(' ');
}
