/** How sync stands in words: what the status bar, the settings and a document's mark say. */
import { describe, expect, test } from 'vitest';
import {
  agoText,
  conflictSubject,
  deletedThereText,
  documentSyncWords,
  platformName,
  progressPart,
  progressText,
  syncSentence,
  syncText,
  syncTone,
} from '../../../renderer/components/sync-words.ts';
import { AppError } from '../../../shared/errors.ts';
import type { SyncStatus } from '../../../shared/sync.ts';
import { filesPolicySchema } from '../../../shared/files-policy.ts';
import { syncOff, type SyncConflictView } from '../../../shared/sync-view.ts';

const now = Date.UTC(2027, 0, 1);
const idle: SyncStatus = { ...syncOff, state: 'idle', syncedAt: now - 5 * 60_000 };
const passing = new AppError('remote-unreachable', 'Nothing answers.', { retryable: true }).toInfo();
const lasting = new AppError('remote-unauthorized', 'The password is refused.').toInfo();

describe('the status bar', () => {
  test('says nothing while sync is off, and when it last synced otherwise', () => {
    expect(syncText(syncOff, now)).toBeNull();
    expect(syncText(idle, now)).toBe('Synced 5 min ago');
    expect(syncText({ ...idle, syncedAt: null }, now)).toBe('Sync on');
    expect(syncTone(idle)).toBe('well');
  });

  test('says how far a round is', () => {
    const status: SyncStatus = { ...idle, state: 'syncing', progress: { phase: 'files', done: 3, total: 40 } };
    expect(syncText(status, now)).toBe('Syncing · files, 3 of 40');
    expect(syncTone(status)).toBe('busy');
    expect(syncText({ ...status, progress: null }, now)).toBe('Syncing');
  });

  // Catches: a warning for each tunnel that a train goes through, and none for a password that nobody will type.
  test('warns of what wants a person, and not of a network that is away', () => {
    const away: SyncStatus = { ...idle, state: 'waiting', error: passing, retryAt: now + 30_000 };
    expect([syncText(away, now), syncTone(away)]).toEqual(['Sync waits', 'resting']);
    const refused: SyncStatus = { ...idle, state: 'waiting', error: lasting };
    expect([syncText(refused, now), syncTone(refused)]).toEqual(['Sync needs you', 'warning']);
    const old: SyncStatus = { ...idle, readOnly: lasting };
    expect([syncText(old, now), syncTone(old)]).toEqual(['Sync only receives', 'warning']);
    const torn: SyncStatus = { ...idle, conflicts: 2 };
    expect([syncText(torn, now), syncTone(torn)]).toEqual(['2 sync conflicts', 'warning']);
    const paused: SyncStatus = { ...torn, state: 'paused' };
    expect([syncText(paused, now), syncTone(paused)]).toEqual(['Sync paused', 'resting']);
  });
});

test('the settings say what is not sent yet, and when it is tried again', () => {
  expect(syncSentence(syncOff, now)).toContain('nothing is sent');
  expect(syncSentence({ ...idle, unsent: 1 }, now)).toBe(
    'Synced 5 min ago. 1 change of this computer is not sent yet.',
  );
  const waiting: SyncStatus = { ...idle, state: 'waiting', retryAt: now + 30_000, unsent: 12 };
  expect(syncSentence(waiting, now)).toBe(
    'Sync waits, and tries again in 30 s. 12 changes of this computer are not sent yet.',
  );
  expect(syncSentence({ ...waiting, retryAt: now + 600_000 }, now)).toContain('in 10 min');
  expect(syncSentence({ ...waiting, retryAt: now - 1 }, now)).toContain('at once');
  expect(syncSentence({ ...waiting, retryAt: null }, now)).toContain('waits for you');
});

test('times past are told as people tell them', () => {
  const minutes = [0, 1, 59, 60, 47 * 60, 48 * 60].map((count) => agoText(now - count * 60_000, now));
  expect(minutes).toEqual(['just now', '1 min ago', '59 min ago', '1 h ago', '47 h ago', '2 days ago']);
  // A server's clock may be ahead of this one.
  expect(agoText(now + 5_000, now)).toBe('just now');
});

test('progress never says more than all', () => {
  expect(progressText({ phase: 'sending', done: 1_200, total: 1_000 })).toBe('sending changes, 1,000 of 1,000');
  expect(progressText({ phase: 'greeting', done: 0, total: 0 })).toBe('greeting the server');
  expect([
    progressPart({ phase: 'files', done: 3, total: 2 }),
    progressPart({ phase: 'files', done: 0, total: 0 }),
  ]).toEqual([1, null]);
});

// Catches: “syncing” for the end of the library there.
test('a deletion on the servers says how far it is, and what it took', () => {
  const deleting: SyncStatus = {
    ...syncOff,
    state: 'syncing',
    progress: { phase: 'deleting-files', done: 1_000, total: 2_400 },
  };
  expect(syncText(deleting, now)).toBe('Deleting on your servers · files, 1,000 of 2,400');
  expect(syncSentence(deleting, now)).toBe('Deleting the library on your servers: files, 1,000 of 2,400.');
  expect(deletedThereText({ rows: 1_204, objects: 1 })).toBe(
    '1,204 rows and 1 file were deleted on your servers; a look after it found none left.',
  );
  expect(deletedThereText({ rows: 12, objects: 0 })).toBe(
    '12 rows were deleted on your servers; a look after it found none left.',
  );
  expect(deletedThereText({ rows: 0, objects: 0 })).toContain('Nothing of it was on your servers any more');
});

test('an address that the server does not take wants a person', () => {
  const refused: SyncStatus = { ...idle, account: lasting };
  expect([syncText(refused, now), syncTone(refused)]).toEqual(['Sync needs you', 'warning']);
});

test('a conflict is told by what it is about', () => {
  const of = (kind: SyncConflictView['kind'], register: string) =>
    conflictSubject({ id: 1, kind, register, title: '', mine: '', theirs: '', at: 0 });
  expect(of('document', 'title')).toBe('Title of a document');
  expect(of('document', 'tag:tax')).toBe('Tag “tax” of a document');
  expect(of('collection', 'name')).toBe('Name of a collection');
  expect(of('message', 'message')).toBe('Question');
});

test('every place of a document has words of its own, and every system its name', () => {
  const labels = Object.values(documentSyncWords).map(({ label }) => label);
  expect(new Set(labels).size).toBe(5);
  expect(['darwin', 'win32', 'plan9'].map(platformName)).toEqual(['macOS', 'Windows', 'plan9']);
});

test('room for files is a number that makes sense, or no limit', () => {
  expect(filesPolicySchema.safeParse({ files: 'all', limit: null }).success).toBe(true);
  for (const limit of [0, -1, 1.5, 1e20])
    expect(filesPolicySchema.safeParse({ files: 'on-demand', limit }).success, String(limit)).toBe(false);
});
