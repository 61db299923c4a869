/**
 * The keys of encrypted accounts. `keys.json` lies in the library's folder, with which it is moved, kept and backed up; a
 * copy is in the registry, since without it all would be lost. What opens a wrap is the password: an encrypted account has
 * no hash of it.
 */
import { dirname, join } from 'node:path';
import { toAppError, type AppError } from '../../shared/errors.ts';
import { namesIn } from '../backup/files.ts';
import { finishSwap } from '../backup/swap.ts';
import { makeFolder } from '../core/make-folder.ts';
import type { Account, Registry } from '../db/accounts/registry.ts';
import { needsRewrap } from '../encryption/key-wraps.ts';
import {
  damagedKeys,
  formatKeysFile,
  parseKeysFile,
  readKeysFile,
  writeKeysFile,
  type KeysFile,
} from '../encryption/keys-file.ts';
import { KEYS_FILE } from '../encryption/library-keys.ts';
import {
  newestPassword,
  openKeys,
  withoutOldPasswords,
  withPassword,
  withWrap,
  type KeySecret,
  type OpenedKeys,
} from '../encryption/open-keys.ts';
import { accountFolder } from './account-folder.ts';

export interface AccountKeysOptions {
  readonly dataFolder: string;
  readonly registry: Pick<Registry, 'accounts'>;
  readonly onError: (where: string, error: AppError) => void;
}

/** A library's folder with keys in it. */
interface Keyed {
  readonly folder: string;
  readonly file: KeysFile;
}

export class AccountKeys {
  readonly #options: AccountKeysOptions;

  constructor(options: AccountKeysOptions) {
    this.#options = options;
  }

  /**
   * Null when the secret opens none of the account's wraps. Errors: `keys-damaged` when neither the folder nor the
   * registry has any that can be read.
   */
  async open(account: Account, secret: KeySecret): Promise<OpenedKeys | null> {
    return openKeys(await this.#find(account), secret);
  }

  /**
   * For whoever opened them by a password: folder and registry have the same wraps again, and of passwords the newest
   * alone, if it is the one that opened; that one with today's parameters, also in the libraries that restores put aside,
   * whose weaker wrap of the same key would be what is attacked. Answers with account and keys as they are then. A failure
   * is told to `onError`: the keys are open, and the next time will do.
   */
  async settle(account: Account, opened: OpenedKeys, password: string): Promise<Settled> {
    const { file, wrap } = opened;
    try {
      // Somebody who knows the password of before has not shown that they know the one after it.
      if (wrap !== newestPassword(file)) return { account: await this.store(account, file), keys: opened };
      if (!needsRewrap(wrap)) return { account: await this.store(account, withoutOldPasswords(file)), keys: opened };
      return await this.#rewrap(account, opened, password);
    } catch (thrown) {
      this.#options.onError('keys', toAppError(thrown));
      return { account, keys: opened };
    }
  }

  /** As another password, which happens to be the same: whenever the app ends in between, it opens. */
  async #rewrap(account: Account, opened: OpenedKeys, password: string): Promise<Settled> {
    const secret = { kind: 'password', password } as const;
    const change = { secret, next: password, endSessions: () => Promise.resolve() };
    const changed = await this.changePassword(account, opened, change);
    const file = parseKeysFile(changed.keys ?? '') ?? opened.file;
    return { account: changed, keys: { ...opened, file, wrap: newestPassword(file) ?? opened.wrap } };
  }

  /** The registry first: it is never the last to have a password of before. Errors: `disk-full`, `file-unreadable`. */
  async store(account: Account, file: KeysFile): Promise<Account> {
    const stored = await this.#storeCopy(account, file);
    await this.#storeFile(account, file);
    return stored;
  }

  /**
   * Puts a password in place of the one that opened the keys, or of those before when it was the recovery code that did,
   * also in the libraries that restores put aside. Whenever the app ends in between, one of the two still opens.
   * @param endSessions Called when the new one opens and the old one still does.
   */
  async changePassword(
    account: Account,
    opened: OpenedKeys,
    { secret, next, endSessions }: PasswordChange,
  ): Promise<Account> {
    const file = await withPassword(opened, next);
    await this.#storeFile(account, file);
    const both = await this.#storeCopy(account, file);
    const kept = await this.#addToKept(account.id, file, secret, next);
    await endSessions();
    const changed = await this.store(both, withoutOldPasswords(file));
    for (const { folder, file: keptFile } of kept) await writeKeysFile(folder, withoutOldPasswords(keptFile));
    return changed;
  }

