/**
 * What the window keeps on this computer for one account: where the person was, how far they read. Each account has its
 * own entries of `localStorage`; the local profile's bear the plain names.
 */
import { LOCAL_ACCOUNT } from '../../../shared/accounts.ts';

/** Plain names of what belongs to an account; all else (theme, sizes) is of this computer. */
const names = ['quire.place', 'quire.reading'] as const;
export type StoredName = (typeof names)[number];

/** Whose entries are used; known before main was asked, so that the first frame need not wait for it. */
const accountKey = 'quire.account';
/** What is to become of entries once the session that was asked for is there. */
const planKey = 'quire.account-plan';
/** Stands for an account when none was open last. */
const nobody = 'nobody';

export interface StoragePlan {
  /** The local profile's entries become those of the account that is opened. */
  readonly takesLocal: boolean;
  /** The account whose entries go. */
  readonly forgets: string | null;
}

let accountId: string | null = null;

/** The account that was open last, or is. */
export function storageAccount(): string {
  accountId ??= localStorage.getItem(accountKey) ?? LOCAL_ACCOUNT;
  return accountId;
}

export function storedKey(name: StoredName, owner = storageAccount()): string {
  return owner === LOCAL_ACCOUNT ? name : `${name}@${owner}`;
}

/** Uses this account's entries from now on. True when they are others than before. */
export function switchStorage(owner: string): boolean {
  const isSame = owner === storageAccount();
  localStorage.setItem(accountKey, owner);
  accountId = owner;
  return !isSame;
}

/** Nobody is signed in: the next start has nothing to open before main was asked. */
export function leaveStorage(): void {
  localStorage.setItem(accountKey, nobody);
}

/** Kept over the window's new beginning, which may come before the answer to the request that asked for it. */
export function planStorage(plan: StoragePlan): void {
  sessionStorage.setItem(planKey, JSON.stringify(plan));
}

export function dropStoragePlan(): void {
  sessionStorage.removeItem(planKey);
}

/** Carries the plan out, now that this account is open (null: none is). */
export function settleStorage(openId: string | null): void {
  const stored = sessionStorage.getItem(planKey);
  if (stored === null) return;
  dropStoragePlan();
  const { takesLocal, forgets } = JSON.parse(stored) as StoragePlan;
  if (takesLocal && openId !== null && openId !== LOCAL_ACCOUNT) {
    for (const name of names) {
      const value = localStorage.getItem(storedKey(name, LOCAL_ACCOUNT));
      if (value !== null) localStorage.setItem(storedKey(name, openId), value);
    }
    forget(LOCAL_ACCOUNT);
  }
  if (forgets !== null && forgets !== openId) forget(forgets);
}

function forget(owner: string): void {
  for (const name of names) localStorage.removeItem(storedKey(name, owner));
}
