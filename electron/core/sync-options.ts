/** What sync is handed: the library, the way to the servers, and who is told of what. */
import type { Database } from '../db/database.ts';
import type { Applied } from '../db/sync-types.ts';
import type { LibraryKeys } from '../encryption/library-keys.ts';
import type { BlobStore } from '../pipeline/blobs.ts';
import type { Keychain } from '../pipeline/ports/keychain.ts';
import type { AppError } from '../../shared/errors.ts';
import type { SyncStatus } from '../../shared/sync.ts';
import type { DocumentSync } from '../../shared/sync-view.ts';
import type { OwnerEmail } from './owner-news.ts';
import type { Remotes } from './remotes.ts';

/** Proves that whoever asks is the account's owner. Errors: `wrong-credentials`, `too-many-attempts`. */
export type ProveOwner = (password: string) => Promise<{ readonly email: string }>;

export interface LibrarySyncOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  /** The library's folder. */
  readonly folder: string;
  /** Of an encrypted library. */
  readonly keys: LibraryKeys | null;
  readonly keychain: Keychain;
  readonly remotes: Pick<Remotes, 'access' | 'hasBucket'>;
  /** Null for the local profile, which has no owner to know again. */
  readonly proveOwner: ProveOwner | null;
  /** The account's present e-mail. */
  readonly ownerEmail: OwnerEmail;
  readonly appVersion: string;
  readonly onStatus: (status: SyncStatus) => void;
  /** Documents that are in another place now. */
  readonly onDocuments: (documents: readonly DocumentSync[]) => void;
  /** What came from other computers. */
  readonly onApplied: (applied: Omit<Applied, 'left'>) => void;
  readonly onError: (error: AppError) => void;
}
