/** The status bar's word on a backup that is being made, checked or restored; it leads to its page. */
import { Archive } from 'lucide-react';
import type { BackupTask } from '../../shared/requests/backup.ts';
import { formatSecondsLeft } from '../components/format.ts';
import { useBackupStore } from './stores/backup-store.ts';
import { openSettings } from './stores/workspace-store.ts';

const verbs: Record<BackupTask['kind'], string> = {
  backup: 'Backing up',
  verify: 'Checking a backup',
  restore: 'Restoring',
};

export function BackupStatus() {
  const task = useBackupStore((state) => state.task);
  if (task?.state !== 'running') return null;
  const { kind, done, total, secondsLeft } = task;
  const text = [
    verbs[kind],
    total > 0 && `${Math.floor((100 * done) / total)} %`,
    secondsLeft !== null && formatSecondsLeft(secondsLeft),
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <button
      type="button"
      data-testid="backup-status"
      onClick={() => openSettings('library')}
      className="flex h-5 shrink-0 items-center gap-1.5 rounded px-1.5 text-ink hover:bg-hover"
    >
      <Archive size={12} aria-hidden="true" />
      {text}
    </button>
  );
}
