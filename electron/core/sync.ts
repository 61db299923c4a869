/**
 * Sync of the open library: turned on with the account's password, then run in a thread of its own for as long as the
 * library is open.
 */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Database, JsonValue } from '../db/database.ts';
import type { Applied } from '../db/sync-types.ts';
import type { LibraryKeys } from '../encryption/library-keys.ts';
import type { BlobStore } from '../pipeline/blobs.ts';
import type { Keychain, KeyName } from '../pipeline/ports/keychain.ts';
import { recordOf } from '../sync/sign-in.ts';
import type { BroughtNearest, NearestRequest } from '../sync/parts/nearest.ts';
import type { SyncSecrets } from '../sync/sync-job.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { SyncStatus } from '../../shared/sync.ts';
import {
  filesPolicySchema,
  syncOff,
  type DocumentSync,
  type FilesPolicy,
  type SyncConflictView,
  type SyncDevice,
  type SyncSizes,
} from '../../shared/sync-view.ts';
import type { RemoteAccess, Remotes } from './remotes.ts';
import { RemoteSecrets } from './remote-secrets.ts';
import {
  isOff,
  keyMissing,
  needsAccount,
  noDatabase,
  notAllDeleted,
  onlyThere,
  otherDatabase,
  restored,
} from './sync-errors.ts';
import type { SyncService } from './sync-service.ts';
import { SyncThread } from './sync-thread.ts';
import { conflictView, documentStates, filesWhere, SyncPlaces } from './sync-views.ts';

/** Proves that whoever asks is the account's owner. Errors: `wrong-credentials`, `too-many-attempts`. */
export type ProveOwner = (password: string) => Promise<{ readonly email: string }>;

export interface LibrarySyncOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  /** The library's folder. */
  readonly folder: string;
  /** Of an encrypted library. */
  readonly keys: LibraryKeys | null;
  readonly keychain: Keychain;
  readonly remotes: Pick<Remotes, 'access' | 'bucketName'>;
  /** Null for the local profile, which has no owner to know again. */
  readonly proveOwner: ProveOwner | null;
  readonly appVersion: string;
  readonly onStatus: (status: SyncStatus) => void;
  /** Documents that are in another place now. */
  readonly onDocuments: (documents: readonly DocumentSync[]) => void;
  /** What came from other computers. */
  readonly onApplied: (applied: Omit<Applied, 'left'>) => void;
  readonly onError: (error: AppError) => void;
}

/** Milliseconds between two rounds for vectors alone: what a server does not have is not asked for all the time. */
const FETCH_PAUSE = 60_000;

/** Stays on this computer. */
const KEY = 'sync';
const storedSchema = z.object({
  userId: z.uuid(),
  deviceName: z.string().max(100),
  paused: z.boolean().default(false),
  policy: filesPolicySchema.default({ files: 'all', limit: null }),
  /** After a change of password: what is still to be put in the place of the record on the server. */
  record: z.unknown().optional(),
});
type Stored = z.infer<typeof storedSchema>;

export class LibrarySync implements SyncService {
  readonly #options: LibrarySyncOptions;
  readonly #secrets: RemoteSecrets;
  #stored: Stored | null = null;
  #status: SyncStatus = syncOff;
  #thread: SyncThread | null = null;
  /** What turns it on, off or begins it anew, one after another. */
  #work: Promise<unknown> = Promise.resolve();
  #closed = false;
  /** Resolves when it is begun for the first time: who wants a file earlier waits for that. */
  readonly #begun = Promise.withResolvers<void>();
  /** When a round may be begun for vectors alone, by `performance.now()`. */
  #nextFetch = 0;
  readonly #places = new SyncPlaces();

  constructor(options: LibrarySyncOptions) {
    this.#options = options;
    this.#secrets = new RemoteSecrets(options.keychain);
  }

  get status(): SyncStatus {
    return this.#status;
  }

  get isOn(): boolean {
    return this.#stored !== null;
  }

