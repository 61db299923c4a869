/**
 * Chooses the sentences that stand for a document, without a model. Pure; a generator that rests after each step, so
 * that a long document holds nobody up (see `in-slices.ts`).
 *
 * Three things count together:
 * - how much other sentences say the same: PageRank over the sentences, joined by the cosine of their words' tf·idf.
 *   Mihalcea and Tarau, "TextRank: Bringing Order into Texts", EMNLP 2004, with the weights of Erkan and Radev,
 *   "LexRank: Graph-based Lexical Centrality as Salience in Text Summarization", JAIR 22, 2004.
 * - how near the passage is to the document's middle: cosine of its stored vector and the mean of all.
 *   Radev, Jing, Styś and Tam, "Centroid-based summarization of multiple documents", IPM 40, 2004; with embeddings,
 *   Rossiello, Basile and Semeraro, MultiLing 2017.
 * - the sentence's own form and place (see `sentences.ts`).
 * Then each next one has to say something new: maximal marginal relevance, Carbonell and Goldstein, SIGIR 1998.
 */
import type { Sentence, SourceChunk } from './sentences.ts';

/** Sentences that are compared with each other; the best by centroid and form. */
const compared = 320;

/** TextRank: share of the rank that is passed on, rounds, and the likeness below which two sentences have no edge. */
const damping = 0.85;
const rounds = 24;
const leastLikeness = 0.08;

/** Of each, what is looked at before resting: well below a slice of `in-slices.ts`. */
const sentencesOfStep = 256;
const chunksOfStep = 128;
const wordsOfStep = 4_096;

const weights = { graph: 0.45, centroid: 0.35, words: 0.2 };

export interface RankedSentence {
  readonly sentence: Sentence;
  /** Higher is better; comparable within a document. */
  readonly score: number;
  /** tf·idf of its words, length 1. */
  readonly vector: ReadonlyMap<string, number>;
}

/** The sentences with their worth, best first. */
export function* rankSentences(
  sentences: readonly Sentence[],
  chunks: readonly SourceChunk[],
): Generator<void, RankedSentence[]> {
  const counts = yield* stemCounts(sentences);
  const idf = new Map<string, number>();
  let steps = 0;
  for (const [stem, count] of counts) {
    idf.set(stem, Math.log(1 + sentences.length / count));
    if ((steps += 1) % wordsOfStep === 0) yield;
  }
  const central = yield* centrality(chunks);
  const wordsOfAll = yield* commonWords(counts, idf, sentences.length);
  const prepared: Prepared[] = [];
  let mostWords = 1e-9;
  for (const sentence of sentences) {
    const vector = unitVector(sentence.stems, idf);
    const words = cosine(vector, wordsOfAll);
    mostWords = Math.max(mostWords, words);
    prepared.push({ sentence, vector, words, near: central?.[sentence.chunk] ?? words });
    if (prepared.length % 64 === 0) yield;
  }
  const first = yield* foremost(prepared, mostWords);
  const graph = yield* textRank(first.map(({ vector }) => vector));
  return first
    .map(({ sentence, vector, words, near }, index) => {
      const worth = weights.graph * (graph[index] ?? 0) + weights.centroid * near + weights.words * words;
      return { sentence, vector, score: worth * sentence.form * placeFactor(sentence.place, sentences.length) };
    })
    .sort((a, b) => b.score - a.score);
}

interface Prepared extends Omit<RankedSentence, 'score'> {
  readonly words: number;
  readonly near: number;
}

/** Those that are compared with each other, best first; `words` becomes a share of the most. */
function* foremost(prepared: readonly Prepared[], mostWords: number): Generator<void, Prepared[]> {
  let best: { readonly item: Prepared; readonly value: number }[] = [];
  const keepBest = () => {
    best.sort((a, b) => b.value - a.value);
    best = best.slice(0, compared);
  };
  for (const each of prepared) {
    const item = { ...each, words: each.words / mostWords };
    best.push({ item, value: early(item, prepared.length) });
    if (best.length < 4 * compared) continue;
    keepBest();
    yield;
  }
  keepBest();
  return best.map(({ item }) => item);
}

/** What decides whether a sentence is compared with the others at all. */
function early({ sentence, words, near }: { sentence: Sentence; words: number; near: number }, count: number): number {
  return (words + near) * sentence.form * placeFactor(sentence.place, count);
}

/** Sentences from which on a document has notes and annexes behind its substance. */
const longDocument = 400;

/** What a document is about stands at its beginning, of a short one also at its end; a long one ends in annexes. */
function placeFactor(place: number, sentenceCount: number): number {
  const beginning = 0.35 * Math.max(0, 1 - place / 0.12);
  const end = Math.max(0, (place - 0.92) / 0.08);
  const annexes = Math.max(0, (place - 0.4) / 0.6);
  return 1 + beginning + (sentenceCount < longDocument ? 0.1 * end : -0.4 * annexes);
}

/** For each chunk how near it is to the mean of all vectors, 0 to 1; null where too few are stored. */
export function* centrality(chunks: readonly SourceChunk[]): Generator<void, readonly number[] | null> {
  let stored = 0;
  let mean: Float64Array | null = null;
  for (const [index, { vector }] of chunks.entries()) {
    if (index % chunksOfStep === chunksOfStep - 1) yield;
    if (!vector) continue;
    stored += 1;
    mean ??= new Float64Array(vector.length);
    for (let i = 0; i < mean.length; i += 1) mean[i]! += vector[i] ?? 0;
  }
  if (!mean || stored < chunks.length / 2) return null;
  const length = Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0)) || 1;
  const cosines: (number | null)[] = [];
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [index, { vector }] of chunks.entries()) {
    if (index % chunksOfStep === chunksOfStep - 1) yield;
    const near = vector && dot(vector, mean) / length;
    cosines.push(near);
    if (near === null) continue;
    least = Math.min(least, near);
    most = Math.max(most, near);
  }
  return cosines.map((value) => (value === null ? 0.5 : most > least ? (value - least) / (most - least) : 1));
}

