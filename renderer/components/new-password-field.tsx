/** A field for a password that is chosen now: it tells the rule while it is typed. */
import { Check } from 'lucide-react';
import type { Ref } from 'react';
import type { ErrorInfo } from '../../shared/errors.ts';
import type { PasswordOwner } from '../../shared/own-words.ts';
import { passwordAdvice } from './account-words.ts';
import { PasswordField } from './password-field.tsx';

export interface NewPasswordFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly owner: PasswordOwner;
  /** Why main did not take it; null when it did, or was not asked. */
  readonly refusal: ErrorInfo | null;
  readonly ref?: Ref<HTMLInputElement>;
}

export function NewPasswordField({ label, value, onChange, owner, refusal, ref }: NewPasswordFieldProps) {
  const { text, isFine, isWrong } = passwordAdvice(value, owner);
  return (
    <PasswordField
      label={label}
      value={value}
      onChange={onChange}
      autoComplete="new-password"
      isWrong={isWrong || refusal !== null}
      {...(ref ? { ref } : {})}
      note={
        refusal ? (
          <span role="alert" className="text-danger" data-testid="password-advice">
            {refusal.message} {refusal.hint}
          </span>
        ) : (
          <span
            data-testid="password-advice"
            className={isWrong ? 'text-danger' : isFine ? 'flex items-start gap-1 text-success' : undefined}
          >
            {isFine ? <Check size={13} className="mt-px shrink-0" aria-hidden="true" /> : null}
            {text}
          </span>
        )
      }
    />
  );
}
