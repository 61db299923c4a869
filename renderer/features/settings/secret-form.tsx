/** Asks for the password or the recovery code of a library that is not the account's own. */
import { useState, type FormEvent } from 'react';
import type { ErrorInfo } from '../../../shared/errors.ts';
import { Button } from '../../components/button.tsx';
import { PasswordField } from '../../components/password-field.tsx';

export interface SecretFormProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  /** Answers with why it does not open; null when it did. */
  readonly onSubmit: (secret: string) => Promise<ErrorInfo | null>;
  readonly onCancel: () => void;
}

export function SecretForm({ title, text, action, onSubmit, onCancel }: SecretFormProps) {
  const [secret, setSecret] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsBusy(true);
    // When it opened, something else stands here.
    setError(await onSubmit(secret));
    setIsBusy(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <p className="font-medium break-words">{title}</p>
      <p className="mt-1 mb-2 text-label text-muted">{text}</p>
      <PasswordField
        label="Password or recovery code"
        value={secret}
        onChange={setSecret}
        autoComplete="current-password"
        autoFocus
        isWrong={error !== null}
        note={
          error ? (
            <span role="alert" className="text-danger">
              {error.message} {error.hint}
            </span>
          ) : null
        }
      />
      <div className="mt-3 flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button tone="primary" type="submit" disabled={isBusy || secret === ''}>
          {action}
        </Button>
      </div>
    </form>
  );
}