function dot(vector: Float32Array, mean: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i += 1) sum += vector[i]! * (mean[i] ?? 0);
  return sum;
}

function* stemCounts(sentences: readonly Sentence[]): Generator<void, Map<string, number>> {
  const counts = new Map<string, number>();
  for (const [index, { stems }] of sentences.entries()) {
    for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1);
    if (index % sentencesOfStep === sentencesOfStep - 1) yield;
  }
  return counts;
}

/** The document's own words: how often they occur times how telling they are; those said once say little of it all. */
function* commonWords(
  counts: ReadonlyMap<string, number>,
  idf: ReadonlyMap<string, number>,
  sentenceCount: number,
): Generator<void, Map<string, number>> {
  const vector = new Map<string, number>();
  let squares = 0;
  let steps = 0;
  for (const [stem, count] of counts) {
    if ((steps += 1) % wordsOfStep === 0) yield;
    if (count < 2 && sentenceCount > 12) continue;
    if (/^\d/.test(stem)) continue;
    const value = Math.log(1 + count) * (idf.get(stem) ?? 0);
    squares += value * value;
    vector.set(stem, value);
  }
  const length = Math.sqrt(squares) || 1;
  for (const [stem, value] of vector) {
    vector.set(stem, value / length);
    if ((steps += 1) % wordsOfStep === 0) yield;
  }
  return vector;
}

function unitVector(stems: readonly string[], idf: ReadonlyMap<string, number>): Map<string, number> {
  return unit(new Map(stems.map((stem) => [stem, idf.get(stem) ?? 0])));
}

function unit(vector: Map<string, number>): Map<string, number> {
  let squares = 0;
  for (const value of vector.values()) squares += value * value;
  const length = Math.sqrt(squares) || 1;
  return new Map([...vector].map(([key, value]) => [key, value / length]));
}

export function cosine(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let sum = 0;
  for (const [key, value] of small) sum += value * (large.get(key) ?? 0);
  return sum;
}

/** PageRank of sentences that are joined by their likeness; the greatest is 1. */
export function* textRank(vectors: readonly ReadonlyMap<string, number>[]): Generator<void, number[]> {
  const count = vectors.length;
  const likeness = new Float32Array(count * count);
  const totals = new Float64Array(count);
  for (let a = 0; a < count; a += 1) {
    for (let b = 0; b < a; b += 1) {
      const same = cosine(vectors[a]!, vectors[b]!);
      // Nearly the same sentence again is a repetition, not an agreement.
      if (same < leastLikeness || same > 0.9) continue;
      likeness[a * count + b] = same;
      likeness[b * count + a] = same;
      totals[a]! += same;
      totals[b]! += same;
    }
    yield;
  }
  let ranks = new Float64Array(count).fill(1 / Math.max(1, count));
  for (let round = 0; round < rounds; round += 1) {
    const next = new Float64Array(count).fill((1 - damping) / Math.max(1, count));
    for (let a = 0; a < count; a += 1) {
      if (totals[a] === 0) continue;
      const share = (damping * ranks[a]!) / totals[a]!;
      for (let b = 0; b < count; b += 1) next[b]! += share * likeness[a * count + b]!;
    }
    ranks = next;
    yield;
  }
  const most = Math.max(1e-12, ...ranks);
  return [...ranks].map((rank) => rank / most);
}

export interface ChoiceRules {
  readonly most: number;
  /** Of one chunk, and of one heading. */
  readonly mostOfChunk: number;
  readonly mostOfSection: number;
  /** Share of the best score below which nothing is taken. */
  readonly floor: number;
}

/** How much a sentence's worth counts against its likeness to what was chosen. */
const relevanceShare = 0.7;
/** Two sentences that share more than this say the same. */
const sameAbove = 0.55;

/** The best sentences, each saying something new, in the order in which they were chosen. */
export function chooseSentences(
  ranked: readonly RankedSentence[],
  rules: ChoiceRules,
  sectionOf: (sentence: Sentence) => string,
  likeness: (a: RankedSentence, b: RankedSentence) => number = (a, b) => cosine(a.vector, b.vector),
): RankedSentence[] {
  const best = ranked[0]?.score ?? 0;
  const left = ranked.filter(({ score }) => score >= best * rules.floor);
  const chosen: RankedSentence[] = [];
  const sections = new Map<string, number>();
  const chunks = new Map<number, number>();
  while (chosen.length < rules.most) {
    let next: RankedSentence | null = null;
    let nextValue = Number.NEGATIVE_INFINITY;
    for (const item of left) {
      const { chunk } = item.sentence;
      if (chosen.includes(item) || (chunks.get(chunk) ?? 0) >= rules.mostOfChunk) continue;
      if ((sections.get(sectionOf(item.sentence)) ?? 0) >= rules.mostOfSection) continue;
      const same = Math.max(0, ...chosen.map((other) => likeness(item, other)));
      if (same > sameAbove) continue;
      const value = relevanceShare * (item.score / best) - (1 - relevanceShare) * same;
      if (value > nextValue) [next, nextValue] = [item, value];
    }
    if (!next) break;
    chosen.push(next);
    const section = sectionOf(next.sentence);
    sections.set(section, (sections.get(section) ?? 0) + 1);
    chunks.set(next.sentence.chunk, (chunks.get(next.sentence.chunk) ?? 0) + 1);
  }
  return chosen;
}
