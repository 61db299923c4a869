/** Where a document is, as a small picture with its words. */
import { CloudCheck, CloudDownload, CloudUpload, HardDrive, TriangleAlert, type LucideIcon } from 'lucide-react';
import type { DocumentSyncState } from '../../shared/sync-view.ts';
import { classNames } from './class-names.ts';
import { documentSyncWords } from './sync-words.ts';

const icons: Readonly<Record<DocumentSyncState, LucideIcon>> = {
  local: HardDrive,
  uploading: CloudUpload,
  synced: CloudCheck,
  'remote-only': CloudDownload,
  conflict: TriangleAlert,
};

export interface SyncMarkProps {
  readonly state: DocumentSyncState;
  readonly className?: string;
}

export function SyncMark({ state, className }: SyncMarkProps) {
  const Icon = icons[state];
  const { label, sentence } = documentSyncWords[state];
  return (
    <span
      role="img"
      aria-label={label}
      title={sentence}
      data-testid="sync-mark"
      data-sync={state}
      className={classNames(
        'inline-flex items-center justify-center',
        state === 'conflict' ? 'text-warning' : state === 'uploading' ? 'text-accent-ink' : 'text-muted',
        className,
      )}
    >
      <Icon size={14} aria-hidden="true" />
    </span>
  );
}