  /** Reads whether it is on; begins nothing. */
  async load(): Promise<void> {
    const { data } = storedSchema.safeParse(await this.#options.database.settings.get(KEY));
    this.#stored = data ?? null;
    if (data) this.#status = { ...syncOff, state: data.paused ? 'paused' : 'idle' };
  }

  /** Begins to sync when it is on; never rejects: the status tells what keeps it from that. */
  start(): Promise<void> {
    return this.#alone(() => this.#start());
  }

  turnOn(password: string): Promise<void> {
    return this.#alone(async () => {
      const { proveOwner, database } = this.#options;
      if (!proveOwner) throw needsAccount();
      const { email } = await proveOwner(password);
      const access = await this.#access();
      await this.#stop();
      const { signIn } = await import('./sync-sign-in.ts');
      const { userId, key } = await signIn(access.database, email, password, (id) => this.#secrets.get(entryOf(id)));
      try {
        await this.#secrets.set(entryOf(userId), Buffer.from(key).toString('base64'));
      } finally {
        key.fill(0);
      }
      await database.sync.turnOn(remoteIdOf(access, userId));
      const { policy = { files: 'all', limit: null } as const } = this.#stored ?? {};
      await this.#store({ userId, deviceName: hostname(), paused: false, policy });
      await this.#start();
    });
  }

  turnOff(): Promise<void> {
    return this.#alone(() => this.#turnOff());
  }

