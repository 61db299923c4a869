/** Passwords on their way in: whether one is right, and whether a new one is good enough. */
import type { Account } from '../db/accounts/registry.ts';
import type { OpenedKeys } from '../encryption/open-keys.ts';
import type { EncryptionService } from './encryption-service.ts';
import type { PasswordOwner } from '../../shared/own-words.ts';
import type { AccountParts } from './open-accounts.ts';

/** An account whose password was typed. */
export interface Proven {
  /** As it is since. */
  readonly account: Account;
  /** Of its library; null when that is not encrypted. See `withProof`. */
  readonly keys: OpenedKeys | null;
}

/**
 * Whoever asks gets the same answer after the same time for an address without an account and for a wrong password.
 * @param account Of this address; null when there is none.
 * @returns The account, with its hash, or the wrap of its key, made anew where that is due; null when the password is not right.
 * Errors: `too-many-attempts`; `keys-damaged` for an encrypted account.
 */
export async function checkPassword(
  parts: AccountParts,
  emailKey: string,
  account: Account | null,
  password: string,
): Promise<Proven | null> {
  const proven = await parts.guard.attempt(emailKey, () => prove(parts, account, password));
  if (!proven?.keys) return proven && { account: await rehashed(parts, proven.account, password), keys: null };
  return (await parts.keys()).settle(proven.account, proven.keys, password);
}

/** Runs with what a password opened, and clears the data key then. */
export async function withProof<T>(proven: Proven, run: (proven: Proven) => Promise<T>): Promise<T> {
  try {
    return await run(proven);
  } finally {
    proven.keys?.dataKey.fill(0);
  }
}

/** With an encryption that was being turned on or off brought to its end first; part of a change of sessions. */
export async function finished(
  proven: Proven,
  accounts: { encryption(): Promise<Pick<EncryptionService, 'finish'>> },
): Promise<Proven> {
  return proven.keys ? (await accounts.encryption()).finish(proven.account, proven.keys) : proven;
}

/** SECURITY: one that is wrong is looked for in hashes and, where there are any, in wraps: the time doesn't tell which it has. */
async function prove(parts: AccountParts, account: Account | null, password: string): Promise<Proven | null> {
  const { verifyPassword } = await import('./passwords.ts');
  if (account && parts.needsKeys(account)) {
    const keys = await (await parts.keys()).open(account, { kind: 'password', password });
    if (!keys) await verifyPassword(null, password);
    return keys && { account, keys };
  }
  const isRight = await verifyPassword(account?.passwordHash ?? null, password);
  if (isRight && account) return { account, keys: null };
  if (await parts.registry.accounts.hasEncrypted()) {
    const { openNobodysWrap } = await import('../encryption/key-wraps.ts');
    await openNobodysWrap(password);
  }
  return null;
}

async function rehashed({ registry }: AccountParts, account: Account, password: string): Promise<Account> {
  const { hashPassword, needsRehash } = await import('./passwords.ts');
  if (account.passwordHash === null || !needsRehash(account.passwordHash)) return account;
  const passwordHash = await hashPassword(password);
  await registry.accounts.setPasswordHash(account.id, passwordHash);
  return { ...account, passwordHash };
}

/** Errors: `password-weak`. */
export async function requireGoodPassword(password: string, owner: PasswordOwner): Promise<void> {
  const [{ passwordProblem }, { commonPasswords }] = await Promise.all([
    import('./password-rules.ts'),
    import('./common-passwords.ts'),
  ]);
  const problem = passwordProblem(password, owner, await commonPasswords());
  if (problem) throw problem;
}

/** The hash of a new password. Errors: `password-weak`. */
export async function hashNewPassword(password: string, owner: PasswordOwner): Promise<string> {
  await requireGoodPassword(password, owner);
  const { hashPassword } = await import('./passwords.ts');
  return hashPassword(password);
}

/**
 * Another password for an account, whose sessions end with the one before. Errors: `password-weak`, and nothing is changed
 * then; for an encrypted account `disk-full`, `file-unreadable`.
 * @param current What was proven.
 */
export async function replacePassword(
  parts: AccountParts,
  { account, keys }: Proven,
  current: string,
  next: string,
  endSessions: () => Promise<void>,
): Promise<Account> {
  if (keys) {
    await requireGoodPassword(next, account);
    const secret = { kind: 'password', password: current } as const;
    return (await parts.keys()).changePassword(account, keys, { secret, next, endSessions });
  }
  const passwordHash = await hashNewPassword(next, account);
  await parts.registry.accounts.setPasswordHash(account.id, passwordHash);
  await endSessions();
  return { ...account, passwordHash };
}
