/**
 * Turns the encryption of an account's library on or off. `keys.json` and its copy in the registry say from the first
 * step to the last that it is not over; whoever opens the account by its password meanwhile goes on with it first.
 */
import type { EncryptionProgress, EncryptionTask } from '../../shared/accounts.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import { countKept, keptFolder, listKept } from '../backup/swap.ts';
import type { Account } from '../db/accounts/registry.ts';
import { formatKeysFile, removeKeysFile, withState } from '../encryption/keys-file.ts';
import { makeKeys, type OpenedKeys } from '../encryption/open-keys.ts';
import { turnTowards, type TurnThreadOptions } from '../encryption/turn-thread.ts';
import { wipe } from '../encryption/wipe.ts';
import { accountFolder } from './account-folder.ts';
import type { AccountParts } from './open-accounts.ts';
import { turnKeptOff, turnKeptOn } from './turn-kept.ts';

export interface AccountEncryptionOptions {
  readonly dataFolder: string;
  readonly parts: Pick<AccountParts, 'registry' | 'keys'>;
  /** Told how far it is; null when it is over, or was given up. */
  readonly onProgress: (task: EncryptionTask | null) => void;
  /** What went wrong beside the error that is thrown. */
  readonly onError: (where: string, error: AppError) => void;
}

export interface TurnOn {
  readonly password: string;
  /** Of recovery, without separators. */
  readonly code: string;
  /** What becomes of the libraries that restores put aside. */
  readonly kept: 'encrypt' | 'delete';
}

export interface TurnOff {
  readonly password: string;
  /** What proves it from then on. */
  readonly passwordHash: string;
}

/** What becomes of a library that a restore put aside, and how that is taken back. */
interface KeptTurn {
  readonly turn: (folder: string, options: TurnThreadOptions) => Promise<void>;
  readonly back: (folder: string, options: TurnThreadOptions) => Promise<void>;
}

/** An account as it is then, and the data key of its library, which is the caller's to clear; null when it has none. */
export interface Turned {
  readonly account: Account;
  readonly dataKey: Uint8Array | null;
}

export class AccountEncryption {
  readonly #options: AccountEncryptionOptions;
  #running: AbortController | null = null;
  #isClosing = false;
  #isCancelled = false;

  constructor(options: AccountEncryptionOptions) {
    this.#options = options;
  }

