/**
 * The library's owner in the remote library: signed in once with the account's password, then known by a key that lies in
 * this computer's keychain.
 */
import { createHash } from 'node:crypto';
import type { JsonValue } from '../db/database.ts';
import type { Keychain, KeyName } from '../pipeline/ports/keychain.ts';
import type { RemoteAccess } from '../sync/ports/remote-errands.ts';
import { openSignIn, recordOf } from '../sync/sign-in.ts';
import type { SyncSecrets } from '../sync/sync-job.ts';
import { toAppError, type AppError, type ErrorInfo } from '../../shared/errors.ts';
import type { SyncProgress } from '../../shared/sync.ts';
import type { DeletedThere } from '../../shared/sync-view.ts';
import { inErrandThread } from './errand-thread.ts';
import { OwnerThere, type OwnerEmail } from './owner-news.ts';
import { RemoteSecrets } from './remote-secrets.ts';
import type { Remotes } from './remotes.ts';
import { keyMissing, noDatabase, notAllDeleted } from './sync-errors.ts';
import type { StoredSync, SyncSettings } from './sync-settings.ts';

export interface OwnerErrandsOptions {
  readonly keychain: Keychain;
  readonly remotes: Pick<Remotes, 'access'>;
  readonly settings: SyncSettings;
  /** The account's present e-mail. */
  readonly email: OwnerEmail;
  readonly onError: (error: AppError) => void;
}

/** What is kept with the library of its owner. */
export type OwnerSettings = Pick<StoredSync, 'userId' | 'email' | 'known'>;

export class OwnerErrands {
  readonly #options: OwnerErrandsOptions;
  readonly #secrets: RemoteSecrets;
  readonly #there: OwnerThere;
  readonly #closing = new AbortController();

  constructor(options: OwnerErrandsOptions) {
    this.#options = options;
    this.#secrets = new RemoteSecrets(options.keychain);
    this.#there = new OwnerThere(options.email);
  }

  /** What sync signs in with. Errors: as `Remotes.access`, `remote-not-configured`. */
  async access(): Promise<RemoteAccess> {
    const access = await this.#options.remotes.access();
    if (access) return access;
    throw noDatabase();
  }

  /**
   * Keeps the key of their library there, which is made where there is none.
   * @returns What is to be kept with the library. Errors: `wrong-credentials`, `remote-…`.
   */
  async signIn({ database }: RemoteAccess, email: string, password: string): Promise<OwnerSettings> {
    const before = this.#options.settings.current;
    const owner = { email, password, userId: before?.userId ?? null };
    const { userId, key } = await inErrandThread((thread) => thread.signIn(database, owner), {
      keptKey: (id) => this.#secrets.get(entryOf(id)),
      signal: this.#closing.signal,
    });
    try {
      await this.#secrets.set(entryOf(userId), Buffer.from(key).toString('base64'));
      const told = before?.userId === userId ? before.email : undefined;
      return { userId, email: told ?? email, known: await recordOf(key, password) };
    } finally {
      key.fill(0);
    }
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

  /** The password is another one; tells the server at once, or after the next round that ends well. */
  async passwordChanged(password: string): Promise<void> {
    const record = await this.#recordOf(password);
    if (record === null) return;
    await this.#options.settings.change({ record, known: record });
    await this.tell();
  }

  /** Whether this is the password that the server was told of, or will be; true where nobody knows. */
  async isKnown(password: string): Promise<boolean> {
    const known = this.#options.settings.current?.known as JsonValue | undefined;
    if (known === undefined) return true;
    const key = await openSignIn(known, password);
    key?.fill(0);
    return key !== null;
  }

  /** Why the server does not have the account's present e-mail; null when it does, or will. */
  get error(): ErrorInfo | null {
    return this.#there.error;
  }

  /** Tells the server what is new of the account. Never rejects: what fails is tried again after the next round. */
  async tell(): Promise<void> {
    const { settings, onError } = this.#options;
    const { current } = settings;
    if (!current || current.paused || current.deleting) return;
    const { signal } = this.#closing;
    try {
      const change = await this.#there.tell(current, async (news) => {
        const { database } = await this.access();
        await inErrandThread((thread) => thread.tellOwner(database, current.userId, news), { signal });
      });
      if (change) await settings.change(change);
    } catch (thrown) {
      if (!signal.aborted) onError(toAppError(thrown));
    }
  }

  /**
   * Deletes everything of the library there; where a server can't be reached, nothing. Begun, it is taken down in the
   * settings, since some of it may be gone. Errors: `deletion-incomplete`, `remote-…`.
   */
  async deleteThere(
    access: RemoteAccess,
    userId: string,
    deleting: (progress: SyncProgress) => void,
  ): Promise<DeletedThere> {
    await inErrandThread((thread) => thread.reachThere(access, userId), { signal: this.#closing.signal });
    await this.#options.settings.change({ deleting: true });
    // Not ended by `close`: what is half gone would be named by rows that are still there.
    const { rows, objects, left } = await inErrandThread((thread) => thread.deleteThere(access, userId), { deleting });
    if (Object.keys(left).length > 0) throw notAllDeleted(Object.entries(left));
    return { rows, objects };
  }

  /** Null where this computer no longer has the library's key. */
  async #recordOf(password: string): Promise<JsonValue> {
    const { current } = this.#options.settings;
    const key = current ? await this.#secrets.get(entryOf(current.userId)) : null;
    if (key === null) return null;
    const bytes = Buffer.from(key, 'base64');
    try {
      return await recordOf(bytes, password);
    } finally {
      bytes.fill(0);
    }
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
