/**
 * What goes on when the password of an encrypted account is forgotten: its recovery code makes another one; without it an
 * empty library begins, and the one that is there waits, locked, for when the code is found. Nobody else can open it: not
 * who reads the account's mail, and not an administrator.
 */
import { existsSync } from 'node:fs';
import type { OfferedRecoveryCode } from '../../shared/accounts.ts';
import { putAside } from '../backup/swap.ts';
import type { Account } from '../db/accounts/registry.ts';
import { makeKeys } from '../encryption/open-keys.ts';
import { parseRecoveryCode } from '../encryption/recovery-code.ts';
import { RecoveryDesk } from '../encryption/recovery-desk.ts';
import { accountFolder } from './account-folder.ts';
import type { AccountsOnDemand } from './accounts-on-demand.ts';
import { requireGoodPassword } from './check-password.ts';
import type { CurrentSession } from './current-session.ts';
import { emailKey } from './email.ts';
import { mistypedRecoveryCode, wrongRecoveryCode } from './errors.ts';

export interface AccountRecoveryOptions {
  readonly dataFolder: string;
  readonly accounts: AccountsOnDemand;
  readonly session: CurrentSession;
}

export interface Recovery {
  readonly email: string;
  /** As typed. */
  readonly recoveryCode: string;
  /** The new one. */
  readonly password: string;
}

export class AccountRecovery {
  readonly #options: AccountRecoveryOptions;
  readonly #desk = new RecoveryDesk();

  constructor(options: AccountRecoveryOptions) {
    this.#options = options;
  }

  offer(): OfferedRecoveryCode {
    return this.#desk.offer();
  }

  /**
   * Runs with the code that was offered, if its groups were typed; after that the code is of use to nobody else.
   * Errors: `wrong-credentials`, and as `run`; the groups can be typed again then.
   */
  async withCode<T>(groups: readonly string[], run: (code: string) => Promise<T>): Promise<T> {
    const result = await run(this.#desk.confirm(groups));
    this.#desk.drop();
    return result;
  }

  /**
   * Ends every session of the account. Errors: `wrong-credentials`, for an address that nobody has and an account that is
   * not encrypted, too; `too-many-attempts`, `password-weak`, `keys-damaged`, `disk-full`.
   */
  async recover({ email, recoveryCode, password }: Recovery): Promise<void> {
    const { accounts, session } = this.#options;
    const code = parseRecoveryCode(recoveryCode);
    if (code === null) throw mistypedRecoveryCode();
    if (!accounts.hasRegistry) throw wrongRecoveryCode();
    await session.alone(async () => {
      const { registry, guard, keys } = await accounts.open();
      const key = emailKey(email);
      const account = await registry.accounts.findByEmail(key);
      const secret = { kind: 'recovery', code } as const;
      const opened = await guard.attempt(key, async () =>
        account && account.keys !== null ? (await keys()).open(account, secret) : null,
      );
      if (!account || !opened) throw wrongRecoveryCode();
      try {
        await requireGoodPassword(password, account);
        const endSessions = () => this.#endSessions(account.id);
        await (await keys()).changePassword(account, opened, { secret, next: password, endSessions });
      } finally {
        opened.dataKey.fill(0);
      }
    });
  }

  /**
   * For an account whose owner has shown that the address is theirs, and has no recovery code any more: part of a change
   * of sessions. Errors: `wrong-credentials` for the groups of the new code, `password-weak`, `library-in-use`.
   */
  async beginEmpty(account: Account, password: string, groups: readonly string[]): Promise<void> {
    await requireGoodPassword(password, account);
    await this.withCode(groups, async (code) => {
      const { registry, keys } = await this.#options.accounts.open();
      const folder = accountFolder(this.#options.dataFolder, account.id);
      await this.#endSessions(account.id);
      await this.#options.session.closeLibraryOf(account.id);
      const { file, dataKey } = await makeKeys(password, code, 'on');
      dataKey.fill(0);
      if (existsSync(folder)) await registry.libraries.requireFree(folder);
      await putAside(folder);
      await (await keys()).store(account, file);
    });
  }

  async #endSessions(accountId: string): Promise<void> {
    const { accounts, session } = this.#options;
    await (await accounts.open()).registry.sessions.endAll(accountId);
    if (session.present?.account?.id === accountId) await session.leave();
  }
}
