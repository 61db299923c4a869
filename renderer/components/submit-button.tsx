/** The button of a form that asks main: it tells while that runs, and how long to wait after too many tries. */
import type { ReactNode } from 'react';
import type { Attempt } from '../hooks/use-attempt.ts';
import { waitText } from './account-words.ts';
import { Button, type ButtonProps } from './button.tsx';

export interface SubmitButtonProps {
  readonly attempt: Pick<Attempt, 'isRunning' | 'wait'>;
  /** What it reads while it runs: `Signing in…`. */
  readonly running: string;
  readonly tone?: ButtonProps['tone'];
  readonly disabled?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

export function SubmitButton(props: SubmitButtonProps) {
  const { attempt, running, tone = 'primary', disabled = false, className, children } = props;
  const { isRunning, wait } = attempt;
  return (
    <Button
      type="submit"
      tone={tone}
      disabled={disabled || isRunning || wait > 0}
      className={className}
      data-testid="submit"
    >
      {wait > 0 ? <span className="tabular">Try again in {waitText(wait)}</span> : isRunning ? running : children}
    </Button>
  );
}
