/**
 * A keychain that may ask its owner for a password, in a window of its own and for as long as that takes: tells that it
 * does, and lets whoever waits go on without it.
 */
import type { PatientSecretStore, SecretStore } from '../pipeline/ports/keychain.ts';
import { AppError } from '../../shared/errors.ts';

/** Milliseconds after which it is not only slow. */
const PATIENCE = 700;

export class PatientKeychain implements PatientSecretStore {
  readonly #keychain: SecretStore;
  readonly #onAsking: (isAsking: boolean) => void;
  /** Of each call that did not end: answers whoever made it with an error. */
  readonly #unanswered = new Set<(error: AppError) => void>();
  #isAsking = false;
  #isLeft = false;
  #asked = Promise.withResolvers<void>();

  /** @param onAsking Told when it begins to ask, and when nobody waits for it any more. */
  constructor(keychain: SecretStore, onAsking: (isAsking: boolean) => void = () => undefined) {
    this.#keychain = keychain;
    this.#onAsking = onAsking;
  }

  get isAsking(): boolean {
    return this.#isAsking;
  }

  asking(): Promise<void> {
    return this.#asked.promise;
  }

  get: SecretStore['get'] = (name) => this.#patiently(() => this.#keychain.get(name));
  set: SecretStore['set'] = (name, secret) => this.#patiently(() => this.#keychain.set(name, secret));
  delete: SecretStore['delete'] = (name) => this.#patiently(() => this.#keychain.delete(name));
  names: SecretStore['names'] = () => this.#patiently(() => this.#keychain.names());

  leave(): void {
    if (this.#unanswered.size === 0) return;
    this.#isLeft = true;
    for (const answer of this.#unanswered) answer(notAnswered());
    this.#setAsking(false);
  }

  async #patiently<T>(call: () => Promise<T>): Promise<T> {
    // Until what was left has ended, or one call could overtake another.
    if (this.#isLeft) throw notAnswered();
    const waiting = Promise.withResolvers<never>();
    this.#unanswered.add(waiting.reject);
    const timer = setTimeout(() => this.#setAsking(!this.#isLeft), PATIENCE);
    timer.unref();
    const answered = call().finally(() => {
      clearTimeout(timer);
      this.#unanswered.delete(waiting.reject);
      if (this.#unanswered.size > 0) return;
      this.#isLeft = false;
      this.#setAsking(false);
    });
    return Promise.race([answered, waiting.promise]);
  }

  #setAsking(isAsking: boolean): void {
    if (isAsking === this.#isAsking) return;
    this.#isAsking = isAsking;
    if (isAsking) this.#asked.resolve();
    else this.#asked = Promise.withResolvers();
    this.#onAsking(isAsking);
  }
}

function notAnswered(): AppError {
  return new AppError('keychain-unavailable', 'The system’s keychain does not answer, and was not waited for.', {
    hint: 'Answer what it asks, in its own window, or start Quire anew when it is unlocked.',
    retryable: true,
  });
}
