/** Backups and changes of embedder in words. */
import { describe, expect, it } from 'vitest';
import {
  contentText,
  encryptionText,
  flawsText,
  taskPart,
  taskText,
  taskTitle,
  wholeText,
} from '../../../renderer/features/settings/backup-words.ts';
import {
  amountText,
  costText,
  durationText,
  goesToText,
} from '../../../renderer/features/settings/embedder-change-words.ts';
import type { BackupSummary, BackupTask } from '../../../shared/requests/backup.ts';
import type { EmbedderEstimate } from '../../../shared/requests/settings.ts';

const summary: BackupSummary = {
  fileName: 'library.zip',
  fileBytes: 1_000,
  libraryBytes: 3_400_000_000,
  isEncrypted: false,
  createdAt: 0,
  appVersion: '1.0.0',
  counts: { documents: 212, conversations: 1, messages: 20, vectors: 9 },
  embedder: null,
  sendsTo: [],
  watchedFolders: 0,
  missingOriginals: 0,
  alteredOriginals: 0,
};
const task: BackupTask = {
  kind: 'backup',
  fileName: 'library.zip',
  state: 'running',
  stage: 'writing',
  done: 1_200_000_000,
  total: 3_400_000_000,
  secondsLeft: 40,
  summary: null,
  problems: [],
  notes: [],
  error: null,
};

describe('a backup', () => {
  it('tells what it does, how much is done and how long it takes', () => {
    expect(taskTitle(task)).toBe('Backing up: library.zip');
    expect(taskText(task)).toBe('writing · 1.2 GB of 3.4 GB · 40 s left');
    expect(taskText({ ...task, stage: 'examining', done: 0, total: 0, secondsLeft: null })).toBe(
      'examining the library',
    );
    expect(taskPart(task)).toBeCloseTo(0.353, 3);
    expect(taskPart({ ...task, total: 0 })).toBeNull();
  });

  // Catches: an encrypted backup that is said to be empty, and a restore that takes encryption off without a word.
  it('says what is known of an encrypted one, and what becomes of its encryption', () => {
    expect(wholeText({ kind: 'verify', summary: null })).toBe(
      'Every byte is as it was written. What is in it is encrypted.',
    );
    expect(wholeText({ kind: 'verify', summary })).toMatch(/^Every byte is as it was written: 212 documents.*1970/);
    expect(wholeText({ kind: 'backup', summary })).toMatch(/^212 documents/);
    const plan = { planId: '', fileName: 'library.zip', backup: summary, becomesEncrypted: false };
    const encrypted = { ...summary, isEncrypted: true };
    expect(encryptionText(plan)).toBeNull();
    expect(encryptionText({ ...plan, backup: encrypted })).toContain('open on the disk');
    expect(encryptionText({ ...plan, becomesEncrypted: true })).toContain('as your library is now');
    expect(encryptionText({ ...plan, backup: encrypted, becomesEncrypted: true })).toContain('as your library is now');
  });

  it('says that nothing was restored when a restore failed, and what of the library itself was lost', () => {
    expect(taskTitle({ ...task, kind: 'restore', state: 'failed' })).toBe('Nothing was restored: library.zip');
    expect(contentText(summary)).toBe('212 documents, 1 conversation, 3.4 GB');
    expect(flawsText(summary)).toBeNull();
    expect(flawsText({ ...summary, missingOriginals: 1, alteredOriginals: 2 })).toBe(
      'In the library itself: 1 original missing, 2 originals damaged.',
    );
  });
});

describe('a change of embedder', () => {
  const estimate: EmbedderEstimate = {
    texts: 12_345,
    tokens: 2_400_000,
    seconds: 720,
    host: 'api.openai.com',
    isThisComputer: false,
    cost: 0.048,
    pricesAsOf: 'August 2025',
    present: 'all-MiniLM-L6-v2',
    presentHost: null,
  };

  it('tells the amount, the time, the price, and where the text goes', () => {
    expect(amountText(estimate)).toBe('12,345 passages, about 2,400,000 tokens');
    expect(durationText(720)).toBe('about 12 min');
    expect(durationText(null)).toBe('no time');
    expect(costText(estimate)).toBe('About $0.05, by OpenAI’s list of August 2025');
    expect(costText({ ...estimate, cost: 0.001 })).toContain('Less than $0.01');
    expect(goesToText(estimate)).toBe('api.openai.com');
  });

  it('never calls an unknown price free, nor what stays here paid', () => {
    expect(costText({ ...estimate, cost: null, host: 'models.example' })).toMatch(/Not known: models\.example/);
    expect(costText({ ...estimate, host: null, isThisComputer: true, cost: 0 })).toBe('On this computer, free');
    expect(goesToText({ ...estimate, host: null, isThisComputer: true })).toBe('Nowhere: it stays in Quire');
  });
});
