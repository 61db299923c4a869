/** How sync stands, in words. Pure. */
import type { SyncPhase, SyncProgress, SyncStatus } from '../../shared/sync.ts';
import type { DeletedThere, DocumentSyncState, SyncConflictView } from '../../shared/sync-view.ts';
import { countOf } from './format.ts';

/** What the dot says: all is well, something is on its way, it rests, a person is wanted. */
export type SyncTone = 'well' | 'busy' | 'resting' | 'warning';

export function syncTone({ state, error, readOnly, account, conflicts }: SyncStatus): SyncTone {
  if (state === 'off' || state === 'paused') return 'resting';
  if (readOnly || account || conflicts > 0 || (error !== null && !error.retryable)) return 'warning';
  return state === 'idle' ? 'well' : state === 'syncing' ? 'busy' : 'resting';
}

/**
 * The status bar's few words; null while sync is off.
 * @param now Milliseconds since the epoch.
 */
export function syncText(status: SyncStatus, now: number): string | null {
  const { state, progress, error, readOnly, account, conflicts, syncedAt } = status;
  if (state === 'off') return null;
  if (state === 'paused') return 'Sync paused';
  if (progress && isDeleting(progress)) return `Deleting on your servers · ${progressText(progress)}`;
  if (conflicts > 0) return countOf(conflicts, 'sync conflict');
  if (readOnly) return 'Sync only receives';
  if (state === 'syncing') return ['Syncing', progress && progressText(progress)].filter(Boolean).join(' · ');
  if (account || (error && !error.retryable)) return 'Sync needs you';
  if (state === 'waiting') return 'Sync waits';
  return syncedAt === null ? 'Sync on' : `Synced ${agoText(syncedAt, now)}`;
}

const phaseWords: Readonly<Record<SyncPhase, string>> = {
  greeting: 'greeting the server',
  comparing: 'comparing',
  sending: 'sending changes',
  receiving: 'receiving changes',
  applying: 'taking changes in',
  readings: 'texts',
  vectors: 'vectors',
  files: 'files',
  'deleting-files': 'files',
  'deleting-rows': 'rows',
};

/** Whether it is the end of the library there that is on its way, and no round. */
export function isDeleting({ phase }: SyncProgress): boolean {
  return phase === 'deleting-files' || phase === 'deleting-rows';
}

/** `files, 3 of 40`. */
export function progressText({ phase, done, total }: SyncProgress): string {
  const counts = total > 0 ? `, ${Math.min(done, total).toLocaleString('en')} of ${total.toLocaleString('en')}` : '';
  return `${phaseWords[phase]}${counts}`;
}

/** 0 to 1; null as long as the end is not known. */
export function progressPart({ done, total }: SyncProgress): number | null {
  return total > 0 ? Math.min(1, done / total) : null;
}

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`. */
export function agoText(time: number, now: number): string {
  const minutes = Math.floor((now - time) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}

/** One sentence on how it stands, for the page of the settings. */
export function syncSentence(status: SyncStatus, now: number): string {
  const { state, progress, unsent, syncedAt, retryAt } = status;
  const waiting =
    unsent === 0 ? '' : ` ${countOf(unsent, 'change')} of this computer ${unsent === 1 ? 'is' : 'are'} not sent yet.`;
  switch (state) {
    case 'off':
      return 'Sync is off: nothing is sent.';
    case 'paused':
      return `Sync is paused.${waiting}`;
    case 'syncing':
      if (progress && isDeleting(progress)) return `Deleting the library on your servers: ${progressText(progress)}.`;
      return `Syncing${progress ? `: ${progressText(progress)}` : ''}.`;
    case 'waiting':
      return retryAt === null
        ? `Sync waits for you.${waiting}`
        : `Sync waits, and tries again ${inText(retryAt, now)}.${waiting}`;
    case 'idle':
      return `${syncedAt === null ? 'Sync is on.' : `Synced ${agoText(syncedAt, now)}.`}${waiting}`;
  }
}

function inText(time: number, now: number): string {
  const seconds = Math.ceil((time - now) / 1_000);
  if (seconds <= 5) return 'at once';
  return seconds < 90 ? `in ${seconds} s` : `in ${Math.ceil(seconds / 60)} min`;
}

/** Where a document is, in a few words and in a sentence. */
export const documentSyncWords: Readonly<
  Record<DocumentSyncState, { readonly label: string; readonly sentence: string }>
> = {
  local: { label: 'On this computer', sentence: 'On this computer alone; it is sent with the next sync.' },
  uploading: { label: 'Uploading', sentence: 'Being sent to your server.' },
  synced: { label: 'Synced', sentence: 'On this computer and on your server.' },
  'remote-only': {
    label: 'On your server',
    sentence:
      'Its file is on your server alone, and comes when you open it. It can be searched and asked all the same.',
  },
  conflict: { label: 'Conflict', sentence: 'Changed on two computers at once: choose in Settings, Sync.' },
};

/** What a deletion on the servers took: the proof, for whoever asked for it. */
export function deletedThereText({ rows, objects }: DeletedThere): string {
  if (rows === 0 && objects === 0)
    return 'Nothing of it was on your servers any more: a look found no row and no file.';
  const files = objects > 0 ? ` and ${countOf(objects, 'file')}` : '';
  return `${countOf(rows, 'row')}${files} were deleted on your servers; a look after it found none left.`;
}

const kindWords: Readonly<Record<SyncConflictView['kind'], string>> = {
  document: 'Document',
  collection: 'Collection',
  conversation: 'Conversation',
  message: 'Question',
  piece: 'Written piece',
  usage: 'Model call',
  setting: 'Setting',
};

/** `Title of a document`, `Tag “tax” of a document`. */
export function conflictSubject({ kind, register }: SyncConflictView): string {
  const noun = kindWords[kind].toLowerCase();
  const [, tag] = /^tag:(.*)$/s.exec(register) ?? [];
  if (tag !== undefined) return `Tag “${tag}” of a ${noun}`;
  if (register === 'title' || register === 'name') return `${register === 'title' ? 'Title' : 'Name'} of a ${noun}`;
  return kindWords[kind];
}

const platforms: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

export function platformName(platform: string): string {
  return platforms[platform] ?? platform;
}
