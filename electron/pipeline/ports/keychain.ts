/** The port to where API keys are kept. */

/** What a key is for: writing answers, or making vectors. */
export type KeyPurpose = 'answers' | 'embedder';

/**
 * A key belongs to the server that it was entered for: `answers@api.openai.com`.
 * SECURITY: another address in Settings, typed or pasted, never gets the key of the one before.
 */
export type KeyName = `${KeyPurpose}@${string}`;

/** Every call may fail with an AppError `keychain-unavailable`. */
export interface Keychain {
  /** Null when there is none. */
  get(name: KeyName): Promise<string | null>;
  set(name: KeyName, key: string): Promise<void>;
  /** Also succeeds when there was none. */
  delete(name: KeyName): Promise<void>;
}
