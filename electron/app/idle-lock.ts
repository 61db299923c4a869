/** Locks the window when nobody has touched the computer for as long as the account's owner chose. */
import { powerMonitor } from 'electron';
import type { AccountsService } from '../accounts/accounts-service.ts';

/** Milliseconds between two looks. */
const INTERVAL = 15_000;
const MINUTE = 60_000;

export function lockWhenIdle(accounts: Pick<AccountsService, 'idleLock' | 'lockNow'>): void {
  let lookedAt = Date.now();
  const look = (): void => {
    const now = Date.now();
    // SECURITY: a computer that sleeps counts nothing, and the key that wakes it ends what it had counted.
    const unseen = now - lookedAt;
    lookedAt = now;
    const minutes = accounts.idleLock;
    const idle = Math.max(unseen, powerMonitor.getSystemIdleTime() * 1_000);
    if (minutes !== null && idle >= minutes * MINUTE) void accounts.lockNow();
  };
  setInterval(look, INTERVAL).unref();
  powerMonitor.on('resume', look);
}
