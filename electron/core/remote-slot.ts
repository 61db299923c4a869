/** One of a person's own servers, with what a test of it passed with and where its secret is. */
import type { KeyName } from '../pipeline/ports/keychain.ts';
import { requireCertificate } from '../require-certificate.ts';
import type { TestRemote } from '../sync/ports/remote-tests.ts';
import { AppError, type ErrorInfo } from '../../shared/errors.ts';
import type { RemoteTestStep } from '../../shared/remotes.ts';
import type { NamedRemote, RemoteTest } from '../../shared/requests/remotes.ts';
import type { RemoteSecrets } from './remote-secrets.ts';

/** As it is stored. */
export interface StoredRemote<Remote> {
  readonly remote: Remote;
  /** False where none is wanted: then none is missing, either. */
  readonly hasSecret: boolean;
}

export interface RemoteSlotOptions<Remote> {
  /** `database`, as a person reads it. */
  readonly what: string;
  /** The keychain's entry of its secret. */
  readonly entryOf: (remote: Remote) => KeyName;
  readonly secrets: RemoteSecrets;
  readonly test: TestRemote<Remote>;
  readonly onSteps: (steps: readonly RemoteTestStep[]) => void;
  /** Whether a secret is wanted although what it was typed for is named no more. */
  readonly keeps?: (entry: KeyName) => boolean;
  /** Stores it, or that there is none. */
  readonly store: (named: StoredRemote<Remote> | null) => Promise<void>;
}

export class RemoteSlot<Remote extends { readonly authority: string | null }> {
  readonly #options: RemoteSlotOptions<Remote>;
  #named: StoredRemote<Remote> | null = null;
  #passed: { readonly remote: Remote; readonly secret: string } | null = null;
  #testing: AbortController | null = null;

  constructor(options: RemoteSlotOptions<Remote>) {
    this.#options = options;
  }

  get named(): StoredRemote<Remote> | null {
    return this.#named;
  }

  /** What was stored. */
  load(named: StoredRemote<Remote> | null): void {
    this.#named = named;
  }

  async view(): Promise<{ readonly named: NamedRemote<Remote> | null; readonly keychainError: ErrorInfo | null }> {
    if (!this.#named) return { named: null, keychainError: null };
    const { remote, hasSecret } = this.#named;
    if (!hasSecret) return { named: { remote, secret: 'none' }, keychainError: null };
    const { state, keychainError } = await this.#options.secrets.presence(this.#options.entryOf(remote));
    return { named: { remote, secret: state }, keychainError };
  }

  /** Empty where none is wanted. Errors: `keychain-unavailable`, `remote-unauthorized` when it is not there any more. */
  async secretOf({ remote, hasSecret }: StoredRemote<Remote>): Promise<string> {
    if (!hasSecret) return '';
    const secret = await this.#options.secrets.get(this.#options.entryOf(remote));
    if (secret !== null) return secret;
    throw new AppError('remote-unauthorized', `The secret of your ${this.#options.what} is not kept any more.`, {
      hint: 'Type it again in Settings, Sync.',
    });
  }

  /**
   * Ends the test that runs. Errors: `request-invalid` for a certificate that can't be read, `keychain-unavailable`,
   * `cancelled`.
   * @param typed The secret that is kept for exactly this remote when undefined.
   */
  async test(remote: Remote, typed: string | undefined): Promise<RemoteTest> {
    if (remote.authority !== null) requireCertificate(remote.authority);
    this.cancelTest();
    this.#passed = null;
    const testing = new AbortController();
    const { signal } = testing;
    this.#testing = testing;
    try {
      const secret = typed ?? (await this.#options.secrets.get(this.#options.entryOf(remote))) ?? '';
      signal.throwIfAborted();
      const onSteps = (steps: readonly RemoteTestStep[]): void => {
        if (!signal.aborted) this.#options.onSteps(steps);
      };
      const steps = await this.#options.test(remote, secret, onSteps, signal);
      signal.throwIfAborted();
      const ok = steps.every(({ state }) => state === 'passed');
      if (ok) this.#passed = { remote, secret };
      return { ok, steps };
    } finally {
      if (this.#testing === testing) this.#testing = null;
    }
  }

  cancelTest(): void {
    this.#testing?.abort();
  }

  /** Names it. Errors: `request-invalid` unless the last test passed with exactly this. */
  async take(remote: Remote): Promise<void> {
    const { secret } = this.#requirePassed(remote);
    const { entryOf, secrets } = this.#options;
    const entry = entryOf(remote);
    const before = this.#entry;
    if (secret === '') await secrets.remove(entry);
    else await secrets.set(entry, secret);
    try {
      await this.#store({ remote, hasSecret: secret !== '' });
    } catch (error) {
      // What is named by nobody would never be removed.
      if (entry !== before) await this.#forget(entry);
      throw error;
    }
    if (before !== null && before !== entry) await this.#forget(before);
  }

  /** Forgets it and its secret. */
  async remove(): Promise<void> {
    const before = this.#entry;
    await this.#store(null);
    if (before !== null) await this.#forget(before);
  }

  /** Ends a test, and forgets what was typed for it. */
  close(): void {
    this.cancelTest();
    this.#passed = null;
  }

  async #forget(entry: KeyName): Promise<void> {
    const { keeps, secrets } = this.#options;
    if (!keeps?.(entry)) await secrets.remove(entry);
  }

  get #entry(): KeyName | null {
    return this.#named && this.#options.entryOf(this.#named.remote);
  }

  async #store(named: StoredRemote<Remote> | null): Promise<void> {
    await this.#options.store(named);
    this.#named = named;
    this.#passed = null;
  }

  #requirePassed(remote: Remote): { readonly secret: string } {
    // Both were made by the same schema, so that their fields are in the same order.
    if (this.#passed && JSON.stringify(this.#passed.remote) === JSON.stringify(remote)) return this.#passed;
    throw new AppError('request-invalid', `These settings of the ${this.#options.what} have passed no test.`, {
      hint: 'Test them first; what passed can be saved.',
    });
  }
}
