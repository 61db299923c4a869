/** The status bar's word on a backup that is being made, checked or restored; it leads to its page. */
import { Archive } from 'lucide-react';
import type { BackupTask } from '../../shared/requests/backup.ts';
import { LongTask } from './long-task.tsx';
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
  const open = () => openSettings('library');
  return <LongTask verb={verbs[task.kind]} task={task} icon={Archive} testId="backup-status" onOpen={open} />;
}
