/**
 * Reciprocal rank fusion of the two arms of retrieval, as pure functions.
 *
 * Cormack, Clarke, Büttcher: Reciprocal Rank Fusion outperforms Condorcet and individual rank learning methods,
 * SIGIR 2009. It needs ranks alone, so that bm25 and cosine need not be made comparable.
 */
import type { Candidate } from '../db/search-types.ts';

export interface FusionWeights {
  /** The constant of the paper: the larger, the less the first ranks stand out. */
  readonly rankConstant: number;
  readonly text: number;
  readonly vector: number;
  /**
   * Share of the scores of other chunks on the same page that a chunk gains: two fair passages on a page tell more
   * than a good one alone.
   */
  readonly samePage: number;
}

export const defaultFusion: FusionWeights = { rankConstant: 60, text: 1, vector: 1, samePage: 0.2 };

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

/** Fuses two lists, each best first, into one, best first. */
export function fuse(
  text: readonly Candidate[],
  vector: readonly Candidate[],
  weights: FusionWeights = defaultFusion,
): FusedCandidate[] {
  const fused = new Map<number, FusedCandidate>();
  const entryOf = ({ chunkId, documentId, ordinal, page }: Candidate): FusedCandidate =>
    fused.get(chunkId) ?? {
      chunkId,
      documentId,
      ordinal,
      page,
      score: 0,
      textRank: null,
      bm25: null,
      vectorRank: null,
      cosine: null,
    };
  text.forEach((candidate, index) => {
    const entry = entryOf(candidate);
    const score = entry.score + weights.text / (weights.rankConstant + index + 1);
    fused.set(candidate.chunkId, { ...entry, score, textRank: index + 1, bm25: candidate.score });
  });
  vector.forEach((candidate, index) => {
    const entry = entryOf(candidate);
    const score = entry.score + weights.vector / (weights.rankConstant + index + 1);
    fused.set(candidate.chunkId, { ...entry, score, vectorRank: index + 1, cosine: candidate.score });
  });
  return withPages([...fused.values()], weights.samePage).sort(
    (a, b) => b.score - a.score || (a.textRank ?? Infinity) - (b.textRank ?? Infinity) || a.chunkId - b.chunkId,
  );
}

function withPages(candidates: readonly FusedCandidate[], share: number): FusedCandidate[] {
  const pageOf = ({ documentId, page }: FusedCandidate): string => `${documentId} ${page}`;
  const totals = new Map<string, number>();
  for (const candidate of candidates) {
    totals.set(pageOf(candidate), (totals.get(pageOf(candidate)) ?? 0) + candidate.score);
  }
  return candidates.map((candidate) => {
    const others = (totals.get(pageOf(candidate)) ?? 0) - candidate.score;
    return { ...candidate, score: candidate.score + share * others };
  });
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
