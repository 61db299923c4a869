import { describe, expect, it } from 'vitest';
import type { StoredChunk } from '../../../electron/db/search-types.ts';
import { widen, withPages } from '../../../electron/pipeline/retrieve-widen.ts';
import type { Hit } from '../../../shared/domain.ts';
import { makeChunk } from '../../helpers/library.ts';

const chunks: StoredChunk[] = Array.from({ length: 10 }, (_, ordinal) => ({
  ...makeChunk(ordinal, `text ${ordinal}`),
  id: 100 + ordinal,
  documentId: 'd',
  tokenCount: 10,
}));

function hit(ordinal: number): Hit {
  return {
    rank: 1,
    chunkId: 100 + ordinal,
    documentId: 'd',
    title: 'D',
    path: '/d.pdf',
    page: ordinal + 1,
    headingPath: [],
    text: `text ${ordinal}`,
    boxes: [],
    score: 1,
    textRank: 1,
    bm25: -1,
    vectorRank: null,
    cosine: null,
  };
}

function ordinals(hits: readonly Hit[], budget: number): number[][] {
  return widen(hits, chunks, budget).map((passage) => passage.chunks.map((chunk) => chunk.ordinal));
}

describe('widen', () => {
  it('adds the neighbours on both sides, in reading order', () => {
    expect(ordinals([hit(4)], 100)).toEqual([[3, 4, 5]]);
    expect(ordinals([hit(0)], 100)).toEqual([[0, 1]]);
  });

  // Catches: a neighbour of the first hit that takes the budget from the second hit.
  it('spends the budget on hits first, then on what follows them', () => {
    expect(ordinals([hit(2), hit(7)], 20)).toEqual([[2], [7]]);
    expect(ordinals([hit(2), hit(7)], 35)).toEqual([[2, 3], [7]]);
    expect(ordinals([hit(2), hit(7)], 10)).toEqual([[2]]);
  });

  // Catches: the same chunk given to the model twice where hits lie side by side.
  it('gives a chunk to one passage only', () => {
    const all = ordinals([hit(3), hit(4), hit(6)], 1000).flat();
    expect(new Set(all).size).toBe(all.length);
    expect([...all].sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7]);
  });
});

describe('withPages', () => {
  const store = {
    chunks: {
      get: (ids: readonly number[]) => Promise.resolve(chunks.filter(({ id }) => ids.includes(id))),
      range: (_documentId: string, from: number, to: number) =>
        Promise.resolve(chunks.filter(({ ordinal }) => ordinal >= from && ordinal <= to)),
    },
  } as unknown as Parameters<typeof withPages>[0];

  // Catches: the right page is found, and the row of it that answers is never looked at.
  it('adds the other chunks of a hit’s page, once, behind it and with no rank of a search', async () => {
    const pages = chunks.map((chunk) => ({ ...chunk, page: Math.floor(chunk.ordinal / 4) + 1 }));
    const own = { ...store, chunks: { ...store.chunks, range: () => Promise.resolve(pages) } } as typeof store;
    const found = await withPages(own, [
      { ...hit(5), page: 2 },
      { ...hit(6), rank: 2, page: 2 },
    ]);
    expect(found.map(({ chunkId, rank }) => [chunkId, rank])).toEqual([
      [105, 1],
      [106, 2],
      [104, 2],
      [107, 2],
    ]);
    expect(found.at(-1)).toMatchObject({ text: 'text 7', textRank: null, bm25: null, cosine: null });
  });
});
