/** A detail of the account, and the form that changes it in its place. */
import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';

export interface AccountRowProps {
  readonly label: string;
  readonly value: ReactNode;
  /** Beside its button to change it. */
  readonly more?: ReactNode;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  /** The form. */
  readonly children: ReactNode;
}

export function AccountRow({ label, value, more, isOpen, onOpen, children }: AccountRowProps) {
  return (
    <li className="px-3 py-2">
      <div className="flex min-h-7 items-center gap-3">
        <span className="w-20 shrink-0 font-medium">{label}</span>
        <span className="min-w-0 flex-1 truncate text-muted readable">{value}</span>
        {isOpen ? null : more}
        {isOpen ? null : (
          <Button aria-label={`Change ${label.toLowerCase()}`} onClick={onOpen}>
            Change…
          </Button>
        )}
      </div>
      {isOpen ? <div className="pt-2 pb-1">{children}</div> : null}
    </li>
  );
}
