/** Forms that change the account: each asks main, and tells in its place why that was refused. */
import { useRef, useState, type ReactNode } from 'react';
import type { AccountSummary } from '../../../shared/accounts.ts';
import { changeEmail, changePassword, rename } from '../../app/stores/session-store.ts';
import { showDone } from '../../app/stores/toast-store.ts';
import { isEmail, passwordAdvice } from '../../components/account-words.ts';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/form-error.tsx';
import { NewPasswordField } from '../../components/new-password-field.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { SubmitButton } from '../../components/submit-button.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useAttempt, type Attempt } from '../../hooks/use-attempt.ts';
import { useIntoView } from '../../hooks/use-into-view.ts';

export interface AccountFormProps {
  readonly account: AccountSummary;
  readonly onDone: () => void;
}

interface FormProps {
  readonly attempt: Attempt;
  readonly isReady: boolean;
  readonly action: string;
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}

export function AccountForm({ attempt, isReady, action, onSubmit, onCancel, children }: FormProps) {
  const element = useIntoView<HTMLFormElement>();
  // A password that is too weak is told where it is typed.
  const error = attempt.error?.code === 'password-weak' ? null : attempt.error;
  return (
    <form
      ref={element}
      noValidate
      className="flex max-w-sm flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onSubmit();
      }}
    >
      {children}
      {error ? <FormError error={error} /> : null}
      <div className="flex gap-2">
        <SubmitButton attempt={attempt} running="Saving…" disabled={!isReady}>
          {action}
        </SubmitButton>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}

export function RenameForm({ account, onDone }: AccountFormProps) {
  const [name, setName] = useState(account.name);
  const attempt = useAttempt();
  const save = async () => {
    if (await attempt.run(() => rename(name))) onDone();
  };
  return (
    <AccountForm
      attempt={attempt}
      isReady={name.trim() !== ''}
      action="Save"
      onSubmit={() => void save()}
      onCancel={onDone}
    >
      <TextField
        label="New name"
        autoComplete="name"
        autoFocus
        value={name}
        maxLength={100}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setName(event.target.value)}
      />
    </AccountForm>
  );
}

export function ChangeEmailForm({ account, onDone }: AccountFormProps) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const attempt = useAttempt();
  const isWrong = email.trim() !== '' && !isEmail(email);
  const save = async () => {
    if (await attempt.run(() => changeEmail(password, email))) {
      showDone(`You sign in with ${email.trim()} from now on.`);
      onDone();
    } else {
      field.current?.select();
    }
  };
  return (
    <AccountForm
      attempt={attempt}
      isReady={isEmail(email) && password !== ''}
      action="Change e-mail"
      onSubmit={() => void save()}
      onCancel={onDone}
    >
      <TextField
        label="New e-mail"
        type="email"
        autoComplete="email"
        autoFocus
        value={email}
        maxLength={254}
        placeholder={account.email ?? ''}
        aria-invalid={isWrong}
        onChange={(event) => setEmail(event.target.value)}
        note={isWrong ? 'An address looks like name@example.com.' : null}
      />
      <PasswordField
        ref={field}
        label="Password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        isWrong={attempt.error?.code === 'wrong-credentials'}
      />
    </AccountForm>
  );
}

export function ChangePasswordForm({ account, onDone }: AccountFormProps) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const attempt = useAttempt();
  const owner = { name: account.name, email: account.email ?? '' };
  const isSame = next !== '' && next === current;
  const isWeak = attempt.error?.code === 'password-weak';
  const save = async () => {
    if (await attempt.run(() => changePassword(current, next))) {
      showDone('Your password is changed. Where you were signed in besides, you are not any more.');
      onDone();
    } else {
      field.current?.select();
    }
  };
  return (
    <AccountForm
      attempt={attempt}
      isReady={current !== '' && passwordAdvice(next, owner).isFine && !isSame && !isWeak}
      action="Change password"
      onSubmit={() => void save()}
      onCancel={onDone}
    >
      <input type="text" autoComplete="username" value={account.email ?? ''} readOnly hidden />
      <PasswordField
        ref={field}
        label="Present password"
        autoFocus
        autoComplete="current-password"
        value={current}
        onChange={setCurrent}
        isWrong={attempt.error?.code === 'wrong-credentials'}
      />
      <NewPasswordField
        label="New password"
        value={next}
        owner={owner}
        refusal={isWeak ? attempt.error : null}
        onChange={(typed) => {
          setNext(typed);
          if (isWeak) attempt.clear();
        }}
      />
      {isSame ? <p className="text-small text-danger">It is the one that you have now.</p> : null}
    </AccountForm>
  );
}
