/**
 * The database as the rest of Quire sees it: one typed promise interface, in groups by table.
 *
 * Writes run one after another in the one writing worker thread; lists, reads and searches run in a second, read-only
 * one, so that a question never waits behind an ingest. A read that starts after a write has resolved sees that write.
 * Every method rejects with an AppError and nothing else; `not-found` where an id that must exist does not.
 */
import type { MessagePort } from 'node:worker_threads';
import type { ConversationStore, MessageStore, TraceStore } from './conversation-types.ts';
import type { ImportStore } from './import-types.ts';
import type { ModelCallStore } from './model-call-types.ts';
import type { ShelfStore } from './shelf-types.ts';
import type { SyncStore } from './sync-types.ts';
import type { WrittenStore } from './written-types.ts';
import type { WatchStore } from './watch-types.ts';
import type { PartsStore } from './sync-types.ts';
import type { ChunkStore, EmbedderStore, SearchStore, VectorStore } from './search-types.ts';
import type { DeletionCounts, DocumentFormat, DocumentState, DocumentSummary, Progress } from '../../shared/domain.ts';
import type { StageTime } from '../../shared/domain.ts';
import type { ErrorInfo } from '../../shared/errors.ts';
import type { ShownPageSize, TextMatch } from '../../shared/requests/viewer.ts';
import type { RecognisedPage } from '../pipeline/recognition.ts';
import type { StoredPage } from '../pipeline/stored-page.ts';

export type * from './conversation-types.ts';
export type * from './model-call-types.ts';
export type * from './search-types.ts';
export type * from './written-types.ts';
export type { StoredPage };

export interface Database {
  readonly documents: DocumentStore;
  readonly pages: PageStore;
  readonly recognition: RecognitionStore;
  readonly chunks: ChunkStore;
  readonly embedders: EmbedderStore;
  readonly vectors: VectorStore;
  readonly search: SearchStore;
  readonly conversations: ConversationStore;
  readonly messages: MessageStore;
  readonly traces: TraceStore;
  readonly written: WrittenStore;
  readonly shelves: ShelfStore;
  readonly imports: ImportStore;
  readonly watched: WatchStore;
  readonly modelCalls: ModelCallStore;
  readonly settings: SettingStore;
  readonly sync: SyncStore;
  readonly files: FileStore;
  readonly parts: PartsStore;
  readonly maintenance: MaintenanceStore;
  /** Hands a port over to the thread that writes, which answers there what sync needs; see `served-port.ts`. */
  serve(port: MessagePort): Promise<void>;
  /** Finishes what is running, folds the write-ahead log into the file and ends both threads. */
  close(): Promise<void>;
}

/** A document as it arrives: its bytes are hashed and copied, nothing of it has been read. */
export interface NewDocument {
  /** UUID. */
  readonly id: string;
  /** SHA-256 of the file's bytes, hex. Unique in a library. */
  readonly contentHash: string;
  readonly path: string;
  readonly title: string;
  readonly format: DocumentFormat;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly addedAt: number;
}

/** What reading a document finds out about it; absent fields stay as they are. */
export interface DocumentInfo {
  readonly title?: string;
  readonly author?: string | null;
  readonly language?: string | null;
  readonly pageCount?: number;
  readonly hasThumbnail?: boolean;
}

export interface InsertedDocument {
  /** The new document, or the one that already holds these bytes. */
  readonly document: DocumentSummary;
  readonly duplicate: boolean;
}

/** The steps a failed document can be retried from. */
export type RetryState = Exclude<DocumentState, 'ready' | 'failed'>;

export interface DeletedDocuments {
  readonly counts: DeletionCounts;
  /** Content hashes whose stored copy and thumbnail must be removed; also journalled, see FileStore. */
  readonly contentHashes: readonly string[];
  /** Bytes of the library's file that became free; they are given back in the background. */
  readonly freedBytes: number;
  /** What the look after it found left, in words (`3 vectors`); empty when all went. */
  readonly left: readonly string[];
}

export interface DocumentStore {
  /** Adds a document in state `queued`, or answers with the one that has the same bytes. */
  insert(document: NewDocument): Promise<InsertedDocument>;
  get(id: string): Promise<DocumentSummary | null>;
  findByHash(contentHash: string): Promise<DocumentSummary | null>;
  /** All documents, newest first; main reads a large library in slices, see `read-documents.ts`. */
  list(): Promise<DocumentSummary[]>;
  /** Ids of all documents, in the order of `list`. */
  ids(): Promise<string[]>;
  /** Documents in the order of their ids; those that do not exist are left out. */
  getSeveral(ids: readonly string[]): Promise<DocumentSummary[]>;
  /** What all documents are called, in the order of `list`. */
  names(): Promise<Pick<DocumentSummary, 'id' | 'title' | 'fileName'>[]>;
  /** Hashes of all documents, or of those that are ready and have a picture of their first page. */
  contentHashes(which: 'all' | 'pictured'): Promise<string[]>;
  /**
   * Documents in a state other than `ready` and `failed`, oldest first: what a restart takes up again. Without those that
   * are to come from another device.
   */
  listUnfinished(): Promise<DocumentSummary[]>;
  setInfo(id: string, info: DocumentInfo): Promise<void>;
  /** The person's own title: wins over any title that a later `setInfo` brings. */
  rename(id: string, title: string): Promise<void>;
  /** When each step of reading it began and ended, in the order in which they began. */
  stages(id: string): Promise<StageTime[]>;
  /** Bytes of its pages, chunks and vectors. */
  storedBytes(id: string): Promise<number>;
  /**
   * Back to `queued`, to be read anew: its pages go at once, its chunks when new ones are made, so that it is searched
   * and cited until then.
   */
  reset(id: string): Promise<DocumentSummary>;
  /**
   * The document's file has other bytes: back to `queued` with these, as `reset` does. Citations keep their quotes and
   * lose their places until the document is read. The earlier bytes are journalled for removal, see FileStore; answers
   * with their hash.
   */
  replace(id: string, content: Pick<NewDocument, 'contentHash' | 'size' | 'path'>): Promise<string>;
  /** Moves to a step and clears an earlier error; without a progress it starts at 0 of 0. Use `fail` for `failed`. */
  setState(id: string, state: Exclude<DocumentState, 'failed'>, progress?: Progress): Promise<void>;
  setProgress(id: string, progress: Progress): Promise<void>;
  /** Marks as failed with the reason, and keeps the step to retry from. What is stored stays stored. */
  fail(id: string, error: ErrorInfo, failedState: RetryState): Promise<void>;
  /** Moves a failed document back to the step it failed in and clears the error; answers with it. */
  retry(id: string): Promise<DocumentSummary>;
  /** Counts what `delete` would remove. Ids that do not exist count nothing. */
  describeDeletion(ids: readonly string[]): Promise<DeletionCounts>;
  /**
   * Removes documents with everything made of them, in one transaction: pages, chunks, full-text rows, and vectors that
   * no chunk of another document uses. Citations of them keep title, page number and quote, and lose chunk and boxes.
   */
  delete(ids: readonly string[]): Promise<DeletedDocuments>;
}

