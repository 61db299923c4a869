import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../electron/db/search-types.ts';
import { defaultFusion, fuse, withoutRepeats } from '../../../electron/pipeline/retrieve-fusion.ts';

function candidate(chunkId: number, score: number, page = chunkId): Candidate {
  return { chunkId, documentId: 'd', ordinal: chunkId, page, pageEnd: page, score };
}

const plain = { ...defaultFusion, samePage: 0 };

describe('fuse', () => {
  // Catches: an arm's score used in place of its rank; bm25 is better when lower, cosine when higher.
  it('puts what both arms found before what one found, whatever the scores', () => {
    const fused = fuse([candidate(1, -9), candidate(2, -8)], [candidate(3, 0.9), candidate(2, 0.1)], plain);
    expect(fused.map(({ chunkId }) => chunkId)).toEqual([2, 1, 3]);
    expect(fused[0]).toMatchObject({ textRank: 2, bm25: -8, vectorRank: 2, cosine: 0.1 });
    expect(fused[1]).toMatchObject({ textRank: 1, bm25: -9, vectorRank: null, cosine: null });
    expect(fused[0]?.score).toBeCloseTo(2 / 62);
  });

  it('keeps the order of an arm that is alone', () => {
    const text = [5, 3, 4].map((id, index) => candidate(id, -10 + index));
    expect(fuse(text, [], plain).map(({ chunkId }) => chunkId)).toEqual([5, 3, 4]);
    expect(fuse([], text, plain).map(({ chunkId }) => chunkId)).toEqual([5, 3, 4]);
    expect(fuse([], [])).toEqual([]);
  });

  // Catches: pages of different documents with the same number counted as one.
  it('prefers a page with several passages found to one with a single', () => {
    const text = [candidate(1, -5, 10), candidate(2, -4, 20), candidate(3, -3, 20)];
    expect(fuse(text, [], { ...plain, samePage: 0.5 }).map(({ chunkId }) => chunkId)).toEqual([2, 3, 1]);
    const elsewhere = text.map((each, index) => ({ ...each, documentId: `d${index}` }));
    expect(fuse(elsewhere, [], { ...plain, samePage: 0.5 }).map(({ chunkId }) => chunkId)).toEqual([1, 2, 3]);
  });
});

describe('withoutRepeats', () => {
  it('keeps the first of each', () => {
    expect(withoutRepeats(['a1', 'b1', 'a2'], (item) => item.charAt(0))).toEqual(['a1', 'b1']);
  });
});
