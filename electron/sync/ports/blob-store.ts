/** A bucket of objects, as sync sees it; S3 implements it (adapters/s3). Every method rejects with an AppError. */

/** What is known of an upload that was begun; kept so that a killed one goes on. JSON. */
export interface UploadNote {
  readonly uploadId: string;
  /** Bytes of a part. */
  readonly partSize: number;
  /** Entity tags of parts that arrived, in order. */
  readonly parts: readonly string[];
}

export interface PutOptions {
  readonly signal?: AbortSignal;
  /** Bytes that arrived. */
  readonly onProgress?: (bytes: number) => void;
  /** What an interrupted upload of these bytes left. */
  readonly note?: UploadNote | null;
  /** Called when there is something to keep for the next try; null when there is nothing any more. */
  readonly onNote?: (note: UploadNote | null) => Promise<void>;
}

export interface BlobStore {
  /**
   * Which bucket it is: 32 hex digits, the same for all who name its server and itself alike, whatever key they have for
   * it. The prefix is not part of it: it is the account's id, in every bucket.
   */
  readonly name: string;
  /** What people call it: `“library” at s3.example.com`. */
  readonly label: string;
  /**
   * Uploads a file and verifies what arrived: each request is signed with the SHA-256 of its body; that it was stored so,
   * the service's MD5 shows, or, where it tells none, reading it back.
   * An object that is there with this length is not sent again. `sha256` is that of the file's bytes, hex.
   */
  put(address: string, path: string, sha256: string, options?: PutOptions): Promise<{ readonly size: number }>;
  /**
   * Downloads to a new file; goes on where an earlier try ended; verified before it gets its name.
   * `sha256` is that of the object's bytes, hex; null for a sealed one, which is verified when it is opened.
   */
  get(
    address: string,
    path: string,
    sha256: string | null,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (bytes: number) => void },
  ): Promise<{ readonly size: number }>;
  /** Bytes of an object; null when there is none. */
  size(address: string, signal?: AbortSignal): Promise<number | null>;
  /** Removes objects; those that are not there count as removed. Also ends what was begun of them. */
  remove(addresses: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Ends all uploads that were begun, of files that are not there either; on a server that can't list them, none. */
  endUploads(signal?: AbortSignal): Promise<void>;
  /** Addresses that are there, with their sizes, 1,000 at a time. */
  list(signal?: AbortSignal): AsyncIterable<{ readonly address: string; readonly size: number }>;
  /** A link that works without signing in, for `seconds` (at most seven days). */
  presign(address: string, seconds: number, fileName?: string): Promise<string>;
  close(): void;
}