/** A page without its geometry: what chunking of plain text and lists need. */
export type PageText = Pick<StoredPage, 'number' | 'text' | 'hasText'>;

export interface PageStore {
  /** Stores a batch together with the document's progress in one transaction; a page that is there is replaced. */
  put(documentId: string, pages: readonly StoredPage[], progress: Progress): Promise<void>;
  /** The first page number that is not stored: where extraction goes on. 1 when none is. */
  next(documentId: string): Promise<number>;
  /** Pages `from` to `to` (both inclusive, from 1), in order; pages that are not stored are left out. */
  read(documentId: string, from: number, to: number): Promise<StoredPage[]>;
  readText(documentId: string, from: number, to: number): Promise<PageText[]>;
  /** Sizes as pages are shown, after their /Rotate; index 0 is page 1, and 0 by 0 stands for one that is not stored. */
  sizes(documentId: string): Promise<ShownPageSize[]>;
  /** Where a query stands in the texts of pages, see `find-text.ts`; in order, at most `limit`. */
  find(documentId: string, query: string, range: FindRange): Promise<TextMatch[]>;
}

export interface FindRange {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
  readonly limit: number;
}

/**
 * Recognition of pages without text, page by page. Its progress and outcome stand in the document's own summary.
 */
export interface RecognitionStore {
  /** After all pages were read: counts those without text, which then wait for recognition. */
  plan(documentId: string): Promise<DocumentSummary>;
  /** The documents that wait, those with the fewest pages left first. */
  waiting(): Promise<DocumentSummary[]>;
  /** The next pages of a document that wait, in order. */
  pages(documentId: string, limit: number): Promise<number[]>;
  /**
   * Stores one page's outcome. With the last one, the document tells of pages that failed, and one on which something
   * was recognised moves to `chunking`; answers with it.
   */
  put(documentId: string, page: RecognisedPage): Promise<DocumentSummary>;
  /** Recognition rests for this reason; what was recognised so far is chunked. Answers with the document. */
  stop(documentId: string, error: ErrorInfo): Promise<DocumentSummary>;
  /** Recognised pages wait anew, in these languages from now on; the document stays as it is meanwhile. */
  again(documentId: string, languages: readonly string[]): Promise<DocumentSummary>;
  /** Takes up what `stop` ended; when all pages were tried, those that failed wait anew. */
  goOn(documentId: string): Promise<DocumentSummary>;
  /** Whether a page's text was recognised with little certainty. */
  doubtful(documentId: string, page: number): Promise<boolean>;
}

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export interface SettingStore {
  /** Null when it was never set. */
  get(key: string): Promise<JsonValue>;
  list(): Promise<Record<string, JsonValue>>;
  set(key: string, value: JsonValue): Promise<void>;
  delete(key: string): Promise<void>;
}

/**
 * Journal of files to remove, so that a crash between a delete in the database and the unlink leaves nothing behind.
 * The caller unlinks and confirms, after each delete and once at start. Adding the same bytes again takes them off it.
 */
export interface FileStore {
  /** Content hashes whose stored copy and thumbnail are to be removed. */
  pendingDeletions(): Promise<string[]>;
  confirmDeleted(contentHashes: readonly string[]): Promise<void>;
}

export interface IntegrityReport {
  readonly ok: boolean;
  /** One sentence each; empty when ok. */
  readonly problems: readonly string[];
}

export interface DatabaseFigures {
  /** Number of the last migration. */
  readonly schemaVersion: number;
  /** Bytes. */
  readonly pageSize: number;
  readonly pages: number;
  /** Pages that hold nothing now. */
  readonly freePages: number;
}

export interface MaintenanceStore {
  /** SQLite's own integrity check, foreign keys, orphans in every table, and the kept counts against real ones. */
  integrity(): Promise<IntegrityReport>;
  figures(): Promise<DatabaseFigures>;
  /** Names of the tables, for `quickCheck`. */
  tables(): Promise<string[]>;
  /**
   * SQLite's quick check of a table and its indexes, in a thread of its own: searches go on meanwhile, and whoever has
   * seen enough asks for no further table. A sentence for each problem; empty when all is well.
   */
  quickCheck(table: string): Promise<string[]>;
  /** Gives back memory that can be had again from the file: the vector matrix and the page caches. */
  releaseMemory(): Promise<void>;
}
