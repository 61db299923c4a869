/** How far a change of embedder is, and the way back. */
import type { AppStatus } from '../../../shared/requests/app.ts';
import { Button } from '../../components/button.tsx';
import { countOf, formatSecondsLeft } from '../../components/format.ts';
import { ProgressBar } from '../../components/progress-bar.tsx';

export interface EmbedderProgressProps {
  readonly rebuild: NonNullable<AppStatus['rebuild']>;
  /** Why it can't go on for now; null when it can. */
  readonly note: string | null;
  readonly onCancel: () => void;
}

export function EmbedderProgress({ rebuild, note, onCancel }: EmbedderProgressProps) {
  const { model, done, total, secondsLeft } = rebuild;
  const text = [
    total > 0 ? `${done.toLocaleString('en')} of ${countOf(total, 'passage')}` : 'Not begun yet',
    secondsLeft !== null && formatSecondsLeft(secondsLeft),
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <section
      aria-label={`Changing to ${model}`}
      data-testid="embedder-progress"
      className="mt-4 flex items-start gap-3 rounded-lg border border-line bg-surface p-3"
    >
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words">Changing to {model}</p>
        <p className="mt-0.5 text-label text-muted tabular">{text}</p>
        <ProgressBar label={`Changing to ${model}`} value={total > 0 ? done / total : null} className="mt-2" />
        {note ? <p className="mt-2 text-label text-warning">{note}</p> : null}
        <p className="mt-2 text-label text-muted">Search goes on with the model of before until this is done.</p>
      </div>
      <Button onClick={onCancel}>Cancel and go back</Button>
    </section>
  );
}
