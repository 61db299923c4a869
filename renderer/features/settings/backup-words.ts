/** Backups in words. Pure. */
import type { BackupSummary, BackupTask, RestorePlan } from '../../../shared/requests/backup.ts';
import { countOf, formatBytes, formatSecondsLeft } from '../../components/format.ts';

const kinds: Record<BackupTask['kind'], Record<BackupTask['state'], string>> = {
  backup: {
    running: 'Backing up',
    done: 'Backed up',
    failed: 'The backup failed',
    cancelled: 'The backup was cancelled',
  },
  verify: { running: 'Checking', done: 'Checked', failed: 'The check failed', cancelled: 'The check was cancelled' },
  restore: {
    running: 'Restoring',
    done: 'Restored',
    failed: 'Nothing was restored',
    cancelled: 'The restore was cancelled',
  },
};

const stages: Record<BackupTask['stage'], string> = {
  snapshot: 'copying the database',
  writing: 'writing',
  checking: 'checking every byte',
  unpacking: 'unpacking and checking',
  examining: 'examining the library',
  replacing: 'putting it in place',
};

export function taskTitle({ kind, state, fileName }: BackupTask): string {
  return `${kinds[kind][state]}: ${fileName}`;
}

/** `writing · 1.2 GB of 3.4 GB · 40 s left`. */
export function taskText({ stage, done, total, secondsLeft }: BackupTask): string {
  return [
    stages[stage],
    total > 0 && `${formatBytes(done)} of ${formatBytes(total)}`,
    secondsLeft !== null && formatSecondsLeft(secondsLeft),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** 0 to 1; null where it can't be counted. */
export function taskPart({ done, total }: BackupTask): number | null {
  return total > 0 ? Math.min(1, done / total) : null;
}

/** `212 documents, 14 conversations, 3.4 GB`. */
export function contentText({ counts, libraryBytes }: BackupSummary): string {
  return [
    countOf(counts.documents, 'document'),
    countOf(counts.conversations, 'conversation'),
    formatBytes(libraryBytes),
  ].join(', ');
}

/** Of a backup that was made, or checked and found whole. */
export function wholeText({ kind, summary }: Pick<BackupTask, 'kind' | 'summary'>): string {
  const contents = summary && `${contentText(summary)}, of ${timeText(summary.createdAt)}.`;
  if (kind !== 'verify') return contents ?? '';
  return contents
    ? `Every byte is as it was written: ${contents}`
    : 'Every byte is as it was written. What is in it is encrypted.';
}

/** What a restore does to encryption; null where nothing is encrypted. */
export function encryptionText({ backup, becomesEncrypted }: RestorePlan): string | null {
  if (becomesEncrypted) return 'encrypted as your library is now, with its password and recovery code';
  return backup?.isEncrypted
    ? 'none: your library is not encrypted, so what is restored will lie open on the disk'
    : null;
}

/** What of the originals was not as it should be when the backup was made; null when all were. */
export function flawsText({ missingOriginals, alteredOriginals }: BackupSummary): string | null {
  const parts = [
    missingOriginals > 0 && `${countOf(missingOriginals, 'original')} missing`,
    alteredOriginals > 0 && `${countOf(alteredOriginals, 'original')} damaged`,
  ].filter(Boolean);
  return parts.length > 0 ? `In the library itself: ${parts.join(', ')}.` : null;
}

export function timeText(time: number): string {
  return new Date(time).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short' });
}
