/** What the window shows of sync beside its status: devices, conflicts, what is where. */
import type { FilesPolicy } from './files-policy.ts';
import type { SyncStatus } from './sync.ts';

/** A computer that syncs this library. */
export interface SyncDevice {
  readonly id: string;
  readonly name: string;
  /** `linux`, `darwin`, `win32`. */
  readonly platform: string;
  readonly appVersion: string;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly lastSeen: number;
  /** The computer that this window is on. */
  readonly isThisOne: boolean;
}

/** What a person typed here, and what won over it; both as text. */
export interface SyncConflictView {
  readonly id: number;
  readonly kind: 'document' | 'collection' | 'conversation' | 'message' | 'piece' | 'usage' | 'setting';
  /** What the thing is called, as far as it is known. */
  readonly title: string;
  /** Which part of it: `title`, `name`, `tag:tax`. */
  readonly register: string;
  readonly mine: string;
  /** Null when the whole thing was deleted: then mine can't be had again. */
  readonly theirs: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Where a document is: `local` on this computer alone; `uploading`; `synced`: here and on the server; `remote-only`: its
 * file is not here, and comes when it is opened; `conflict`: something typed of it lost against another computer's.
 */
export type DocumentSyncState = 'local' | 'uploading' | 'synced' | 'remote-only' | 'conflict';

export interface DocumentSync {
  readonly documentId: string;
  readonly state: DocumentSyncState;
  /** Kept on this computer whatever the limit says. */
  readonly isPinned: boolean;
}

export interface PlacedFiles {
  readonly documents: number;
  /** Of their files. */
  readonly bytes: number;
}

export interface SyncSizes {
  /** Files that are on this computer alone, in both places, and in the bucket alone. */
  readonly here: PlacedFiles;
  readonly both: PlacedFiles;
  readonly there: PlacedFiles;
  /** Of those that are here: kept whatever the limit says. */
  readonly pinned: PlacedFiles;
  /** Bytes of the index (texts, vectors, conversations) on this computer, and in Postgres; null where it is not known. */
  readonly indexHere: number;
  readonly indexThere: number | null;
  readonly policy: FilesPolicy;
}

/** What a deletion of the library on the servers took, after a look found nothing of it left. */
export interface DeletedThere {
  /** Of all tables of the database. */
  readonly rows: number;
  /** Of the bucket. */
  readonly objects: number;
}

export const syncOff: SyncStatus = {
  state: 'off',
  progress: null,
  error: null,
  retryAt: null,
  readOnly: null,
  account: null,
  syncedAt: null,
  unsent: 0,
  conflicts: 0,
  problems: [],
};

const nowhere: PlacedFiles = { documents: 0, bytes: 0 };

export const noSizes: SyncSizes = {
  here: nowhere,
  both: nowhere,
  there: nowhere,
  pinned: nowhere,
  indexHere: 0,
  indexThere: null,
  policy: { files: 'all', limit: null },
};
