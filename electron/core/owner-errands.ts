/**
 * The library's owner in the remote library: signed in once with the account's password, then known by a key that lies in
 * this computer's keychain.
 */
import { createHash } from 'node:crypto';
import type { Keychain, KeyName } from '../pipeline/ports/keychain.ts';
import type { Owner, RemoteAccess } from '../sync/ports/remote-errands.ts';
import { openSignIn, recordOf, type SignInRecord } from '../sync/sign-in.ts';
import type { SyncSecrets } from '../sync/sync-job.ts';
import { toAppError, type AppError, type ErrorInfo } from '../../shared/errors.ts';
import type { SyncProgress } from '../../shared/sync.ts';
import type { DeletedThere } from '../../shared/sync-view.ts';
import { inErrandThread } from './errand-thread.ts';
import { UntoldNews, type OwnerEmail } from './owner-news.ts';
import { RemoteSecrets } from './remote-secrets.ts';
import type { Remotes } from './remotes.ts';
import { keyMissing, noDatabase, notAllDeleted } from './sync-errors.ts';
import type { SyncSettings } from './sync-settings.ts';

export interface OwnerErrandsOptions {
  readonly keychain: Keychain;
  readonly remotes: Pick<Remotes, 'access'>;
  readonly settings: SyncSettings;
  /** The account's present e-mail. */
  readonly ownerEmail: OwnerEmail;
  readonly onError: (error: AppError) => void;
}

export class OwnerErrands {
  readonly #options: OwnerErrandsOptions;
  readonly #secrets: RemoteSecrets;
  readonly #news: UntoldNews;
  readonly #closing = new AbortController();

  constructor(options: OwnerErrandsOptions) {
    this.#options = options;
    this.#secrets = new RemoteSecrets(options.keychain);
    this.#news = new UntoldNews(options.ownerEmail);
  }

  /** Why the server does not have the account's present e-mail; null when it does, or will. */
  get error(): ErrorInfo | null {
    return this.#news.error;
  }

  /** What sync signs in with. Errors: as `Remotes.access`, `remote-not-configured`. */
  async access(): Promise<RemoteAccess> {
    const access = await this.#options.remotes.access();
    if (access) return access;
    throw noDatabase();
  }

  /**
   * Keeps the key of their library there, which is made where there is none. Errors: `wrong-credentials`, `remote-…`.
   * @returns Their UUID there, and a record that the password opens.
   */
  async signIn(
    { database }: RemoteAccess,
    { email, password }: Pick<Owner, 'email' | 'password'>,
  ): Promise<{ readonly userId: string; readonly known: SignInRecord }> {
    // Also where another server is named by now: it may be a copy of the one before.
    const owner = { email, password, userId: this.#options.settings.last?.userId ?? null };
    const { userId, key } = await inErrandThread((thread) => thread.signIn(database, owner), {
      keptKey: (id) => this.#secrets.get(entryOf(id)),
      signal: this.#closing.signal,
    });
    try {
      await this.#secrets.set(entryOf(userId), Buffer.from(key).toString('base64'));
      return { userId, known: await recordOf(key, password) };
    } finally {
      key.fill(0);
    }
  }

  /** What the sync thread is handed over. Errors: `remote-unauthorized` without the key. */
  async secretsOf({ database, bucket, formerBuckets }: RemoteAccess, userId: string): Promise<SyncSecrets> {
    const key = await this.#secrets.get(entryOf(userId));
    if (key === null) throw keyMissing();
    return {
      databasePassword: bytesOf(database.password),
      secretAccessKey: bucket && bytesOf(bucket.secretAccessKey),
      formerKeys: formerBuckets.map(({ secretAccessKey }) => bytesOf(secretAccessKey)),
      sealingKey: bucket?.remote.sealed ? bytesOf(key, 'base64') : null,
    };
  }

  /** The password is another one; tells the server at once, or when it is reached next. */
  async passwordChanged(password: string): Promise<void> {
    const { settings } = this.#options;
    const userId = settings.current?.userId;
    const key = userId === undefined ? null : await this.#secrets.get(entryOf(userId));
    if (key === null) return;
    const bytes = Buffer.from(key, 'base64');
    try {
      const record = await recordOf(bytes, password);
      await settings.change({ record, known: record });
    } finally {
      bytes.fill(0);
    }
    await this.tellNews();
  }

  /** Whether a password is another than the one that is known: it was set anew by mail, or with a recovery code. */
  async isNewPassword(password: string): Promise<boolean> {
    const { known } = this.#options.settings.current ?? {};
    if (known === undefined) return false;
    const key = await openSignIn(known as SignInRecord, password);
    key?.fill(0);
    return key === null;
  }

  /** Tells the server what is new of the account. Never rejects: what fails is tried again after the next good round. */
  async tellNews(): Promise<void> {
    const { settings, onError } = this.#options;
    const stored = settings.current;
    if (!stored || stored.paused || stored.deleting) return;
    try {
      const change = await this.#news.tell(stored, async (news) => {
        const { database } = await this.access();
        await inErrandThread((thread) => thread.tellOwner(database, stored.userId, news), {
          signal: this.#closing.signal,
        });
      });
      if (change) await settings.change(change);
    } catch (thrown) {
      if (!this.#closing.signal.aborted) onError(toAppError(thrown));
    }
  }

  /** Resolves when both servers answer for a library that is about to be deleted. Errors: `remote-…`. */
  reachThere(access: RemoteAccess, userId: string): Promise<void> {
    return inErrandThread((thread) => thread.reachThere(access, userId), { signal: this.#closing.signal });
  }

  /** Deletes everything of the library there. Errors: `deletion-incomplete`, `remote-…`. */
  async deleteThere(
    access: RemoteAccess,
    userId: string,
    progress: (progress: SyncProgress) => void,
  ): Promise<DeletedThere> {
    // Not ended by `close`: what is half gone would be named by rows that are still there.
    const errand = inErrandThread((thread) => thread.deleteThere(access, userId), { progress });
    const { rows, objects, left } = await errand;
    if (Object.keys(left).length > 0) throw notAllDeleted(Object.entries(left));
    return { rows, objects };
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
