/** The port to where API keys are kept, passwords of one's own servers, and what sessions need. */
import type { RemoteKind } from '../../../shared/remotes.ts';

/** What a key is for: writing answers, or making vectors. */
export type KeyPurpose = 'answers' | 'embedder';

/**
 * A key belongs to the server that it was entered for: `answers@api.openai.com`; a secret of one's own Postgres or bucket
 * to server, user and database, or endpoint, key's id and bucket: `database@ada@db.example.com:5432/quire`.
 * SECURITY: another address in Settings, typed or pasted, never gets the key of the one before.
 */
export type KeyName = `${KeyPurpose | RemoteKind | 'library'}@${string}`;

/** Every call may fail with an AppError `keychain-unavailable`. */
export interface Keychain {
  /** Null when there is none. */
  get(name: KeyName): Promise<string | null>;
  set(name: KeyName, key: string): Promise<void>;
  /** Also succeeds when there was none. */
  delete(name: KeyName): Promise<void>;
}

/**
 * All that Quire keeps in the system's keychain. The local profile's keys stand there by their own names, those of an
 * account behind its id; `session-key` signs sessions, `refresh@<account>` is a session that goes on after a
 * restart, `mail@<user>@<server>` the password of the mail server, `client@<issuer>` the client secret that a provider of
 * sign-ins gave Quire.
 */
export type SecretName =
  KeyName | `${string}/${KeyName}` | 'session-key' | `refresh@${string}` | `mail@${string}` | `client@${string}`;

/** Every call may fail with an AppError `keychain-unavailable`. */
export interface SecretStore {
  /** Null when there is none. */
  get(name: SecretName): Promise<string | null>;
  set(name: SecretName, secret: string): Promise<void>;
  /** Also succeeds when there was none. */
  delete(name: SecretName): Promise<void>;
  /** Of all that Quire has there. */
  names(): Promise<readonly SecretName[]>;
}

/** A keychain that may ask its owner something first, which can take any time. */
export interface PatientSecretStore extends SecretStore {
  /** Somebody waits for it, and long enough to be told. */
  readonly isAsking: boolean;
  /** Resolves when it begins to ask, at once while it does. */
  asking(): Promise<void>;
  /** Whoever waits gets `keychain-unavailable`, and so does everybody until it has answered. */
  leave(): void;
}
