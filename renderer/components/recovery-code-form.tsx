/** Shows a new recovery code, says what it is for, and asks two groups of it back: whoever goes on has written it down. */
import { Copy } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { OfferedRecoveryCode } from '../../shared/accounts.ts';
import { showDone, showError } from '../app/stores/toast-store.ts';
import { useAttempt, type Attempt } from '../hooks/use-attempt.ts';
import { request } from '../ipc/client.ts';
import { Button } from './button.tsx';
import { FormError } from './form-error.tsx';
import { SubmitButton } from './submit-button.tsx';
import { TextField } from './text-field.tsx';

export interface RecoveryCodeFormProps {
  /** What is asked of main with the groups. */
  readonly attempt: Attempt;
  readonly onSubmit: (groups: readonly [string, string]) => void;
  readonly onBack: () => void;
  /** What the button reads while it runs. */
  readonly running: string;
  /** What the button reads. */
  readonly children: ReactNode;
}

export function RecoveryCodeForm({ attempt, onSubmit, onBack, running, children }: RecoveryCodeFormProps) {
  const [offered, setOffered] = useState<OfferedRecoveryCode | null>(null);
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const asking = useAttempt();
  const isAsked = useRef(false);
  const field = useRef<HTMLInputElement>(null);
  const { run } = asking;
  useEffect(() => {
    // Each offer takes the place of the one before: the code that is shown has to be the last.
    if (isAsked.current) return;
    isAsked.current = true;
    void run(async () => setOffered(await request('accounts.offerRecoveryCode', {})));
  }, [run]);
  const { error } = attempt;
  useEffect(() => {
    if (error?.code === 'wrong-credentials') field.current?.select();
  }, [error]);
  return (
    <form
      noValidate
      data-testid="recovery-code-form"
      className="flex flex-col gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (first.trim() !== '' && second.trim() !== '') onSubmit([first, second]);
      }}
    >
      <p>
        Write this recovery code down and keep it apart from this computer. With it you choose another password if you
        forget yours.
      </p>
      {asking.error ? <FormError error={asking.error} /> : null}
      {offered ? <Code code={offered.code} /> : null}
      <p className="text-muted">
        Without password and code nobody can open your library again: no mail and no administrator, either.
      </p>
      <div className="grid grid-cols-2 gap-3">
        {[
          { value: first, onChange: setFirst, index: offered?.asked[0] },
          { value: second, onChange: setSecond, index: offered?.asked[1] },
        ].map(({ value, onChange, index }, place) => (
          <TextField
            key={place}
            {...(place === 0 ? { ref: field } : {})}
            label={index === undefined ? 'Group' : `Group ${index + 1}`}
            autoCapitalize="characters"
            autoFocus={place === 0}
            maxLength={20}
            value={value}
            aria-invalid={error?.code === 'wrong-credentials'}
            onChange={(event) => onChange(event.target.value)}
          />
        ))}
      </div>
      {error ? <FormError error={error} /> : null}
      <SubmitButton
        attempt={attempt}
        running={running}
        disabled={!offered || first.trim() === '' || second.trim() === ''}
        className="h-9 w-full"
      >
        {children}
      </SubmitButton>
      <Button tone="quiet" disabled={attempt.isRunning} onClick={onBack}>
        Back
      </Button>
    </form>
  );
}

function Code({ code }: { readonly code: string }) {
  const copy = () =>
    navigator.clipboard.writeText(code).then(() => showDone('The recovery code is copied.'), showError);
  return (
    <div className="rounded-lg border border-line-strong bg-surface p-3">
      <p
        aria-label={`Recovery code ${code}`}
        data-testid="recovery-code"
        className="readable grid grid-cols-4 gap-x-3 gap-y-1.5 text-center font-mono text-reading select-text"
      >
        {code.split('-').map((group, index) => (
          <span key={index}>
            <span className="mr-1.5 text-small text-muted select-none" aria-hidden="true">
              {index + 1}
            </span>
            {group}
          </span>
        ))}
      </p>
      <Button tone="quiet" className="mt-2 w-full" icon={<Copy size={13} />} onClick={() => void copy()}>
        Copy
      </Button>
    </div>
  );
}
