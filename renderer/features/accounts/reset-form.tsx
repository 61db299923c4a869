/** A new password for who forgot theirs: a code is mailed to the account's address, and shows that it is theirs. */
import { useRef, useState } from 'react';
import { showDone } from '../../app/stores/toast-store.ts';
import { isEmail, passwordAdvice } from '../../components/account-words.ts';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/form-error.tsx';
import { NewPasswordField } from '../../components/new-password-field.tsx';
import { RecoveryCodeForm } from '../../components/recovery-code-form.tsx';
import { SubmitButton } from '../../components/submit-button.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { request } from '../../ipc/client.ts';
import { EmailField } from './email-field.tsx';

export interface ResetFormProps {
  readonly email: string;
  readonly onEmail: (email: string) => void;
  /** The account is encrypted, and its recovery code at hand. */
  readonly onRecover: () => void;
  /** There is a new password to sign in with. */
  readonly onDone: () => void;
}

export function ResetForm({ email, onEmail, onRecover, onDone }: ResetFormProps) {
  const [isMailed, setIsMailed] = useState(false);
  return isMailed ? (
    <NewPassword email={email} onAgain={() => setIsMailed(false)} onRecover={onRecover} onDone={onDone} />
  ) : (
    <AskForCode email={email} onEmail={onEmail} onMailed={() => setIsMailed(true)} />
  );
}

interface AskForCodeProps extends Pick<ResetFormProps, 'email' | 'onEmail'> {
  readonly onMailed: () => void;
}

function AskForCode({ email, onEmail, onMailed }: AskForCodeProps) {
  const [isTried, setIsTried] = useState(false);
  const attempt = useAttempt();
  const submit = async () => {
    setIsTried(true);
    if (isEmail(email) && (await attempt.run(() => request('accounts.requestPasswordReset', { email })))) onMailed();
  };
  return (
    <form
      noValidate
      data-testid="reset-form"
      className="flex flex-col gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <EmailField value={email} onChange={onEmail} isTried={isTried} autoFocus />
      {attempt.error ? <FormError error={attempt.error} /> : null}
      <SubmitButton attempt={attempt} running="Asking…" disabled={email.trim() === ''} className="h-9 w-full">
        Mail me a code
      </SubmitButton>
    </form>
  );
}

interface NewPasswordProps extends Pick<ResetFormProps, 'email' | 'onRecover' | 'onDone'> {
  readonly onAgain: () => void;
}

function NewPassword({ email, onAgain, onRecover, onDone }: NewPasswordProps) {
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const attempt = useAttempt();
  const owner = { name: '', email };
  const isFine = passwordAdvice(password, owner).isFine;
  const isWeak = attempt.error?.code === 'password-weak';
  const [beginsEmpty, setBeginsEmpty] = useState(false);
  const submit = async (recoveryGroups?: string[]) => {
    const params = { email, code, password, ...(recoveryGroups ? { recoveryGroups } : {}) };
    if (await attempt.run(() => request('accounts.resetPassword', params))) {
      showDone('Your password is changed. Sign in with it.');
      onDone();
    } else {
      field.current?.select();
    }
  };
  if (beginsEmpty) {
    return (
      <RecoveryCodeForm
        attempt={attempt}
        running="Changing the password…"
        onBack={() => {
          attempt.clear();
          setBeginsEmpty(false);
        }}
        onSubmit={(groups) => void submit([...groups])}
      >
        Begin an empty library
      </RecoveryCodeForm>
    );
  }
  return (
    <form
      noValidate
      data-testid="new-password-form"
      className="flex flex-col gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (code.trim() !== '' && isFine) void submit();
      }}
    >
      <p role="status" className="text-muted">
        If {email.trim()} has an account here, a code is on its way to it.
      </p>
      <TextField
        ref={field}
        label="Code"
        autoFocus
        autoComplete="one-time-code"
        autoCapitalize="characters"
        placeholder="ABCD-EFGH"
        maxLength={40}
        value={code}
        onChange={(event) => {
          setCode(event.target.value);
          if (attempt.error?.code === 'recovery-code-required') attempt.clear();
        }}
      />
      <input type="text" autoComplete="username" value={email} readOnly hidden />
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
      {attempt.error?.code === 'recovery-code-required' ? (
        <div className="flex flex-col gap-2">
          <Button onClick={onRecover}>Use my recovery code</Button>
          <Button
            onClick={() => {
              attempt.clear();
              setBeginsEmpty(true);
            }}
          >
            Begin an empty library
          </Button>
        </div>
      ) : (
        <SubmitButton
          attempt={attempt}
          running="Changing the password…"
          disabled={code.trim() === '' || !isFine || isWeak}
          className="h-9 w-full"
        >
          Change password
        </SubmitButton>
      )}
      <Button tone="quiet" onClick={onAgain}>
        No code? Ask again
      </Button>
    </form>
  );
}
