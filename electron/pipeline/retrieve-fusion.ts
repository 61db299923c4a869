/**
 * Fusion of the two arms of retrieval, of the passages of a page, and of what a question says about documents. Pure.
 *
 * Each arm's scores are brought to the same range and added (relative score fusion; Bruch, Gai, Ingber: An Analysis of
 * Fusion Functions for Hybrid Retrieval, TOIS 2023, where it does better than reciprocal ranks): a match that stands
 * out in one arm is not made equal to one that is merely first.
 */
import type { Candidate } from '../db/search-types.ts';

export interface FusionWeights {
  readonly text: number;
  readonly vector: number;
  /** What the last passage that an arm found is worth, of the first one's 1. */
  readonly leastFound: number;
  /**
   * A page's evidence is its best passage, plus this share of its second best, plus this share squared of its third and
   * so on: a table or an argument that fills a page is cut into several passages, of which none tells everything.
   */
  readonly nextPassage: number;
  /** A page's second passage ranks with this share of the page's evidence, its third with its square and so on. */
  readonly samePage: number;
  /** What a document gains that the question names fully: 2 makes it count three times. */
  readonly named: number;
}

export const defaultFusion: FusionWeights = {
  text: 1,
  vector: 1,
  leastFound: 0.2,
  nextPassage: 0.5,
  samePage: 0.5,
  named: 2,
};

/** A chunk with its place in each arm; null where an arm did not find it. */
export interface FusedCandidate {
  readonly chunkId: number;
  readonly documentId: string;
  readonly ordinal: number;
  readonly page: number;
  readonly score: number;
  readonly textRank: number | null;
  readonly bm25: number | null;
  readonly vectorRank: number | null;
  readonly cosine: number | null;
}

/**
 * Fuses two lists, each best first, into one, best first.
 *
 * @param named How much the question points to a document, 0 to 1 (`documentsNamed`).
 */
export function fuse(
  text: readonly Candidate[],
  vector: readonly Candidate[],
  weights: FusionWeights = defaultFusion,
  named: ReadonlyMap<string, number> = new Map(),
): FusedCandidate[] {
  const fused = new Map<number, FusedCandidate>();
  const add = (candidate: Candidate, gain: number, found: Partial<FusedCandidate>): void => {
    const { chunkId, documentId, ordinal, page } = candidate;
    const entry = fused.get(chunkId) ?? {
      ...{ chunkId, documentId, ordinal, page, score: 0 },
      ...{ textRank: null, bm25: null, vectorRank: null, cosine: null },
    };
    const share = 1 + weights.named * (named.get(documentId) ?? 0);
    fused.set(chunkId, { ...entry, ...found, score: entry.score + gain * share });
  };
  const textGains = gains(text, weights.leastFound);
  text.forEach((candidate, index) =>
    add(candidate, weights.text * textGains(candidate), { textRank: index + 1, bm25: candidate.score }),
  );
  const vectorGains = gains(vector, weights.leastFound);
  vector.forEach((candidate, index) =>
    add(candidate, weights.vector * vectorGains(candidate), { vectorRank: index + 1, cosine: candidate.score }),
  );
  return byPage([...fused.values()], weights).sort(byScore);
}

/** Two lists of the same vector search in different scopes as one, best first; what both found is in it once. */
export function merge(first: readonly Candidate[], second: readonly Candidate[]): readonly Candidate[] {
  if (second.length === 0) return first;
  const merged = new Map([...first, ...second].map((candidate) => [candidate.chunkId, candidate]));
  return [...merged.values()].sort((a, b) => b.score - a.score || a.chunkId - b.chunkId);
}

/** What each candidate of a list is worth: from 1 for the first to `least` for the last, by its score. */
function gains(list: readonly Candidate[], least: number): (candidate: Candidate) => number {
  const best = list[0]?.score ?? 0;
  const worst = list.at(-1)?.score ?? 0;
  if (best === worst) return () => 1;
  return ({ score }) => least + ((1 - least) * (score - worst)) / (best - worst);
}

function byPage(candidates: readonly FusedCandidate[], weights: FusionWeights): FusedCandidate[] {
  const pages = new Map<string, FusedCandidate[]>();
  for (const candidate of candidates) {
    const key = `${candidate.documentId} ${candidate.page}`;
    const page = pages.get(key);
    if (page) page.push(candidate);
    else pages.set(key, [candidate]);
  }
  return [...pages.values()].flatMap((page) => {
    page.sort(byScore);
    const evidence = page.reduce((sum, { score }, index) => sum + score * weights.nextPassage ** index, 0);
    return page.map((candidate, index) => ({ ...candidate, score: evidence * weights.samePage ** index }));
  });
}

function byScore(a: FusedCandidate, b: FusedCandidate): number {
  return b.score - a.score || (a.textRank ?? Infinity) - (b.textRank ?? Infinity) || a.chunkId - b.chunkId;
}

/** Leaves out what says the same as something better: equal hashes, here of the same text in several documents. */
export function withoutRepeats<Item>(items: readonly Item[], hashOf: (item: Item) => string): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const hash = hashOf(item);
    if (seen.has(hash)) return false;
    seen.add(hash);
    return true;
  });
}
