/** Makes an account on this computer. */
import { useRef, useState } from 'react';
import { toAppError, type ErrorCode } from '../../../shared/errors.ts';
import { register } from '../../app/stores/session-store.ts';
import { isEmail, passwordAdvice } from '../../components/account-words.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { FormError } from '../../components/form-error.tsx';
import { NewPasswordField } from '../../components/new-password-field.tsx';
import { RecoveryCodeForm } from '../../components/recovery-code-form.tsx';
import { SubmitButton } from '../../components/submit-button.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { encryptNote, staySignedInEncryptedNote, staySignedInNote, takeLocalWords } from './accounts-words.ts';
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
  const [encrypts, setEncrypts] = useState(false);
  const [isAtCode, setIsAtCode] = useState(false);
  const [isTried, setIsTried] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const attempt = useAttempt();
  const isFine = passwordAdvice(password, { name, email }).isFine;
  const { error } = attempt;
  const isWeak = error?.code === 'password-weak';
  /** Resolves to why it failed; null when it did not. */
  const create = async (recoveryGroups?: string[]) => {
    const params = { name, email, password, takeLocal, staySignedIn };
    let code: ErrorCode | null = null;
    await attempt.run(async () => {
      try {
        await register(recoveryGroups ? { ...params, recoveryGroups } : params);
      } catch (thrown) {
        ({ code } = toAppError(thrown));
        throw thrown;
      }
    });
    return code;
  };
  const submit = async () => {
    setIsTried(true);
    if (name.trim() === '' || !isEmail(email) || !isFine) return;
    if (encrypts) {
      attempt.clear();
      setIsAtCode(true);
    } else if ((await create()) !== null) field.current?.focus();
  };
  if (isAtCode) {
    return (
      <RecoveryCodeForm
        attempt={attempt}
        running="Creating the account…"
        onBack={() => setIsAtCode(false)}
        onSubmit={(groups) =>
          void create([...groups]).then((code) => {
            // What is wrong with the rest is told where it was typed.
            if (code !== null && code !== 'wrong-credentials') setIsAtCode(false);
          })
        }
      >
        Create account
      </RecoveryCodeForm>
    );
  }
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
      <Checkbox label="Encrypt my library" note={encryptNote(takeLocal)} checked={encrypts} onChange={setEncrypts} />
      <Checkbox
        label="Stay signed in"
        note={encrypts ? staySignedInEncryptedNote : staySignedInNote}
        checked={staySignedIn}
        onChange={setStaySignedIn}
      />
      {error && error.code !== 'email-taken' && !isWeak ? <FormError error={error} /> : null}
      <SubmitButton
        attempt={attempt}
        running="Creating the account…"
        disabled={name.trim() === '' || email.trim() === '' || !isFine || isWeak}
        className="h-9 w-full"
      >
        {encrypts ? 'Go on' : 'Create account'}
      </SubmitButton>
    </form>
  );
}