  /** What the folder has, with what the registry has of the same key beside it, oldest first. */
  async #find({ id, keys }: Account): Promise<KeysFile> {
    const folder = this.#folderOf(id);
    const copy = keys === null ? null : parseKeysFile(keys);
    let own: KeysFile | null;
    try {
      own = await readKeysFile(folder);
    } catch (thrown) {
      if (!copy) throw thrown;
      this.#options.onError('keys', toAppError(thrown));
      own = null;
    }
    if (!own) {
      if (!copy) throw damagedKeys(join(folder, KEYS_FILE));
      return copy;
    }
    if (own.keyId !== copy?.keyId) return own;
    const known = new Set(own.wraps.map((wrap) => JSON.stringify(wrap)));
    return { ...own, wraps: [...own.wraps, ...copy.wraps.filter((wrap) => !known.has(JSON.stringify(wrap)))] };
  }

  async #storeCopy(account: Account, file: KeysFile): Promise<Account> {
    const keys = formatKeysFile(file);
    if (keys === account.keys) return account;
    await this.#options.registry.accounts.setCredentials(account.id, { passwordHash: account.passwordHash, keys });
    return { ...account, keys };
  }

  async #storeFile({ id, stage }: Account, file: KeysFile): Promise<void> {
    // A folder of the account's own would keep out the library that is still to be moved to it.
    if (stage === 'moving') return;
    const folder = this.#folderOf(id);
    makeFolder(folder);
    // One that can't be read is replaced; what keeps it from that is told then.
    const present = await readKeysFile(folder).catch(() => null);
    if (present && formatKeysFile(present) === formatKeysFile(file)) return;
    await writeKeysFile(folder, file);
  }

  /**
   * Adds the new password to the libraries that lie beside the account's. One that the secret doesn't open stays as it is:
   * it was put aside under another password, and opens by that.
   */
  async #addToKept(accountId: string, own: KeysFile, secret: KeySecret, next: string): Promise<readonly Keyed[]> {
    const changed: Keyed[] = [];
    for (const { folder, file } of await this.#kept(accountId)) {
      const added = await this.#added(file, own, secret, next);
      if (!added) continue;
      await writeKeysFile(folder, added);
      changed.push({ folder, file: added });
    }
    return changed;
  }

  async #added(file: KeysFile, own: KeysFile, secret: KeySecret, next: string): Promise<KeysFile | null> {
    const wrap = newestPassword(own);
    if (file.keyId === own.keyId && wrap) return withWrap(file, wrap);
    const opened = await openKeys(file, secret);
    if (!opened) return null;
    try {
      return await withPassword(opened, next);
    } finally {
      opened.dataKey.fill(0);
    }
  }

  async #kept(accountId: string): Promise<readonly Keyed[]> {
    const parent = dirname(this.#folderOf(accountId));
    const found: Keyed[] = [];
    for (const name of await namesIn(parent)) {
      if (name === accountId || !name.startsWith(accountId)) continue;
      const folder = join(parent, name);
      try {
        const file = await readKeysFile(folder);
        if (file) found.push({ folder, file });
      } catch (thrown) {
        // Nobody can open it with the old password, either.
        this.#options.onError('keys', toAppError(thrown));
      }
    }
    return found;
  }

  #folderOf(accountId: string): string {
    const folder = accountFolder(this.#options.dataFolder, accountId);
    // Before the folder is looked at, or made: with one of its name a library that waits for its place would not get it.
    finishSwap(folder);
    return folder;
  }
}

export interface Settled {
  readonly account: Account;
  readonly keys: OpenedKeys;
}

export interface PasswordChange {
  /** What opened the keys. */
  readonly secret: KeySecret;
  readonly next: string;
  readonly endSessions: () => Promise<void>;
}
