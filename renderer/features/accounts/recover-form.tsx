/** A new password for who forgot that of an encrypted library, and has its recovery code. */
import { useRef, useState } from 'react';
import { showDone } from '../../app/stores/toast-store.ts';
import { isEmail, passwordAdvice } from '../../components/account-words.ts';
import { FormError } from '../../components/form-error.tsx';
import { NewPasswordField } from '../../components/new-password-field.tsx';
import { SubmitButton } from '../../components/submit-button.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { request } from '../../ipc/client.ts';
import { EmailField } from './email-field.tsx';

export interface RecoverFormProps {
  readonly email: string;
  readonly onEmail: (email: string) => void;
  /** There is a new password to sign in with. */
  readonly onDone: () => void;
}

export function RecoverForm({ email, onEmail, onDone }: RecoverFormProps) {
  const [recoveryCode, setRecoveryCode] = useState('');
  const [password, setPassword] = useState('');
  const [isTried, setIsTried] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const attempt = useAttempt();
  const owner = { name: '', email };
  const isFine = passwordAdvice(password, owner).isFine;
  const isWeak = attempt.error?.code === 'password-weak';
  const submit = async () => {
    setIsTried(true);
    if (!isEmail(email) || recoveryCode.trim() === '' || !isFine) return;
    if (await attempt.run(() => request('accounts.recover', { email, recoveryCode, password }))) {
      showDone('Your password is changed. Sign in with it.');
      onDone();
    } else {
      field.current?.select();
    }
  };
  return (
    <form
      noValidate
      data-testid="recover-form"
      className="flex flex-col gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <EmailField value={email} onChange={onEmail} isTried={isTried} autoFocus={email === ''} />
      <TextField
        ref={field}
        label="Recovery code"
        autoFocus={email !== ''}
        autoCapitalize="characters"
        placeholder="ABCD-EFGH-JKLM-NPQR-STUV-WXYZ-2345"
        maxLength={100}
        value={recoveryCode}
        aria-invalid={attempt.error?.code === 'wrong-credentials'}
        onChange={(event) => setRecoveryCode(event.target.value)}
      />
      <NewPasswordField
        label="New password"
        value={password}
        owner={owner}
        refusal={isWeak ? attempt.error : null}
        onChange={(next) => {
          setPassword(next);
          if (isWeak) attempt.clear();
        }}
      />
      {attempt.error && !isWeak ? <FormError error={attempt.error} /> : null}
      <SubmitButton
        attempt={attempt}
        running="Changing the password…"
        disabled={email.trim() === '' || recoveryCode.trim() === '' || !isFine || isWeak}
        className="h-9 w-full"
      >
        Change password
      </SubmitButton>
    </form>
  );
}
