/**
 * The library's owner in the remote library: signed in once with the account's password, then known by a key that lies in
 * this computer's keychain.
 */
import { createHash } from 'node:crypto';
import type { JsonValue } from '../db/database.ts';
import type { Keychain, KeyName } from '../pipeline/ports/keychain.ts';
import type { RemoteAccess } from '../sync/ports/remote-errands.ts';
import { recordOf } from '../sync/sign-in.ts';
import type { SyncSecrets } from '../sync/sync-job.ts';
import { toAppError, type AppError } from '../../shared/errors.ts';
import { inErrandThread } from './errand-thread.ts';
import { RemoteSecrets } from './remote-secrets.ts';
import type { Remotes } from './remotes.ts';
import { keyMissing, noDatabase, notAllDeleted } from './sync-errors.ts';
import type { SyncSettings } from './sync-settings.ts';

export interface OwnerErrandsOptions {
  readonly keychain: Keychain;
  readonly remotes: Pick<Remotes, 'access'>;
  readonly settings: SyncSettings;
  readonly onError: (error: AppError) => void;
}

export class OwnerErrands {
  readonly #options: OwnerErrandsOptions;
  readonly #secrets: RemoteSecrets;
  readonly #closing = new AbortController();

  constructor(options: OwnerErrandsOptions) {
    this.#options = options;
    this.#secrets = new RemoteSecrets(options.keychain);
  }

  /** What sync signs in with. Errors: as `Remotes.access`, `remote-not-configured`. */
  async access(): Promise<RemoteAccess> {
    const access = await this.#options.remotes.access();
    if (access) return access;
    throw noDatabase();
  }

  /**
   * Keeps the key of their library there, which is made where there is none.
   * @returns Their UUID there. Errors: `wrong-credentials`, `remote-…`.
   */
  async signIn({ database }: RemoteAccess, email: string, password: string): Promise<string> {
    const { userId, key } = await inErrandThread((thread) => thread.signIn(database, email, password), {
      keptKey: (id) => this.#secrets.get(entryOf(id)),
      signal: this.#closing.signal,
    });
    try {
      await this.#secrets.set(entryOf(userId), Buffer.from(key).toString('base64'));
    } finally {
      key.fill(0);
    }
    return userId;
  }

  /** What the sync thread is handed over. Errors: `remote-unauthorized` without the key. */
  async secretsOf({ database, bucket }: RemoteAccess, userId: string): Promise<SyncSecrets> {
    const key = await this.#secrets.get(entryOf(userId));
    if (key === null) throw keyMissing();
    return {
      databasePassword: bytesOf(database.password),
      secretAccessKey: bucket && bytesOf(bucket.secretAccessKey),
      sealingKey: bucket?.remote.sealed ? bytesOf(key, 'base64') : null,
    };
  }

  /** The password is another one; tells the server at once, or when it is reached next. */
  async passwordChanged(password: string): Promise<void> {
    const { settings } = this.#options;
    if (!settings.current) return;
    const key = await this.#secrets.get(entryOf(settings.current.userId));
    if (key === null) return;
    const bytes = Buffer.from(key, 'base64');
    try {
      await settings.change({ record: await recordOf(bytes, password) });
    } finally {
      bytes.fill(0);
    }
    await this.renewRecord();
  }

  /** Tells the server what it could not be told of before. Never rejects: what fails is tried again at the next start. */
  async renewRecord(): Promise<void> {
    const { settings, onError } = this.#options;
    const { record, userId } = settings.current ?? {};
    if (record === undefined || userId === undefined) return;
    try {
      const { database } = await this.access();
      await inErrandThread((thread) => thread.setSignIn(database, userId, record as JsonValue), {
        signal: this.#closing.signal,
      });
      await settings.change({ record: undefined });
    } catch (thrown) {
      if (!this.#closing.signal.aborted) onError(toAppError(thrown));
    }
  }

  /** Deletes everything of the library there. Errors: `deletion-incomplete`, `remote-…`. */
  async deleteThere(access: RemoteAccess, userId: string): Promise<void> {
    // Not ended by `close`: what is half gone would be named by rows that are still there.
    const left = Object.entries(await inErrandThread((thread) => thread.deleteThere(access, userId)));
    if (left.length > 0) throw notAllDeleted(left);
  }

  /** Their key here. */
  forget(userId: string): Promise<void> {
    return this.#secrets.remove(entryOf(userId));
  }

  /** Ends what waits for a server. */
  cancel(): void {
    this.#closing.abort();
  }

  close(): void {
    this.cancel();
    this.#secrets.forgetThisRun();
  }
}

/** Which remote library it is: with another one, everything here is new there. */
export function remoteIdOf({ database: { remote } }: RemoteAccess, userId: string): string {
  const place = JSON.stringify([remote.host, remote.port, remote.database, userId]);
  return createHash('sha256').update(place).digest('hex').slice(0, 32);
}

/** The keychain's entry of the key that seals files, and proves who one is there. */
function entryOf(userId: string): KeyName {
  return `library@${userId}`;
}

/** In memory of their own: what is cloned for the thread and overwritten then is these bytes alone, no part of a pool. */
function bytesOf(text: string, encoding: 'utf8' | 'base64' = 'utf8'): Uint8Array {
  return new Uint8Array(Buffer.from(text, encoding));
}
