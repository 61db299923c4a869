/** The frame of a form for a server of one's own: its fields, its test, and what can be saved once that passed. */
import { Plug, Save, Square } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RemoteKind } from '../../../../shared/remotes.ts';
import type { RemoteTest, RemotesView } from '../../../../shared/requests/remotes.ts';
import { Button } from '../../../components/button.tsx';
import { InlineError } from '../../../components/inline-error.tsx';
import { useAttempt } from '../../../hooks/use-attempt.ts';
import { TestSteps } from './test-steps.tsx';
import type { RemoteTestModel } from './use-remote-test.ts';

export interface RemoteFormProps {
  readonly kind: RemoteKind;
  readonly label: string;
  readonly test: RemoteTestModel;
  /** What keeps it from being tried: a sentence, an empty one while fields are, null when nothing does. */
  readonly problem: string | null;
  readonly onTest: () => Promise<RemoteTest>;
  /** Names what passed. */
  readonly onSave: () => Promise<RemotesView>;
  readonly onSaved: (view: RemotesView) => void;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}

export function RemoteForm(props: RemoteFormProps) {
  const { kind, label, test, problem, onTest, onSave, onSaved, onCancel, children } = props;
  const saving = useAttempt();
  const { steps, isRunning, hasPassed } = test;
  const save = () => saving.run(async () => onSaved(await onSave()));
  const error = test.error ?? saving.error;
  return (
    <form
      aria-label={label}
      data-testid={`${kind}-form`}
      className="flex flex-col gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (isRunning || problem !== null) return;
        void (hasPassed ? save() : test.run(onTest));
      }}
    >
      {children}
      {problem ? <p className="text-label text-danger">{problem}</p> : null}
      <div className="flex flex-wrap items-center gap-2">
        {hasPassed ? (
          <Button type="submit" tone="primary" className="h-8" icon={<Save size={13} />} disabled={saving.isRunning}>
            Save
          </Button>
        ) : (
          <Button
            type="submit"
            tone="primary"
            className="h-8"
            icon={<Plug size={13} />}
            disabled={isRunning || problem !== null}
          >
            {isRunning ? 'Testing…' : 'Test'}
          </Button>
        )}
        {isRunning ? (
          <Button className="h-8" icon={<Square size={12} />} onClick={test.clear}>
            Stop
          </Button>
        ) : (
          <Button className="h-8" onClick={onCancel}>
            Cancel
          </Button>
        )}
        <span className="text-label text-muted">
          {hasPassed ? 'All steps passed. It holds once it is saved.' : 'Nothing is saved before every step passed.'}
        </span>
      </div>
      {steps ? <TestSteps kind={kind} steps={steps} /> : null}
      {error ? <InlineError error={error} /> : null}
    </form>
  );
}