  deleteThere(password: string): Promise<void> {
    return this.#alone(async () => {
      const { proveOwner } = this.#options;
      if (!proveOwner) throw needsAccount();
      await proveOwner(password);
      const userId = this.#stored?.userId;
      if (userId === undefined) throw isOff();
      const access = await this.#access();
      const { there } = await filesWhere(this.#options.database, this.#options.blobs, null);
      if (there.documents > 0) throw onlyThere(there.documents);
      await this.#stop();
      const { deleteThere } = await import('./sync-sign-in.ts');
      try {
        const left = Object.entries(await deleteThere(access, userId));
        if (left.length > 0) throw notAllDeleted(left);
      } catch (error) {
        await this.#start();
        throw error;
      }
      await this.#turnOff();
    });
  }

  /** The remotes were named anew: it begins anew with them; with another database it is off until it is turned on again. */
  restart(): Promise<void> {
    return this.#alone(async () => {
      if (!this.#stored) return;
      await this.#stop();
      await this.#start();
    });
  }

  async now(): Promise<void> {
    if (!this.#thread) return this.restart();
    void this.#thread.syncNow().catch((thrown: unknown) => this.#options.onError(toAppError(thrown)));
  }

  /** Resolves when a round that begins now has ended; for the command line. */
  async round(): Promise<SyncStatus> {
    await this.#work;
    return this.#running().syncNow();
  }

  async pause(): Promise<void> {
    await this.#running().pause();
    await this.#change({ paused: true });
  }

  async resume(): Promise<void> {
    await this.#change({ paused: false });
    await this.#running().resume();
  }

  async devices(): Promise<readonly SyncDevice[]> {
    if (!this.#thread) return [];
    const [seen, { deviceId }] = await Promise.all([this.#thread.devices(), this.#options.database.sync.state()]);
    return seen.map(({ id, name, platform, appVersion, lastSeen }) => ({
      id,
      name,
      platform,
      appVersion,
      lastSeen,
      isThisOne: id === deviceId,
    }));
  }

  async removeDevice(deviceId: string): Promise<void> {
    await this.#running().removeDevice(deviceId);
  }

  async conflicts(): Promise<readonly SyncConflictView[]> {
    return (await this.#options.database.sync.conflicts()).map(conflictView);
  }

  async settleConflict(conflictId: number, choice: 'mine' | 'theirs'): Promise<void> {
    const { database, onApplied } = this.#options;
    const conflict = (await database.sync.conflicts()).find(({ id }) => id === conflictId);
    await database.sync.settleConflict(conflictId, choice);
    const { conflicts } = await database.sync.state();
    this.#tell({ ...this.#status, conflicts });
    if (!conflict) return;
    const { kind, entityId } = conflict;
    onApplied({
      documentIds: kind === 'document' ? [entityId] : [],
      conversationIds: kind === 'conversation' ? [entityId] : [],
      contentHashes: [],
      conflicts: 0,
      settings: kind === 'setting',
    });
  }

  async sizes(): Promise<SyncSizes> {
    const { database, blobs, folder, remotes } = this.#options;
    const [files, { size }, indexThere] = await Promise.all([
      filesWhere(database, blobs, remotes.bucketName),
      stat(join(folder, 'library.db')),
      // Offline it is not known, and what is here is told all the same.
      this.#thread?.bytesThere().catch(() => null) ?? null,
    ]);
    return { ...files, indexHere: size, indexThere, policy: this.#policy };
  }

  async setPolicy(policy: FilesPolicy): Promise<void> {
    await this.#change({ policy });
    await this.#thread?.setPolicy(partsPolicy(policy));
  }

  async documents(): Promise<readonly DocumentSync[]> {
    if (!this.#stored) return [];
    const { database, blobs, remotes } = this.#options;
    return documentStates(database, blobs, { bucket: remotes.bucketName, isSending: this.#isReachable });
  }

  async pin(documentIds: readonly string[], pinned: boolean): Promise<void> {
    for (const id of documentIds) await this.#options.database.parts.setPinned(id, pinned);
    this.#tellPlaces();
    if (pinned) await this.#thread?.setPolicy(partsPolicy(this.#policy));
  }

  /** Documents whose vectors another computer made, and which come as soon as the server can be reached. */
  async awaitedVectors(fingerprint: string): Promise<readonly string[]> {
    // Offline, paused or refused, they are made here: nothing waits for what may never come.
    if (!this.#thread || !this.#isReachable) return [];
    const awaited = await this.#options.database.parts.awaitingVectors(fingerprint);
    // The round that brought these documents may not have known yet which embedder is wanted here.
    if (awaited.length > 0 && this.#status.state === 'idle' && performance.now() > this.#nextFetch) {
      this.#nextFetch = performance.now() + FETCH_PAUSE;
      void this.now();
    }
    return awaited;
  }

  /**
   * Brings the text of documents that a question is about; see `SyncFunctions.bringNearest`. Null where the server is
   * not asked: sync is off, paused, or waits because the server could not be reached.
   */
  async bringNearest(request: NearestRequest, budget: number): Promise<BroughtNearest | null> {
    if (!this.#thread || !this.#isReachable) return null;
    return this.#thread.bringNearest(request, budget);
  }

  /** Has a document's original here when it resolves. Errors: `file-not-found`, `remote-…`. */
  async fetchOriginal(documentId: string): Promise<void> {
    if (this.#stored && !this.#thread) await this.#begun.promise;
    await this.#work;
    await this.#running().fetchOriginal(documentId);
    this.#tellPlaces();
  }

  /** Errors: `file-not-found` as long as it is not in the bucket, `forbidden` where files are encrypted. */
  shareLink(documentId: string, seconds: number, fileName: string): Promise<string> {
    return this.#running().shareLink(documentId, seconds, fileName);
  }

  /** Documents were deleted here: has them deleted there, and looks whether anything is left; for the log. */
  async deleted(documentIds: readonly string[]): Promise<void> {
    const thread = this.#thread;
    if (!thread || this.#stored?.paused) return;
    const { error } = await thread.syncNow();
    // They go with the next round that gets through.
    if (error) return;
    const left = Object.entries(await thread.leftOf(documentIds));
    if (left.length === 0) return;
    const what = left.map(([table, rows]) => `${rows} in ${table}`).join(', ');
    this.#options.onError(new AppError('deletion-incomplete', `Deleted, but on the server the check found ${what}.`));
  }

  /** The account has another password: it opens the library elsewhere, too, as soon as the server can be reached. */
  passwordChanged(password: string): Promise<void> {
    return this.#alone(async () => {
      if (!this.#stored) return;
      const key = await this.#secrets.get(entryOf(this.#stored.userId));
      if (key === null) return;
      const bytes = Buffer.from(key, 'base64');
      try {
        await this.#change({ record: await recordOf(bytes, password) });
      } finally {
        bytes.fill(0);
      }
      await this.#renewRecord();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#begun.resolve();
    await this.#work;
    await this.#stop();
    this.#secrets.forgetThisRun();
  }

  /** As far as the last round, or the one that runs, tells. */
  get #isReachable(): boolean {
    return this.#status.state === 'syncing' || this.#status.state === 'idle';
  }

  get #policy(): FilesPolicy {
    return this.#stored?.policy ?? { files: 'all', limit: null };
  }

  async #turnOff(): Promise<void> {
    const { database } = this.#options;
    const userId = this.#stored?.userId;
    await this.#leave();
    await this.#stop();
    await database.sync.turnOff();
    await database.settings.delete(KEY);
    this.#stored = null;
    if (userId) await this.#secrets.remove(entryOf(userId));
    this.#tell(syncOff);
  }

  /** Takes this computer off the list, so that what others delete is not remembered for it; without a network it stays. */
  async #leave(): Promise<void> {
    const { deviceId } = await this.#options.database.sync.state();
    if (!this.#thread || deviceId === null) return;
    // Another round would put it on the list again.
    await this.#thread.pause();
    await this.#thread.removeDevice(deviceId).catch(() => undefined);
  }

  async #start(): Promise<void> {
    this.#begun.resolve();
    const stored = this.#stored;
    if (!stored || this.#thread || this.#closed) return;
    const { database, folder, keys, appVersion, onApplied, onError } = this.#options;
    try {
      const access = await this.#access();
      const { remoteId } = await database.sync.state();
      if (remoteId === null) throw restored();
      if (remoteId !== remoteIdOf(access, stored.userId)) throw otherDatabase();
      await this.#renewRecord();
      const secrets = await this.#secretsOf(access, stored.userId);
      this.#thread = await SyncThread.start({
        database,
        job: {
          remotes: { database: access.database.remote, bucket: access.bucket?.remote ?? null },
          formerBuckets: access.formerBuckets.map(({ remote }) => remote),
          secrets,
          userId: stored.userId,
          device: { name: stored.deviceName, platform: process.platform, appVersion },
          folder,
          libraryKeys: keys && { files: keys.files.slice(), fileNames: keys.fileNames.slice() },
          paused: stored.paused,
          policy: partsPolicy(stored.policy),
        },
        onStatus: (status) => this.#tell(status),
        onApplied,
        onError: (error) => onError(AppError.fromInfo(error)),
      });
    } catch (thrown) {
      const error = toAppError(thrown);
      onError(error);
      this.#tell({ ...syncOff, state: 'waiting', error: error.toInfo() });
    }
  }

  async #stop(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    await thread?.close();
  }

  async #access(): Promise<RemoteAccess> {
    const access = await this.#options.remotes.access();
    if (access) return access;
    throw noDatabase();
  }

  async #secretsOf(access: RemoteAccess, userId: string): Promise<SyncSecrets> {
    const key = await this.#secrets.get(entryOf(userId));
    if (key === null) throw keyMissing();
    const { bucket } = access;
    return {
      databasePassword: bytesOf(access.database.password),
      secretAccessKey: bucket && bytesOf(bucket.secretAccessKey),
      formerKeys: access.formerBuckets.map(({ secretAccessKey }) => bytesOf(secretAccessKey)),
      sealingKey: bucket?.remote.sealed ? bytesOf(key, 'base64') : null,
    };
  }

  async #renewRecord(): Promise<void> {
    const { record, userId } = this.#stored ?? {};
    if (record === undefined || userId === undefined) return;
    try {
      const { setSignIn } = await import('./sync-sign-in.ts');
      await setSignIn((await this.#access()).database, userId, record as JsonValue);
      await this.#change({ record: undefined });
    } catch (thrown) {
      // Tried again at the next start.
      this.#options.onError(toAppError(thrown));
    }
  }

  #running(): SyncThread {
    if (this.#thread) return this.#thread;
    const { error } = this.#status;
    if (this.#stored && error) throw AppError.fromInfo(error);
    throw isOff();
  }

  async #change(change: Partial<Stored>): Promise<void> {
    if (this.#stored) await this.#store({ ...this.#stored, ...change });
  }

  async #store(stored: Stored): Promise<void> {
    await this.#options.database.settings.set(KEY, JSON.parse(JSON.stringify(stored)) as JsonValue);
    this.#stored = stored;
  }

  #tell(status: SyncStatus): void {
    const before = this.#status.state;
    this.#status = status;
    this.#options.onStatus(status);
    if (before === 'syncing' && status.state !== 'syncing') this.#tellPlaces();
  }

  #tellPlaces(): void {
    this.documents().then(
      (documents) => this.#options.onDocuments(this.#places.changed(documents)),
      (thrown: unknown) => this.#closed || this.#options.onError(toAppError(thrown)),
    );
  }

  #alone<T>(run: () => Promise<T>): Promise<T> {
    const next = this.#work.then(run);
    // Its failure is told by whoever asked for it.
    this.#work = next.catch(() => undefined);
    return next;
  }
}

/** The keychain's entry of the key that seals files, and proves who one is there. */
function entryOf(userId: string): KeyName {
  return `library@${userId}`;
}

/** Which remote library it is: with another one, everything here is new there. */
function remoteIdOf({ database: { remote } }: RemoteAccess, userId: string): string {
  const place = JSON.stringify([remote.host, remote.port, remote.database, userId]);
  return createHash('sha256').update(place).digest('hex').slice(0, 32);
}

function partsPolicy({ files, limit }: FilesPolicy): {
  readonly originals: FilesPolicy['files'];
  readonly limit: number | null;
} {
  return { originals: files, limit };
}

/** In memory of their own: what is cloned for the thread and overwritten then is these bytes alone, no part of a pool. */
function bytesOf(text: string, encoding: 'utf8' | 'base64' = 'utf8'): Uint8Array {
  return new Uint8Array(Buffer.from(text, encoding));
}
