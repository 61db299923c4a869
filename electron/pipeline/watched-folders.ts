/**
 * Watched folders: what is new in them is added, what changed is read again, what vanished is marked. The system tells
 * of changes (see ports/folder-watcher.ts); looking through a folder finds those of while nobody listened, at the start
 * and from time to time. Everything that is to be looked at goes through one line, a file at a time.
 */
import { randomUUID } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Database } from '../db/database.ts';
import type { WatchedFolderRow } from '../db/watch-types.ts';
import type { DeletionCounts } from '../../shared/domain.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { WatchedFolder } from '../../shared/folders.ts';
import { fileError } from './blobs.ts';
import type { IngestQueue } from './ingest.ts';
import type { WatchFolder } from './ports/folder-watcher.ts';
import { assertPresent, isBelow, isMountPoint, scanFolder } from './watch-scan.ts';
import { isSame, WatchSync } from './watch-sync.ts';
import { ActiveFolder } from './watched-folder.ts';

export interface WatchTimes {
  /** All in milliseconds. From the start until folders are looked through, so that the window comes first. */
  readonly startDelay: number;
  /** For which a file must have stopped growing. */
  readonly stability: number;
  /** Between two looks at what is to be done. */
  readonly tick: number;
  /** Between two looks through a folder of which the system tells nothing. */
  readonly poll: number;
  /** Between two looks through any other: servers tell nothing of what another computer does. */
  readonly rescan: number;
}

export const DEFAULT_WATCH_TIMES: WatchTimes = {
  startDelay: 3_000,
  stability: 2_000,
  tick: 5_000,
  poll: 30_000,
  rescan: 600_000,
};

export interface WatchedFoldersOptions {
  readonly database: Database;
  readonly ingest: IngestQueue;
  readonly watch: WatchFolder;
  /** Whose files are Quire's own, as `realpath` names it: the library's folder, or one that it lies in. */
  readonly ownFolder: string;
  readonly times?: Partial<WatchTimes>;
  /** Deletes documents with every trace, and says so. */
  readonly deleteDocuments: (ids: readonly string[]) => Promise<unknown>;
  readonly onDocumentChange: (documentId: string) => void;
  /** Told, not more often than a few times a second, when a folder is in another state. */
  readonly onChange: () => void;
  readonly onError: (error: AppError) => void;
}

/** Milliseconds between two announcements. */
const ANNOUNCE_INTERVAL = 200;
/** Files that are marked in one transaction. */
const GONE_BATCH = 200;
/** Documents deleted in one turn: the rest of the app gets the database in between. */
const DELETE_BATCH = 25;

