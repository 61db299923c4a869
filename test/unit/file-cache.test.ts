/** Which originals come to a computer, and which go. */
import { expect, test } from 'vitest';
import { filesToDrop, filesToFetch, type CachedFile } from '../../electron/sync/parts/file-cache.ts';

function file(documentId: string, changed: Partial<CachedFile> = {}): CachedFile {
  return { documentId, size: 10, isHere: true, isThere: true, isNeeded: false, pinned: false, usedAt: 0, ...changed };
}

const ids = (files: readonly CachedFile[]): string[] => files.map(({ documentId }) => documentId);

test('on demand nothing comes but what is kept offline', () => {
  const files = [file('a', { isHere: false }), file('b', { isHere: false, pinned: true }), file('c')];
  expect(ids(filesToFetch(files, { files: 'on-demand', limit: 1 }))).toEqual(['b']);
});

test('all come as far as they fit, the most recently used first, and none that the bucket has not', () => {
  const missing = { isHere: false } as const;
  const files = [
    file('old', { ...missing, usedAt: 1 }),
    file('new', { ...missing, usedAt: 9 }),
    file('large', { ...missing, usedAt: 5, size: 100 }),
    file('unsent', { ...missing, isThere: false, usedAt: 10 }),
    file('here'),
  ];
  expect(ids(filesToFetch(files, { files: 'all', limit: 30 }))).toEqual(['new', 'old']);
  expect(ids(filesToFetch(files, { files: 'all', limit: 20 }))).toEqual(['new']);
  expect(ids(filesToFetch(files, { files: 'all', limit: null }))).toEqual(['new', 'large', 'old']);
});

test('what goes was used longest ago; what is kept offline, needed, or nowhere else stays', () => {
  const files = [
    file('a', { usedAt: 4 }),
    file('b', { usedAt: 2 }),
    file('pinned', { pinned: true }),
    file('unsent', { isThere: false }),
    file('needed', { isNeeded: true }),
    file('elsewhere', { isHere: false }),
  ];
  const drop = (limit: number | null): string[] => ids(filesToDrop(files, { files: 'all', limit }));
  expect(drop(null)).toEqual([]);
  expect(drop(50)).toEqual([]);
  expect(drop(49)).toEqual(['b']);
  expect(drop(0)).toEqual(['b', 'a']);
});
