/**
 * Turns the encryption of an account's library on or off. `keys.json` and its copy in the registry say from the first
 * step to the last that it is not over; whoever opens the account by its password meanwhile goes on with it first.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EncryptionProgress, EncryptionTask } from '../../shared/accounts.ts';
import { AppError } from '../../shared/errors.ts';
import { DATABASE } from '../backup/manifest.ts';
import { keptFolder, listKept } from '../backup/swap.ts';
import type { Account } from '../db/accounts/registry.ts';
import { damaged } from '../db/connection.ts';
import { isUnderKey } from '../db/file-header.ts';
import {
  formatKeysFile,
  readKeysFile,
  removeKeysFile,
  withState,
  writeKeysFile,
  type KeysFile,
} from '../encryption/keys-file.ts';
import { clearKeys, deriveLibraryKeys } from '../encryption/library-keys.ts';
import { makeKeys, openKeys, type OpenedKeys } from '../encryption/open-keys.ts';
import { inTurnThread } from '../encryption/turn-thread.ts';
import { wipe } from '../encryption/wipe.ts';
import { accountFolder } from './account-folder.ts';
import type { AccountParts } from './open-accounts.ts';

export interface AccountEncryptionOptions {
  readonly dataFolder: string;
  readonly parts: Pick<AccountParts, 'registry' | 'keys'>;
  /** Told how far it is; null when it is over, or was given up. */
  readonly onProgress: (task: EncryptionTask | null) => void;
}

export interface TurnOn {
  readonly password: string;
  /** Of recovery, without separators. */
  readonly code: string;
  /** What becomes of the libraries that restores put aside. */
  readonly kept: 'encrypt' | 'delete';
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

  constructor(options: AccountEncryptionOptions) {
    this.#options = options;
  }

  /**
   * For an account that is not encrypted, whose password was typed and whose library is closed.
   * Errors: as `turnLibrary`; `finish` goes on with it. Before the first step, and after a cancel, the library is as before.
   */
  async turnOn(account: Account, { password, code, kept }: TurnOn): Promise<Turned> {
    const folder = this.#folderOf(account);
    const made = await makeKeys(password, code, 'turning-on');
    try {
      for (const { name } of await listKept(folder)) {
        const path = keptFolder(folder, name);
        if (kept === 'delete') await wipe(path);
        else await turnKeptOn(path, made, password);
      }
      const keys = await this.#options.parts.keys();
      return await this.finish(await keys.store(account, made.file), made);
    } catch (error) {
      made.dataKey.fill(0);
      throw error;
    }
  }

  /**
   * For an encrypted account, as `turnOn`. Libraries that restores put aside under the same key are decrypted, too.
   * @param passwordHash What proves its password from then on.
   */
  async turnOff(account: Account, opened: OpenedKeys, passwordHash: string): Promise<Turned> {
    const folder = this.#folderOf(account);
    for (const { name } of await listKept(folder)) await turnKeptOff(keptFolder(folder, name), opened);
    const file = withState(opened.file, opened.dataKey, 'turning-off');
    const keys = await this.#options.parts.keys();
    return this.finish(await keys.store({ ...account, passwordHash }, file), { ...opened, file });
  }

  get isTurning(): boolean {
    return this.#running !== null;
  }

  /** Turns what runs now back; it then goes the other way to its end. */
  cancel(): void {
    this.#running?.abort();
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
    const tell = this.#options.onProgress;
    const direction = file.state === 'turning-on' ? 'on' : 'off';
    const onProgress = (progress: EncryptionProgress): void => tell({ ...progress, direction });
    const running = new AbortController();
    this.#running = running;
    try {
      await turn(this.#folderOf(account), dataKey, file.state, { onProgress, signal: running.signal });
    } catch (error) {
      if (!running.signal.aborted || this.#isClosing) throw error;
      return await this.#turnBack(account, opened);
    } finally {
      this.#running = null;
      tell(null);
    }
    return file.state === 'turning-on' ? this.#settleOn(account, opened) : this.#settleOff(account, opened);
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

interface TurnOptions {
  readonly onProgress?: (progress: EncryptionProgress) => void;
  readonly signal?: AbortSignal;
}

async function turn(
  folder: string,
  dataKey: Uint8Array,
  state: 'turning-on' | 'turning-off',
  options: TurnOptions = {},
): Promise<void> {
  const keys = deriveLibraryKeys(dataKey);
  try {
    const [from, to] = state === 'turning-on' ? [null, keys] : [keys, null];
    await inTurnThread({ folder, from, to }, options);
  } finally {
    clearKeys(keys);
  }
}

/** One that has keys of its own already keeps them: it goes on where it stopped, if this password opens them. */
async function turnKeptOn(folder: string, { file, dataKey }: OpenedKeys, password: string): Promise<void> {
  const database = join(folder, DATABASE);
  if (!existsSync(database)) return;
  const own = await readKeysFile(folder);
  if (own?.state === 'on') return;
  // Of a damaged one the files would not be found; it is the person's to delete.
  if (!own && !isUnderKey(database, null)) throw damaged(database);
  const opened = own && (await openKeys(own, { kind: 'password', password }));
  const present: Pick<OpenedKeys, 'file' | 'dataKey'> = opened ?? { file, dataKey };
  try {
    await writeKeysFile(folder, withState(present.file, present.dataKey, 'turning-on'));
    await turn(folder, present.dataKey, 'turning-on');
    await writeKeysFile(folder, withState(present.file, present.dataKey, 'on'));
  } catch (error) {
    await turnBack(folder, present);
    throw error;
  } finally {
    opened?.dataKey.fill(0);
  }
}

/** A damaged one may refuse this, too: its keys then stay with it, and open what is encrypted of it. */
async function turnBack(folder: string, { file, dataKey }: Pick<OpenedKeys, 'file' | 'dataKey'>): Promise<void> {
  await writeKeysFile(folder, withState(file, dataKey, 'turning-off'));
  await turn(folder, dataKey, 'turning-off');
  await removeKeysFile(folder);
}

async function turnKeptOff(folder: string, { file, dataKey }: OpenedKeys): Promise<void> {
  const own: KeysFile | null = await readKeysFile(folder);
  if (own?.keyId !== file.keyId) return;
  await writeKeysFile(folder, withState(own, dataKey, 'turning-off'));
  await turn(folder, dataKey, 'turning-off');
  await removeKeysFile(folder);
}
