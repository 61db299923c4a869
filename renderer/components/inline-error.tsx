/** An error where it happened: a sentence, and the one thing to do next. */
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ErrorInfo } from '../../shared/errors.ts';
import { classNames } from './class-names.ts';

export interface InlineErrorProps {
  readonly error: Pick<ErrorInfo, 'message' | 'hint'>;
  readonly action?: ReactNode;
  readonly className?: string;
}

export function InlineError({ error, action, className }: InlineErrorProps) {
  return (
    <div
      role="alert"
      className={classNames(
        'flex items-start gap-2.5 rounded-lg bg-danger-soft px-3 py-2.5 text-ui readable',
        className,
      )}
    >
      <TriangleAlert size={16} className="mt-0.5 shrink-0 text-danger" aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words">{error.message}</p>
        {error.hint ? <p className="text-muted">{error.hint}</p> : null}
      </div>
      {action}
    </div>
  );
}
