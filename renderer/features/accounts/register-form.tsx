/** Makes an account on this computer. */
import { useRef, useState } from 'react';
import { register } from '../../app/stores/session-store.ts';
import { isEmail, passwordAdvice } from '../../components/account-words.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { FormError } from '../../components/form-error.tsx';
import { NewPasswordField } from '../../components/new-password-field.tsx';
import { SubmitButton } from '../../components/submit-button.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { staySignedInNote, takeLocalWords } from './accounts-words.ts';
import { EmailField } from './email-field.tsx';

export interface RegisterFormProps {
  readonly email: string;
  readonly onEmail: (email: string) => void;
  /** Documents of the local profile's library; null where another, or none, is open. */
  readonly localDocuments: number | null;
  /** The address has an account already. */
  readonly onSignIn: () => void;
}

export function RegisterForm({ email, onEmail, localDocuments, onSignIn }: RegisterFormProps) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  // Nobody should lose sight of a library because they made an account while it was open.
  const [takeLocal, setTakeLocal] = useState(localDocuments !== null);
  const [staySignedIn, setStaySignedIn] = useState(false);
  const [isTried, setIsTried] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const attempt = useAttempt();
  const isFine = passwordAdvice(password, { name, email }).isFine;
  const { error } = attempt;
  const isWeak = error?.code === 'password-weak';
  const submit = async () => {
    setIsTried(true);
    if (name.trim() === '' || !isEmail(email) || !isFine) return;
    const params = { name, email, password, takeLocal, staySignedIn };
    if (!(await attempt.run(() => register(params)))) field.current?.focus();
  };
  return (
    <form
      noValidate
      data-testid="register-form"
      className="flex flex-col gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextField
        label="Name"
        autoComplete="name"
        autoFocus
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.target.value)}
      />
      <EmailField value={email} onChange={onEmail} isTried={isTried} />
      {error?.code === 'email-taken' ? (
        <FormError error={error} action={<Button onClick={onSignIn}>Sign in</Button>} />
      ) : null}
      <NewPasswordField
        ref={field}
        label="Password"
        value={password}
        owner={{ name, email }}
        refusal={isWeak ? error : null}
        onChange={(next) => {
          setPassword(next);
          if (isWeak) attempt.clear();
        }}
      />
      <Checkbox {...takeLocalWords(localDocuments)} checked={takeLocal} onChange={setTakeLocal} />
      <Checkbox label="Stay signed in" note={staySignedInNote} checked={staySignedIn} onChange={setStaySignedIn} />
      {error && error.code !== 'email-taken' && !isWeak ? <FormError error={error} /> : null}
      <SubmitButton
        attempt={attempt}
        running="Creating the account…"
        disabled={name.trim() === '' || email.trim() === '' || !isFine || isWeak}
        className="h-9 w-full"
      >
        Create account
      </SubmitButton>
    </form>
  );
}
