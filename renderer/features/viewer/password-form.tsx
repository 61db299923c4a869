/** Asks for the password of a PDF. It opens the document now and is kept nowhere. */
import { Lock } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { fieldClass } from '../../components/text-field.tsx';

export interface PasswordFormProps {
  /** The one before it was wrong. */
  readonly isWrong: boolean;
  readonly onPassword: (password: string) => void;
}

export function PasswordForm({ isWrong, onPassword }: PasswordFormProps) {
  const [password, setPassword] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center justify-center bg-surface px-6">
      <form
        className="w-full max-w-80 text-center"
        data-testid="password-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (password !== '') onPassword(password);
        }}
      >
        <Lock size={22} className="mx-auto text-muted" aria-hidden="true" />
        <label htmlFor="pdf-password" className="mt-3 block font-medium">
          This PDF is protected by a password.
        </label>
        <p id="pdf-password-note" className="mt-1 text-label text-muted">
          It opens the pages here and is kept nowhere. To search and ask about them, add a copy without the password.
        </p>
        <div className="mt-3 flex gap-2">
          <input
            ref={field}
            id="pdf-password"
            type="password"
            autoComplete="off"
            aria-describedby="pdf-password-note pdf-password-wrong"
            aria-invalid={isWrong}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            className={`${fieldClass} h-8 min-w-0 flex-1`}
          />
          <Button type="submit" disabled={password === ''}>
            Open
          </Button>
        </div>
        <p id="pdf-password-wrong" role="status" className="mt-2 min-h-5 text-label text-danger">
          {isWrong ? 'This password is not the right one.' : ''}
        </p>
      </form>
    </div>
  );
}
