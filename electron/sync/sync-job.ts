/** What passes between main and the sync thread. Structured-cloned; see workers/serve-sync.ts and core/sync-thread.ts. */
import type { ErrorInfo } from '../../shared/errors.ts';
import type { Remotes } from '../../shared/remotes.ts';
import type { SyncStatus } from '../../shared/sync.ts';
import type { Applied } from '../db/sync-types.ts';
import type { FileStoreKeys } from '../pipeline/blobs.ts';
import type { FilePolicy } from './parts/file-cache.ts';
import type { Device, SeenDevice } from './ports/remote-store.ts';

/** Bytes of UTF-8, so that they can be overwritten. */
export interface SyncSecrets {
  readonly databasePassword: Uint8Array;
  /** Null where there is no bucket. */
  readonly secretAccessKey: Uint8Array | null;
  /** What blobs are sealed with, and named by; null where they are not sealed. */
  readonly sealingKey: Uint8Array | null;
  /** What the library's own files are encrypted with; null where it is not encrypted. */
  readonly libraryKeys: FileStoreKeys | null;
}

export interface SyncJob {
  readonly remotes: Remotes;
  /** Overwritten, on both sides, when the connections are open. */
  readonly secrets: SyncSecrets;
  /** Whose library it is on the server: a UUID. */
  readonly userId: string;
  readonly device: Omit<Device, 'id'>;
  /** The library's folder, where files come to. */
  readonly folder: string;
  readonly paused: boolean;
  readonly policy: FilePolicy;
}

/** What the thread serves. */
export interface SyncFunctions {
  /** Called once, before anything else; the first round begins then. */
  start(job: SyncJob): Promise<void>;
  /** Resolves when the round ended, well or not. */
  syncNow(): Promise<SyncStatus>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  devices(): Promise<readonly SeenDevice[]>;
  removeDevice(deviceId: string): Promise<void>;
  /** Which originals come by themselves from now on; a round that does so begins. */
  setPolicy(policy: FilePolicy): Promise<void>;
  /** Has a document's original here when it resolves. Errors: as `FileSync.fetchOriginal`; `remote-not-configured`. */
  fetchOriginal(documentId: string): Promise<void>;
  /** A link to the file that needs no sign-in. Errors: `file-not-found`, `forbidden` for a sealed one. */
  shareLink(documentId: string, seconds: number, fileName: string): Promise<string>;
  /** Bytes of the account's rows on the server. */
  bytesThere(): Promise<number>;
  /** What is left of documents on the server, by table, `objects` for the bucket; empty when all went. */
  leftOf(documentIds: readonly string[]): Promise<Readonly<Record<string, number>>>;
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
export function clearSecrets({ databasePassword, secretAccessKey, sealingKey, libraryKeys }: SyncSecrets): void {
  const secrets = [databasePassword, secretAccessKey, sealingKey, libraryKeys?.files, libraryKeys?.fileNames];
  for (const secret of secrets) secret?.fill(0);
}
