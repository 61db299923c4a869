/**
 * Encryption of the account that is open, turned on or off: what the window may ask for. The session is locked meanwhile,
 * and nothing else changes sessions until it is over.
 */
import type { EncryptionTask, SessionState } from '../../shared/accounts.ts';
import { AppError } from '../../shared/errors.ts';
import type { Account } from '../db/accounts/registry.ts';
import type { OpenedKeys } from '../encryption/open-keys.ts';
import { AccountEncryption, type AccountEncryptionOptions, type Turned, type TurnOn } from './account-encryption.ts';
import type { AccountRecovery } from './account-recovery.ts';
import type { AccountsOnDemand } from './accounts-on-demand.ts';
import type { Caller } from './caller.ts';
import { withProof, type Proven } from './check-password.ts';
import type { CurrentSession, PresentAccount } from './current-session.ts';

export interface EncryptionServiceOptions {
  readonly dataFolder: string;
  readonly accounts: AccountsOnDemand;
  readonly session: CurrentSession;
  readonly recovery: () => Promise<AccountRecovery>;
  /** Asks for the password of whoever has a session. Errors: `wrong-credentials`, `too-many-attempts`. */
  readonly prove: (present: PresentAccount, password: string) => Promise<Proven>;
  /** See `AccountEncryptionOptions`. */
  readonly onProgress: (task: EncryptionTask | null) => void;
  readonly onError: AccountEncryptionOptions['onError'];
}

export interface TurnOnRequest {
  readonly password: string;
  /** Of the recovery code that was offered. */
  readonly recoveryGroups: readonly string[];
  readonly kept: TurnOn['kept'];
}

export class EncryptionService {
  readonly #options: EncryptionServiceOptions;
  #encryption: AccountEncryption | null = null;
  /** From the moment that the session is locked for it. */
  #hasBegun = false;
  /** What was told last. */
  #task: EncryptionTask | null = null;

  constructor(options: EncryptionServiceOptions) {
    this.#options = options;
  }

  /** Tells a wrong password before anything is written down for it. Errors: `wrong-credentials`, `too-many-attempts`. */
  async checkPassword(caller: Caller, password: string): Promise<void> {
    await this.#change(caller, password, () => Promise.resolve());
  }

  /**
   * Errors: `wrong-credentials` for the password and for the groups, `request-invalid` for one that is encrypted, and as
   * `turnLibrary`: the session then stays locked, and unlocking it goes on.
   */
  turnOn(caller: Caller, { password, recoveryGroups, kept }: TurnOnRequest): Promise<SessionState> {
    const { session, recovery } = this.#options;
    return this.#change(caller, password, async (present, { account, keys }) => {
      if (keys) throw new AppError('request-invalid', 'This account is encrypted already.');
      await (
        await recovery()
      ).withCode(recoveryGroups, async (code) => {
        await this.#turn(present, 'on', async (encryption) => {
          await session.closeLibrary();
          return encryption.turnOn(account, { password, code, kept });
        });
      });
    });
  }

  /** Errors: `wrong-credentials`, `request-invalid` for one that is not encrypted, and as `turnOn`. */
  turnOff(caller: Caller, password: string): Promise<SessionState> {
    const { session } = this.#options;
    return this.#change(caller, password, async (present, { account, keys }) => {
      if (!keys) throw new AppError('request-invalid', 'This account is not encrypted.');
      const { hashPassword } = await import('./passwords.ts');
      const passwordHash = await hashPassword(password);
      await this.#turn(present, 'off', async (encryption) => {
        await session.closeLibrary();
        return encryption.turnOff(account, keys, { password, passwordHash });
      });
    });
  }

  /** For a window that is new: tells again how far it is. False when nothing is turned. */
  tellAgain(): boolean {
    if (!this.#task) return false;
    this.#options.onProgress(this.#task);
    return true;
  }

  /** Turns what runs now back: the library is then as it was before. */
  cancel(): void {
    this.#encryption?.cancel();
  }

  /** At the end of the app: what runs now goes on when its account is opened again. */
  interrupt(): void {
    this.#encryption?.interrupt();
  }

  /** Part of a change of sessions: ends what was interrupted, before the library is opened. Errors: as `turnLibrary`. */
  async finish(account: Account, opened: OpenedKeys): Promise<Proven> {
    try {
      const encryption = await this.#open();
      // A library that is still to become the account's is there first, or nothing would be encrypted.
      const settled = await this.#options.session.settle(account);
      const turned = await encryption.finish(settled, opened);
      return { account: turned.account, keys: turned.dataKey && opened };
    } catch (error) {
      opened.dataKey.fill(0);
      throw error;
    } finally {
      this.#encryption?.forgetCancel();
    }
  }

  #change(
    caller: Caller,
    password: string,
    change: (present: PresentAccount, proven: Proven) => Promise<void>,
  ): Promise<SessionState> {
    const { session, prove } = this.#options;
    return session.alone(async () => {
      const present = session.requireAccount(caller);
      await withProof(await prove(present, password), (proven) => change(present, proven));
    });
  }

  /** With the session locked; it is open again unless the library is neither encrypted nor plain. */
  async #turn(
    present: PresentAccount,
    direction: EncryptionTask['direction'],
    run: (encryption: AccountEncryption) => Promise<Turned>,
  ): Promise<void> {
    const { session, accounts } = this.#options;
    const encryption = await this.#open();
    this.#hasBegun = true;
    this.#tell({ direction, stage: 'files', done: 0, total: 0 });
    try {
      await session.lock();
      await this.#reopen(present, await run(encryption));
    } catch (error) {
      const { registry } = await accounts.open();
      const account = await registry.accounts.get(present.account.id);
      // Nothing had begun. An encrypted one asks for its password again, and then goes on.
      if (account && account.keys === null) await this.#reopen(present, { account, dataKey: null });
      throw error;
    } finally {
      this.#hasBegun = false;
      encryption.forgetCancel();
      this.#tell(null);
    }
  }

  async #reopen(present: PresentAccount, { account, dataKey }: Turned): Promise<void> {
    const { session, accounts } = this.#options;
    try {
      await session.openLibrary(account.id, dataKey);
    } finally {
      dataKey?.fill(0);
    }
    await (await accounts.open()).registry.sessions.setLocked(present.id, false);
    // A lock that was asked for meanwhile waits behind this change, and comes into force with its end.
    session.unlock({ ...present, account });
  }

  /** Between two of its parts it is not over. */
  #tell(task: EncryptionTask | null): void {
    if (task === null && this.#hasBegun) return;
    this.#task = task;
    this.#options.onProgress(task);
  }

  async #open(): Promise<AccountEncryption> {
    const { dataFolder, accounts, onError } = this.#options;
    const onProgress = (task: EncryptionTask | null): void => this.#tell(task);
    const parts = await accounts.open();
    return (this.#encryption ??= new AccountEncryption({ dataFolder, parts, onProgress, onError }));
  }
}
