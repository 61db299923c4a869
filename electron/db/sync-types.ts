/** What sync needs of the local library: the group `sync` of the database. See docs/adr/0002-sync.md. */
import type { DocumentFormat } from '../../shared/domain.ts';
import type { Entity, EntityKind, Stamp } from '../sync/entity.ts';
import type { ChunkRow, PageRow, VectorRow, VectorSpace } from '../sync/ports/remote-parts.ts';
import type { HistoryMark } from '../sync/ports/remote-store.ts';
import type { JsonValue } from './database.ts';

export interface SyncState {
  /** UUID of this copy of the library; null as long as sync was never turned on. */
  readonly deviceId: string | null;
  /** Which remote library it meets: another one begins from nothing. Null while sync is off. */
  readonly remoteId: string | null;
  /** Everything up to this server sequence is in the inbox or applied. */
  readonly pulled: number;
  /** Everything up to this one is applied. */
  readonly applied: number;
  /** Milliseconds that the server's clock is ahead of this computer's, as last measured. */
  readonly clockOffset: number;
  /** `Greeting.restored` when this copy first met the server; null before. */
  readonly restored: string | null;
  /** The last place of the server's history that was seen, by a pull or a push; null before. */
  readonly mark: HistoryMark | null;
  /** Entities with something that was not pushed yet. */
  readonly waiting: number;
  /** Entities that were pulled and not applied yet. */
  readonly inbox: number;
  /** Conflicts that nobody has looked at. */
  readonly conflicts: number;
}

