/** The import as main tells of it and the window shows it: everything that was dropped, from the first file to the last. */
import type { ErrorInfo } from './errors.ts';

/** An import of more files than this has one message at its end; a smaller one tells of its files at once. */
export const LARGE_IMPORT = 20;

/** How far the import is. `waiting`, `ready`, `duplicates`, `failed` and `cancelled` make up `total`. */
export interface ImportSummary {
  /** Files; it still grows while `looking`. */
  readonly total: number;
  /** True while folders are looked through. */
  readonly looking: boolean;
  /** Not ready yet: to be copied, to be read, to be indexed. */
  readonly waiting: number;
  /** Of those that wait: not copied yet, so that nothing is known of them. */
  readonly toCome: number;
  /** Of all files those that need no more reading: indexed or not, there already, failed. */
  readonly read: number;
  readonly ready: number;
  /** There already: the same bytes are in the library. */
  readonly duplicates: number;
  readonly failed: number;
  /** Not added, because the import was cancelled. */
  readonly cancelled: number;
  /** False when nothing of it is going on. */
  readonly active: boolean;
  /** True from the wish to cancel until everything that waited is out again. */
  readonly cancelling: boolean;
}

export interface ImportFailure {
  readonly fileName: string;
  readonly path: string;
  /** Null when the file could not even be copied. */
  readonly documentId: string | null;
  readonly error: ErrorInfo;
}
