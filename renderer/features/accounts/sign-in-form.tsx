/** E-mail and password of an account on this computer, or a provider that it is linked to. */
import { useRef, useState } from 'react';
import type { IdentityProviderName } from '../../../shared/requests/identities.ts';
import { signIn } from '../../app/stores/session-store.ts';
import { isEmail } from '../../components/account-words.ts';
import { Checkbox } from '../../components/checkbox.tsx';
import { FormError } from '../../components/form-error.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { SubmitButton } from '../../components/submit-button.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';
import type { BrowserAttempt } from '../../hooks/use-browser-attempt.ts';
import { staySignedInNote } from './accounts-words.ts';
import { EmailField } from './email-field.tsx';
import { ProviderButtons } from './provider-buttons.tsx';

export interface SignInFormProps {
  readonly email: string;
  readonly onEmail: (email: string) => void;
  readonly providers: readonly IdentityProviderName[];
  /** Of whoever shows this form: who is waited for is shown in its place. */
  readonly browser: BrowserAttempt;
}

export function SignInForm({ email, onEmail, providers, browser }: SignInFormProps) {
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
    <>
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
      <ProviderButtons providers={providers} browser={browser} staySignedIn={staySignedIn} />
    </>
  );
}
