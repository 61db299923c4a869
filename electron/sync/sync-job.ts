/** What passes between main and the sync thread. Structured-cloned; see workers/serve-sync.ts and core/sync-thread.ts. */
import type { ErrorInfo } from '../../shared/errors.ts';
import type { FilesPolicy } from '../../shared/files-policy.ts';
import type { BucketRemote, Remotes } from '../../shared/remotes.ts';
import type { SyncStatus } from '../../shared/sync.ts';
import type { Applied } from '../db/sync-types.ts';
import type { FileStoreKeys } from '../pipeline/blobs.ts';
import type { BroughtNearest, NearestRequest } from './parts/nearest.ts';
import type { Device, SeenDevice } from './ports/remote-store.ts';

/** Bytes of UTF-8, so that they can be overwritten. */
export interface SyncSecrets {
  readonly databasePassword: Uint8Array;
  /** Null where there is no bucket. */
  readonly secretAccessKey: Uint8Array | null;
  /** Of the former buckets, in their order. */
  readonly formerKeys?: readonly Uint8Array[];
  /** What blobs are sealed with, and named by (see `blobKeysOf`); null where they are not sealed. */
  readonly sealingKey: Uint8Array | null;
}

export interface SyncJob {
  readonly remotes: Remotes;
  /** Buckets that were named before; see `FileSyncOptions.former`. */
  readonly formerBuckets?: readonly BucketRemote[];
  /** Overwritten, on both sides, when the connections are open. */
  readonly secrets: SyncSecrets;
  /** Whose library it is on the server: a UUID. */
  readonly userId: string;
  readonly device: Omit<Device, 'id'>;
  /** The library's folder, where files come to. */
  readonly folder: string;
  /** What the library's own files are encrypted with; null where it is not encrypted. Needed to the end, and cleared then. */
  readonly libraryKeys: FileStoreKeys | null;
  readonly policy: FilesPolicy;
  readonly paused: boolean;
}

/** What the thread serves. */
export interface SyncFunctions {
  /** Called once, before anything else; the first round begins then. */
  start(job: SyncJob): Promise<void>;
  /** Resolves when the round ended, well or not. */
  syncNow(): Promise<SyncStatus>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Which originals are kept here, from now on. */
  setPolicy(policy: FilesPolicy): Promise<void>;
  /** Has a document's original here; errors as `FileSync.fetchOriginal`. */
  fetchOriginal(documentId: string): Promise<void>;
  /** A link to the file that needs no sign-in. Errors: `file-not-found`, `forbidden` for a sealed one. */
  shareLink(documentId: string, seconds: number, fileName: string): Promise<string>;
  /**
   * Brings the text of documents that a question is about. Resolves when `budget` milliseconds are over at the latest,
   * with what came; rejects when the server cannot be asked by then.
   */
  bringNearest(request: NearestRequest, budget: number): Promise<BroughtNearest>;
  /** Bytes of the account's rows on the server. */
  bytesThere(): Promise<number>;
  /** What is left of documents on the server: rows by table; empty when all went. */
  leftOf(documentIds: readonly string[]): Promise<Readonly<Record<string, number>>>;
  devices(): Promise<readonly SeenDevice[]>;
  removeDevice(deviceId: string): Promise<void>;
  /** Ends what runs; the thread then ends by itself. */
  close(): Promise<void>;
}

/** What main is told. */
export interface SyncListener {
  status(status: SyncStatus): void;
  applied(applied: Omit<Applied, 'left'>): void;
  failed(error: ErrorInfo): void;
}

/** Overwrites them. */
export function clearSecrets({ databasePassword, secretAccessKey, sealingKey, formerKeys = [] }: SyncSecrets): void {
  for (const secret of [databasePassword, secretAccessKey, sealingKey, ...formerKeys]) secret?.fill(0);
}

/** Overwrites them, and the keys of the library's files. */
export function clearJob({ secrets, libraryKeys }: SyncJob): void {
  clearSecrets(secrets);
  if (libraryKeys) for (const key of Object.values(libraryKeys)) if (key instanceof Uint8Array) key.fill(0);
}
