/**
 * Answers with the documents' own sentences: nothing is generated, nothing leaves this computer, every line is quoted
 * from the place that its citation names.
 */
import type { Hit, RetrievalMode } from '../../shared/domain.ts';
import { nothingMentions } from '../../shared/quoted-answer.ts';
import type { StreamPartBody } from '../../shared/stream.ts';
import { withinTime } from '../time-limit.ts';
import { isPart } from './answer-figures.ts';
import type { QuestionPart } from './answer-parts.ts';
import { citeHit } from './answer-quote.ts';
import {
  candidatePreparer,
  chooseCandidates,
  isOtherYear,
  missingNames,
  overlap,
  scoringCandidates,
} from './answer-scoring.ts';
import type { Candidate, ChoiceLimits, PreparedCandidate, ScoredCandidate } from './answer-scoring.ts';
import { segmentsOf } from './answer-segments.ts';
import type { Segment } from './answer-segments.ts';
import type { Locate } from './answer-types.ts';
import { inSlices } from './in-slices.ts';
import { asRead } from './markdown-marks.ts';
import type { Embedder } from './ports/embedder.ts';
import { planSearch } from './query-plan.ts';

export interface ExtractiveInput {
  readonly question: string;
  /** Best first. */
  readonly hits: readonly Hit[];
  /** Of a question that asks for several things, each with what was found for it. */
  readonly parts?: readonly (QuestionPart & { readonly hits: readonly Hit[] })[];
  /** Asked only when it runs on this computer. */
  readonly embedder: Embedder | null;
  readonly locate: Locate | undefined;
  readonly scopeName: string;
  /** How the passages were searched, to be told when nothing answers; `hybrid` when absent. */
  readonly mode?: RetrievalMode;
  readonly signal: AbortSignal | undefined;
}

/** Sentences that are embedded, the best by their words, and the milliseconds that may take. */
const sentencesEmbedded = 40;
const embeddingBudget = 700;

/** Lines of an answer, and of each part of one. */
const limits = { most: 5, floor: 0.72 };
const linesAPart = 3;

/** When less than this share of the question's words occurs anywhere and nothing is near in meaning, it is not there. */
const leastFound = 0.25;
/** Up to this share, names that are nowhere are told. */
const wellFound = 0.5;
const leastCosine = 0.28;
/**
 * No sentence this near, and none with more than half of the question's words: what is there is about something else.
 * Questions that a filing answers have sentences from 0.4, questions on volcanoes up to 0.34 (`npm run eval`'s set).
 */
const leastLineCosine = 0.36;
const mostStrayed = 0.5;

/** Characters of a line that are shown; the citation's boxes cover the whole sentence. */
const longestLine = 480;

/** Score of a sentence that names only other years than the question. */
const otherYearFactor = 0.75;

interface Line extends Candidate {
  readonly hit: Hit;
  readonly start: number;
  readonly end: number;
  /** As it is told, with the part that it is of. */
  readonly shown: string;
}

/** Words a delta carries: small enough to be read as they come, large enough not to cost. */
const wordsADelta = 6;

export async function* extractiveAnswer(input: ExtractiveInput): AsyncGenerator<StreamPartBody> {
  yield { type: 'text-start' };
  const parts = input.parts ?? [];
  if (parts.length === 0) {
    yield* oneAnswer(input, 0, limits);
  } else {
    let number = 0;
    for (const { asked, question, hits } of parts) {
      yield* textDeltas(`${number === 0 ? '' : '\n'}**${escapeMarkdown(asked)}**\n\n`);
      number = yield* oneAnswer({ ...input, question, hits }, number, { ...limits, most: linesAPart });
      if (number === 0) yield* textDeltas('\n');
    }
  }
  yield { type: 'text-end' };
}

/** Gives back the number of its last citation. */
async function* oneAnswer(
  input: ExtractiveInput,
  cited: number,
  { most, floor }: ChoiceLimits,
): AsyncGenerator<StreamPartBody, number> {
  const { lines, missing } = await chooseLines(input, { most, floor });
  if (lines.length === 0) {
    yield* textDeltas(`${nothingFound(input.scopeName, input.mode)}\n`);
    return cited;
  }
  if (missing.length > 0) {
    const names = missing.map((name) => `“${escapeMarkdown(name)}”`).join(', ');
    yield* textDeltas(`${nothingMentions} ${names}. These come closest.\n\n`);
  }
  let number = cited;
  for (const { title, lines: grouped } of groupByDocument(lines)) {
    yield* textDeltas(`${number === cited ? '' : '\n'}From **${escapeMarkdown(title)}**:\n\n`);
    for (const line of grouped) {
      number += 1;
      yield { type: 'citation', citation: await citeHit(number, line.hit, [line], input.locate) };
      yield* textDeltas(`- ${escapeMarkdown(shorten(line.shown))} [${number}]\n`);
    }
  }
  return number;
}

