import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../electron/db/search-types.ts';
import { defaultFusion, fuse, merge, withoutRepeats } from '../../../electron/pipeline/retrieve-fusion.ts';

function candidate(chunkId: number, score: number, page = chunkId): Candidate {
  return { chunkId, documentId: 'd', ordinal: chunkId, page, pageEnd: page, score };
}

const plain = { ...defaultFusion, nextPassage: 0, samePage: 1 };

describe('fuse', () => {
  // Catches: bm25 taken as higher is better, and what one arm alone found put before what both found.
  it('puts what both arms found before what one found', () => {
    const text = [candidate(1, -9), candidate(2, -8), candidate(4, -1)];
    const vector = [candidate(3, 0.75), candidate(2, 0.625), candidate(5, 0.25)];
    const fused = fuse(text, vector, plain);
    expect(fused.map(({ chunkId }) => chunkId)).toEqual([2, 1, 3, 4, 5]);
    expect(fused[0]).toMatchObject({ textRank: 2, bm25: -8, vectorRank: 2, cosine: 0.625 });
    expect(fused[1]).toMatchObject({ textRank: 1, bm25: -9, vectorRank: null, cosine: null });
  });

  // Catches: ranks alone deciding, so that a match far ahead of all others counts no more than a first among equals.
  it('keeps the distance between scores', () => {
    const text = [candidate(1, -20), candidate(2, -5), candidate(3, -4.9), candidate(4, -4.8)];
    const vector = [candidate(2, 0.5), candidate(3, 0.49), candidate(4, 0.48), candidate(1, 0.47)];
    expect(fuse(text, vector, plain)[0]?.chunkId).toBe(2);
    expect(fuse(text, vector, { ...plain, vector: 0.5 })[0]?.chunkId).toBe(1);
  });

  it('keeps the order of an arm that is alone', () => {
    const text = [5, 3, 4].map((id, index) => candidate(id, -10 + index));
    expect(fuse(text, [], plain).map(({ chunkId }) => chunkId)).toEqual([5, 3, 4]);
    const vector = [5, 3, 4].map((id, index) => candidate(id, 0.9 - index / 10));
    expect(fuse([], vector, plain).map(({ chunkId }) => chunkId)).toEqual([5, 3, 4]);
    expect(fuse([], [])).toEqual([]);
  });

  // Catches: pages of different documents with the same number counted as one.
  it('prefers a page with several passages found to one with a single', () => {
    const text = [candidate(1, -10, 10), candidate(2, -9, 20), candidate(3, -8, 20), candidate(4, -1, 30)];
    const pages = { ...plain, nextPassage: 0.5 };
    expect(fuse(text, [], pages).map(({ chunkId }) => chunkId)).toEqual([2, 3, 1, 4]);
    const elsewhere = text.map((each, index) => ({ ...each, documentId: `d${index}` }));
    expect(fuse(elsewhere, [], pages).map(({ chunkId }) => chunkId)).toEqual([1, 2, 3, 4]);
  });

  // Catches: one page taking all the first places.
  it('puts further passages of a page behind the best ones of other pages', () => {
    const text = [candidate(1, -10, 10), candidate(2, -9.9, 10), candidate(3, -9.8, 20), candidate(4, -1, 30)];
    const fused = fuse(text, [], { ...plain, samePage: 0.5 });
    expect(fused.map(({ chunkId }) => chunkId)).toEqual([1, 3, 2, 4]);
  });

  it('prefers a document that the question names', () => {
    const text = [candidate(1, -10), { ...candidate(2, -8), documentId: 'named' }, candidate(3, -1)];
    expect(fuse(text, [], plain, new Map([['named', 1]]))[0]?.chunkId).toBe(2);
    expect(fuse(text, [], plain, new Map([['named', 0.05]]))[0]?.chunkId).toBe(1);
  });
});

describe('merge', () => {
  // Catches: a passage twice in a list, and the second list put behind the first.
  it('makes one list of two, each passage once, best first', () => {
    const merged = merge([candidate(1, 0.9), candidate(2, 0.5)], [candidate(3, 0.7), candidate(2, 0.5)]);
    expect(merged.map(({ chunkId }) => chunkId)).toEqual([1, 3, 2]);
    expect(merge([candidate(1, 0.9)], [])).toEqual([candidate(1, 0.9)]);
  });
});

describe('withoutRepeats', () => {
  it('keeps the first of each', () => {
    expect(withoutRepeats(['a1', 'b1', 'a2'], (item) => item.charAt(0))).toEqual(['a1', 'b1']);
  });
});
