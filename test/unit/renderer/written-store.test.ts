import { beforeEach, expect, it, vi } from 'vitest';
import { writtenRequests } from '../../../shared/requests/written.ts';

interface Query {
  readonly limit: number;
  readonly offset?: number;
  readonly search: string;
}

const count = 730;
let asked: Query[] = [];

beforeEach(() => {
  asked = [];
  vi.resetModules();
  vi.doMock('../../../renderer/ipc/client.ts', () => ({
    attachStream: () => () => undefined,
    request: (_name: string, query: Query) => {
      asked.push(query);
      writtenRequests['written.list'].params.parse(query);
      const total = query.search === '' ? count : 3;
      const offset = query.offset ?? 0;
      const length = Math.max(0, Math.min(query.limit, total - offset));
      const pieces = Array.from({ length }, (_, index) => ({ id: `${query.search}${offset + index}` }));
      return Promise.resolve({ pieces, total, all: count, models: [] });
    },
  }));
});

const load = () => import('../../../renderer/app/stores/written-store.ts');

// Catches: a list that ends at five hundred pieces, and asks for them again whenever its end is seen.
it('loads every piece, a page at a time, and then asks no more', async () => {
  const { loadMorePieces, loadPieces, useWrittenStore } = await load();
  const ids = () => useWrittenStore.getState().pieces.map(({ id }) => Number(id));
  loadPieces();
  await expect.poll(() => ids().length).toBe(100);
  for (let page = 0; page < 12; page += 1) await loadMorePieces();
  expect(ids()).toEqual(Array.from({ length: count }, (_, index) => index));
  expect(asked.length).toBe(8);
});

it('does not put a page behind a list that was filtered meanwhile', async () => {
  const { filterPieces, loadMorePieces, loadPieces, useWrittenStore } = await load();
  loadPieces();
  await expect.poll(() => useWrittenStore.getState().total).toBe(count);
  const more = loadMorePieces();
  filterPieces({ search: 'x' });
  await more;
  await expect.poll(() => useWrittenStore.getState().pieces.map(({ id }) => id)).toEqual(['x0', 'x1', 'x2']);
});

// Catches: “not well formed” in place of a word about what is too much to read.
it('takes as many documents as a library has', () => {
  const documentIds = Array.from({ length: 5_000 }, () => crypto.randomUUID());
  expect(writtenRequests['written.start'].params.safeParse({ kind: 'summary', documentIds }).success).toBe(true);
});
