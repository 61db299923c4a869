/**
 * The large parts of documents on the server: their pages and chunks (a reading), vectors, and the list of files.
 *
 * A part is written first and named in a register of its document afterwards, so that nothing half-written is ever
 * referenced. Postgres implements it (adapters/postgres).
 */

/** A page as it is stored in SQLite; see `pages` in db/migrations. */
export interface PageRow {
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly rotation: number;
  readonly hasText: boolean;
  readonly source: string;
  readonly text: string;
  readonly geometry: Uint8Array;
  /** Recognition's confidence, 0 to 100; null when it found nothing; absent when the page was not recognised. */
  readonly confidence?: number | null;
}

/** A chunk as it is stored in SQLite; see `chunks` in db/migrations. */
export interface ChunkRow {
  readonly ordinal: number;
  readonly page: number;
  readonly pageEnd: number;
  readonly tokenCount: number;
  /** The first 16 bytes of its text's SHA-256 (up to 32 are possible); what vectors hang on. */
  readonly contentHash: Uint8Array;
  /** JSON. */
  readonly ranges: string;
  /** JSON. */
  readonly headingPath: string;
  readonly boxes: Uint8Array;
  readonly contextText: string;
  readonly searchTerms: string;
  readonly text: string;
}

export interface VectorRow {
  readonly contentHash: Uint8Array;
  readonly vector: Float32Array;
}

/** An embedder's vectors: a table of their own on the server. */
export interface VectorSpace {
  readonly fingerprint: string;
  readonly dimensions: number;
}

export interface NearestChunk {
  readonly documentId: string;
  readonly chunk: ChunkRow;
  /** Cosine of the angle to the question, exact. */
  readonly cosine: number;
}

/** An object in the bucket. */
export interface FileRow {
  /** Its name there, after `<user>/blobs/`; see adapters/s3. */
  readonly address: string;
  readonly kind: 'original' | 'thumbnail';
  readonly documentId: string;
  /** SHA-256 of the plain bytes, hex. */
  readonly contentHash: string;
  /** Bytes in the bucket. */
  readonly size: number;
  readonly sealed: boolean;
}

export interface RemoteParts {
  /** Adds rows of a reading; those that are there already stay. In one transaction. Of a deleted document: nothing. */
  putPages(documentId: string, reading: string, pages: readonly PageRow[], signal?: AbortSignal): Promise<void>;
  putChunks(documentId: string, reading: string, chunks: readonly ChunkRow[], signal?: AbortSignal): Promise<void>;
  /** How much of a reading is there: what an interrupted push goes on from. */
  countReading(
    documentId: string,
    reading: string,
    signal?: AbortSignal,
  ): Promise<{ readonly pages: number; readonly chunks: number }>;
  /** In order, after the number or ordinal `after` (0 and -1 begin), at most `limit`. */
  pages(documentId: string, reading: string, after: number, limit: number, signal?: AbortSignal): Promise<PageRow[]>;
  chunks(documentId: string, reading: string, after: number, limit: number, signal?: AbortSignal): Promise<ChunkRow[]>;
  /** Removes all readings of a document but this one. */
  dropOtherReadings(documentId: string, reading: string, signal?: AbortSignal): Promise<void>;

  /** Makes the embedder's table and its HNSW index where they are missing. */
  openVectors(space: VectorSpace, signal?: AbortSignal): Promise<void>;
  /** Adds those that some chunk's text hangs on, and leaves out the others: chunks go first. */
  putVectors(space: VectorSpace, rows: readonly VectorRow[], signal?: AbortSignal): Promise<void>;
  /** Those of the hashes that have a vector there. */
  haveVectors(space: VectorSpace, hashes: readonly Uint8Array[], signal?: AbortSignal): Promise<Uint8Array[]>;
  /** As they lie there: whoever asks looks whether they are vectors of this embedder. */
  vectors(space: VectorSpace, hashes: readonly Uint8Array[], signal?: AbortSignal): Promise<VectorRow[]>;
  /** Removes vectors that are none, so that others can be sent in their place. */
  dropVectors(space: VectorSpace, hashes: readonly Uint8Array[], signal?: AbortSignal): Promise<void>;
  /** Chunks nearest to a question, exact order; `within` limits it to documents, `without` leaves documents out. */
  nearest(
    space: VectorSpace,
    question: Float32Array,
    options: { readonly limit: number; readonly within?: readonly string[]; readonly without?: readonly string[] },
    signal?: AbortSignal,
  ): Promise<NearestChunk[]>;

  /**
   * Lists an object that is whole and was verified. Of a deleted document: nothing. Rejects (`remote-busy`, `retryable`)
   * while the object is being removed: then it must be put again.
   */
  putFile(file: FileRow, signal?: AbortSignal): Promise<void>;
  files(documentId: string, signal?: AbortSignal): Promise<FileRow[]>;
  /** Notes a bucket that files are sent to (`BlobStore.name`, `label`): what is deleted is removed from every one. */
  nameBucket(bucket: string, label: string, signal?: AbortSignal): Promise<void>;
  /**
   * Addresses to be removed from a bucket: their documents are gone, and nothing names them any more. Removed by
   * `confirmRemoved`, of whoever looked there. They are this device's for a quarter of an hour, so that no two remove the
   * same.
   */
  filesToRemove(bucket: string, limit: number, signal?: AbortSignal): Promise<string[]>;
  confirmRemoved(bucket: string, addresses: readonly string[], signal?: AbortSignal): Promise<void>;
  /**
   * What is left of a document in every table, for the proof after a deletion: table and number of rows. Objects that
   * nobody has removed yet go by the bucket that is still to be looked at.
   */
  leftOf(documentId: string, signal?: AbortSignal): Promise<Readonly<Record<string, number>>>;
  /** Rows and bytes by table: "what is where". */
  sizes(
    signal?: AbortSignal,
  ): Promise<readonly { readonly table: string; readonly rows: number; readonly bytes: number }[]>;
}
