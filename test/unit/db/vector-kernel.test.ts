import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { kernelBase64 } from '../../../electron/db/vectors/kernel.ts';
import { VectorMatrix } from '../../../electron/db/vectors/matrix.ts';

/** Deterministic numbers in [-1, 1): mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

function unitVector(dimensions: number, random: () => number): Float32Array {
  const vector = Float32Array.from({ length: dimensions }, random);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** The same scan without SIMD: int8 rows, exact query. */
function plainScores(rows: readonly Float32Array[], query: Float32Array): number[] {
  return rows.map((row) => {
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    let sum = 0;
    row.forEach((value, index) => {
      const scaled = (Math.abs(value) * 127) / largest;
      sum += Math.sign(value) * Math.floor(scaled + 0.5) * (query[index] ?? 0);
    });
    return (sum * largest) / 127;
  });
}

describe('the vector kernel', () => {
  // Catches: kernel.wat edited and not compiled, or bytes in the tree that no source explains.
  it('is what kernel.wat compiles to', async () => {
    const source = readFileSync(new URL('../../../electron/db/vectors/kernel.wat', import.meta.url), 'utf8');
    const parsed = (await wabt()).parseWat('kernel.wat', source, { simd: true });
    parsed.validate();
    const { buffer } = parsed.toBinary({ write_debug_names: false });
    expect(kernelBase64).toBe(Buffer.from(buffer).toString('base64'));
  });

  // Catches: a block, lane or padding left out, which shows in dimensions that are no multiple of a block.
  it.each([1, 8, 31, 32, 33, 384, 1536])('scores %i dimensions as a plain loop does', (dimensions) => {
    const random = randomNumbers(dimensions);
    const rows = Array.from({ length: 300 }, () => unitVector(dimensions, random));
    const query = unitVector(dimensions, random);
    const matrix = new VectorMatrix(dimensions);
    rows.forEach((row, index) => matrix.add(index + 1, index + 10, row));
    const expected = plainScores(rows, query);
    const scanned = matrix.scan(query, rows.length);
    expect(scanned).toHaveLength(rows.length);
    for (const { key, textKey, score } of scanned) {
      expect(textKey).toBe(key + 9);
      expect(score).toBeCloseTo(expected[key - 1] ?? Number.NaN, 4);
    }
    expect(scanned.map(({ score }) => score)).toEqual(scanned.map(({ score }) => score).sort((a, b) => b - a));
  });

  // Catches: sums that leave int32 where all numbers of both vectors are equal, the worst case.
  it('does not overflow with the largest possible sums', () => {
    for (const dimensions of [384, 3072, 16_384]) {
      const even = new Float32Array(dimensions).fill(1 / Math.sqrt(dimensions));
      const matrix = new VectorMatrix(dimensions);
      matrix.add(1, 1, even);
      matrix.add(
        2,
        2,
        even.map((value) => -value),
      );
      const [best, worst] = matrix.scan(even, 2);
      expect(best?.score).toBeCloseTo(1, 2);
      expect(worst?.score).toBeCloseTo(-1, 2);
    }
  });

  // Catches: rows lost or scored twice at the border of two calls of the kernel, or when its memory grows.
  it('finds the right rows among more than one call scans', () => {
    const random = randomNumbers(7);
    const matrix = new VectorMatrix(16);
    const query = unitVector(16, random);
    const rows = Array.from({ length: 30_000 }, () => unitVector(16, random));
    rows.forEach((row, index) => matrix.add(index + 1, index + 1, row));
    const expected = plainScores(rows, query)
      .map((score, index) => ({ key: index + 1, score }))
      .sort((a, b) => b.score - a.score)
      .slice(0, 50);
    const scanned = matrix.scan(query, 50);
    expect(scanned.map(({ score }) => score.toFixed(3))).toEqual(expected.map(({ score }) => score.toFixed(3)));
  });

  // Catches: deleted or filtered rows that still turn up, or that push living ones out.
  it('leaves out dead rows and rows that are not allowed', () => {
    const random = randomNumbers(3);
    const matrix = new VectorMatrix(8);
    const query = unitVector(8, random);
    for (let key = 1; key <= 20; key += 1) matrix.add(key, key, unitVector(8, random));
    const allowed = new Set(Array.from({ length: 11 }, (_, index) => index + 5));
    matrix.keepOnly(new Set([1, 2, 6, 7, 20]));
    expect(matrix.deadRows).toBe(15);
    const keys = (found: { key: number }[]): number[] => found.map(({ key }) => key).sort((a, b) => a - b);
    expect(keys(matrix.scan(query, 20))).toEqual([1, 2, 6, 7, 20]);
    expect(keys(matrix.scan(query, 20, allowed))).toEqual([6, 7]);
  });

  it('refuses dimensions it has no room for', () => {
    expect(() => new VectorMatrix(16_385)).toThrow(/16385/);
    expect(() => new VectorMatrix(0)).toThrow(/0 dimensions/);
  });
});
