/** A field for an e-mail address; what is wrong with it is told once it was left, or sent. */
import { useState } from 'react';
import { isEmail } from '../../components/account-words.ts';
import { TextField } from '../../components/text-field.tsx';

export interface EmailFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Whether the form was sent. */
  readonly isTried: boolean;
  readonly autoFocus?: boolean;
}

export function EmailField({ value, onChange, isTried, autoFocus = false }: EmailFieldProps) {
  const [isLeft, setIsLeft] = useState(false);
  const isWrong = (isTried || isLeft) && value.trim() !== '' && !isEmail(value);
  return (
    <TextField
      label="E-mail"
      type="email"
      inputMode="email"
      autoComplete="username"
      autoCapitalize="off"
      autoFocus={autoFocus}
      value={value}
      maxLength={254}
      aria-invalid={isWrong}
      onChange={(event) => onChange(event.target.value)}
      onBlur={() => setIsLeft(true)}
      onFocus={() => setIsLeft(false)}
      note={isWrong ? <span className="text-danger">An address looks like name@example.com.</span> : null}
    />
  );
}
