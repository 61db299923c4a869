/** Opens a locked account again with its password. */
import { useRef, useState } from 'react';
import { unlock } from '../../app/stores/session-store.ts';
import { FormError } from '../../components/form-error.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { SubmitButton } from '../../components/submit-button.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';

export function UnlockForm({ email }: { readonly email: string | null }) {
  const [password, setPassword] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const attempt = useAttempt();
  const submit = async () => {
    if (!(await attempt.run(() => unlock(password)))) field.current?.select();
  };
  return (
    <form
      noValidate
      data-testid="unlock-form"
      className="flex flex-col gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (password !== '') void submit();
      }}
    >
      {/* Tells a password manager whose password is wanted. */}
      <input type="text" autoComplete="username" value={email ?? ''} readOnly hidden />
      <PasswordField
        ref={field}
        label="Password"
        autoFocus
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        isWrong={attempt.error?.code === 'wrong-credentials'}
      />
      {attempt.error ? <FormError error={attempt.error} /> : null}
      <SubmitButton attempt={attempt} running="Unlocking…" disabled={password === ''} className="h-9 w-full">
        Unlock
      </SubmitButton>
    </form>
  );
}
