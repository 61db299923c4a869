/** Locks the window when nobody has touched the computer for as long as the account's owner chose. */
import { powerMonitor } from 'electron';
import type { AccountsService } from '../accounts/accounts-service.ts';

/** Milliseconds between two looks. */
const INTERVAL = 15_000;
const SECONDS_A_MINUTE = 60;

export function lockWhenIdle(accounts: Pick<AccountsService, 'idleLock' | 'lockNow'>): void {
  setInterval(() => {
    const minutes = accounts.idleLock;
    if (minutes !== null && powerMonitor.getSystemIdleTime() >= minutes * SECONDS_A_MINUTE) void accounts.lockNow();
  }, INTERVAL).unref();
}
