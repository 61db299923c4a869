/** Events that main announces to the window; they tell state, they never drive control flow. */
import type { EncryptionTask, SessionState } from './accounts.ts';
import type { DocumentSummary } from './domain.ts';
import type { RemoteKind, RemoteTestStep } from './remotes.ts';
import type { AppStatus } from './requests/app.ts';
import type { BackupTask } from './requests/backup.ts';
import type { AddOutcome } from './requests/library.ts';
import type { SyncStatus } from './sync.ts';
import type { DocumentSync } from './sync-view.ts';

export interface EventMap {
  /** Documents that were added or changed (batched), and ids of those that went. */
  'library.changed': { readonly documents: readonly DocumentSummary[]; readonly removed: readonly string[] };
  /** The library is of an earlier version, and is brought to this one's before it opens; told again until it is. */
  'library.updating': Readonly<Record<string, never>>;
  /** What became of files that were opened with Quire, from outside its window. */
  'library.added': { readonly outcomes: readonly AddOutcome[] };
  /** Collections, tags or favourites changed. */
  'shelves.changed': Readonly<Record<string, never>>;
  /** A watched folder is in another state. */
  'folders.changed': Readonly<Record<string, never>>;
  'conversations.changed': { readonly conversationId: string };
  /** A written piece began, ended, was renamed or deleted. */
  'written.changed': { readonly pieceId: string };
  'status.changed': AppStatus;
  /** How making, checking or restoring a backup goes; null when the last one was dismissed. */
  'backup.changed': { readonly task: BackupTask | null };
  /** How far a test of one's own Postgres or bucket is: all of its steps. */
  'remotes.testing': { readonly kind: RemoteKind; readonly steps: readonly RemoteTestStep[] };
  /** How sync stands; told at most a few times a second. */
  'sync.changed': SyncStatus;
  /** Documents that are in another place now. */
  'sync.documents': { readonly documents: readonly DocumentSync[] };
  /** Another library is open now; the one before is kept under this name. The note says what the new one lacks. */
  'library.replaced': { readonly kept: string; readonly note: string | null };
  /** Another account is open, or none, or it is locked: `session.current` tells more. */
  'session.changed': { readonly state: SessionState['state'] };
  /** The system's keychain asks its owner something and is waited for, or is no more. */
  'keychain.changed': { readonly isAsking: boolean };
  /** An account's encryption is being turned on or off; null when that is over. */
  'encryption.changed': { readonly task: EncryptionTask | null };
  /** A menu item was chosen. */
  'app.command': {
    readonly command:
      | 'open-palette'
      | 'open-settings'
      | 'new-conversation'
      | 'toggle-library'
      | 'toggle-main'
      | 'toggle-page'
      | 'find'
      | 'show-about'
      | 'add-files';
  };
}
export type EventName = keyof EventMap;
export const eventNames = [
  'library.changed',
  'library.updating',
  'library.added',
  'shelves.changed',
  'folders.changed',
  'conversations.changed',
  'written.changed',
  'status.changed',
  'backup.changed',
  'remotes.testing',
  'sync.changed',
  'sync.documents',
  'library.replaced',
  'session.changed',
  'keychain.changed',
  'encryption.changed',
  'app.command',
] as const satisfies readonly EventName[];
