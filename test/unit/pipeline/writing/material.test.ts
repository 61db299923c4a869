/** What is loaded for a piece, over a store that counts what it is asked for. */
import { expect, test, vi } from 'vitest';
import type { Database } from '../../../../electron/db/database.ts';
import { loadMaterial } from '../../../../electron/pipeline/writing/material.ts';

function storeOf(count: number) {
  const read = vi.fn(async (ids: readonly number[]) => ids.map((id) => new Float32Array([id])));
  const range = async (_: string, first: number, last: number) =>
    Array.from({ length: Math.max(0, Math.min(count, last + 1) - first) }, (__, index) => ({ id: first + index }));
  const get = async () => ({ searchable: true, title: 'Filing' });
  return { read, database: { documents: { get }, chunks: { range }, vectors: { read } } as unknown as Database };
}

// Catches: ten thousand vectors that cross from the reading thread in one go.
test('vectors come in slices, each to its passage', async () => {
  const { database, read } = storeOf(1_050);
  const { documents } = await loadMaterial(database, ['filing'], null, { withVectors: true });
  expect(documents[0]?.chunks).toHaveLength(1_050);
  expect(documents[0]?.chunks.every(({ hit, vector }) => vector?.[0] === hit.chunkId)).toBe(true);
  expect(Math.max(...read.mock.calls.map(([ids]) => ids.length))).toBeLessThanOrEqual(200);
});

test('an estimate, and a model, read no vectors', async () => {
  const { database, read } = storeOf(10);
  const { documents } = await loadMaterial(database, ['filing'], null, { withVectors: false });
  expect(documents[0]?.chunks.map(({ vector }) => vector)).toEqual(Array(10).fill(null));
  expect(read).not.toHaveBeenCalled();
});
