/** Watched folders, as main tells of them and the window shows them. */
import type { ErrorInfo } from './errors.ts';

/**
 * `waiting`: to be looked through soon. `checking`: being looked through. `adding`: files are being taken in.
 * `polling`: looked through from time to time, because the system does not tell what changes. `missing`: not there now.
 */
export type WatchedFolderState = 'waiting' | 'checking' | 'adding' | 'watching' | 'polling' | 'paused' | 'missing';

export interface WatchedFolder {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly state: WatchedFolderState;
  /** Why it is missing, or what does not work; null when all is well. */
  readonly error: ErrorInfo | null;
  /** Files that are still to be looked at. */
  readonly pending: number;
  /** Documents that are in it. */
  readonly documents: number;
  /** Documents whose file is gone. */
  readonly gone: number;
  /** Files that could not be taken in. */
  readonly failed: number;
}
