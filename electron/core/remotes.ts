/**
 * A person's own Postgres and bucket: tried out, named, forgotten. What is typed is a draft until a test passed; what is
 * saved is what that test passed with.
 */
import { bucketEntry, databaseEntry } from '../accounts/account-keychain.ts';
import type { Database, JsonValue } from '../db/database.ts';
import type { Keychain } from '../pipeline/ports/keychain.ts';
import type { RemoteAccess } from '../sync/ports/remote-errands.ts';
import type { RemoteTests } from '../sync/ports/remote-tests.ts';
import type { EventMap } from '../../shared/events.ts';
import { storedRemotesSchema, type BucketRemote, type DatabaseRemote, type RemoteKind } from '../../shared/remotes.ts';
import type { RemotesView, RemoteTest } from '../../shared/requests/remotes.ts';
import { RemoteSecrets } from './remote-secrets.ts';
import { RemoteSlot, type StoredRemote } from './remote-slot.ts';

export interface RemotesOptions {
  readonly database: Pick<Database, 'settings'>;
  readonly keychain: Keychain;
  readonly tests: RemoteTests;
  /** Told how far a test is. */
  readonly onTesting: (event: EventMap['remotes.testing']) => void;
}

export interface WantedRemotes {
  readonly database?: DatabaseRemote | undefined;
  readonly bucket?: BucketRemote | undefined;
}

/** Stays on this computer; of the table only `settings` is synced. */
const KEY = 'remotes';

export class Remotes {
  readonly #options: RemotesOptions;
  readonly #secrets: RemoteSecrets;
  readonly #database: RemoteSlot<DatabaseRemote>;
  readonly #bucket: RemoteSlot<BucketRemote>;
  /** What saves, one after another: a keychain may take its time. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: RemotesOptions) {
    const { keychain, tests, onTesting } = options;
    this.#options = options;
    this.#secrets = new RemoteSecrets(keychain);
    this.#database = new RemoteSlot<DatabaseRemote>({
      what: 'database',
      entryOf: databaseEntry,
      secrets: this.#secrets,
      test: tests.database,
      onSteps: (steps) => onTesting({ kind: 'database', steps }),
      store: (database) => this.#store({ database, bucket: this.#bucket.named }),
    });
    this.#bucket = new RemoteSlot<BucketRemote>({
      what: 'bucket',
      entryOf: bucketEntry,
      secrets: this.#secrets,
      test: tests.bucket,
      onSteps: (steps) => onTesting({ kind: 'bucket', steps }),
      store: (bucket) => this.#store({ database: this.#database.named, bucket }),
    });
  }

  async load(): Promise<void> {
    const { data } = storedRemotesSchema.safeParse(await this.#options.database.settings.get(KEY));
    this.#database.load(data?.database ?? null);
    this.#bucket.load(data?.bucket ?? null);
  }

  get hasBucket(): boolean {
    return this.#bucket.named !== null;
  }

  async view(): Promise<RemotesView> {
    const [database, bucket] = await Promise.all([this.#database.view(), this.#bucket.view()]);
    const keychainError = database.keychainError ?? bucket.keychainError;
    return { database: database.named, bucket: bucket.named, keychainError };
  }

  /**
   * What sync signs in with; null when no database is named. Errors: `keychain-unavailable`, `remote-unauthorized` for a
   * secret that is not there any more.
   */
  async access(): Promise<RemoteAccess | null> {
    const database = this.#database.named;
    const bucket = this.#bucket.named;
    if (!database) return null;
    return {
      database: { remote: database.remote, password: await this.#database.secretOf(database) },
      bucket: bucket && { remote: bucket.remote, secretAccessKey: await this.#bucket.secretOf(bucket) },
    };
  }

  /** As `RemoteSlot.test`. */
  testDatabase(remote: DatabaseRemote, password?: string): Promise<RemoteTest> {
    return this.#database.test(remote, password);
  }

  /** As `RemoteSlot.test`. */
  testBucket(remote: BucketRemote, secret?: string): Promise<RemoteTest> {
    return this.#bucket.test(remote, secret);
  }

  cancelTest(kind: RemoteKind): void {
    this.#slot(kind).cancelTest();
  }

  /** Errors: `request-invalid` for what has passed no test. */
  set({ database, bucket }: WantedRemotes): Promise<void> {
    return this.#alone(async () => {
      if (database) await this.#database.take(database);
      if (bucket) await this.#bucket.take(bucket);
    });
  }

  remove(kind: RemoteKind): Promise<void> {
    return this.#alone(() => this.#slot(kind).remove());
  }

  /** Ends tests, and forgets what was typed for them. */
  async close(): Promise<void> {
    this.#database.close();
    this.#bucket.close();
    await this.#work;
    this.#secrets.forgetThisRun();
  }

  #slot(kind: RemoteKind): Pick<RemoteSlot<DatabaseRemote>, 'cancelTest' | 'remove'> {
    return kind === 'database' ? this.#database : this.#bucket;
  }

  #alone(run: () => Promise<void>): Promise<void> {
    const next = this.#work.then(run);
    // Its failure is told by whoever asked for it.
    this.#work = next.catch(() => undefined);
    return next;
  }

  #store(stored: {
    readonly database: StoredRemote<DatabaseRemote> | null;
    readonly bucket: StoredRemote<BucketRemote> | null;
  }): Promise<void> {
    return this.#options.database.settings.set(KEY, stored as unknown as JsonValue);
  }
}
