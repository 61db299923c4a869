/** What this computer's administrator lets the local profile spend: the limits that hold in the app, from the same file. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openRegistry } from '../db/accounts/client.ts';
import type { Registry } from '../db/accounts/registry.ts';
import { LOCAL_ACCOUNT, noLimits, type Limits } from '../../shared/accounts.ts';

export class AdministratorLimits {
  readonly #path: string;
  #registry: Promise<Registry> | null = null;

  constructor(dataFolder: string) {
    this.#path = join(dataFolder, 'accounts.db');
  }

  /**
   * Read anew for each call of a model; none where there never was an account, whose file is not made either. Errors: as
   * `openRegistry`; then nobody knows, and no model is asked.
   */
  async get(): Promise<Limits> {
    if (!this.#registry && !existsSync(this.#path)) return noLimits;
    const opening = (this.#registry ??= openRegistry({ path: this.#path }));
    try {
      return await (await opening).limits.get(LOCAL_ACCOUNT);
    } catch (thrown) {
      this.#registry = null;
      await opening.then(
        (registry) => registry.close(),
        // It never was open, and why is thrown below.
        () => undefined,
      );
      throw thrown;
    }
  }

  async close(): Promise<void> {
    const registry = this.#registry;
    this.#registry = null;
    await (await registry)?.close();
  }
}