/** What was searched, and what to try. */
export function nothingFound(scopeName: string, mode: RetrievalMode = 'hybrid'): string {
  const how = { hybrid: 'by words and by meaning', vector: 'by meaning', text: 'by words alone' }[mode];
  const wider = scopeName === allDocuments ? 'shorter questions' : 'a shorter question, or all your documents';
  return (
    `I found nothing about this in ${scopeName}. I searched ${how}. ` +
    `Try the words that the document itself would use, or ${wider}.`
  );
}

/** What the whole library is called as a scope. */
export const allDocuments = 'your documents';

export interface ChosenLines {
  /** Sentences and rows to quote, best first; empty when nothing is about the question. */
  readonly lines: readonly Line[];
  /** Names that the question asks about and no passage has. */
  readonly missing: readonly string[];
}

export async function chooseLines(input: ExtractiveInput, most: ChoiceLimits = limits): Promise<ChosenLines> {
  const { question } = input;
  const prepared = await inSlices(prepareLines(input.hits), input.signal);
  const candidates = prepared.map(({ candidate }) => candidate);
  const byWords = await inSlices(scoringCandidates(question, prepared, []), input.signal);
  const vectors = await embedBest(input, byWords.items);
  const cosines = candidates.map((line) => {
    const vector = vectors?.lines.get(line);
    return vector && vectors ? dot(vector, vectors.question) : null;
  });
  const nearest = Math.max(0, ...cosines.map((cosine) => cosine ?? 0), ...input.hits.map(({ cosine }) => cosine ?? 0));
  const isAside =
    vectors !== null &&
    Math.max(0, ...cosines.map((cosine) => cosine ?? 0)) < leastLineCosine &&
    byWords.together <= mostStrayed &&
    planSearch(question).related.length === 0;
  if (isAside || (byWords.found < leastFound && nearest < leastCosine)) return { lines: [], missing: [] };
  const { items } = await inSlices(scoringCandidates(question, prepared, cosines), input.signal);
  const scored = items.map((item) =>
    isOtherYear(question, `${item.candidate.text} ${item.candidate.context}`)
      ? { ...item, score: item.score * otherYearFactor }
      : item,
  );
  const whole = scored.filter(({ candidate }) => candidate.kind !== 'heading');
  const likeness = (a: ScoredCandidate<Line>, b: ScoredCandidate<Line>): number => {
    // Rows of one table are alike in meaning and differ in what they are rows of.
    if (a.candidate.kind === 'row' && b.candidate.kind === 'row') return overlap(a, b);
    const first = vectors?.lines.get(a.candidate);
    const second = vectors?.lines.get(b.candidate);
    return Math.max(overlap(a, b), first && second ? dot(first, second) : 0);
  };
  const chosen = chooseCandidates(whole.length > 0 ? whole : scored, most, likeness);
  return {
    lines: chosen.map(({ candidate }) => candidate),
    missing: byWords.found <= wellFound ? missingNames(question, candidates) : [],
  };
}

/** The lines of the hits with their words, in steps of a millisecond or so: passages with whole pages have hundreds. */
function* prepareLines(hits: readonly Hit[]): Generator<void, PreparedCandidate<Line>[]> {
  const lines: Line[] = [];
  for (const hit of hits) {
    lines.push(...linesOfHit(hit));
    yield;
  }
  const own = withoutRepeats(lines);
  const prepare = candidatePreparer<Line>();
  const prepared: PreparedCandidate<Line>[] = [];
  for (const line of own) {
    prepared.push(prepare(line));
    yield;
  }
  return prepared;
}

/** Begins with a word that points at the sentence before. */
const pointsBack = /^(?:it|its|this|these|those|they|their|such|he|she|that|however|therefore|accordingly)\b/i;

