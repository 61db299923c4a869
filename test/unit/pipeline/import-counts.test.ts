import { expect, it } from 'vitest';
import type { ImportFile, ImportFileState } from '../../../electron/db/import-types.ts';
import { countImport } from '../../../electron/pipeline/import-counts.ts';
import type { DocumentState } from '../../../shared/domain.ts';

let key = 0;
function file(state: ImportFileState, documentId: string | null = null): ImportFile {
  key += 1;
  return { key, path: `/papers/${key}.pdf`, state, documentId, error: null };
}

// Catches: counts that do not add up to the files, and an import that is over while files wait (or the other way round).
it('every file is counted once', () => {
  const documents = new Map<string, DocumentState>([
    ['a', 'ready'],
    ['b', 'failed'],
    ['c', 'embedding'],
    ['d', 'extracting'],
  ]);
  const files = [
    file('added', 'a'),
    file('added', 'b'),
    file('added', 'c'),
    file('added', 'd'),
    file('duplicate', 'a'),
    file('rejected'),
    file('waiting'),
    file('cancelled'),
    file('looking'),
  ];
  const counts = countImport(files, documents, false);
  expect(counts).toEqual({
    total: 8,
    looking: true,
    ready: 1,
    duplicates: 1,
    failed: 2,
    cancelled: 1,
    waiting: 3,
    toCome: 1,
    read: 6,
    active: true,
    cancelling: false,
  });
  expect(counts.ready + counts.duplicates + counts.failed + counts.cancelled + counts.waiting).toBe(counts.total);
});

it('is over when nothing waits, and not before what was cancelled is out again', () => {
  const ready = new Map<string, DocumentState>([['a', 'ready']]);
  expect(countImport([file('added', 'a'), file('cancelled')], ready, false).active).toBe(false);
  expect(countImport([file('added', 'a'), file('cancelling', 'b')], ready, true).active).toBe(true);
  // A document that was stored a moment ago is not told of yet.
  expect(countImport([file('added', 'new')], ready, false)).toMatchObject({ waiting: 1, active: true });
});
