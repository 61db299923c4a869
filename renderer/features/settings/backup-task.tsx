/** A backup that is being made, checked or restored, or how that ended. */
import { CircleCheck, CircleX } from 'lucide-react';
import { cancelBackup, dismissBackup } from '../../app/stores/backup-store.ts';
import { Button } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import type { BackupTask } from '../../../shared/requests/backup.ts';
import { flawsText, taskPart, taskText, taskTitle, wholeText } from './backup-words.ts';

export function BackupTaskCard({ task }: { readonly task: BackupTask }) {
  const isRunning = task.state === 'running';
  // Half-way through putting a library in place there is nothing to go back to but its end.
  const canCancel = isRunning && task.stage !== 'replacing';
  return (
    <section
      aria-label={taskTitle(task)}
      data-testid="backup-task"
      data-state={task.state}
      className="mt-3 rounded-lg border border-line bg-surface p-3"
    >
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="font-medium break-words">{taskTitle(task)}</p>
          {isRunning ? (
            <>
              <p className="mt-0.5 text-label text-muted tabular">{taskText(task)}</p>
              <ProgressBar label={taskTitle(task)} value={taskPart(task)} className="mt-2" />
            </>
          ) : null}
        </div>
        {canCancel ? (
          <Button onClick={() => void cancelBackup()}>Cancel</Button>
        ) : isRunning ? null : (
          <Button onClick={() => void dismissBackup()}>Dismiss</Button>
        )}
      </div>
      <div role="status">{isRunning ? null : <Outcome task={task} />}</div>
    </section>
  );
}

function Outcome({ task }: { readonly task: BackupTask }) {
  const { summary, problems, notes, error } = task;
  if (error) return <InlineError error={error} className="mt-2" />;
  if (notes.length > 0) return <Sentences label="What was repaired, or is lacking" sentences={notes} />;
  // A restore tells nothing but what it repaired; of an encrypted backup of another library nothing else is known.
  if (!summary && task.kind !== 'verify') return null;
  const flaws = summary && flawsText(summary);
  const [first] = problems;
  return (
    <>
      {first === undefined ? (
        <p className="mt-1 flex items-start gap-1.5 text-label text-success">
          <CircleCheck size={14} className="mt-0.5 shrink-0" aria-hidden="true" />
          <span>{wholeText(task)}</span>
        </p>
      ) : (
        <>
          <p className="mt-1 flex items-start gap-1.5 text-label text-danger">
            <CircleX size={14} className="mt-0.5 shrink-0" aria-hidden="true" />
            <span>This backup is damaged and can’t be restored. Keep another one.</span>
          </p>
          <Sentences label="What is damaged" sentences={problems} />
        </>
      )}
      {flaws ? <p className="mt-1 text-label text-warning">{flaws}</p> : null}
    </>
  );
}

function Sentences({ label, sentences }: { readonly label: string; readonly sentences: readonly string[] }) {
  return (
    <ul
      className="mt-2 max-h-32 overflow-y-auto text-label break-words text-muted readable"
      tabIndex={0}
      aria-label={label}
    >
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}
