/**
 * Sentences for the check of answers, made from passages of real documents: true ones as they are and in other words,
 * and false ones of each kind. Deterministic; nothing is chosen by what the rule makes of it. Pure.
 */
import { createHash } from 'node:crypto';
import { segmentsOf, sentenceRanges } from '../../electron/pipeline/answer-segments.ts';
import type { Evidence } from '../../electron/pipeline/verification/rule.ts';
import { inventedSentences, nameGroups } from './verification-words.ts';

export const trueKinds = ['verbatim', 'reworded', 'quoted row'] as const;
export const falseKinds = ['number altered', 'name swapped', 'negated', 'from another page', 'invented'] as const;
/** Answers of FinanceBench: true, but in a person's own words, with figures that the person calculated. */
export const personKinds = ['stated by a person', 'calculated or judged by a person'] as const;
export type SentenceKind = (typeof trueKinds)[number] | (typeof falseKinds)[number] | (typeof personKinds)[number];

export interface SetPassage extends Evidence {
  readonly document: string;
  readonly page: number;
}

export interface TestSentence {
  readonly kind: SentenceKind;
  readonly sentence: string;
  readonly passage: SetPassage;
}

/** Sentences of each kind. */
export const sentencesAKind = 60;
/** At most this many of one document in a kind, so that none decides the outcome. */
const sentencesADocument = 4;
/** Words of a sentence that an answer could have. */
const fewestWords = 8;
const mostWords = 45;
const fewestAnswerWords = 5;
/** Pages between a passage and one that is another. */
const pagesApart = 3;

interface Source {
  readonly passage: SetPassage;
  readonly sentence: string;
}

export function buildVerificationSet(passages: readonly SetPassage[]): TestSentence[] {
  const sentences = shuffled(passages.flatMap((passage) => ofKind(passage, 'sentence').filter(isWhole)));
  const rows = shuffled(passages.flatMap((passage) => ofKind(passage, 'row')));
  const take = (kind: SentenceKind, sources: readonly Source[], change: (source: Source) => string | null) =>
    taken(kind, sources, change);
  return [
    ...take('verbatim', sentences, ({ sentence }) => sentence),
    ...take('reworded', sentences, ({ sentence }) => reworded(sentence)),
    ...take('quoted row', rows, ({ sentence }) => sentence),
    ...take('number altered', sentences, ({ sentence }) => withOtherNumber(sentence)),
    ...take('name swapped', sentences, ({ sentence }) => withOtherName(sentence)),
    ...take('negated', sentences, ({ sentence }) => negated(sentence)),
    ...fromOtherPages(sentences, passages),
    ...invented(sentences),
  ];
}

function ofKind(passage: SetPassage, kind: 'sentence' | 'row'): Source[] {
  return segmentsOf(passage.text)
    .filter((segment) => segment.kind === kind)
    .map(({ text }) => ({ passage, sentence: text }));
}

function isWhole({ sentence }: Source): boolean {
  const words = sentence.split(' ').length;
  return (
    words >= fewestWords &&
    words <= mostWords &&
    /^\p{Lu}/u.test(sentence) &&
    /[.]$/.test(sentence) &&
    !/\.{3}|…/.test(sentence)
  );
}

