/** The account that is open: name, address, password, when it is locked, its end; and the way to one for who has none. */
import { Lock, LogIn, LogOut, UserRoundPlus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { AccountSummary } from '../../../shared/accounts.ts';
import { lock, signOut, useSessionStore } from '../../app/stores/session-store.ts';
import { openDialog } from '../../app/stores/workspace-store.ts';
import { AccountAvatar } from '../../components/account-avatar.tsx';
import { Button } from '../../components/button.tsx';
import { useHasMail } from '../../hooks/use-has-mail.ts';
import { ChangeEmailForm, ChangePasswordForm, RenameForm } from './account-forms.tsx';
import { AccountRow } from './account-row.tsx';
import { ConfirmEmailForm } from './confirm-email-form.tsx';
import { DeleteAccount } from './delete-account.tsx';
import { EncryptionSection } from './encryption-section.tsx';
import { IdleLockChoice } from './idle-lock-choice.tsx';
import { LinkedIdentities } from './linked-identities.tsx';
import { ManagedAccounts } from './managed-accounts.tsx';
import { TabHead } from './tab.tsx';

export function AccountTab() {
  const session = useSessionStore((state) => state.session);
  if (session?.state !== 'open' || session.account.kind === 'local') return <WithoutAccount />;
  const { account, isKept, keychainError } = session;
  return (
    <>
      <TabHead
        title="Account"
        note={
          account.isEncrypted
            ? 'Your library is encrypted on this disk: it opens with your password, or your recovery code, alone.'
            : 'Your library, settings and keys are your own: Quire opens them with your password alone. The files on this disk are not encrypted.'
        }
      />
      <Person account={account}>
        <Button icon={<Lock size={13} />} onClick={() => void lock()}>
          Lock now
        </Button>
        <Button icon={<LogOut size={13} />} onClick={() => void signOut()}>
          Sign out
        </Button>
      </Person>
      <Details account={account} />
      <LinkedIdentities />
      <h4 className="mt-5 text-label font-medium">Lock when nobody is there</h4>
      <IdleLockChoice />
      <p className="mt-3 text-label text-muted" data-testid="session-kept">
        {isKept
          ? account.isEncrypted
            ? 'You stay signed in: the next start asks for your password alone.'
            : 'You stay signed in: the next start opens your library without the password.'
          : keychainError
            ? `Sessions end with the app on this computer. ${keychainError.message}`
            : 'Quire asks for your password at each start.'}
      </p>
      <EncryptionSection isEncrypted={account.isEncrypted} />
      {account.isAdministrator ? <ManagedAccounts own={account.id} /> : null}
      <DeleteAccount />
    </>
  );
}

function WithoutAccount() {
  return (
    <>
      <TabHead
        title="Account"
        note="You use Quire without an account: no password, and whoever uses this computer finds your library open."
      />
      <p className="max-w-[60ch] text-muted">
        With an account your library opens with your password alone, can be locked, and others may have accounts beside
        yours, each with a library of its own. Accounts stay on this computer.
      </p>
      <div className="mt-3 flex gap-2">
        <Button
          tone="primary"
          className="h-8"
          icon={<UserRoundPlus size={14} />}
          onClick={() => openDialog('create-account')}
        >
          Create an account…
        </Button>
        <Button className="h-8" icon={<LogIn size={14} />} onClick={() => openDialog('sign-in')}>
          Sign in…
        </Button>
      </div>
    </>
  );
}

function Person({ account, children }: { readonly account: AccountSummary; readonly children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-3">
      <AccountAvatar account={account} large />
      <div className="min-w-0 flex-1">
        <p className="truncate text-reading font-semibold">{account.name}</p>
        <p className="truncate text-muted">
          {account.email}
          {account.isAdministrator ? ' · administrator' : ''}
        </p>
      </div>
      {children}
    </div>
  );
}

type Detail = 'name' | 'email' | 'confirmation' | 'password';

/** One of them is changed at a time. */
function Details({ account }: { readonly account: AccountSummary }) {
  const [open, setOpen] = useState<Detail | null>(null);
  const hasMail = useHasMail();
  const close = () => setOpen(null);
  const row = (detail: Detail) => ({ isOpen: open === detail, onOpen: () => setOpen(detail) });
  return (
    <ul className="mt-4 divide-y divide-line rounded-lg border border-line">
      <AccountRow label="Name" value={account.name} {...row('name')}>
        <RenameForm account={account} onDone={close} />
      </AccountRow>
      <AccountRow
        label="E-mail"
        value={
          hasMail ? `${account.email} · ${account.isEmailVerified ? 'confirmed' : 'not confirmed'}` : account.email
        }
        more={
          hasMail && !account.isEmailVerified ? <Button onClick={() => setOpen('confirmation')}>Confirm…</Button> : null
        }
        isOpen={open === 'email' || open === 'confirmation'}
        onOpen={() => setOpen('email')}
      >
        {open === 'confirmation' ? (
          <ConfirmEmailForm account={account} onDone={close} />
        ) : (
          <ChangeEmailForm account={account} onDone={close} />
        )}
      </AccountRow>
      <AccountRow label="Password" value={<span aria-hidden="true">••••••••••</span>} {...row('password')}>
        <ChangePasswordForm account={account} onDone={close} />
      </AccountRow>
    </ul>
  );
}
