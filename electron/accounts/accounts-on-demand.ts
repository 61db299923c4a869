/** What accounts need, opened when it is first needed: an installation without accounts never does. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionState } from '../../shared/accounts.ts';
import type { AppError } from '../../shared/errors.ts';
import type { SecretStore } from '../pipeline/ports/keychain.ts';
import type { AccountParts } from './open-accounts.ts';

export interface AccountsOnDemandOptions {
  readonly dataFolder: string;
  readonly secrets: SecretStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onError: (where: string, error: AppError) => void;
}

export class AccountsOnDemand {
  readonly #options: AccountsOnDemandOptions;
  readonly #path: string;
  #parts: Promise<AccountParts> | null = null;

  constructor(options: AccountsOnDemandOptions) {
    this.#options = options;
    this.#path = join(options.dataFolder, 'accounts.db');
  }

  /** False where there never was an account. Looks for the file alone. */
  get hasRegistry(): boolean {
    return existsSync(this.#path);
  }

  /** Makes the registry when there is none. Errors: as `openRegistry`. */
  open(): Promise<AccountParts> {
    this.#parts ??= this.#load().catch((error: unknown) => {
      this.#parts = null;
      throw error;
    });
    return this.#parts;
  }

  async hasAccounts(): Promise<boolean> {
    if (!this.hasRegistry) return false;
    return (await (await this.open()).registry.accounts.list()).length > 0;
  }

  /** What is told while nobody is signed in. */
  async signedOut(): Promise<Extract<SessionState, { state: 'signed-out' }>> {
    const hasAccounts = await this.hasAccounts();
    const deletionLeft = this.hasRegistry ? (await this.open()).deletionLeft() : null;
    return { state: 'signed-out', hasAccounts, ...(deletionLeft ? { deletionLeft } : {}) };
  }

  async close(): Promise<void> {
    const parts = this.#parts;
    this.#parts = null;
    await (await parts)?.registry.close();
  }

  async #load(): Promise<AccountParts> {
    const { openAccounts } = await import('./open-accounts.ts');
    return openAccounts({ ...this.#options, path: this.#path });
  }
}
