/** The port to where API keys are kept. */

/** Whose key it is: that of the endpoint that writes answers, or of the one that makes vectors. */
export type KeyName = 'answers' | 'embedder';

/** Every call may fail with an AppError `keychain-unavailable`. */
export interface Keychain {
  /** Null when there is none. */
  get(name: KeyName): Promise<string | null>;
  set(name: KeyName, key: string): Promise<void>;
  /** Also succeeds when there was none. */
  delete(name: KeyName): Promise<void>;
}