function linesOfHit(hit: Hit): Line[] {
  const context = [hit.title, ...hit.headingPath].join(' ');
  const segments = segmentsOf(hit.text);
  return segments.map((segment, index): Line => {
    const before = segments[index - 1];
    const joined =
      segment.kind === 'sentence' &&
      before?.kind === 'sentence' &&
      pointsBack.test(segment.text) &&
      before.text.length < 240;
    const told = joined ? sentence(`${before.text} ${segment.text}`) : namedRow(segment, hit.headingPath);
    return {
      hit,
      passage: hit.rank - 1,
      kind: segment.kind,
      start: joined ? before.start : segment.start,
      end: segment.end,
      text: told.text,
      shown: asRead(told.shown, hit.path),
      context: segment.header === '' ? context : `${context} ${segment.header}`,
      place: `${hit.headingPath.join(' ')} ${segment.header}`,
      row: segment.row,
    };
  });
}

/**
 * `Total — …` says nothing alone, the heading of its table says of what; and a segment's income must not be taken for
 * the company's.
 */
function namedRow({ kind, text, row }: Segment, headingPath: readonly string[]): Pick<Line, 'text' | 'shown'> {
  if (kind !== 'row') return sentence(text);
  const heading = headingPath.at(-1) ?? '';
  const bare =
    /^(?:(?:sub)?totals?|net|other|all other|balance)?[^\p{L}]*(?:\(in \w+\) )?—/iu.test(text) || !/\p{L}/u.test(text);
  const own = bare && heading !== '' ? `${heading}: ${text}` : text;
  const part = [row?.title ?? '', heading].find((title) => isPart(title) && title.length <= longestTitle);
  const isTold = part === undefined || own.toLowerCase().startsWith(part.toLowerCase());
  return { text: own, shown: isTold ? own : `${part}: ${own}` };
}

function sentence(text: string): Pick<Line, 'text' | 'shown'> {
  return { text, shown: text };
}

/** Characters of a title that is told with a row. */
const longestTitle = 80;

/** Overlapping passages and running text repeat sentences; the first (of the better passage) stays. */
function withoutRepeats(lines: readonly Line[]): Line[] {
  const seen = new Set<string>();
  return lines.filter((line) => {
    const key = line.text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

interface SentenceVectors {
  readonly question: Float32Array;
  readonly lines: ReadonlyMap<Line, Float32Array>;
}

/** Vectors of the question and the best sentences; null when they cannot be had in time: words decide then. */
async function embedBest(
  { embedder, question, signal }: ExtractiveInput,
  scored: readonly ScoredCandidate<Line>[],
): Promise<SentenceVectors | null> {
  // SECURITY: sentences are sent nowhere for this; only an embedder on this computer is asked.
  if (!embedder || embedder.host !== null) return null;
  const best = [...scored]
    .sort((a, b) => b.score - a.score)
    .slice(0, sentencesEmbedded)
    .map(({ candidate }) => candidate);
  try {
    const [first, ...rest] = await withinTime(embeddingBudget, signal, (limited) =>
      embedder.embed([question, ...best.map(textToEmbed)], { priority: 'interactive', signal: limited }),
    );
    if (!first) return null;
    const lines = new Map<Line, Float32Array>();
    best.forEach((line, index) => {
      const vector = rest[index];
      if (vector) lines.set(line, vector);
    });
    return { question: first, lines };
  } catch {
    // Too slow or not there: the choice by words stands, and the person's own Stop is seen by the answer stage.
    return null;
  }
}

/** A row means little without the name of its table. */
function textToEmbed(line: Line): string {
  const heading = line.hit.headingPath.at(-1);
  return line.kind === 'row' && heading ? `${heading}: ${line.text}` : line.text;
}

function groupByDocument(lines: readonly Line[]): { title: string; lines: Line[] }[] {
  const groups = new Map<string, { title: string; lines: Line[] }>();
  for (const line of lines) {
    const group = groups.get(line.hit.documentId) ?? { title: line.hit.title, lines: [] };
    group.lines.push(line);
    groups.set(line.hit.documentId, group);
  }
  return [...groups.values()];
}

function shorten(text: string): string {
  if (text.length <= longestLine) return text;
  const cut = text.slice(0, longestLine);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), longestLine / 2))}…`;
}

/** The documents' words as words: nothing in them is Markdown (CommonMark 2.4, every ASCII punctuation can be escaped). */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_[\]<>#|~]/g, '\\$&')
    .replace(/&(?=#?\w+;)/g, '\\&')
    .replace(/^(\s*)([-+])(?=\s)/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s)/, '$1\\$2');
}

/** Text in pieces of a few words. */
export function* textDeltas(text: string): Generator<StreamPartBody> {
  for (const [piece] of text.matchAll(new RegExp(`(?:\\s*\\S+){1,${wordsADelta}}\\s*|\\s+`, 'g'))) {
    yield { type: 'text-delta', text: piece };
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
