/** What the window's requests about sync talk to. The one that syncs is made of the sync thread and the library. */
import type { SyncStatus } from '../../shared/sync.ts';
import type { FilesPolicy } from '../../shared/files-policy.ts';
import type { DeletedThere, DocumentSync, SyncConflictView, SyncDevice, SyncSizes } from '../../shared/sync-view.ts';

/** Each method rejects with an AppError. */
export interface SyncService {
  readonly status: SyncStatus;
  /** As `sync.turnOn`. */
  turnOn(password: string): Promise<void>;
  turnOff(): Promise<void>;
  /** As `sync.deleteThere`. */
  deleteThere(password: string, options?: { readonly alsoOnlyThere?: boolean }): Promise<DeletedThere>;
  /** Begins a round, and does not wait for its end. */
  now(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  devices(): Promise<readonly SyncDevice[]>;
  removeDevice(deviceId: string): Promise<void>;
  conflicts(): Promise<readonly SyncConflictView[]>;
  settleConflict(conflictId: number, choice: 'mine' | 'theirs'): Promise<void>;
  sizes(): Promise<SyncSizes>;
  setPolicy(policy: FilesPolicy): Promise<void>;
  documents(): Promise<readonly DocumentSync[]>;
  pin(documentIds: readonly string[], pinned: boolean): Promise<void>;
}
