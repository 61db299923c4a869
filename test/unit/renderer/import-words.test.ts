import { describe, expect, it } from 'vitest';
import {
  importOutcomeText,
  importPart,
  importText,
  isImportTold,
  leftOverText,
} from '../../../renderer/app/import-words.ts';
import { folderText } from '../../../renderer/features/settings/folder-words.ts';
import type { WatchedFolder } from '../../../shared/folders.ts';
import type { ImportSummary } from '../../../shared/imports.ts';

const none: ImportSummary = {
  total: 0,
  looking: false,
  waiting: 0,
  toCome: 0,
  read: 0,
  ready: 0,
  duplicates: 0,
  failed: 0,
  cancelled: 0,
  active: false,
  cancelling: false,
};
const running: ImportSummary = {
  ...none,
  total: 1_000,
  waiting: 997,
  toCome: 900,
  read: 3,
  ready: 2,
  failed: 1,
  active: true,
};
const activity = {
  documentsDone: 3,
  documentsTotal: 100,
  title: 'Annual report',
  stage: 'extracting',
  done: 88,
  total: 180,
  secondsLeft: 72,
} as const;

describe('the import in the status bar', () => {
  it('reads as how far it is, where, and for how long', () => {
    expect(importText(running, activity)).toBe('Reading 4 of 1,000 · page 88 of 180 · 1.2 min left');
    expect(importText(running, { ...activity, stage: 'embedding' })).toBe('Indexing 4 of 1,000 · 1.2 min left');
    expect(importText(running, null)).toBe('Adding 101 of 1,000');
    expect(importText({ ...none, looking: true, active: true }, null)).toBe('Looking for files…');
    expect(importText({ ...running, cancelling: true }, activity)).toBe('Cancelling the import…');
  });

  it('a single file is told by its title', () => {
    const one = { ...none, total: 1, waiting: 1, active: true };
    expect(importText(one, { ...activity, documentsTotal: 1 })).toMatch(/^Reading · Annual report · page 88/);
  });

  it('the bar only grows: reading is its smaller part', () => {
    expect(importPart(none)).toBeNull();
    const read = importPart({ ...running, read: 1_000 }) ?? 1;
    expect(importPart(running)).toBeLessThan(read);
    expect(read).toBeLessThan(0.2);
    expect(importPart({ ...running, read: 1_000, waiting: 0 })).toBeCloseTo(1);
  });

  it('what is over is told of only while there is something to do', () => {
    expect(isImportTold({ ...none, total: 200, ready: 200 })).toBe(false);
    expect(isImportTold({ ...none, total: 200, failed: 2 })).toBe(true);
    // A few files had their own messages.
    expect(isImportTold({ ...none, total: 3, failed: 1 })).toBe(false);
    expect(leftOverText({ ...none, total: 200, failed: 2, cancelled: 5 })).toBe('2 failed, 5 not added of 200');
  });

  it('one sentence says what became of all files', () => {
    expect(importOutcomeText({ ...none, total: 200, ready: 195, duplicates: 3, failed: 2 })).toBe(
      'Imported 200 files: 195 ready, 3 already there, 2 failed.',
    );
    expect(importOutcomeText({ ...none, total: 200, ready: 12, cancelled: 188 })).toBe(
      'Import cancelled: 12 ready, 188 not added.',
    );
  });
});

it('a watched folder says what it does and what is not as it should be', () => {
  const folder: WatchedFolder = {
    id: 'f',
    name: 'Papers',
    path: '/papers',
    state: 'watching',
    error: null,
    pending: 0,
    documents: 42,
    gone: 0,
    failed: 0,
  };
  expect(folderText(folder)).toBe('Watching · 42 documents');
  expect(folderText({ ...folder, state: 'adding', pending: 1_200, gone: 1, failed: 2 })).toBe(
    '1,200 files to look at · 42 documents · 1 file is gone · 2 files can’t be read',
  );
});
