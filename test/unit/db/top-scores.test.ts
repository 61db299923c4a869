import { describe, expect, it } from 'vitest';
import { TopScores } from '../../../electron/db/vectors/top-scores.ts';

describe('TopScores', () => {
  // Catches: a heap that loses its order, which shows only with the right sequence of scores.
  it('keeps the same as sorting everything', () => {
    for (let size = 1; size <= 40; size += 1) {
      const scores = Float32Array.from({ length: 200 }, (_, index) => Math.sin(index * index * size));
      const best = new TopScores(size);
      for (let first = 0; first < scores.length; first += 23) best.offer(scores.subarray(first, first + 23), first);
      const expected = Array.from(scores, (score, index) => ({ index, score })).sort((a, b) => b.score - a.score);
      expect(best.sorted()).toEqual(expected.slice(0, size));
    }
  });

  // Catches: NaN (rows that may not be found) taken in while the heap still has room.
  it('never keeps NaN, and answers fewer when there are fewer', () => {
    const best = new TopScores(4);
    best.offer(Float32Array.from([Number.NaN, -2, Number.NaN, -1]), 0);
    expect(best.sorted()).toEqual([
      { index: 3, score: -1 },
      { index: 1, score: -2 },
    ]);
  });

  it('keeps nothing when nothing is asked for', () => {
    const best = new TopScores(0);
    best.offer(Float32Array.from([1, 2]), 0);
    expect(best.sorted()).toEqual([]);
  });
});
