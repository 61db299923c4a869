/** E-mail and password of an account on this computer. */
import { useRef, useState } from 'react';
import { signIn } from '../../app/stores/session-store.ts';
import { isEmail } from '../../components/account-words.ts';
import { Checkbox } from '../../components/checkbox.tsx';
import { FormError } from '../../components/form-error.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { SubmitButton } from '../../components/submit-button.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { EmailField } from './email-field.tsx';
import { staySignedInNote } from './accounts-words.ts';

export interface SignInFormProps {
  readonly email: string;
  readonly onEmail: (email: string) => void;
}

export function SignInForm({ email, onEmail }: SignInFormProps) {
  const [password, setPassword] = useState('');
  const [staySignedIn, setStaySignedIn] = useState(false);
  const [isTried, setIsTried] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const attempt = useAttempt();
  const submit = async () => {
    setIsTried(true);
    if (!isEmail(email) || password === '') return;
    if (!(await attempt.run(() => signIn({ email, password, staySignedIn })))) field.current?.select();
  };
  return (
    <form
      noValidate
      data-testid="sign-in-form"
      className="flex flex-col gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <EmailField value={email} onChange={onEmail} isTried={isTried} autoFocus={email === ''} />
      <PasswordField
        ref={field}
        label="Password"
        autoFocus={email !== ''}
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        isWrong={attempt.error?.code === 'wrong-credentials'}
      />
      <Checkbox label="Stay signed in" note={staySignedInNote} checked={staySignedIn} onChange={setStaySignedIn} />
      {attempt.error ? <FormError error={attempt.error} /> : null}
      <SubmitButton
        attempt={attempt}
        running="Signing in…"
        disabled={email.trim() === '' || password === ''}
        className="h-9 w-full"
      >
        Sign in
      </SubmitButton>
    </form>
  );
}
