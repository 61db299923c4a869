/**
 * Sync of the open library: turned on with the account's password, then run in a thread of its own for as long as the
 * library is open.
 */
import { hostname } from 'node:os';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { BroughtNearest, NearestRequest } from '../sync/parts/nearest.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { SyncProgress, SyncStatus } from '../../shared/sync.ts';
import type { FilesPolicy } from '../../shared/files-policy.ts';
import {
  syncOff,
  type DeletedThere,
  type DocumentSync,
  type SyncConflictView,
  type SyncDevice,
  type SyncSizes,
} from '../../shared/sync-view.ts';
import { halfDeleted, isOff, needsAccount, notSyncedThere, onlyThere, otherDatabase, restored } from './sync-errors.ts';
import { remoteIdOf, OwnerErrands } from './owner-errands.ts';
import type { LibrarySyncOptions } from './sync-options.ts';
import type { SyncService } from './sync-service.ts';
import { SyncSettings } from './sync-settings.ts';
import { SyncThread } from './sync-thread.ts';
import { conflictView, deviceView, documentStates, filesWhere, settledBy, SyncPlaces } from './sync-views.ts';

/** Milliseconds that turning sync off waits for a server to take this computer off its list. */
const LEAVING = 5_000;
/** Milliseconds between two rounds for vectors alone: what a server does not have is not asked for all the time. */
const FETCH_PAUSE = 60_000;

export class LibrarySync implements SyncService {
  readonly #options: LibrarySyncOptions;
  readonly #settings: SyncSettings;
  readonly #owner: OwnerErrands;
  #status: SyncStatus = syncOff;
  #thread: SyncThread | null = null;
  /** What turns it on, off or begins it anew, one after another. */
  #work: Promise<unknown> = Promise.resolve();
  #closed = false;
  #isStopping = false;
  /** Resolves when it is begun for the first time: who wants a file earlier waits for that. */
  readonly #begun = Promise.withResolvers<void>();
  /** When a round may be begun for vectors alone, by `performance.now()`. */
  #nextFetch = 0;
  readonly #places = new SyncPlaces();

  constructor(options: LibrarySyncOptions) {
    this.#options = options;
    this.#settings = new SyncSettings(options.database);
    const { keychain, remotes, ownerEmail, onError } = options;
    this.#owner = new OwnerErrands({ keychain, remotes, settings: this.#settings, ownerEmail, onError });
  }

  get status(): SyncStatus {
    return this.#status;
  }

  get isOn(): boolean {
    return this.#settings.current !== null;
  }

