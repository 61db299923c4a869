/** Shows that an address is the account's own: a code is mailed there, and typed here. */
import { useState } from 'react';
import { loadSession } from '../../app/stores/session-store.ts';
import { showDone } from '../../app/stores/toast-store.ts';
import { TextField } from '../../components/text-field.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { request } from '../../ipc/client.ts';
import { AccountForm, type AccountFormProps } from './account-forms.tsx';

export function ConfirmEmailForm({ account, onDone }: AccountFormProps) {
  const [isMailed, setIsMailed] = useState(false);
  const [code, setCode] = useState('');
  const attempt = useAttempt();
  const submit = async () => {
    if (!isMailed) {
      if (await attempt.run(() => request('accounts.requestVerification', {}))) setIsMailed(true);
      return;
    }
    if (!(await attempt.run(() => request('accounts.verifyEmail', { code })))) return;
    await loadSession();
    showDone('Your e-mail address is confirmed.');
    onDone();
  };
  return (
    <AccountForm
      attempt={attempt}
      isReady={!isMailed || code.trim() !== ''}
      action={isMailed ? 'Confirm' : 'Mail me a code'}
      onSubmit={() => void submit()}
      onCancel={onDone}
    >
      {isMailed ? (
        <TextField
          label="Code"
          autoFocus
          autoComplete="one-time-code"
          placeholder="ABCD-EFGH"
          maxLength={40}
          value={code}
          onChange={(event) => setCode(event.target.value)}
          note={`It was mailed to ${account.email}.`}
        />
      ) : (
        <p className="text-muted">
          A code goes to {account.email}. Typed here, it shows that the address is yours.{' '}
          <button
            type="button"
            className="rounded font-medium text-accent-ink hover:underline"
            onClick={() => setIsMailed(true)}
          >
            I have a code
          </button>
        </p>
      )}
    </AccountForm>
  );
}
