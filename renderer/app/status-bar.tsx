/** The line at the bottom: what is it doing, where do answers come from, what left this computer. */
import { Check, Cloud, Lock, LockOpen, MonitorCheck, TriangleAlert } from 'lucide-react';
import { classNames } from '../components/class-names.ts';
import { ProgressBar } from '../components/progress-bar.tsx';
import { isImportTold } from './import-words.ts';
import { BackupStatus } from './backup-status.tsx';
import { BudgetStatus } from './budget-status.tsx';
import { ImportStatus } from './on-demand.ts';
import { RebuildStatus } from './rebuild-status.tsx';
import { SyncStatusItem } from './sync-status.tsx';
import { useStatusStore } from './stores/status-store.ts';
import { useSyncStore } from './stores/sync-store.ts';
import { openDialog } from './stores/workspace-store.ts';
import { activityPart, activityText, answersText, sentText } from './status-words.ts';

const itemClass = 'flex h-5 shrink-0 items-center gap-1.5 rounded px-1.5 hover:bg-hover hover:text-ink';

export function StatusBar() {
  const status = useStatusStore((state) => state.status);
  const isSyncOn = useSyncStore((state) => state.status.state !== 'off');
  const activity = status?.activity ?? null;
  const imported = status?.import && isImportTold(status.import) ? status.import : null;
  return (
    <footer
      data-testid="status-bar"
      className="flex h-7 shrink-0 items-center gap-1 border-t border-line bg-canvas px-2 text-small text-muted tabular"
    >
      <div className="flex min-w-0 flex-1 items-center gap-2 px-1.5" data-testid="activity">
        {imported ? <ImportStatus imported={imported} activity={activity} /> : null}
        {imported?.active ? null : activity ? (
          <>
            <ProgressBar label="Reading documents" value={activityPart(activity)} className="w-20 shrink-0" />
            <span className="truncate">{activityText(activity)}</span>
          </>
        ) : status ? (
          <>
            <Check size={13} className="shrink-0 text-success" aria-hidden="true" />
            <span className="truncate">Ready</span>
          </>
        ) : null}
      </div>
      <SyncStatusItem />
      <RebuildStatus />
      <BackupStatus />
      <BudgetStatus />
      {status?.embedder.note ? (
        <span className="flex min-w-0 items-center gap-1.5 px-1.5 text-warning" title={status.embedder.note}>
          <TriangleAlert size={13} className="shrink-0" aria-hidden="true" />
          <span className="truncate">{status.embedder.note}</span>
        </span>
      ) : null}
      {status ? (
        <>
          <button
            type="button"
            data-testid="answers-from"
            className={classNames(itemClass, status.answers.note && 'text-warning')}
            title={status.answers.note ?? 'Who writes answers'}
            onClick={() => openDialog('settings')}
          >
            {status.answers.note ? (
              <TriangleAlert size={13} aria-hidden="true" />
            ) : status.answers.kind === 'extractive' ? (
              <MonitorCheck size={13} aria-hidden="true" />
            ) : (
              <Cloud size={13} aria-hidden="true" />
            )}
            <span className="max-w-64 truncate">{answersText(status.answers)}</span>
          </button>
          <button
            type="button"
            data-testid="bytes-sent"
            className={classNames(itemClass, status.bytesSent > 0 && 'text-ink')}
            title={
              isSyncOn
                ? 'What was sent to models since Quire was started; sync sends to your own servers beside it'
                : 'What left this computer since Quire was started'
            }
            onClick={() => openDialog('settings')}
          >
            {status.bytesSent === 0 ? <Lock size={12} aria-hidden="true" /> : <LockOpen size={12} aria-hidden="true" />}
            {sentText(status.bytesSent, isSyncOn)}
          </button>
        </>
      ) : null}
    </footer>
  );
}
