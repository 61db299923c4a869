/**
 * Whose window this is: the account that is open, locked, or none. Main decides; it begins the window anew whenever
 * another may be shown, so that nothing of the account before stays in the page. The access token is the client's.
 */
import { create } from 'zustand';
import { LOCAL_ACCOUNT, type AccountSummary, type SessionState } from '../../../shared/accounts.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { EventMap } from '../../../shared/events.ts';
import type { RequestInput } from '../../../shared/requests/index.ts';
import { request } from '../../ipc/client.ts';
import {
  dropStoragePlan,
  leaveStorage,
  planStorage,
  settleStorage,
  storageAccount,
  switchStorage,
  type StoragePlan,
} from './account-storage.ts';
import { showDone, showError, showTrouble } from './toast-store.ts';
import { beginAtLastPlace } from './workspace-store.ts';

type WithoutToken<State> = State extends unknown ? Omit<State, 'accessToken' | 'expiresAt'> : never;
export type Session = WithoutToken<SessionState>;

export interface SessionStoreState {
  /** Null until main told. */
  readonly session: Session | null;
  /** Why main could not tell; null when it could. */
  readonly error: ErrorInfo | null;
  /** Another account is open than the window was begun with, or none: main begins it anew, until then it shows nothing. */
  readonly isEnding: boolean;
  /** The system's keychain asks its owner something, which main waits for. */
  readonly waitsForKeychain: boolean;
}

export const useSessionStore = create<SessionStoreState>(() => ({
  session: null,
  error: null,
  isEnding: false,
  waitsForKeychain: false,
}));
const { getState, setState } = useSessionStore;

/** Set while the person waits to be signed in for good: the window may begin anew before it can say that it failed. */
const staysKey = 'quire.stays-signed-in';

/** Asks main, once as the window begins and whenever it says that this changed; null when it can't tell. */
export async function loadSession(): Promise<Session | null> {
  try {
    return adopt(await request('session.current', {}));
  } catch (thrown) {
    setState({ error: toAppError(thrown).toInfo() });
    return null;
  }
}

export function onSessionChanged(): void {
  void loadSession();
}

export function onKeychainChanged({ isAsking }: EventMap['keychain.changed']): void {
  setState({ waitsForKeychain: isAsking });
}

/** Goes on without the keychain. A failure is told in a toast. */
export async function leaveKeychain(): Promise<void> {
  await change(() => request('session.leaveKeychain', {})).catch(showError);
}

/** What of an answer the window keeps. Pure. */
export function withoutToken(answer: SessionState): Session {
  if (answer.state !== 'open') return answer;
  const { state, account, isKept, keychainError } = answer;
  return { state, account, isKept, keychainError };
}

function openId(session: Session | null): string | null {
  return session?.state === 'open' ? session.account.id : null;
}

/** Whether main begins the window anew between the two: with another account, and when one was opened or closed. */
function isSame(before: Session, now: Session): boolean {
  const whose = (session: Session): string | null => ('account' in session ? session.account.id : null);
  return before.state === now.state && whose(before) === whose(now);
}

function adopt(answer: SessionState): Session {
  const session = withoutToken(answer);
  const now = openId(session);
  // The way in is the next window's, too: what was typed into it here would be lost. Compared with the beginning, as main
  // tells twice (in an event, and in its answer to who asked), and a session that came back may need no new window.
  begunWith ??= session;
  const isEnding = !isSame(begunWith, session);
  settleStorage(now);
  // The window begins as whose it was last; where that is another, it goes to that one's place before it is drawn.
  if (now !== null && switchStorage(now)) beginAtLastPlace();
  if (session.state === 'signed-out') leaveStorage();
  // What is said now would go with the window.
  if (session.state === 'open' && !isEnding) tellKeychain(session.keychainError);
  setState({ session, error: null, isEnding });
  if (answer.state !== 'open') setState({ waitsForKeychain: answer.waitsForKeychain === true });
  return session;
}

/** What main told first; another one is the next window's. Null until then. */
let begunWith: Session | null = null;

function tellKeychain(error: ErrorInfo | null): void {
  if (sessionStorage.getItem(staysKey) === null) return;
  sessionStorage.removeItem(staysKey);
  if (error) showTrouble('Your session ends with the app on this computer.', `${error.message} ${error.hint}`.trim());
}