export class WatchedFolders {
  readonly #options: WatchedFoldersOptions;
  readonly #times: WatchTimes;
  readonly #sync: WatchSync;
  readonly #active = new Map<string, ActiveFolder>();
  #timer: NodeJS.Timeout | null = null;
  #announcement: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(options: WatchedFoldersOptions) {
    this.#options = options;
    this.#times = { ...DEFAULT_WATCH_TIMES, ...options.times };
    const { database, ingest, onDocumentChange } = options;
    this.#sync = new WatchSync({ database, ingest, onChange: onDocumentChange, stability: this.#times.stability });
  }

  /** Takes up the folders of the last run, after a while: called once, when the window stands. */
  start(): void {
    this.#timer = setTimeout(() => {
      this.#timer = setInterval(() => this.#tick(), this.#times.tick);
      this.#timer.unref();
      this.#options.database.watched
        .folders()
        .then((rows) => rows.filter((row) => !row.paused).forEach((row) => this.#activate(row)))
        .catch((error: unknown) => this.#options.onError(toAppError(error)));
    }, this.#times.startDelay);
    this.#timer.unref();
  }

  async list(): Promise<WatchedFolder[]> {
    const { watched } = this.#options.database;
    const rows = await watched.folders();
    return Promise.all(
      rows.map(async (row) => {
        const active = this.#active.get(row.id);
        return {
          id: row.id,
          name: basename(row.path) || row.path,
          path: row.path,
          state: row.paused ? 'paused' : (active?.state ?? 'waiting'),
          error: active?.error?.toInfo() ?? null,
          pending: active?.pending.size ?? 0,
          ...(await watched.counts(row.id)),
        };
      }),
    );
  }

  /** Begins to watch a folder. Errors: `file-not-found`, `file-unreadable`, `request-invalid` when it can't be one. */
  async add(chosen: string): Promise<void> {
    const path = await this.#resolve(chosen);
    const { watched } = this.#options.database;
    const rows = await watched.folders();
    const same = rows.find((row) => isBelow(path, [row.path]));
    if (same) {
      throw refused(
        path === same.path
          ? `“${basename(path)}” is watched already.`
          : `“${basename(path)}” is in “${basename(same.path)}”, which is watched already.`,
        'There is nothing to do.',
      );
    }
    const inside = rows.find((row) => isBelow(row.path, [path]));
    if (inside) {
      throw refused(
        `“${basename(inside.path)}”, which is in “${basename(path)}”, is watched already.`,
        'Stop watching it first, and keep its documents.',
      );
    }
    if (isBelow(path, [this.#options.ownFolder])) {
      throw refused('This folder is where Quire keeps its own copies.', 'Choose a folder with documents of yours.');
    }
    const row = { id: randomUUID(), path, paused: false, mountPoint: await isMountPoint(path) };
    await watched.add({ ...row, addedAt: Date.now() });
    this.#activate(row);
  }

  async pause(folderId: string): Promise<void> {
    await this.#options.database.watched.setPaused(folderId, true);
    await this.#deactivate(folderId);
  }

  async resume(folderId: string): Promise<void> {
    const { watched } = this.#options.database;
    await watched.setPaused(folderId, false);
    const row = (await watched.folders()).find(({ id }) => id === folderId);
    if (row && !this.#active.has(folderId)) this.#activate(row);
  }

  /** Looks through a folder now. */
  async check(folderId: string): Promise<void> {
    const folder = this.#active.get(folderId);
    if (!folder) return;
    if (folder.isMissing) return this.#reopen(folder);
    folder.wantsScan = true;
    this.#work();
  }

  /** What `remove` would delete, and how many documents it would keep. */
  async describeRemoval(folderId: string): Promise<DeletionCounts> {
    const { database } = this.#options;
    return database.documents.describeDeletion(await database.watched.brought(folderId));
  }

  /** Watches a folder no more. Its documents stay, or those go that came into the library through it alone. */
  async remove(folderId: string, withDocuments: boolean): Promise<void> {
    const { database, deleteDocuments, onDocumentChange } = this.#options;
    // A kill on the way leaves it paused, and asks again.
    await this.pause(folderId);
    if (withDocuments) {
      const ids = await database.watched.brought(folderId);
      for (let from = 0; from < ids.length; from += DELETE_BATCH)
        await deleteDocuments(ids.slice(from, from + DELETE_BATCH));
    }
    for (const id of await database.watched.remove(folderId)) onDocumentChange(id);
    this.#changed();
  }

  /** Resolves when nothing is to be looked at. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#announcement) clearTimeout(this.#announcement);
    await Promise.all([...this.#active.keys()].map((id) => this.#deactivate(id)));
    await this.idle();
  }

  async #resolve(chosen: string): Promise<string> {
    try {
      const path = await realpath(chosen);
      if (!(await stat(path)).isDirectory()) throw refused(`“${basename(path)}” is not a folder.`, 'Choose a folder.');
      return path;
    } catch (error) {
      throw fileError(error, basename(chosen));
    }
  }

  #activate(row: WatchedFolderRow): void {
    if (this.#closed || this.#active.has(row.id)) return;
    const folder: ActiveFolder = new ActiveFolder(row, {
      watch: this.#options.watch,
      excluded: this.#options.ownFolder,
      stability: this.#times.stability,
      onWork: () => this.#work(),
      onMissing: () => this.#lookFor(folder),
    });
    this.#active.set(row.id, folder);
    void this.#open(folder);
  }

  async #open(folder: ActiveFolder): Promise<void> {
    this.#changed();
    try {
      await assertPresent(folder.row);
      if (!folder.controller.signal.aborted) await folder.open();
    } catch (error) {
      await this.#miss(folder, toAppError(error));
    }
  }

  async #reopen(folder: ActiveFolder): Promise<void> {
    if (!folder.isMissing) return;
    // Once, however many looks found it there again.
    folder.isMissing = false;
    await this.#open(folder);
  }

  async #deactivate(folderId: string): Promise<void> {
    const folder = this.#active.get(folderId);
    this.#active.delete(folderId);
    folder?.controller.abort();
    await folder?.close();
    this.#changed();
  }

  /** The folder is not there: nothing in it counts as gone. */
  async #miss(folder: ActiveFolder, error: AppError): Promise<void> {
    folder.isMissing = error.code === 'folder-missing';
    folder.error = error;
    this.#changed();
    if (folder.isMissing) await folder.close();
  }

  #lookFor(folder: ActiveFolder): void {
    assertPresent(folder.row).catch((error: unknown) => this.#miss(folder, toAppError(error)));
  }

  /** Looks after folders that are away, and through those of which nothing is told. */
  #tick(): void {
    const now = performance.now();
    for (const folder of this.#active.values()) {
      const since = folder.scannedAt === null ? 0 : now - folder.scannedAt;
      if (folder.isMissing) {
        assertPresent(folder.row).then(
          () => this.#reopen(folder),
          // Still away.
          () => undefined,
        );
      } else if (!folder.isScanning && since >= (folder.isPolling ? this.#times.poll : this.#times.rescan)) {
        folder.wantsScan = true;
        this.#work();
      }
    }
  }

  #work(): void {
    this.#changed();
    if (this.#running || this.#closed) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      this.#changed();
      if ([...this.#active.values()].some((folder) => folder.pending.size > 0 || folder.wantsScan)) this.#work();
    });
  }

  async #run(): Promise<void> {
    for (;;) {
      const folder = [...this.#active.values()].find(
        ({ pending, wantsScan, isMissing }) => !isMissing && (pending.size > 0 || wantsScan),
      );
      if (!folder || this.#closed) return;
      try {
        if (folder.pending.size > 0) await this.#next(folder);
        else await this.#scan(folder);
      } catch (thrown) {
        const error = toAppError(thrown);
        if (error.code !== 'folder-missing' && error.code !== 'not-found') this.#options.onError(error);
        if (!folder.controller.signal.aborted) await this.#miss(folder, error);
      }
      this.#changed();
    }
  }

  /** Looks at the next file, or at the next ones that are said to be gone. */
  async #next(folder: ActiveFolder): Promise<void> {
    const [first] = folder.pending;
    if (!first) return;
    const [path, what] = first;
    if (what === 'seen') {
      folder.pending.delete(path);
      if ((await this.#sync.seen(folder.row.id, path)) === 'growing' && !folder.controller.signal.aborted)
        folder.lookAgain(path);
      return;
    }
    const paths: string[] = [];
    for (const [gone, kind] of folder.pending) {
      if (kind !== 'gone' || paths.length === GONE_BATCH) break;
      paths.push(gone);
    }
    for (const gone of paths) folder.pending.delete(gone);
    await assertPresent(folder.row);
    await this.#sync.gone(folder.row.id, paths);
  }

  async #scan(folder: ActiveFolder): Promise<void> {
    const { database, ownFolder } = this.#options;
    folder.wantsScan = false;
    folder.isScanning = true;
    this.#changed();
    try {
      const { files, unreadable } = await scanFolder(folder.row, ownFolder, folder.controller.signal);
      if (folder.controller.signal.aborted) return;
      const known = new Map((await database.watched.files(folder.row.id)).map((file) => [file.path, file]));
      for (const file of files) {
        const before = known.get(file.path);
        known.delete(file.path);
        const isKnown = before && !before.gone && isSame(before, file) && before.error?.retryable !== true;
        if (!isKnown) folder.pending.set(file.path, 'seen');
      }
      // After those that are there: one of them may be where a missing one was moved to.
      for (const { path, gone } of known.values()) {
        if (!gone && !isBelow(path, unreadable)) folder.pending.set(path, 'gone');
      }
      if (!folder.isPolling) folder.error = null;
    } finally {
      folder.isScanning = false;
      folder.scannedAt = performance.now();
    }
  }

  #changed(): void {
    if (this.#closed) return;
    this.#announcement ??= setTimeout(() => {
      this.#announcement = null;
      this.#options.onChange();
    }, ANNOUNCE_INTERVAL);
  }
}

function refused(message: string, hint: string): AppError {
  return new AppError('request-invalid', message, { hint });
}
