/** A field for a password: hidden until it is shown on purpose, and it says when Caps Lock is on. */
import { ArrowBigUpDash, Eye, EyeOff } from 'lucide-react';
import { useState, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import { IconButton } from './button.tsx';
import { TextField } from './text-field.tsx';

export interface PasswordFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Tells a password manager whether to fill in one or to propose one. */
  readonly autoComplete: 'current-password' | 'new-password';
  readonly note?: ReactNode;
  readonly placeholder?: string;
  readonly isWrong?: boolean;
  readonly autoFocus?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}

export function PasswordField(props: PasswordFieldProps) {
  const { label, value, onChange, autoComplete, note, placeholder, isWrong = false } = props;
  const { autoFocus = false, ref } = props;
  const [isShown, setIsShown] = useState(false);
  const [isCapsLock, setIsCapsLock] = useState(false);
  const look = (event: KeyboardEvent) => setIsCapsLock(event.getModifierState('CapsLock'));
  return (
    <div>
      <TextField
        label={label}
        type={isShown ? 'text' : 'password'}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoComplete={autoComplete}
        autoCapitalize="off"
        autoFocus={autoFocus}
        aria-invalid={isWrong}
        onKeyDown={look}
        onKeyUp={look}
        onBlur={() => setIsCapsLock(false)}
        placeholder={placeholder}
        note={note}
        {...(ref ? { ref } : {})}
        trailing={
          <IconButton
            label={isShown ? `Hide ${label.toLowerCase()}` : `Show ${label.toLowerCase()}`}
            aria-pressed={isShown}
            className="size-8"
            onClick={() => setIsShown(!isShown)}
          >
            {isShown ? <EyeOff size={15} /> : <Eye size={15} />}
          </IconButton>
        }
      />
      <p role="status" className="text-small text-warning">
        {isCapsLock ? (
          <span className="mt-1 flex items-center gap-1" data-testid="caps-lock">
            <ArrowBigUpDash size={13} aria-hidden="true" />
            Caps Lock is on.
          </span>
        ) : null}
      </p>
    </div>
  );
}