/** What may be shown before main was asked: the local profile, which needs no password, if it was open last. */
export function isLocalLikely(): boolean {
  return storageAccount() === LOCAL_ACCOUNT;
}

/** The account that is open and has a password; null for the local profile, and when none is open. */
export function signedInAccount({ session }: Pick<SessionStoreState, 'session'> = getState()): AccountSummary | null {
  return session?.state === 'open' && session.account.kind === 'account' ? session.account : null;
}

/** True unless a password, or a choice, is wanted first. */
export function isOpen({ session }: Pick<SessionStoreState, 'session'> = getState()): boolean {
  return session === null ? isLocalLikely() : session.state === 'open';
}

interface Opening {
  readonly staysSignedIn?: boolean;
  readonly plan?: StoragePlan;
}

/** Asks for another session; what is stored here follows it. Throws as main answers. */
async function change(ask: () => Promise<SessionState>, { staysSignedIn = false, plan }: Opening = {}): Promise<void> {
  if (plan) planStorage(plan);
  if (staysSignedIn) sessionStorage.setItem(staysKey, 'yes');
  try {
    adopt(await ask());
  } catch (thrown) {
    dropStoragePlan();
    sessionStorage.removeItem(staysKey);
    throw thrown;
  }
}

/** Throws `wrong-credentials`, `too-many-attempts`. */
export function signIn(params: RequestInput<'accounts.signIn'>): Promise<void> {
  return change(() => request('accounts.signIn', params), { staysSignedIn: params.staySignedIn });
}

/** Has the person sign in at a provider, in the system's browser. Throws `sign-in-failed`, `cancelled`. */
export function signInAt(params: RequestInput<'identities.signIn'>): Promise<void> {
  return change(() => request('identities.signIn', params), { staysSignedIn: params.staySignedIn });
}

/** Throws `email-taken`, `password-weak`. */
export function register(params: RequestInput<'accounts.register'>): Promise<void> {
  return change(() => request('accounts.register', params), {
    staysSignedIn: params.staySignedIn,
    plan: { takesLocal: params.takeLocal, forgets: null },
  });
}

/** Throws `wrong-credentials`, `too-many-attempts`. */
export function unlock(password: string): Promise<void> {
  return change(() => request('session.unlock', { password }));
}

export function openLocal(): Promise<void> {
  return change(() => request('session.openLocal', {}));
}

/**
 * With everything of it on this computer. Throws `wrong-credentials`, `too-many-attempts`, and `request-invalid` for one that
 * syncs unless `leavesLibrary`: what is on its servers stays there.
 */
export function deleteAccount(password: string, leavesLibrary: boolean): Promise<void> {
  const forgets = signedInAccount()?.id ?? null;
  return change(() => request('accounts.delete', { password, leavesLibrary }), {
    plan: { takesLocal: false, forgets },
  });
}

export function rename(name: string): Promise<void> {
  return change(() => request('accounts.rename', { name }));
}

/** Throws `wrong-credentials`, `too-many-attempts`, `email-taken`. */
export function changeEmail(password: string, email: string): Promise<void> {
  return change(() => request('accounts.changeEmail', { password, email }));
}

/** Throws `wrong-credentials`, `too-many-attempts`, `password-weak`. */
export function changePassword(current: string, next: string): Promise<void> {
  return change(() => request('accounts.changePassword', { current, next }));
}

/** The session is locked meanwhile, and the window another. Throws `wrong-credentials`, and as main answers. */
export function turnEncryptionOn(params: RequestInput<'accounts.turnEncryptionOn'>): Promise<void> {
  return change(() => request('accounts.turnEncryptionOn', params));
}

/** As `turnEncryptionOn`. */
export function turnEncryptionOff(password: string): Promise<void> {
  return change(() => request('accounts.turnEncryptionOff', { password }));
}

/** Hides everything until the password is typed; a failure is told in a toast. */
export async function lock(): Promise<void> {
  if (!signedInAccount()) return showDone('Only an account can be locked: the local profile has no password.');
  await change(() => request('session.lock', {})).catch(showError);
}

/** A failure is told in a toast. */
export async function signOut(): Promise<void> {
  await change(() => request('session.signOut', {})).catch(showError);
}
