/**
 * Makes a question that leans on the conversation one that can be searched for. Pure.
 *
 * The conversation helps only where the question lacks something: its topic (`And in 2021?`, `Who signed it?`) or whom
 * and when it is about (`How many employees does it have?`). A question with a subject of its own is left alone:
 * what was asked before would answer it from the old context.
 */
import type { HistoryMessage } from './answer-types.ts';
import { isName, isYear, termsOf } from './answer-terms.ts';
import type { Term } from './answer-terms.ts';

/** What a question lacks: nothing, the names and years it is about, or all that it asks of them. */
type Lack = 'nothing' | 'scope' | 'topic';

/** Begins a question that goes on with the last one. */
const continuing =
  /^(?:(?:and|but|so|then|also|or|why(?= (?:is|was|did|not|so|that)\b)|what about|how about|what else|anything else|how so|compared|same|in what way|which (?:one|of)|more|explain|elaborate|go on)\b|why\W*$)/i;
/** What a question that goes on may begin with, whatever it asks. */
const conjunctions = /^(?:(?:and|but|so|then|also|or|what about|how about)\b[\s,]*)+/i;

/** Words that stand for something named before; “that” only where no relative clause can begin. */
const anaphora =
  /\b(?:it|they|them|he|him|she|(?:this|these|those)(?!\s+(?:document|file|report|filing|contract|agreement|lease|letter|paper|book|text|year|quarter)s?\b)|former|latter|ones?|same|such)\b|(?:^|\b(?:is|was|are|were|do|does|did|of|about|for|in|with|to|and|by|on|at|from|like|after|before|why|how)\s)that\b/i;
/** `How long does it take to repair the roof?`: it stands for what follows. */
const anticipating =
  /\b(?:it (?:takes?|costs?)|(?:does|did|will|would) it (?:take|cost)|(?:is|was|would) it (?:\w+ly )?\p{L}+)\s+(?:\p{L}+\s+)?(?:to|that|for)\b/iu;
/** Whose the new subject is: `its revenue`, `the company’s revenue`. */
const possessive = /\b(?:its|their|theirs|his|hers?)\b/i;
const ofTheSame = /\b(?:the|this|that) (?:company|firm|corporation|business)\b/i;
/** `How many employees does it have?`: what is asked for comes before the pronoun. */
const asksFor = /\b(?:how (?:many|much)|what|which)\s+(?=(\p{L}[\p{L}-]+))/giu;

const auxiliary =
  /\b(?:is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|should|may|might|must|shall)\b/i;
/** Terms that tell nothing of a topic. */
const fillers = new Set(['sinc', 'els', 'compar', 'instead', 'elaborat', 'explain', 'detail', 'again', 'yet', 'still']);

/** A question without a verb of at most this many words of its own meaning lacks whom it is about. */
const fewTerms = 3;

/** Terms that are carried over at most; more would drown the question itself. */
const mostCarried = 8;

/** True when a question probably cannot be understood without the one before. */
export function isFollowUp(question: string, history: readonly HistoryMessage[]): boolean {
  const standing = standingQuestion(history);
  return standing !== '' && lackOf(question, standing) !== 'nothing';
}

/**
 * The question with what it leaves out: the names, years, and where it has none itself, the topic of the questions
 * before it. A year in the new question takes the place of the old years, a name that of the old names. A question that
 * stands alone is given back as it is.
 */
export function rewriteQuestion(question: string, history: readonly HistoryMessage[]): string {
  return carryOver(question, standingQuestion(history));
}

/** The last question, with what it left out itself; empty when there is none. */
function standingQuestion(history: readonly HistoryMessage[]): string {
  return history.filter(({ role }) => role === 'user').reduce((standing, { text }) => carryOver(text, standing), '');
}

function lackOf(question: string, previous: string): Lack {
  const text = question.trim();
  // Far from its head, a question's pronouns stand for its own words.
  const head = text.split(/\s+/).slice(0, 8).join(' ');
  const terms = termsOf(text).filter(({ stem }) => !fillers.has(stem));
  const own = terms.filter((term) => !isYear(term.word) && !isName(term, text));
  const isNamed = terms.some((term) => isName(term, text));
  const goesOn = continuing.test(text);
  const rest = text.replace(conjunctions, '');
  const isFragment =
    !auxiliary.test(rest) && !/^(?:who|what|which|where|when|why|how(?! (?:many|much)\b))\b/i.test(rest);
  if (own.length === 0) return goesOn || !isNamed || isFragment ? 'topic' : 'nothing';
  const owner = possessive.exec(head);
  const isOwned = owner !== null && termsOf(head.slice(0, owner.index)).length === 0;
  const pointsBack = anaphora.test(head) && !(own.length > 2 && anticipating.test(head));
  const oldNames = termsOf(previous).some((term) => isName(term, previous));
  if (pointsBack || isOwned) return oldNames && (isOwned || hasSubject(head, own)) ? 'scope' : 'topic';
  if (isNamed) return 'nothing';
  const before = new Set(termsOf(previous).map(({ stem }) => stem));
  const isSame = own.some(({ stem }) => before.has(stem));
  if (isSame || ofTheSame.test(head)) return 'scope';
  return (goesOn || isFragment) && own.length <= fewTerms ? 'scope' : 'nothing';
}

/** `How many employees …`, `What dividends …`: an own term right behind the word that asks. */
function hasSubject(head: string, own: readonly Term[]): boolean {
  return [...head.matchAll(asksFor)].some(([, word = '']) => own.some((term) => term.word === word)) || own.length > 2;
}

function carryOver(question: string, previous: string): string {
  return carry(question, previous, previous === '' ? 'nothing' : lackOf(question, previous));
}

/** A part of a question with the names and years of the whole, where it has none. */
export function withScopeOf(part: string, whole: string): string {
  return carry(part, whole, 'scope');
}

function carry(question: string, previous: string, lack: Lack): string {
  if (lack === 'nothing') return question.trim();
  const own = termsOf(question);
  const ownStems = new Set(own.map(({ stem }) => stem));
  const hasYear = own.some(({ word }) => isYear(word));
  const hasName = own.some((term) => isName(term, question));
  const carried = termsOf(previous).filter((term, index, all) => {
    if (ownStems.has(term.stem)) return false;
    if (all.findIndex(({ stem }) => stem === term.stem) !== index) return false;
    if (isYear(term.word)) return !hasYear;
    if (isName(term, previous)) return !hasName;
    return lack === 'topic';
  });
  const words = carried.slice(-mostCarried).map(({ word }) => word);
  return [question.trim(), ...words].join(' ');
}
