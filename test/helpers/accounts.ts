/** The accounts service on a real registry, with a keychain in memory, a clock to turn and libraries of one file. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accountFolder } from '../../electron/accounts/account-folder.ts';
import { AccountsService } from '../../electron/accounts/accounts-service.ts';
import type { Caller } from '../../electron/accounts/caller.ts';
import type { LibrarySyncPort } from '../../electron/accounts/ports/library-sync.ts';
import { PatientKeychain } from '../../electron/adapters/patient-keychain.ts';
import type { LibraryKeys } from '../../electron/encryption/library-keys.ts';
import type { SecretName, SecretStore } from '../../electron/pipeline/ports/keychain.ts';
import type { EncryptionTask, SessionState } from '../../shared/accounts.ts';
import { AppError } from '../../shared/errors.ts';
import { temporaryFolder } from './library.ts';

/** A keychain that can be missing, or wait for its owner. */
export class MemorySecrets implements SecretStore {
  readonly entries = new Map<SecretName, string>();
  isThere = true;
  /** What each call waits for. */
  held: Promise<void> | null = null;
  calls = 0;

  async get(name: SecretName): Promise<string | null> {
    await this.#require();
    return this.entries.get(name) ?? null;
  }

  async set(name: SecretName, secret: string): Promise<void> {
    await this.#require();
    this.entries.set(name, secret);
  }

  async delete(name: SecretName): Promise<void> {
    await this.#require();
    this.entries.delete(name);
  }

  async names(): Promise<readonly SecretName[]> {
    await this.#require();
    return [...this.entries.keys()];
  }

  async #require(): Promise<void> {
    this.calls += 1;
    await this.held;
    if (!this.isThere) throw new AppError('keychain-unavailable', 'The system’s keychain cannot be used.');
  }
}

export const anna = {
  email: 'anna@example.com',
  name: 'Anna Arnold',
  password: 'seven green kettles',
  takeLocal: false,
  staySignedIn: true,
} as const;
export const bert = { ...anna, email: 'bert@example.com', name: 'Bert', password: 'quiet harbour lamp' } as const;

export interface TestAccounts {
  /** The one that runs now. */
  readonly service: AccountsService;
  readonly dataFolder: string;
  readonly secrets: MemorySecrets;
  /** What was opened (`+id`) and closed (`-`), in order. */
  readonly libraries: string[];
  /** The keys that each was opened with: the very arrays, and what was in them. */
  readonly keys: { readonly given: LibraryKeys; readonly database: string }[];
  /** The states that were announced. */
  readonly changes: string[];
  readonly errors: AppError[];
  /** Accounts whose library can't be opened. */
  readonly failing: Set<string>;
  /** Told how far turning encryption on or off is. */
  onTurning: (task: EncryptionTask | null) => void;
  /** Sync of the open library, where a test has one. */
  sync: LibrarySyncPort | null;
  /** Turns the clock. */
  advance(milliseconds: number): void;
  /** Ends the app, in order, and starts another on the same data; answers with its first state, asked after `before`. */
  restart(before?: (service: AccountsService) => Promise<unknown>): Promise<SessionState>;
  /** All files below the data folder that contain a text, as bytes. */
  filesWith(text: string): Promise<string[]>;
  close(): Promise<void>;
}

/** @param openBrowser For signing in at providers. */
export function openTestAccounts(openBrowser?: (url: string) => Promise<void>): TestAccounts {
  const { folder: dataFolder, remove } = temporaryFolder();
  const seen = {
    secrets: new MemorySecrets(),
    libraries: [] as string[],
    keys: [] as TestAccounts['keys'],
    changes: [] as string[],
    errors: [] as AppError[],
    failing: new Set<string>(),
  };
  let onTurning: TestAccounts['onTurning'] = () => undefined;
  let sync: LibrarySyncPort | null = null;
  let now = Date.UTC(2027, 0, 1);
  const start = (): AccountsService =>
    new AccountsService({
      dataFolder,
      keychain: new PatientKeychain(seen.secrets),
      library: {
        async open(accountId, keys) {
          if (keys) seen.keys.push({ given: keys, database: Buffer.from(keys.database).toString('hex') });
          if (seen.failing.has(accountId)) throw new AppError('database-damaged', 'The library file is damaged.');
          seen.libraries.push(`+${accountId}`);
          const own = accountFolder(dataFolder, accountId);
          await mkdir(own, { recursive: true });
          if (!existsSync(join(own, 'text'))) await writeFile(join(own, 'text'), `made for ${accountId}`);
        },
        async close() {
          seen.libraries.push('-');
        },
      },
      onChange: (state, accountId) => seen.changes.push(`${state} ${accountId}`),
      onError: (_where, error) => seen.errors.push(error),
      onTurning: (task) => onTurning(task),
      sync: () => Promise.resolve(sync),
      now: () => now,
      ...(openBrowser ? { browser: { open: openBrowser, onReturn: () => undefined } } : {}),
    });
  let service = start();
  return {
    ...seen,
    dataFolder,
    get service() {
      return service;
    },
    get onTurning() {
      return onTurning;
    },
    set onTurning(listener) {
      onTurning = listener;
    },
    get sync() {
      return sync;
    },
    set sync(port) {
      sync = port;
    },
    advance(milliseconds) {
      now += milliseconds;
    },
    async restart(before) {
      await service.close();
      service = start();
      await before?.(service);
      return service.current();
    },
    async filesWith(text) {
      const found: string[] = [];
      for (const file of await readdir(dataFolder, { recursive: true, withFileTypes: true })) {
        const path = join(file.parentPath, file.name);
        if (file.isFile() && (await readFile(path)).includes(text)) found.push(path);
      }
      return found;
    },
    async close() {
      await service.close();
      remove();
    },
  };
}

/** The state, which has to be an open session. */
export function open(state: SessionState): Extract<SessionState, { state: 'open' }> {
  if (state.state !== 'open') throw new Error(`The session is ${state.state}.`);
  return state;
}

/** Who a state's access token says it is. */
export function callerOf(service: AccountsService, state: SessionState): Promise<Caller> {
  return service.verify(open(state).accessToken);
}

/** What an attempt fails with, which it has to. */
export function failure(attempt: Promise<unknown>): Promise<AppError> {
  return attempt.then(
    () => Promise.reject(new Error('It was let through.')),
    (error: AppError) => error,
  );
}
