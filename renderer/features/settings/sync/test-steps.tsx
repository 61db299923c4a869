/** The steps of a test: which waits, runs, passed or failed, and what to do about that. */
import { CircleCheck, CircleDashed, CircleX, LoaderCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RemoteKind, RemoteTestStep } from '../../../../shared/remotes.ts';
import { FormError } from '../../../components/form-error.tsx';
import { useIntoView } from '../../../hooks/use-into-view.ts';
import { stepText, stepTitle, testText } from './remote-words.ts';

export interface TestStepsProps {
  readonly kind: RemoteKind;
  readonly steps: readonly RemoteTestStep[];
}

export function TestSteps({ kind, steps }: TestStepsProps) {
  const element = useIntoView<HTMLDivElement>();
  return (
    <div ref={element} className="scroll-my-4" data-testid={`${kind}-test`}>
      <p role="status" className="sr-only">
        {testText(kind, steps)}
      </p>
      <ol className="flex flex-col gap-1">
        {steps.map((step) => (
          <li key={step.name} data-step={step.name} data-state={step.state}>
            <p className="flex items-center gap-2">
              {icons[step.state]}
              <span className={step.state === 'failed' ? 'font-medium' : undefined}>{stepTitle(kind, step.name)}</span>
              <span className="min-w-0 truncate text-label text-muted">{stepText(step)}</span>
            </p>
            {step.error ? <FormError error={step.error} className="mt-1 mb-1 ml-[22px]" /> : null}
          </li>
        ))}
      </ol>
    </div>
  );
}

const icons: Readonly<Record<RemoteTestStep['state'], ReactNode>> = {
  waiting: <CircleDashed size={14} className="shrink-0 text-faint" aria-hidden="true" />,
  running: <LoaderCircle size={14} className="shrink-0 animate-spin text-accent" aria-hidden="true" />,
  passed: <CircleCheck size={14} className="shrink-0 text-success" aria-hidden="true" />,
  failed: <CircleX size={14} className="shrink-0 text-danger" aria-hidden="true" />,
  'not-tried': <CircleDashed size={14} className="shrink-0 text-faint" aria-hidden="true" />,
};
