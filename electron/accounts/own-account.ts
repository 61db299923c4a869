/**
 * What the owner of the account that is open changes of it: its name, address and password, when it is locked, its end.
 * Each is part of a change of sessions.
 */
import { AppError, toAppError } from '../../shared/errors.ts';
import type { IdleLock } from '../../shared/accounts.ts';
import type { AccountsOnDemand } from './accounts-on-demand.ts';
import type { Caller } from './caller.ts';
import { replacePassword, withProof } from './check-password.ts';
import { presentOf, type CurrentSession, type CurrentSessionOptions, type PresentAccount } from './current-session.ts';
import { emailKey } from './email.ts';
import { emailTaken } from './errors.ts';
import type { MailService } from './mail-service.ts';
import type { LibrarySyncPort, OpenSync } from './ports/library-sync.ts';
import { proveAlone, provePresent } from './prove-present.ts';

export interface OwnAccountParts {
  readonly accounts: AccountsOnDemand;
  readonly session: CurrentSession;
  readonly mail: () => Promise<Pick<MailService, 'welcomeAddress'>>;
  readonly sync: OpenSync;
  readonly onError: CurrentSessionOptions['onError'];
}

/** Ends all sessions of the account and begins another. Errors: `wrong-credentials`, `password-weak`, `too-many-attempts`. */
export async function changePassword(
  parts: OwnAccountParts,
  caller: Caller,
  { current, next }: { readonly current: string; readonly next: string },
): Promise<void> {
  const present = parts.session.requireAccount(caller);
  const opened = await parts.accounts.open();
  await withProof(await provePresent(parts.accounts, present, current), async (proven) => {
    let { session } = present;
    const account = await replacePassword(opened, proven, current, next, async () => {
      session = await opened.sessions.begin(proven.account.id, session.isToBeKept);
    });
    parts.session.replace(presentOf(account, session));
  });
  tellSync(parts, (sync) => sync.passwordChanged(next));
}

/** Errors: `wrong-credentials`, `email-taken`, `too-many-attempts`. */
export async function changeEmail(
  parts: OwnAccountParts,
  caller: Caller,
  { password, email }: { readonly password: string; readonly email: string },
): Promise<void> {
  const present = parts.session.requireAccount(caller);
  const { id } = await proveAlone(parts.accounts, present, password);
  const { registry } = await parts.accounts.open();
  if (!(await registry.accounts.setEmail(id, email.trim(), emailKey(email)))) throw emailTaken();
  await readAgain(parts, present);
  tellSync(parts, (sync) => sync.emailChanged());
  await (await parts.mail()).welcomeAddress(id);
}

/** It is the name on this computer; the servers have none. Errors: `forbidden`. */
export async function renameAccount(parts: OwnAccountParts, caller: Caller, name: string): Promise<void> {
  const present = parts.session.requireAccount(caller);
  await (await parts.accounts.open()).registry.accounts.rename(present.account.id, name);
  await readAgain(parts, present);
}

/** Errors: `forbidden` for the local profile, which nothing would unlock. */
export async function setIdleLock(parts: OwnAccountParts, caller: Caller, minutes: IdleLock): Promise<void> {
  const present = parts.session.requireAccount(caller);
  await (await parts.accounts.open()).registry.accounts.setIdleLock(present.account.id, minutes);
  await readAgain(parts, present);
}

/** What is said of the end of an account on this computer. */
export interface Ending {
  /** What is on its servers stays there; without this an account that syncs is not deleted. */
  readonly leavesLibrary?: boolean;
}

/**
 * Errors: `wrong-credentials`, `too-many-attempts`; `request-invalid` for an account that syncs, unless its library is to
 * stay on the servers: nothing is deleted then; `deletion-incomplete`: after that one the account is closed all the same.
 */
export async function deleteOwnAccount(
  { accounts, session, sync: openSync }: OwnAccountParts,
  caller: Caller,
  password: string,
  { leavesLibrary = false }: Ending = {},
): Promise<void> {
  const account = await proveAlone(accounts, session.requireAccount(caller), password);
  const sync = await openSync();
  if (sync?.isOn) {
    if (!leavesLibrary) throw stillSynced();
    // Whoever is interrupted after this finds the account here, with sync off, and the library there: both can be used.
    await sync.turnOff();
  }
  const { registry, finishDeletion } = await accounts.open();
  await registry.accounts.beginDeletion(account.id);
  await session.leave();
  await session.closeLibrary();
  await finishDeletion(account);
  // Nobody is left to sign in.
  if (!(await accounts.hasAccounts())) await session.enterLocal();
}

async function readAgain({ accounts, session }: OwnAccountParts, present: PresentAccount): Promise<void> {
  const account = await (await accounts.open()).registry.accounts.get(present.account.id);
  if (account) session.replace({ ...present, account });
}

/** Nobody waits for the servers. */
export function tellSync(
  { sync: openSync, onError }: Pick<OwnAccountParts, 'sync' | 'onError'>,
  tell: (sync: LibrarySyncPort) => Promise<void>,
): void {
  openSync()
    .then((sync) => sync && tell(sync))
    .catch((thrown: unknown) => onError('sync', toAppError(thrown)));
}

function stillSynced(): AppError {
  return new AppError(
    'request-invalid',
    'This account syncs: what becomes of its library on the servers is not said.',
    {
      hint: 'Choose whether it is deleted there, too, then delete the account.',
    },
  );
}