/** In an order that has nothing to do with what they say. */
function shuffled(sources: readonly Source[]): Source[] {
  const keyed = sources.map((source) => ({ source, key: hashOf(`${source.passage.document} ${source.sentence}`) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ source }) => source);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function taken(
  kind: SentenceKind,
  sources: readonly Source[],
  change: (source: Source) => string | null,
): TestSentence[] {
  const set: TestSentence[] = [];
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  for (const source of sources) {
    if (set.length === sentencesAKind) break;
    const { passage } = source;
    const count = counts.get(passage.document) ?? 0;
    if (count === sentencesADocument || seen.has(source.sentence)) continue;
    const sentence = change(source);
    if (sentence === null) continue;
    seen.add(source.sentence);
    counts.set(passage.document, count + 1);
    set.push({ kind, sentence, passage });
  }
  return set;
}

const synonyms: readonly (readonly [RegExp, string])[] = [
  [/\bincreased\b/, 'rose'],
  [/\bdecreased\b/, 'fell'],
  [/\bdeclined\b/, 'fell'],
  [/\bapproximately\b/, 'about'],
  [/\bprimarily due to\b/, 'mainly because of'],
  [/\bprimarily\b/, 'mainly'],
  [/\bas a result of\b/, 'because of'],
  [/\bin order to\b/, 'to'],
  [/\bprior to\b/, 'before'],
  [/\bpurchase\b/, 'buy'],
  [/\bpurchased\b/, 'bought'],
  [/\bobtain\b/, 'get'],
  [/\butilize\b/, 'use'],
  [/\bcommenced\b/, 'began'],
  [/\brequired\b/, 'needed'],
  [/\bsubstantially\b/, 'largely'],
  [/\bassist\b/, 'help'],
  [/\bsubsequent to\b/, 'after'],
  [/\bhowever, /i, ''],
  [/\bcertain /, 'some '],
];

/** The same said otherwise: other words for the same, a clause moved, a bracket left out, a figure in another unit. */
export function reworded(sentence: string): string | null {
  let text = sentence.replace(/\s\([^()]{3,60}\)(?=[\s.,])/, '');
  for (const [pattern, other] of synonyms) text = text.replace(pattern, other);
  text = text.replace(
    /\$(\d{1,3}),(\d)(\d\d)(?:\.\d)? million\b/,
    (whole, thousands: string, hundreds: string, rest: string) =>
      rest === '00' ? `$${thousands}.${hundreds} billion` : whole,
  );
  const clause = /^((?:In|During|As of|For|On)\s[^,.;]{3,60}), (\p{L}[^;:]+)\.$/u.exec(text);
  const [, first = '', main = ''] = clause ?? [];
  if (clause && !main.includes(',')) {
    text = `${main.charAt(0).toUpperCase()}${main.slice(1)} ${first.charAt(0).toLowerCase()}${first.slice(1)}.`;
  }
  return text === sentence ? null : text;
}

/** One figure with another digit, chosen by the sentence itself; years, amounts, percentages and counts alike. */
export function withOtherNumber(sentence: string): string | null {
  const figures = [...sentence.matchAll(/(?<![\p{L}\d.,-])\d[\d,]*(?:\.\d+)?(?![\p{L}\d-])/gu)];
  const figure = figures[Number.parseInt(hashOf(sentence).slice(0, 6), 16) % Math.max(1, figures.length)];
  if (!figure) return null;
  const digits = [...figure[0].matchAll(/\d/g)];
  // A year with another century, or an amount with a leading zero, would give itself away.
  const place =
    digits[digits.length > 1 ? digits.length - 1 - (Number.parseInt(hashOf(sentence).slice(6, 8), 16) % 2) : 0];
  if (!place) return null;
  const at = figure.index + place.index;
  const other = String(((Number(place[0]) + 2) % 9) + 1);
  return sentence.slice(0, at) + (other === place[0] ? '4' : other) + sentence.slice(at + 1);
}

/** The first name of a list in the place of which another of the same sort is put. */
export function withOtherName(sentence: string): string | null {
  for (const group of nameGroups) {
    const found = group
      .map((name) => ({
        name,
        index: sentence.search(new RegExp(`(?<![\\p{L}\\p{N}])${name.replaceAll('.', '\\.')}(?![\\p{L}\\p{N}])`, 'u')),
      }))
      .filter(({ index }) => index >= 0)
      .sort((a, b) => a.index - b.index)[0];
    if (!found) continue;
    const others = group.filter((name) => name !== found.name && !sentence.includes(name));
    const other = others[Number.parseInt(hashOf(sentence).slice(0, 6), 16) % others.length] ?? '';
    return sentence.slice(0, found.index) + other + sentence.slice(found.index + found.name.length);
  }
  return null;
}

const turned: readonly (readonly [RegExp, string])[] = [
  [/\bincreased\b/, 'decreased'],
  [/\bdecreased\b/, 'increased'],
  [/\bhigher\b/, 'lower'],
  [/\blower\b/, 'higher'],
  [/\bincrease\b/, 'decrease'],
  [/\bdecrease\b/, 'increase'],
];

/** Says the opposite: a `not` taken out or put in behind the first auxiliary, else a direction turned round. */
export function negated(sentence: string): string | null {
  if (/\b(?:not|never)\b/.test(sentence)) return sentence.replace(/\b(?:does |did |do )?(?:not|never) /, '');
  const auxiliary = sentence.replace(/\b(is|are|was|were|has|have|had|will|would|can|could|should|must)\b/, '$1 not');
  if (auxiliary !== sentence) return auxiliary;
  for (const [pattern, other] of turned) if (pattern.test(sentence)) return sentence.replace(pattern, other);
  return null;
}

/** True sentences of the same document against a passage some pages off. */
function fromOtherPages(sentences: readonly Source[], passages: readonly SetPassage[]): TestSentence[] {
  return taken('from another page', sentences, ({ sentence }) => `${sentence} `).flatMap((test): TestSentence[] => {
    const others = passages.filter(
      ({ document, page, text }) =>
        document === test.passage.document &&
        Math.abs(page - test.passage.page) >= pagesApart &&
        !text.includes(test.sentence.trim()) &&
        text.length > 300,
    );
    const passage = others[Number.parseInt(hashOf(test.sentence).slice(0, 6), 16) % Math.max(1, others.length)];
    return passage ? [{ ...test, sentence: test.sentence.trim(), passage }] : [];
  });
}

/**
 * Questions whose answer the evidence pages state, as read by the rule's author; the other answers calculate a figure, or
 * judge. A sentence about the question's own wording is left out of both.
 */
const statedAnswers = new Set(
  '01935 01079 01148 01351 01091 01290 00464 00494 01488 01490 01491 01487 00299 01254 01474 00601 00603 00606'
    .split(' ')
    .map((number) => `financebench_id_${number}`),
);
const aboutTheQuestion = /^The answer here assumes|^\(?although the company/;

export interface AnsweredQuestion {
  readonly id: string;
  readonly question: string;
  readonly document: string;
  readonly answer: string;
  readonly evidencePages: readonly number[];
}

/** The sentences of persons' answers against the pages that they name as evidence. */
export function answersOfPersons(
  questions: readonly AnsweredQuestion[],
  passages: readonly SetPassage[],
): TestSentence[] {
  return questions.flatMap(({ id, document, answer, evidencePages }): TestSentence[] => {
    const kind = personKinds[statedAnswers.has(id) ? 0 : 1];
    const pages = passages.filter((passage) => passage.document === document && evidencePages.includes(passage.page));
    const [first] = pages;
    if (!first) return [];
    const passage = { ...first, text: pages.map(({ text }) => text).join('\n') };
    return sentenceRanges(answer, 0, answer.length)
      .map(([start, end]) => answer.slice(start, end))
      .filter((sentence) => sentence.split(/\s+/).length >= fewestAnswerWords && !aboutTheQuestion.test(sentence))
      .map((sentence) => ({ kind, sentence, passage }));
  });
}

/** Plausible sentences that no filing has, against passages of prose. */
function invented(sentences: readonly Source[]): TestSentence[] {
  const documents = new Map<string, number>();
  let next = 0;
  return sentences
    .filter(({ passage }) => {
      const count = (documents.get(passage.document) ?? 0) + 1;
      documents.set(passage.document, count);
      return count <= sentencesADocument;
    })
    .slice(0, sentencesAKind)
    .map(({ passage }) => ({
      kind: 'invented',
      sentence: inventedSentences[next++ % inventedSentences.length] ?? '',
      passage,
    }));
}
