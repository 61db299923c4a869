/** Asks for what opens an encrypted backup, before anything is told of what is in it. */
import { useState, type FormEvent } from 'react';
import type { ErrorInfo } from '../../../shared/errors.ts';
import type { RestorePlan } from '../../../shared/requests/backup.ts';
import { unlockPlan } from '../../app/stores/backup-store.ts';
import { Button } from '../../components/button.tsx';
import { PasswordField } from '../../components/password-field.tsx';

export interface UnlockBackupProps {
  readonly plan: RestorePlan;
  readonly onCancel: () => void;
}

export function UnlockBackup({ plan, onCancel }: UnlockBackupProps) {
  const [secret, setSecret] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const unlock = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsBusy(true);
    const refusal = await unlockPlan(plan, secret);
    // When it opened, its contents stand here instead.
    setError(refusal);
    setIsBusy(false);
  };
  return (
    <form onSubmit={(event) => void unlock(event)}>
      <p className="font-medium break-words">{plan.fileName} is encrypted</p>
      <p className="mt-1 mb-2 text-label text-muted">
        It opens with the password that its library had when the backup was made, or with its recovery code.
      </p>
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
          Open the backup
        </Button>
      </div>
    </form>
  );
}
