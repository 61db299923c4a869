/** Passwords on their way in: whether one is right, and whether a new one is good enough. */
import type { Account } from '../db/accounts/registry.ts';
import type { PasswordOwner } from '../../shared/own-words.ts';
import type { AccountParts } from './open-accounts.ts';

/**
 * Whoever asks gets the same answer after the same time for an address without an account and for a wrong password.
 * @param account Of this address; null when there is none.
 * @returns The account, with its hash made anew where that is due; null when the password is not right.
 * Errors: `too-many-attempts`.
 */
export async function checkPassword(
  { registry, guard }: AccountParts,
  emailKey: string,
  account: Account | null,
  password: string,
): Promise<Account | null> {
  const { hashPassword, needsRehash, verifyPassword } = await import('./passwords.ts');
  const hash = account?.passwordHash ?? null;
  const isRight = await guard.attempt(emailKey, async () => (await verifyPassword(hash, password)) || null);
  if (!isRight || !account) return null;
  if (!needsRehash(account.passwordHash)) return account;
  const passwordHash = await hashPassword(password);
  await registry.accounts.setPasswordHash(account.id, passwordHash);
  return { ...account, passwordHash };
}

/** The hash of a new password. Errors: `password-weak`. */
export async function hashNewPassword(password: string, owner: PasswordOwner): Promise<string> {
  const [{ passwordProblem }, { commonPasswords }, { hashPassword }] = await Promise.all([
    import('./password-rules.ts'),
    import('./common-passwords.ts'),
    import('./passwords.ts'),
  ]);
  const problem = passwordProblem(password, owner, await commonPasswords());
  if (problem) throw problem;
  return hashPassword(password);
}
