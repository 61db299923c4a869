/** Who is signed in, and the ways in and out. */
import { AccountAvatar } from '../components/account-avatar.tsx';
import { IconButton } from '../components/button.tsx';
import { WithDropdown, type MenuAction, type MenuEntry } from '../components/menu.tsx';
import {
  accountSettingsAction,
  createAccountAction,
  lockAction,
  signInAction,
  signOutAction,
} from './account-actions.tsx';
import type { Action } from './actions.tsx';
import { usageActions } from './usage-actions.tsx';
import { signedInAccount, useSessionStore } from './stores/session-store.ts';

function entry({ title, icon, shortcut, run }: Action): MenuAction {
  return { kind: 'action', label: title, icon, run, ...(shortcut ? { shortcut } : {}) };
}

const usage = usageActions.filter(({ id }) => id === 'show-usage').map(entry);

function entries(): readonly MenuEntry[] {
  const account = signedInAccount();
  if (!account) {
    return [
      { kind: 'label', label: 'No account: no password either' },
      entry(createAccountAction),
      entry(signInAction),
      { kind: 'separator' },
      entry(accountSettingsAction),
      ...usage,
    ];
  }
  return [
    { kind: 'label', label: `${account.name} · ${account.email}` },
    entry(accountSettingsAction),
    ...usage,
    { kind: 'separator' },
    entry(lockAction),
    entry(signOutAction),
  ];
}

export function AccountMenu() {
  const account = useSessionStore(signedInAccount);
  return (
    <WithDropdown entries={entries}>
      <IconButton label={account ? `Account of ${account.name}` : 'Account'} data-testid="account-menu">
        <AccountAvatar account={account} />
      </IconButton>
    </WithDropdown>
  );
}
