/** What backend.ts and cli.ts hand to a core: how processes start, where keys come from, who is told. */
import type { LibraryKeys } from '../encryption/library-keys.ts';
import type { Log } from '../logging/logger.ts';
import type { WatchFolder } from '../pipeline/ports/folder-watcher.ts';
import type { HostLauncher } from '../pipeline/ports/host-launcher.ts';
import type { Keychain } from '../pipeline/ports/keychain.ts';
import type { RemoteTests } from '../sync/ports/remote-tests.ts';
import type { WatchTimes } from '../pipeline/watched-folders.ts';
import type { Limits } from '../../shared/accounts.ts';
import type { AppError } from '../../shared/errors.ts';
import type { EventMap } from '../../shared/events.ts';
import type { SyncStatus } from '../../shared/sync.ts';
import type { DocumentSync } from '../../shared/sync-view.ts';
import type { OwnerEmail } from './owner-news.ts';
import type { ProveOwner } from './sync-options.ts';

export interface CoreOptions {
  /** One account's folder: library.db, library.lock, blobs/, thumbs/. */
  readonly folder: string;
  /** Of an encrypted library, as they are until `close`; null for one that is not. */
  readonly keys: LibraryKeys | null;
  /** Whose library it is, as the ledger names it; the local profile when absent. */
  readonly accountId?: string;
  /** What the computer's administrator lets the account spend; asked before each call of a model. None when absent. */
  readonly administratorLimits?: () => Promise<Limits>;
  readonly launcher: HostLauncher;
  readonly keychain: Keychain;
  /** The library is of an earlier version of Quire, and is being brought to this one's before it opens. */
  readonly onUpdate?: () => void;
  readonly onLibraryChange?: (event: EventMap['library.changed']) => void;
  readonly onStatusChange?: (status: EventMap['status.changed']) => void;
  readonly onConversationChange?: (conversationId: string) => void;
  /** A watched folder is in another state. */
  readonly onFoldersChange?: () => void;
  readonly onPieceChange?: (pieceId: string) => void;
  /** How far a test of one's own Postgres or bucket is. */
  readonly onRemoteTesting?: (event: EventMap['remotes.testing']) => void;
  /** Proves the account's owner, whom other computers know again; absent for the local profile. */
  readonly proveOwner?: ProveOwner;
  /** The present e-mail of the account that the library belongs to; null, as when absent, for the local profile. */
  readonly ownerEmail?: OwnerEmail;
  /** As other computers are told. */
  readonly appVersion?: string;
  readonly onSyncStatus?: (status: SyncStatus) => void;
  /** Documents that are in another place now. */
  readonly onSyncDocuments?: (documents: readonly DocumentSync[]) => void;
  /** Collections and tags came from another computer. */
  readonly onShelvesChange?: () => void;
  readonly onError: (where: string, error: AppError) => void;
  /** Told what is done: outcomes of reading in numbers, hosts that end. Nobody when absent. */
  readonly log?: Log;
  /** Milliseconds without progress until a host is killed; 60 s when absent. */
  readonly stallLimit?: number;
  /** Of which nothing is ever taken in by watching: the folder with kept libraries too; the library's own when absent. */
  readonly ownFolder?: string;
  /** Where language data for recognition is kept; in the library's folder when absent. */
  readonly languageFolder?: string;
  /** The package registry that it comes from; the one that npm on this computer would ask when absent. */
  readonly languageRegistry?: string;
  /** For tests: in place of those that go to the servers. */
  readonly remoteTests?: RemoteTests;
  /** For tests: how the system tells of changes in folders, and how long is waited for what. */
  readonly watch?: WatchFolder;
  readonly watchTimes?: Partial<WatchTimes>;
}

/** What the environment says in place of the defaults. */
export function optionsOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Pick<CoreOptions, 'languageRegistry' | 'stallLimit'> {
  const { QUIRE_LANGUAGE_DATA_REGISTRY: languageRegistry, QUIRE_STALL_LIMIT: stallLimit } = environment;
  return {
    ...(languageRegistry ? { languageRegistry } : {}),
    ...(stallLimit ? { stallLimit: Number(stallLimit) } : {}),
  };
}
