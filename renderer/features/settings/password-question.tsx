/** Asks for the password before something that changes the whole account. */
import { useEffect, useRef, type ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/form-error.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { SubmitButton } from '../../components/submit-button.tsx';
import type { Attempt } from '../../hooks/use-attempt.ts';
import { useIntoView } from '../../hooks/use-into-view.ts';

export interface PasswordQuestionProps {
  readonly testId: string;
  readonly attempt: Attempt;
  readonly password: string;
  readonly onPassword: (password: string) => void;
  readonly onCancel: () => void;
  readonly onSubmit: () => void;
  /** What the button reads. */
  readonly submit: string;
  /** What it is about. */
  readonly children: ReactNode;
}

export function PasswordQuestion(props: PasswordQuestionProps) {
  const { testId, attempt, password, onPassword, onCancel, onSubmit, submit, children } = props;
  const field = useRef<HTMLInputElement>(null);
  const element = useIntoView<HTMLFormElement>();
  const { error } = attempt;
  useEffect(() => {
    if (error?.code === 'wrong-credentials') field.current?.select();
  }, [error]);
  return (
    <form
      ref={element}
      noValidate
      data-testid={testId}
      className="scroll-mb-6 mt-2 flex flex-col gap-3 rounded-md bg-sunken px-3 py-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (password !== '') onSubmit();
      }}
    >
      {children}
      <PasswordField
        ref={field}
        label="Password"
        autoFocus
        autoComplete="current-password"
        value={password}
        onChange={onPassword}
        isWrong={error?.code === 'wrong-credentials'}
      />
      {error ? <FormError error={error} /> : null}
      <div className="flex gap-2">
        <SubmitButton attempt={attempt} running="Beginning…" disabled={password === ''}>
          {submit}
        </SubmitButton>
        <Button disabled={attempt.isRunning} onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
