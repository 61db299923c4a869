/**
 * Passwords of a person's own servers: in the system's keychain; where there is none, in memory for as long as the library
 * is open, and nowhere in the clear.
 */
import type { Keychain, KeyName } from '../pipeline/ports/keychain.ts';
import { toAppError, type ErrorInfo } from '../../shared/errors.ts';

export interface SecretPresence {
  readonly state: 'kept' | 'this-run' | 'missing';
  readonly keychainError: ErrorInfo | null;
}

export class RemoteSecrets {
  readonly #keychain: Keychain;
  readonly #ofThisRun = new Map<KeyName, string>();

  constructor(keychain: Keychain) {
    this.#keychain = keychain;
  }

  /** Null when there is none. Errors: `keychain-unavailable`. */
  async get(name: KeyName): Promise<string | null> {
    return this.#ofThisRun.get(name) ?? this.#keychain.get(name);
  }

  async set(name: KeyName, secret: string): Promise<void> {
    this.#ofThisRun.delete(name);
    if (!(await this.#hasKeychain(() => this.#keychain.set(name, secret)))) this.#ofThisRun.set(name, secret);
  }

  /** Without a keychain there is nothing in it to remove. */
  async remove(name: KeyName): Promise<void> {
    this.#ofThisRun.delete(name);
    await this.#hasKeychain(() => this.#keychain.delete(name));
  }

  async presence(name: KeyName): Promise<SecretPresence> {
    const isOfThisRun = this.#ofThisRun.has(name);
    try {
      const isKept = (await this.#keychain.get(name)) !== null;
      return { state: isOfThisRun ? 'this-run' : isKept ? 'kept' : 'missing', keychainError: null };
    } catch (thrown) {
      return { state: isOfThisRun ? 'this-run' : 'missing', keychainError: toAppError(thrown).toInfo() };
    }
  }

  /** What is in memory alone. */
  forgetThisRun(): void {
    this.#ofThisRun.clear();
  }

  async #hasKeychain(call: () => Promise<void>): Promise<boolean> {
    try {
      await call();
      return true;
    } catch (thrown) {
      if (toAppError(thrown).code !== 'keychain-unavailable') throw thrown;
      return false;
    }
  }
}