/** What a person typed and another device's write, or deletion, won over. */
export interface SyncConflict {
  readonly id: number;
  readonly kind: EntityKind;
  readonly entityId: string;
  /** What the entity is called, as far as it is known. */
  readonly title: string;
  readonly register: string;
  /** What was lost here. */
  readonly mine: JsonValue;
  /** What won; null when the entity was deleted. */
  readonly theirs: JsonValue;
  readonly deleted: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Applied {
  /** Documents that came, changed or went: what the window shows anew. */
  readonly documentIds: readonly string[];
  readonly conversationIds: readonly string[];
  /** Content hashes whose files must be removed here, as after a deletion. */
  readonly contentHashes: readonly string[];
  readonly conflicts: number;
  readonly settings: boolean;
  /** What the library could not take in; it stays in the inbox and is tried again. Absent when all could be. */
  readonly damaged?: readonly { readonly kind: EntityKind; readonly id: string; readonly reason: string }[];
  /** Entities that are left in the inbox. */
  readonly left: number;
}

/** What a push sent, for `pushed`. */
export interface Acknowledgement {
  readonly kind: EntityKind;
  readonly id: string;
  /** Stamps of the registers that were sent, by name; `` is the tombstone's. */
  readonly stamps: Readonly<Record<string, Stamp>>;
  /** The sequence that the server gave the entity. */
  readonly sequence: number;
}

export interface SyncStore {
  state(): Promise<SyncState>;
  /** Begins to record changes, for this remote library; all that is there counts as changed. */
  turnOn(remoteId: string): Promise<SyncState>;
  /** Stops recording and forgets what is known of the remote library; the library itself stays as it is. */
  turnOff(): Promise<void>;
  setClock(offset: number): Promise<void>;
  /** Takes down which server this is: one that was restored from a backup since is another. */
  setRestored(restored: string): Promise<void>;
  /**
   * Stamps what changed since the last time: each register that differs from what was stamped last. The outbox of changed
   * entities is written by triggers, in the transaction of the change. At most `limit` entities; answers with how many
   * are left.
   * @param now Milliseconds since the epoch, by this computer's clock.
   */
  collect(now: number, limit: number): Promise<number>;
  /** What was stamped and not pushed, in the order of kinds, then of stamps; at most `limit` entities. */
  outgoing(limit: number): Promise<Entity[]>;
  /** With `mark`, that of the push, in the same transaction. */
  pushed(acknowledgements: readonly Acknowledgement[], mark?: HistoryMark | null): Promise<void>;
  /** Keeps a pulled page until the server's head is reached; with it, the cursor and the mark move. */
  receive(entities: readonly Entity[], cursor: number, mark?: HistoryMark | null): Promise<void>;
  /** What is here of entities that are damaged there is sent again; answers with how many of them are here. */
  sendAgain(entities: readonly { readonly kind: EntityKind; readonly id: string }[]): Promise<number>;
  /**
   * Applies what is in the inbox, in the order of kinds, at most `limit` entities in one transaction. To be called when
   * the head was reached: then everything that an entity names is here or deleted.
   */
  apply(now: number, limit: number): Promise<Applied>;
  /**
   * Ids of a kind that were pushed, or pulled and not applied, and not deleted, in order: what a device that was away too
   * long compares.
   */
  known(kind: EntityKind, after: string | null, limit: number): Promise<string[]>;
  /** Entities that are gone on the server without a trace: deleted here, as if their tombstones had come. */
  receiveGone(kind: EntityKind, ids: readonly string[]): Promise<void>;
  conflicts(): Promise<SyncConflict[]>;
  /** `mine` writes the lost value again, as a new change (of a deleted entity: not possible); `theirs` drops it. */
  settleConflict(id: number, choice: 'mine' | 'theirs'): Promise<void>;
}

/** How a document stands with the remote. */
export interface DocumentParts {
  readonly documentId: string;
  readonly contentHash: string;
  readonly format: DocumentFormat;
  /** Bytes of the original. */
  readonly size: number;
  /** Whether the document's text is complete here: read, recognised as far as it will be, and given its vectors. */
  readonly isReady: boolean;
  /** Whether its text is being made here at present: what comes must not take its place. */
  readonly isBeingRead: boolean;
  /** What its registers name, as they are now; null when nothing is on the server. */
  readonly reading: RemoteReading | null;
  readonly file: RemoteFile | null;
  readonly thumbnail: RemoteFile | null;
  /** The same in other buckets: registers `file:<bucket>` and `thumbnail:<bucket>`. */
  readonly copies: { readonly file: readonly RemoteFile[]; readonly thumbnail: readonly RemoteFile[] };
  /** By fingerprint. */
  readonly vectors: Readonly<Record<string, RemoteVectors>>;
  /** The reading that is in this library; null when none is complete. Equal texts have equal readings everywhere. */
  readonly localReading: string | null;
  /** Whether that one was made here, and no register named it yet. */
  readonly isNew: boolean;
  /** The reading whose passages are searched here while its pages are on their way; null when there is none. */
  readonly passagesOf: string | null;
  /** Whether passages of it can be searched here, of whichever reading. */
  readonly isSearchable: boolean;
  /** Whether there is a picture of its first page. */
  readonly hasThumbnail: boolean;
  /** "Keep offline". */
  readonly pinned: boolean;
  /** Milliseconds since the epoch; when the file was last opened here. */
  readonly usedAt: number;
}

/** The value of register `reading`. */
export interface RemoteReading {
  readonly id: string;
  readonly pages: number;
  readonly chunks: number;
  /** SHA-256 of the document's bytes, hex: which of its files was read. */
  readonly documentHash: string;
}

/** The value of registers `vectors:<fingerprint>`. */
export interface RemoteVectors {
  /** Texts that have one. */
  readonly count: number;
  /** The reading whose texts these are. */
  readonly reading: string;
}

/** The value of registers `file` and `thumbnail`. */
export interface RemoteFile {
  readonly address: string;
  /** Bytes in the bucket. */
  readonly size: number;
  /** SHA-256 of the plain bytes, hex. */
  readonly contentHash: string;
  /** SHA-256 of the bytes in the bucket, hex. */
  readonly objectHash: string;
  readonly sealed: boolean;
  /** `BlobStore.name` of the bucket it was sent to; null where that was not noted. */
  readonly bucket: string | null;
  /** SHA-256 of the document's bytes, hex: which of its files a picture shows. */
  readonly documentHash: string;
}

/** Rows of a reading. */
export interface ReadingRows {
  readonly pages: number;
  readonly chunks: number;
}

/** A chunk's place, and what its vector hangs on. */
export interface ChunkHash {
  readonly ordinal: number;
  /** As in `ChunkRow`. */
  readonly contentHash: Uint8Array;
}

/** A document whose text is on the server, and of which nothing can be searched here yet. */
export interface DocumentElsewhere {
  readonly documentId: string;
  /** Whether the vectors of that text are there, too. */
  readonly hasVectors: boolean;
}

/** What of a scope is elsewhere. */
export interface PartElsewhere {
  /** Documents in scope, wherever they are. */
  readonly total: number;
  /** In the order of their ids. */
  readonly documents: readonly DocumentElsewhere[];
}

/** The group `parts` of the database: what of documents goes to the server beside their entities, and comes from it. */
export interface PartsStore {
  /** Documents after this id, in order. Those that are ready get the name of their reading. */
  documents(after: string | null, limit: number): Promise<DocumentParts[]>;
  get(documentId: string): Promise<DocumentParts | null>;
  /** Sets a register of the document that names a part; it is synced as any other. Null: there is no such part. */
  setRegister(documentId: string, name: string, value: JsonValue): Promise<void>;
  /** How many rows the local reading has; null when the document was read anew meanwhile. */
  count(documentId: string, reading: string): Promise<ReadingRows | null>;
  /** Rows to push, after the number or ordinal `after`. Null when the document was read anew meanwhile. */
  pages(documentId: string, reading: string, after: number, limit: number): Promise<PageRow[] | null>;
  chunks(documentId: string, reading: string, after: number, limit: number): Promise<ChunkRow[] | null>;
  /** What vectors of the local reading hang on, after the ordinal `after`. Null when it was read anew meanwhile. */
  chunkHashes(documentId: string, reading: string, after: number, limit: number): Promise<ChunkHash[] | null>;
  /** How much of a reading came: what an interrupted pull goes on from. */
  received(documentId: string, reading: string): Promise<ReadingRows>;
  /** Rows that came: stored beside what is there, in order, and shown from `finishReading` on. */
  putPages(documentId: string, reading: string, pages: readonly PageRow[]): Promise<void>;
  putChunks(documentId: string, reading: string, chunks: readonly ChunkRow[]): Promise<void>;
  /**
   * The document has this reading from now on, and can be searched. Its vectors may follow; so may its pages where
   * nothing of the document could be searched before, and then this is called once more.
   */
  finishReading(documentId: string, reading: RemoteReading): Promise<void>;
  /** The embedder whose vectors are searched, and one whose vectors are being made to take its place. */
  spaces(): Promise<VectorSpace[]>;
  /** Content hashes of chunks that lack a vector of the embedder that is active or being built. */
  lackingVectors(documentId: string, fingerprint: string, limit: number): Promise<Uint8Array[]>;
  /** Documents that lack vectors here which a register says are on the server. */
  awaitingVectors(fingerprint: string): Promise<string[]>;
  /**
   * Documents of a scope (empty: the whole library) whose text did not come yet.
   * @param fingerprint Whose vectors are asked for; null: nobody's.
   */
  elsewhere(documentIds: readonly string[], fingerprint: string | null): Promise<PartElsewhere>;
  vectors(fingerprint: string, hashes: readonly Uint8Array[]): Promise<VectorRow[]>;
  /** A document that has all of the active embedder's then is ready. Answers with the documents that have more. */
  putVectors(fingerprint: string, rows: readonly VectorRow[]): Promise<string[]>;
  /** The picture of its first page came. */
  setPictured(documentId: string): Promise<void>;
  setPinned(documentId: string, pinned: boolean): Promise<void>;
  used(documentId: string, at: number): Promise<void>;
}
