/** What can be done with accounts and sessions, for the palette, the shortcuts and the menu in the top bar. */
import { IdCard, Lock, LogIn, LogOut, Mail, UserRoundCog, UserRoundPlus } from 'lucide-react';
import type { Action } from './actions.tsx';
import { lock, signedInAccount, signOut } from './stores/session-store.ts';
import { openDialog, openSettings } from './stores/workspace-store.ts';

const size = 15;
const isSignedIn = () => signedInAccount() !== null;
const isLocal = () => !isSignedIn();

export const lockAction: Action = {
  id: 'lock',
  title: 'Lock now',
  words: 'account hide away password',
  shortcut: 'mod+shift+l',
  icon: <Lock size={size} />,
  isAvailable: isSignedIn,
  // Whoever has to leave at once does not close dialogs first.
  isUrgent: true,
  run: () => void lock(),
};

export const signOutAction: Action = {
  id: 'sign-out',
  title: 'Sign out',
  words: 'account log out switch leave',
  icon: <LogOut size={size} />,
  isAvailable: isSignedIn,
  run: () => void signOut(),
};

export const createAccountAction: Action = {
  id: 'create-account',
  title: 'Create an account…',
  words: 'register sign up password lock',
  icon: <UserRoundPlus size={size} />,
  isAvailable: isLocal,
  run: () => openDialog('create-account'),
};

export const signInAction: Action = {
  id: 'sign-in',
  title: 'Sign in…',
  words: 'account log in switch',
  icon: <LogIn size={size} />,
  isAvailable: isLocal,
  run: () => openDialog('sign-in'),
};

export const accountSettingsAction: Action = {
  id: 'account-settings',
  title: 'Account settings',
  words: 'name email password idle lock delete limits',
  icon: <UserRoundCog size={size} />,
  run: () => openSettings('account'),
};

const mailSettingsAction: Action = {
  id: 'mail-settings',
  title: 'Mail server settings',
  words: 'smtp email send code confirm reset password',
  icon: <Mail size={size} />,
  isAvailable: () => signedInAccount()?.isAdministrator ?? false,
  run: () => openSettings('mail'),
};

const providersAction: Action = {
  id: 'provider-settings',
  title: 'Sign-in providers',
  words: 'google openid connect oidc single sign-on administrator',
  icon: <IdCard size={size} />,
  isAvailable: () => signedInAccount()?.isAdministrator ?? false,
  run: () => openSettings('providers'),
};

export const accountActions: readonly Action[] = [
  accountSettingsAction,
  providersAction,
  mailSettingsAction,
  lockAction,
  signOutAction,
  createAccountAction,
  signInAction,
];