  /** Reads whether it is on; begins nothing. */
  async load(): Promise<void> {
    const stored = await this.#settings.load();
    if (stored) this.#status = { ...syncOff, state: stored.paused ? 'paused' : 'idle' };
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
      const access = await this.#owner.access();
      await this.#stop();
      const { userId, known } = await this.#owner.signIn(access, { email, password }).catch(async (error: unknown) => {
        await this.#start();
        throw error;
      });
      const remoteId = remoteIdOf(access, userId);
      await database.sync.turnOn(remoteId);
      const { policy, last } = this.#settings;
      await this.#settings.store({
        ...{ isOn: true, userId, remoteId, deviceName: hostname(), paused: false, policy, known },
        email: (last?.userId === userId ? last.email : undefined) ?? email,
        // What was begun to be deleted there is not synced, however often it is turned off and on. A copy elsewhere is.
        deleting: last?.remoteId === remoteId && last.deleting,
      });
      await this.#start();
    });
  }

  turnOff(): Promise<void> {
    return this.#alone(() => this.#turnOff());
  }

  deleteThere(password: string, { alsoOnlyThere = false } = {}): Promise<DeletedThere> {
    return this.#alone(async () => {
      const { proveOwner, database, blobs } = this.#options;
      if (!proveOwner) throw needsAccount();
      await proveOwner(password);
      const userId = this.#settings.current?.userId;
      if (userId === undefined) throw isOff();
      const access = await this.#owner.access();
      const { remoteId } = await database.sync.state();
      if (remoteId !== null && remoteId !== remoteIdOf(access, userId)) throw notSyncedThere();
      const { there } = await filesWhere(database, blobs, null);
      if (!alsoOnlyThere && there.documents > 0) throw onlyThere(there.documents);
      await this.#stop();
      const onProgress = (progress: SyncProgress): void => this.#tell({ ...syncOff, state: 'syncing', progress });
      onProgress({ phase: 'deleting-files', done: 0, total: 0 });
      try {
        // Of a library that can't be reached nothing is deleted, and it goes on to be synced.
        await this.#owner.reachThere(access, userId);
        await this.#settings.change({ deleting: true });
        const deleted = await this.#owner.deleteThere(access, userId, onProgress);
        await this.#turnOff({ isGone: true });
        return deleted;
      } catch (error) {
        await this.#start();
        throw error;
      }
    });
  }

  /** The remotes were named anew: it begins anew with them; with another database it is off until it is turned on again. */
  restart(): Promise<void> {
    return this.#alone(async () => {
      if (!this.isOn) return;
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
    await this.#settings.change({ paused: true });
  }

  async resume(): Promise<void> {
    await this.#settings.change({ paused: false });
    await this.#running().resume();
  }

  async devices(): Promise<readonly SyncDevice[]> {
    if (!this.#thread) return [];
    const [seen, { deviceId }] = await Promise.all([this.#thread.devices(), this.#options.database.sync.state()]);
    return seen.map((device) => deviceView(device, deviceId));
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
    if (conflict) onApplied(settledBy(conflict));
  }

  async sizes(): Promise<SyncSizes> {
    const { database, blobs, folder, remotes } = this.#options;
    const [files, { size }, indexThere] = await Promise.all([
      filesWhere(database, blobs, remotes.bucketName),
      stat(join(folder, 'library.db')),
      // Offline it is not known, and what is here is told all the same.
      this.#thread?.bytesThere().catch(() => null) ?? null,
    ]);
    return { ...files, indexHere: size, indexThere, policy: this.#settings.policy };
  }

  async setPolicy(policy: FilesPolicy): Promise<void> {
    await this.#settings.change({ policy });
    await this.#thread?.setPolicy(policy);
  }

  async documents(): Promise<readonly DocumentSync[]> {
    if (!this.isOn) return [];
    const { database, blobs, remotes } = this.#options;
    return documentStates(database, blobs, { bucket: remotes.bucketName, isSending: this.#isReachable });
  }

  async pin(documentIds: readonly string[], pinned: boolean): Promise<void> {
    for (const id of documentIds) await this.#options.database.parts.setPinned(id, pinned);
    this.#tellPlaces();
    if (pinned) await this.#thread?.setPolicy(this.#settings.policy);
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
    if (this.isOn && !this.#thread) await this.#begun.promise;
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
    if (!thread || this.#settings.current?.paused) return;
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
      await this.#owner.passwordChanged(password);
      this.#tellAccount();
    });
  }

  /** As `passwordChanged` if it was set anew while nobody could tell: by mail, or with a recovery code. */
  async passwordProven(password: string): Promise<void> {
    if (await this.#owner.isNewPassword(password)) await this.passwordChanged(password);
  }

  /** The account has another e-mail: its library is found by it elsewhere as soon as the server can be reached. */
  emailChanged(): Promise<void> {
    return this.#alone(() => this.#tellOwner());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#begun.resolve();
    this.#owner.cancel();
    await this.#work;
    await this.#stop();
    this.#owner.close();
  }

  /** As far as the last round, or the one that runs, tells. */
  get #isReachable(): boolean {
    return this.#status.state === 'syncing' || this.#status.state === 'idle';
  }

  async #turnOff({ isGone = false } = {}): Promise<void> {
    const { database } = this.#options;
    const userId = this.#settings.current?.userId;
    await this.#leave();
    await this.#stop();
    await database.sync.turnOff();
    await (isGone ? this.#settings.forget() : this.#settings.turnOff());
    if (userId) await this.#owner.forget(userId);
    this.#tell(syncOff);
  }

  /** Takes this computer off the list, so that what others delete is not remembered for it; without a network it stays. */
  async #leave(): Promise<void> {
    const { deviceId } = await this.#options.database.sync.state();
    if (!this.#thread || deviceId === null) return;
    // Another round would put it on the list again.
    await this.#thread.pause();
    const removed = this.#thread.removeDevice(deviceId).catch(() => undefined);
    await Promise.race([removed, setTimeout(LEAVING, undefined, { ref: false })]);
  }

  async #start(): Promise<void> {
    this.#begun.resolve();
    const stored = this.#settings.current;
    if (!stored || this.#thread || this.#closed) return;
    const { database, folder, keys, appVersion, onApplied, onError } = this.#options;
    try {
      if (stored.deleting) throw halfDeleted();
      const access = await this.#owner.access();
      const { remoteId } = await database.sync.state();
      if (remoteId === null) throw restored();
      if (remoteId !== remoteIdOf(access, stored.userId)) throw otherDatabase();
      const secrets = await this.#owner.secretsOf(access, stored.userId);
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
          policy: stored.policy,
        },
        // That it is off while it is begun anew, or deleted there, is not how it stands: whoever stops it tells what it comes to.
        onStatus: (status) => this.#isStopping || this.#tell(status),
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
    this.#isStopping = true;
    try {
      await thread?.close();
    } finally {
      this.#isStopping = false;
    }
  }

  #running(): SyncThread {
    if (this.#thread) return this.#thread;
    const { error } = this.#status;
    if (this.isOn && error) throw AppError.fromInfo(error);
    throw isOff();
  }

  async #tellOwner(): Promise<void> {
    await this.#owner.tellNews();
    this.#tellAccount();
  }

  #tellAccount(): void {
    if (this.#owner.error !== this.#status.account) this.#tell(this.#status);
  }

  #tell(status: Omit<SyncStatus, 'account'>): void {
    const before = this.#status.state;
    this.#status = { ...status, account: this.#owner.error };
    this.#options.onStatus(this.#status);
    if (before !== 'syncing' || status.state === 'syncing') return;
    this.#tellPlaces();
    if (status.state === 'idle') void this.#alone(() => this.#tellOwner());
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
