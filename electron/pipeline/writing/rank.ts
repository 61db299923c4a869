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
  const counts = stemCounts(sentences);
  yield;
  const idf = new Map([...counts].map(([stem, count]) => [stem, Math.log(1 + sentences.length / count)]));
  yield;
  const central = centrality(chunks);
  yield;
  const wordsOfAll = commonWords(counts, idf, sentences.length);
  yield;
  const prepared: (Omit<RankedSentence, 'score'> & { words: number; near: number })[] = [];
  for (const sentence of sentences) {
    const vector = unitVector(sentence.stems, idf);
    const words = cosine(vector, wordsOfAll);
    prepared.push({ sentence, vector, words, near: central?.[sentence.chunk] ?? words });
    if (prepared.length % 64 === 0) yield;
  }
  const mostWords = Math.max(1e-9, ...prepared.map(({ words }) => words));
  const first = prepared
    .map((item) => ({ ...item, words: item.words / mostWords }))
    .sort((a, b) => early(b, sentences.length) - early(a, sentences.length))
    .slice(0, compared);
  const graph = yield* textRank(first.map(({ vector }) => vector));
  return first
    .map(({ sentence, vector, words, near }, index) => {
      const worth = weights.graph * (graph[index] ?? 0) + weights.centroid * near + weights.words * words;
      return { sentence, vector, score: worth * sentence.form * placeFactor(sentence.place, sentences.length) };
    })
    .sort((a, b) => b.score - a.score);
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
export function centrality(chunks: readonly SourceChunk[]): readonly number[] | null {
  const vectors = chunks.flatMap(({ vector }) => (vector ? [vector] : []));
  const [first] = vectors;
  if (!first || vectors.length < chunks.length / 2) return null;
  const mean = new Float64Array(first.length);
  for (const vector of vectors) for (let i = 0; i < mean.length; i += 1) mean[i]! += vector[i] ?? 0;
  const length = Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0)) || 1;
  const cosines = chunks.map(({ vector }) =>
    vector ? vector.reduce((sum, value, i) => sum + value * (mean[i] ?? 0), 0) / length : null,
  );
  const known = cosines.filter((value) => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return cosines.map((value) => (value === null ? 0.5 : most > least ? (value - least) / (most - least) : 1));
}

function stemCounts(sentences: readonly Sentence[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { stems } of sentences) for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  return counts;
}

/** The document's own words: how often they occur times how telling they are; those said once say little of it all. */
function commonWords(
  counts: ReadonlyMap<string, number>,
  idf: ReadonlyMap<string, number>,
  sentenceCount: number,
): Map<string, number> {
  const vector = new Map<string, number>();
  for (const [stem, count] of counts) {
    if (count < 2 && sentenceCount > 12) continue;
    if (/^\d/.test(stem)) continue;
    vector.set(stem, Math.log(1 + count) * (idf.get(stem) ?? 0));
  }
  return unit(vector);
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