  /**
   * For an account that is not encrypted, whose password was typed and whose library is closed.
   * Errors: as `turnLibrary`; `finish` goes on with it. Before the first step, and after a cancel, the library is as before,
   * and so are those that restores put aside.
   */
  async turnOn(account: Account, { password, code, kept }: TurnOn): Promise<Turned> {
    const made = await makeKeys(password, code, 'turning-on');
    try {
      const isDone = await this.#turnKept(account, 'on', {
        turn: (path, options) => (kept === 'delete' ? wipe(path) : turnKeptOn(path, made, password, options)),
        back: (path, options) => turnKeptOff(path, made, options),
      });
      if (!isDone) {
        made.dataKey.fill(0);
        return { account, dataKey: null };
      }
      const keys = await this.#options.parts.keys();
      return await this.finish(await keys.store(account, made.file), made);
    } catch (error) {
      made.dataKey.fill(0);
      throw error;
    }
  }

  /** For an encrypted account, as `turnOn`. Libraries that restores put aside under the same key are decrypted, too. */
  async turnOff(account: Account, opened: OpenedKeys, { password, passwordHash }: TurnOff): Promise<Turned> {
    const isDone = await this.#turnKept(account, 'off', {
      turn: (path, options) => turnKeptOff(path, opened, options),
      back: (path, options) => turnKeptOn(path, opened, password, options),
    });
    if (!isDone) return { account, dataKey: opened.dataKey };
    const file = withState(opened.file, opened.dataKey, 'turning-off');
    const keys = await this.#options.parts.keys();
    return this.finish(await keys.store({ ...account, passwordHash }, file), { ...opened, file });
  }

  /** Turns what runs now back, or what is about to; it then goes the other way to its end. */
  cancel(): void {
    this.#isCancelled = true;
    this.#running?.abort();
  }

  /** For when it is over: what came too late must not turn back what is asked for later. */
  forgetCancel(): void {
    this.#isCancelled = false;
  }

  /** Ends what runs now at its next step; `finish` goes on with it in the next run. */
  interrupt(): void {
    this.#isClosing = true;
    this.cancel();
  }

  /** Does what is left to do, in the direction that the state tells; nothing for a library that is encrypted whole. */
  async finish(account: Account, opened: OpenedKeys): Promise<Turned> {
    const { dataKey, file } = opened;
    if (file.state === 'on') {
      // A hash is there after an end of the app between the first two steps of turning it off.
      return account.passwordHash === null ? { account, dataKey } : this.#settleOn(account, opened);
    }
    const { state } = file;
    const direction = state === 'turning-on' ? 'on' : 'off';
    const isDone = await this.#underWay(direction, (options) =>
      turnTowards(this.#folderOf(account), dataKey, state, options),
    );
    if (!isDone) return this.#turnBack(account, opened);
    return state === 'turning-on' ? this.#settleOn(account, opened) : this.#settleOff(account, opened);
  }

  /** False when it was cancelled: everything is then as before, as it is after an error, unless that can't be taken back. */
  async #turnKept(
    account: Account,
    direction: EncryptionTask['direction'],
    { turn, back }: KeptTurn,
  ): Promise<boolean> {
    const folder = this.#folderOf(account);
    if ((await countKept(folder)) === 0) return true;
    const toEach = (change: KeptTurn['turn']) => async (options: TurnThreadOptions) => {
      for (const { name } of await listKept(folder)) await change(keptFolder(folder, name), options);
    };
    const takeBack = () => this.#underWay(direction === 'on' ? 'off' : 'on', toEach(back));
    try {
      if (await this.#underWay(direction, toEach(turn))) return true;
    } catch (error) {
      // Its keys stay with one that can't be taken back; the person is told what went wrong first.
      if (!this.#isClosing) {
        await takeBack().catch((thrown: unknown) => this.#options.onError('take back', toAppError(thrown)));
      }
      throw error;
    }
    await takeBack();
    return false;
  }

  /** Tells how far it is; false when it was cancelled. Errors: its own, also when it was interrupted. */
  async #underWay(
    direction: EncryptionTask['direction'],
    work: (options: TurnThreadOptions) => Promise<void>,
  ): Promise<boolean> {
    const tell = this.#options.onProgress;
    const onProgress = (progress: EncryptionProgress): void => tell({ ...progress, direction });
    const running = new AbortController();
    this.#running = running;
    if (this.#isClosing || this.#isCancelled) running.abort();
    try {
      await work({ onProgress, signal: running.signal });
      return true;
    } catch (error) {
      if (!running.signal.aborted || this.#isClosing) throw error;
      this.#isCancelled = false;
      return false;
    } finally {
      this.#running = null;
      tell(null);
    }
  }

  async #turnBack(account: Account, opened: OpenedKeys): Promise<Turned> {
    const { file, dataKey } = opened;
    const back = withState(file, dataKey, file.state === 'turning-on' ? 'turning-off' : 'turning-on');
    const keys = await this.#options.parts.keys();
    return this.finish(await keys.store(account, back), { ...opened, file: back });
  }

  async #settleOn(account: Account, { file, dataKey }: OpenedKeys): Promise<Turned> {
    const { registry, keys } = this.#options.parts;
    const on = withState(file, dataKey, 'on');
    // SECURITY: a hash is quicker to try than a wrap, and would be what is attacked.
    const settled = { ...account, passwordHash: null, keys: formatKeysFile(on) };
    await registry.accounts.setCredentials(account.id, settled);
    return { account: await (await keys()).store(settled, on), dataKey };
  }

  async #settleOff(account: Account, { dataKey }: OpenedKeys): Promise<Turned> {
    const { registry } = this.#options.parts;
    const { passwordHash } = account;
    if (passwordHash === null) throw new AppError('internal', 'An account without a password can’t be opened again.');
    // In this order an end of the app in between leaves the registry's copy, with which this is done again.
    await removeKeysFile(this.#folderOf(account));
    await registry.accounts.setCredentials(account.id, { passwordHash, keys: null });
    dataKey.fill(0);
    return { account: { ...account, keys: null }, dataKey: null };
  }

  #folderOf({ id }: Account): string {
    return accountFolder(this.#options.dataFolder, id);
  }
}
