/** Stands for a person: initials, or a figure for the local profile. */
import { UserRound } from 'lucide-react';
import type { AccountSummary } from '../../shared/accounts.ts';
import { initialsOf } from './account-words.ts';
import { classNames } from './class-names.ts';

export interface AccountAvatarProps {
  /** Null for the local profile. */
  readonly account: Pick<AccountSummary, 'name' | 'kind'> | null;
  readonly large?: boolean;
}

export function AccountAvatar({ account, large = false }: AccountAvatarProps) {
  const initials = account?.kind === 'account' ? initialsOf(account.name) : '';
  if (initials === '') return <UserRound size={large ? 28 : 16} aria-hidden="true" />;
  return (
    <span
      aria-hidden="true"
      // They are a picture of the name, no text that the button could be called by.
      data-initials={initials}
      className={classNames(
        'before:content-[attr(data-initials)] inline-flex shrink-0 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent-ink',
        large ? 'size-12 text-title' : 'size-[22px] text-micro',
      )}
    />
  );
}
