/** What stands above the text of a document whose original is on its way here, or can't be had. */
import { LoaderCircle, TriangleAlert } from 'lucide-react';
import type { ErrorInfo } from '../../../shared/errors.ts';
import { Button } from '../../components/button.tsx';

const bar = 'flex shrink-0 items-center gap-2.5 border-b border-line px-3 py-1.5 text-label';

export function FetchingNotice() {
  return (
    <p role="status" className={`${bar} min-h-10 bg-canvas text-muted`} data-testid="original-fetching">
      <LoaderCircle size={15} aria-hidden="true" className="shrink-0 motion-safe:animate-spin" />
      Fetching its file from your bucket…
    </p>
  );
}

export interface MissingNoticeProps {
  readonly error: ErrorInfo;
  readonly onAgain: () => void;
}

export function MissingNotice({ error, onAgain }: MissingNoticeProps) {
  return (
    <div role="alert" className={`${bar} readable bg-danger-soft`} data-testid="original-failed">
      <TriangleAlert size={15} className="shrink-0 text-danger" aria-hidden="true" />
      <p className="min-w-0 flex-1 break-words">
        <span className="font-medium">{error.message}</span>{' '}
        {error.hint ? <span className="text-muted">{error.hint}</span> : null}
      </p>
      <Button
        onClick={({ currentTarget }) => {
          // The button goes: the text has the next keys.
          currentTarget.closest('[data-testid="page-pane"]')?.querySelector<HTMLElement>('[role=document]')?.focus();
          onAgain();
        }}
      >
        Try again
      </Button>
    </div>
  );
}
