/** Being told by the system what changes in a folder. */

export interface FolderWatch {
  /** Resolves when changes are told; never rejects: what fails is told to `onError`. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

export interface FolderWatchOptions {
  readonly folder: string;
  /** Tells by a path whether nothing at it, or below it, matters. */
  readonly isIgnored: (path: string, isFile: boolean | null) => boolean;
  /** Milliseconds for which a file must have stopped growing before it is told. */
  readonly stability: number;
  /** A file that is new or has changed. */
  readonly onFile: (path: string) => void;
  /** A file that is no longer there. */
  readonly onGone: (path: string) => void;
  /** The folder itself is no longer there. */
  readonly onFolderGone: () => void;
  /** `limit`: the system tells of no more files; nothing is told any more. */
  readonly onError: (kind: 'limit' | 'other', cause: unknown) => void;
}

export type WatchFolder = (options: FolderWatchOptions) => FolderWatch;
