/** Asks whether the library on one's servers is to be deleted: says what goes and what stays, and wants the password. */
import { useState } from 'react';
import { showDone } from '../../../app/stores/toast-store.ts';
import { Button } from '../../../components/button.tsx';
import { InlineError } from '../../../components/inline-error.tsx';
import { PasswordField } from '../../../components/password-field.tsx';
import { deletedThereText } from '../../../components/sync-words.ts';
import { useAttempt } from '../../../hooks/use-attempt.ts';
import { request } from '../../../ipc/client.ts';

/** The end of the library on one's servers; what is on this computer stays, and sync is off then. */
export function DeleteThere({ onDone }: { readonly onDone: () => void }) {
  const [password, setPassword] = useState('');
  const { isRunning, error, run } = useAttempt();
  const remove = async () => {
    const deleted = await request('sync.deleteThere', { password });
    // With it this form goes: sync is off.
    showDone(deletedThereText(deleted));
  };
  return (
    <form
      aria-label="Delete the library there"
      className="mt-2.5 flex flex-col gap-2.5 rounded-md bg-sunken px-3 py-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        void run(remove);
      }}
    >
      <div>
        <p className="font-medium">Delete the library on your servers?</p>
        <p className="mt-0.5 text-label text-muted">
          Every row and vector of it in the database and every file in the bucket go, and it is looked whether any is
          left. What is on this computer, and on your others, stays there; they no longer meet.
        </p>
      </div>
      <PasswordField
        label="Your account’s password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        isWrong={error?.code === 'wrong-credentials'}
      />
      <div className="flex flex-wrap gap-2">
        <Button tone="primary" autoFocus disabled={isRunning} onClick={onDone}>
          Keep it
        </Button>
        <Button type="submit" tone="danger" disabled={isRunning || password === ''}>
          {isRunning ? 'Deleting…' : 'Delete it there'}
        </Button>
      </div>
      {error && !isRunning ? <InlineError error={error} /> : null}
    </form>
  );
}
