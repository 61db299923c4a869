/** Which way a search in Postgres takes: by what each costs. */
import { expect, test } from 'vitest';
import { planSearch } from '../../../electron/adapters/postgres/nearest-search.ts';

const wayOf = (chunks: number, all: number): string => planSearch({ chunks, all }, 30).way;

// Catches: a document that is searched through an index of everything, and all of a library that is compared.
test('few chunks are compared, many are looked up, and what lies between is checked against their hashes', () => {
  expect([500, 2_000, 6_000, 50_000, 100_000].map((chunks) => wayOf(chunks, 100_000))).toEqual([
    'exact',
    'exact',
    'hashes',
    'lookups',
    'lookups',
  ]);
});

// Catches: a limit that fits one size of a library: among ten times as many, the index goes through ten times as many.
test('the larger the library, the more is compared', () => {
  expect(wayOf(6_000, 100_000)).toBe('hashes');
  expect(wayOf(6_000, 1_000_000)).toBe('exact');
  expect(wayOf(100_000, 1_000_000_000)).not.toBe('exact');
});

// Catches: a question about something else than its scope, for which all of the index is gone through.
test('the index is given up when comparing would have been as fast', () => {
  expect(planSearch({ chunks: 6_000, all: 100_000 }, 30).scan).toBe(3_000);
  expect(planSearch({ chunks: 100_000, all: 100_000 }, 30).scan).toBe(20_000);
});
