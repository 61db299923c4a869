/** A file of a library, encrypted or not: read whole or in ranges, and written under a name that it has only when whole. */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { fill } from './file-bytes.ts';
import { SealedReader, SealedWriter, type FileKey, type FileKeys, type FileKind } from './sealed-file.ts';

/** Crosses processes: what a host needs for one file, and nothing of the library's keys. */
export interface StoredFile {
  readonly path: string;
  /** Null where the library is not encrypted. */
  readonly key: FileKey | null;
}

export interface StoredReader {
  /** Bytes of the content. */
  readonly length: number;
  /** The bytes of a range, as far as the content goes. Errors: `file-changed`, the system's. */
  read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

export interface StoredWriter {
  write(bytes: Uint8Array): Promise<void>;
  /** @param contentHash See `FileKey`. */
  finish(contentHash: string): Promise<void>;
  /** Brings what was written to the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Errors: `file-changed`, the system's (`EISDIR` for what is no file). */
export function openStored({ path, key }: StoredFile): Promise<StoredReader> {
  return key ? SealedReader.open(path, key) : PlainReader.open(path);
}

/** The whole content. Errors: as `openStored`. */
export async function readStored(file: StoredFile): Promise<Uint8Array<ArrayBuffer>> {
  const reader = await openStored(file);
  try {
    return await reader.read(0, reader.length);
  } finally {
    await reader.close();
  }
}

/** Begins a new file; one that is there is refused. @param keys Null for a file that is not encrypted. */
export async function createStored(path: string, keys: FileKeys | null, kind: FileKind): Promise<StoredWriter> {
  return keys ? SealedWriter.create(path, keys, kind) : new PlainWriter(await open(path, 'wx'));
}

/** Writes a whole file; a reader never sees half of it, and one that is there is replaced. */
export async function writeStored({ path, key }: StoredFile, bytes: Uint8Array): Promise<void> {
  const part = `${path}.part`;
  // Of a process that was killed.
  await rm(part, { force: true });
  const writer = await createStored(part, key, key?.kind ?? 'original');
  try {
    await writer.write(bytes);
    await writer.finish(key?.contentHash ?? '');
  } finally {
    await writer.close();
  }
  await rename(part, path);
}

class PlainReader implements StoredReader {
  readonly length: number;
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle, length: number) {
    this.#handle = handle;
    this.length = length;
  }

  static async open(path: string): Promise<PlainReader> {
    const handle = await open(path);
    try {
      const status = await handle.stat();
      if (!status.isFile()) throw Object.assign(new Error(`EISDIR: ${path}`), { code: 'EISDIR' });
      return new PlainReader(handle, status.size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.length - start)));
    return bytes.subarray(0, await fill(this.#handle, bytes, start));
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

class PlainWriter implements StoredWriter {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#handle.writeFile(bytes);
  }

  async finish(): Promise<void> {}

  async sync(): Promise<void> {
    await this.#handle.datasync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
