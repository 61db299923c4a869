/**
 * Single errands to a person's own servers, each in a thread of its own: core/errand-thread.ts sends it,
 * workers/serve-errands.ts does it. What passes between the two is structured-cloned.
 */
import type { BucketRemote, DatabaseRemote, RemoteTestStep } from '../../../shared/remotes.ts';
import type { SyncProgress } from '../../../shared/sync.ts';
import type { SignInRecord } from '../sign-in.ts';

/** What one signs in with; a secret is empty where none is wanted. */
export interface RemoteAccess {
  readonly database: DatabaseAccess;
  readonly bucket: BucketAccess | null;
}

export interface DatabaseAccess {
  readonly remote: DatabaseRemote;
  readonly password: string;
}

export interface BucketAccess {
  readonly remote: BucketRemote;
  readonly secretAccessKey: string;
}

export interface SignedIn {
  /** UUID. */
  readonly userId: string;
  /** See sync/sign-in.ts; whoever was given it clears it. */
  readonly key: Uint8Array;
}

export interface Owner {
  readonly email: string;
  readonly password: string;
  /** The library that this computer synced with before, if it did: its e-mail there may be another by now. */
  readonly userId: string | null;
}

/** What of an account is new since the server was told. */
export interface OwnerNews {
  /** After a change of password. */
  readonly record?: SignInRecord;
  readonly email?: string;
}

export interface Deletion {
  /** What there was: rows of all tables, objects of the bucket. */
  readonly rows: number;
  readonly objects: number;
  /** What the look after it found: rows by table, `objects` of the bucket; empty when all went. */
  readonly left: Readonly<Record<string, number>>;
}

/** A thread does one of them, and ends. Each rejects with `remote-*`, or `cancelled`. */
export interface RemoteErrands {
  /** All steps of the test; as `TestRemote`. */
  testDatabase(remote: DatabaseRemote, password: string): Promise<readonly RemoteTestStep[]>;
  /** As `testDatabase`. @param userId Below whose prefix the bucket is tried. */
  testBucket(remote: BucketRemote, secretAccessKey: string, userId: string): Promise<readonly RemoteTestStep[]>;
  /** The owner's library there, made where there is none. Errors: also `wrong-credentials`. */
  signIn(database: DatabaseAccess, owner: Owner): Promise<SignedIn>;
  /**
   * Tells the owner's row what is new of the account. Errors: also `not-found` when the library is no longer there, and
   * `email-taken` when another library there has the e-mail: the one before stays, and what else was new is told.
   */
  tellOwner(database: DatabaseAccess, userId: string, news: OwnerNews): Promise<void>;
  /** Resolves when both servers answer for a library that is about to be deleted. */
  reachThere(access: RemoteAccess, userId: string): Promise<void>;
  /** Deletes everything of a library there: rows, vectors and objects, and looks again. */
  deleteThere(access: RemoteAccess, userId: string): Promise<Deletion>;
}

/** What the thread serves. */
export interface ErrandFunctions extends RemoteErrands {
  /** Ends the errand at its next step; it tidies up what it made, and then rejects or answers. */
  cancel(): void;
}

/** What main is told, and asked. */
export interface ErrandListener {
  /** How far a test is: all steps, each time that one changes. */
  steps(steps: readonly RemoteTestStep[]): void;
  /** How far a deletion is. */
  deleting(progress: SyncProgress): void;
  /** The key (base64) that this computer has of a library; null where it has none. */
  keptKey(userId: string): Promise<string | null>;
}
