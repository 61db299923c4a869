/** Makes an account: with an empty library, plain or encrypted, or with that of the local profile. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { LOCAL_ACCOUNT } from '../../shared/accounts.ts';
import { AppError } from '../../shared/errors.ts';
import type { Account, NewAccount } from '../db/accounts/registry.ts';
import { accountFolder, rememberOpenAccount } from './account-folder.ts';
import type { AccountRecovery } from './account-recovery.ts';
import type { AccountsOnDemand } from './accounts-on-demand.ts';
import { hashNewPassword, requireGoodPassword } from './check-password.ts';
import type { CurrentSession } from './current-session.ts';
import type { EncryptionService } from './encryption-service.ts';
import { emailKey } from './email.ts';
import { emailTaken } from './errors.ts';

export interface Registration {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly staySignedIn: boolean;
  /** The local profile's library becomes the account's. */
  readonly takeLocal: boolean;
  /** Of the recovery code that was offered: the account is encrypted then. */
  readonly recoveryGroups?: readonly string[] | undefined;
}

export interface RegistrationParts {
  readonly dataFolder: string;
  readonly accounts: AccountsOnDemand;
  readonly session: CurrentSession;
  readonly recovery: () => Promise<AccountRecovery>;
  readonly encryption: () => Promise<Pick<EncryptionService, 'finish'>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Opens the account that it makes; part of a change of sessions. Errors: `password-weak`, `email-taken`,
 * `too-many-attempts`; with `takeLocal` `library-in-use`; encrypted `wrong-credentials`, for other groups than those that
 * are asked for; with both as `registerEncryptedWithLocal`.
 */
export async function registerAccount(parts: RegistrationParts, registration: Registration): Promise<Account> {
  const { takeLocal, recoveryGroups: groups } = registration;
  if (!groups) return registerPlain(parts, registration);
  const register = takeLocal ? registerEncryptedWithLocal : registerEncrypted;
  return (await parts.recovery()).withCode(groups, (code) => register(parts, registration, code));
}

async function registerPlain(parts: RegistrationParts, registration: Registration): Promise<Account> {
  const { session } = parts;
  const { takeLocal, staySignedIn, password } = registration;
  const passwordHash = await hashNewPassword(password, registration);
  const account = {
    ...(await newAccount(parts, registration)),
    passwordHash,
    stage: takeLocal ? 'moving' : 'ready',
  } as const;
  await session.leave();
  const stored = takeLocal ? await insertWithLocalLibrary(parts, account) : await insert(parts, account);
  await session.enter(stored, staySignedIn, null);
  return stored;
}

async function registerEncrypted(parts: RegistrationParts, registration: Registration, code: string): Promise<Account> {
  const { accounts, session } = parts;
  const { password, staySignedIn } = registration;
  await requireGoodPassword(password, registration);
  const account = await newAccount(parts, registration);
  const [{ makeKeys }, { formatKeysFile }, keys] = await Promise.all([
    import('../encryption/open-keys.ts'),
    import('../encryption/keys-file.ts'),
    (await accounts.open()).keys(),
  ]);
  const { file, dataKey } = await makeKeys(password, code, 'on');
  try {
    await session.leave();
    const stored = await insert(parts, { ...account, keys: formatKeysFile(file) });
    await keys.store(stored, file).catch(async (error: unknown) => {
      await (await accounts.open()).registry.accounts.remove(stored.id);
      throw error;
    });
    await session.enter(stored, staySignedIn, dataKey);
    return stored;
  } finally {
    dataKey.fill(0);
  }
}

/**
 * From the account's first row on its keys are there and say that its library is to be encrypted: whenever this is
 * interrupted, a sign-in brings the library and goes on. Errors: `request-invalid` while restores have put libraries aside,
 * and as `turnLibrary`.
 */
async function registerEncryptedWithLocal(
  parts: RegistrationParts,
  registration: Registration,
  code: string,
): Promise<Account> {
  const { dataFolder, accounts, session, encryption } = parts;
  const { password, staySignedIn } = registration;
  const [{ listKept }, { makeKeys }, { formatKeysFile }] = await Promise.all([
    import('../backup/swap.ts'),
    import('../encryption/open-keys.ts'),
    import('../encryption/keys-file.ts'),
  ]);
  // What becomes of them is a choice of its own, before anything else.
  if ((await listKept(accountFolder(dataFolder, LOCAL_ACCOUNT))).length > 0) {
    throw new AppError('request-invalid', 'Earlier libraries lie beside this one, which restores put aside.', {
      hint: 'Create the account without encryption; then Settings, Account asks what becomes of them, and encrypts.',
    });
  }
  // Until the library is encrypted whole, the hash proves the password, too.
  const passwordHash = await hashNewPassword(password, registration);
  const account = await newAccount(parts, registration);
  const made = await makeKeys(password, code, 'turning-on');
  try {
    await session.leave();
    const keys = formatKeysFile(made.file);
    const stored = await insertWithLocalLibrary(parts, { ...account, passwordHash, keys, stage: 'moving' });
    await (await (await accounts.open()).keys()).store(stored, made.file);
    const turned = await (await encryption()).finish(stored, made);
    await session.enter(turned.account, staySignedIn, turned.keys?.dataKey ?? null);
    return turned.account;
  } finally {
    made.dataKey.fill(0);
  }
}

/** Errors: `email-taken`, `too-many-attempts`. */
async function newAccount(
  { accounts, now }: RegistrationParts,
  { email, name }: Pick<Registration, 'email' | 'name'>,
): Promise<NewAccount> {
  const key = emailKey(email);
  const { registry, guard } = await accounts.open();
  // Nobody shall ask for one address after another, whether there is an account.
  const isFree = await guard.attempt(null, async () => ((await registry.accounts.findByEmail(key)) ? null : true));
  if (!isFree) throw emailTaken();
  return {
    id: randomUUID(),
    email: email.trim(),
    emailKey: key,
    name,
    passwordHash: null,
    keys: null,
    stage: 'ready',
    createdAt: now(),
  };
}

async function insert({ accounts }: RegistrationParts, account: NewAccount): Promise<Account> {
  const { registry } = await accounts.open();
  const stored = (await registry.accounts.insert(account)) ? await registry.accounts.get(account.id) : null;
  if (!stored) throw emailTaken();
  return stored;
}

/** Makes the local library the new account's; leaves everything as it was when it can't be moved. */
async function insertWithLocalLibrary(parts: RegistrationParts, account: NewAccount): Promise<Account> {
  const { dataFolder, accounts, session } = parts;
  await session.closeLibrary();
  // Before the row: a start after a crash then looks for this account, and never opens what is about to be moved.
  rememberOpenAccount(dataFolder, account.id);
  try {
    return await session.settle(await insert(parts, account));
  } catch (error) {
    // The library is the account's by now: what is left to do is done when its owner signs in.
    if (existsSync(accountFolder(dataFolder, account.id))) throw error;
    await (await accounts.open()).registry.accounts.remove(account.id);
    await session.enterLocal();
    throw error;
  }
}
