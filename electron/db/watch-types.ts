/** Watched folders and their files, as they cross into and out of the database worker. */
import type { ErrorInfo } from '../../shared/errors.ts';
import type { InsertedDocument, NewDocument } from './database.ts';

export interface WatchedFolderRow {
  /** UUID. */
  readonly id: string;
  readonly path: string;
  readonly paused: boolean;
  /** True when a disk begins at it: without the disk, an empty folder stays in its place. */
  readonly mountPoint: boolean;
}

/** A file's size and time, by which it is known to be the same as before without reading it. */
export interface FileStamp {
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

export interface WatchedFile extends FileStamp {
  readonly path: string;
  /** Null when it could not be taken in, for the reason in `error`. */
  readonly documentId: string | null;
  readonly gone: boolean;
  readonly error: ErrorInfo | null;
}

export interface SeenFile extends FileStamp {
  readonly path: string;
  readonly documentId: string | null;
  /** True when this file brought the document into the library. */
  readonly brought: boolean;
  readonly error: ErrorInfo | null;
}

export interface WatchedCounts {
  /** Documents that are in the folder. */
  readonly documents: number;
  /** Documents whose file is gone. */
  readonly gone: number;
  /** Files that could not be taken in. */
  readonly failed: number;
}

/** Changes of files answer with the ids of the documents whose `fileGone` they may have changed. */
export interface WatchStore {
  folders(): Promise<WatchedFolderRow[]>;
  counts(folderId: string): Promise<WatchedCounts>;
  add(folder: WatchedFolderRow & { readonly addedAt: number }): Promise<void>;
  setPaused(folderId: string, paused: boolean): Promise<void>;
  /** Forgets the folder and its files; documents stay. */
  remove(folderId: string): Promise<string[]>;
  /** All files as they were last seen. */
  files(folderId: string): Promise<WatchedFile[]>;
  file(folderId: string, path: string): Promise<WatchedFile | null>;
  /** Whether the person deleted the document of this file, and it did not change since. */
  isExcluded(folderId: string, path: string, stamp: FileStamp): Promise<boolean>;
  /** Stores a file as it was seen now; it is not gone. */
  put(folderId: string, file: SeenFile): Promise<string[]>;
  /** Adds the document that a file is, and stores the file, in one transaction. */
  insert(folderId: string, path: string, stamp: FileStamp, document: NewDocument): Promise<InsertedDocument>;
  setGone(folderId: string, paths: readonly string[]): Promise<string[]>;
  /** Whether no other file that is there has this document. */
  isSole(documentId: string, path: string): Promise<boolean>;
  /** A document's file has another place: the one before is forgotten, and a title that was its name changes with it. */
  move(documentId: string, path: string): Promise<void>;
  /** Documents that came into the library through this folder, and are in no other that is watched. */
  brought(folderId: string): Promise<string[]>;
}
