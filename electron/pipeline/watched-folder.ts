/** One watched folder while it is watched: what is to be looked at in it, and how the system tells of changes. */
import { basename } from 'node:path';
import type { WatchedFolderRow } from '../db/watch-types.ts';
import { AppError } from '../../shared/errors.ts';
import type { WatchedFolderState } from '../../shared/folders.ts';
import type { FolderWatch, WatchFolder } from './ports/folder-watcher.ts';
import { isIgnoredPath } from './watch-rules.ts';

export interface WatchedFolderOptions {
  readonly watch: WatchFolder;
  /** Quire's own folder: nothing in it is taken in. */
  readonly excluded: string;
  /** Milliseconds for which a file must have stopped growing. */
  readonly stability: number;
  /** There is something to look at, or to tell. */
  readonly onWork: () => void;
  /** The folder itself is said to be gone. */
  readonly onMissing: () => void;
}

/** Milliseconds after a file's stability until it counts as gone: so long a renamed one has to show up elsewhere. */
const GONE_DELAY = 1_500;

export class ActiveFolder {
  readonly row: WatchedFolderRow;
  /** Files to look at, in order. */
  readonly pending = new Map<string, 'seen' | 'gone'>();
  /** True when the whole folder is to be looked through. */
  wantsScan = false;
  isScanning = false;
  /** When it was last looked through, in milliseconds of `performance.now`; null when never. */
  scannedAt: number | null = null;
  error: AppError | null = null;
  isMissing = false;
  isPolling = false;
  /** Aborted when it is no longer watched. */
  readonly controller = new AbortController();
  readonly #options: WatchedFolderOptions;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #watch: FolderWatch | null = null;

  constructor(row: WatchedFolderRow, options: WatchedFolderOptions) {
    this.row = row;
    this.#options = options;
  }

  get state(): WatchedFolderState {
    if (this.isMissing) return 'missing';
    if (this.pending.size > 0) return 'adding';
    if (this.isScanning) return 'checking';
    if (this.scannedAt === null) return 'waiting';
    return this.isPolling ? 'polling' : 'watching';
  }

  /** Begins to listen, and asks for a look through it: what is told before that is looked at twice at worst. */
  async open(): Promise<void> {
    this.isMissing = false;
    this.error = null;
    this.isPolling = false;
    this.#watch = this.#options.watch({
      folder: this.row.path,
      isIgnored: (path, isFile) => isIgnoredPath(path, isFile, this.#options.excluded),
      stability: this.#options.stability,
      onFile: (path) => this.#look(path, 'seen', 0),
      onGone: (path) => this.#look(path, 'gone', this.#options.stability + GONE_DELAY),
      onFolderGone: this.#options.onMissing,
      onError: (kind, cause) => void this.#poll(kind, cause),
    });
    await this.#watch.ready;
    this.wantsScan = true;
    this.#options.onWork();
  }

  /** Looks at a file again when it can have stopped growing. */
  lookAgain(path: string): void {
    this.#look(path, 'seen', this.#options.stability);
  }

  /** Listens no more; what is to be looked at is found again by looking through it. */
  async close(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.pending.clear();
    this.wantsScan = false;
    const watch = this.#watch;
    this.#watch = null;
    await watch?.close();
  }

  #look(path: string, what: 'seen' | 'gone', delay: number): void {
    const timer = this.#timers.get(path);
    if (timer) clearTimeout(timer);
    this.#timers.delete(path);
    const now = () => {
      this.#timers.delete(path);
      this.pending.delete(path);
      this.pending.set(path, what);
      this.#options.onWork();
    };
    if (delay === 0) now();
    else this.#timers.set(path, setTimeout(now, delay));
  }

  /** The system tells nothing (any more): the folder is looked through from time to time instead. */
  async #poll(kind: 'limit' | 'other', cause: unknown): Promise<void> {
    if (this.isPolling) return;
    this.isPolling = true;
    const name = basename(this.row.path);
    this.error =
      kind === 'limit'
        ? new AppError(
            'folder-too-large-to-watch',
            `“${name}” has more files than the system tells of; Quire looks through it every half minute instead.`,
            { hint: RAISE_LIMIT, cause },
          )
        : new AppError(
            'file-unreadable',
            `The system does not tell what changes in “${name}”; Quire looks through it every half minute instead.`,
            { hint: 'Nothing has to be done about it.', cause },
          );
    const watch = this.#watch;
    this.#watch = null;
    this.#options.onWork();
    await watch?.close();
  }
}

/** https://man7.org/linux/man-pages/man7/inotify.7.html */
const RAISE_LIMIT =
  process.platform === 'linux'
    ? 'To be told at once, raise the limit: sudo sysctl fs.inotify.max_user_watches=524288'
    : 'To be told at once, watch a smaller folder in it.';
