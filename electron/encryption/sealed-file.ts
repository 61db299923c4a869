/**
 * The format of an encrypted file (docs/adr/0001-encryption-at-rest.md, “Files”): a header, then pieces of the content,
 * each with a tag of its own, so that any range can be read without the rest and no byte can be changed, moved or cut off.
 *
 *   header  magic “QUIREBLB” 8 | version 1 | kind 1 | zero 6 | salt 32 | length, encrypted 8 + tag 16
 *   piece i AES-256-GCM of 64 KiB: key HKDF(files key, salt, "chunks"), nonce i, additional data: the first 48 bytes
 *
 * The header's length is encrypted with a key of its own (label "header", nonce 0); its additional data are the 48 bytes
 * before it and the document's SHA-256, which the reader states. The content is padded with zeros to Padmé's next size.
 * A key is used for one file, written once, so that no nonce repeats.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import { fill, writeWhole } from './file-bytes.ts';
import { deriveKey, seal, unseal } from './primitives.ts';

/** In the header; a picture is not taken for an original. */
const kinds = { original: 1, picture: 2 } as const;
export type FileKind = keyof typeof kinds;

/** What encrypts one file: two keys of 32 bytes, and the salt of 32 bytes that they come from. */
export interface FileKeys {
  readonly salt: Uint8Array;
  readonly header: Uint8Array;
  readonly pieces: Uint8Array;
}

/** What one file is read or written with, and no other. Crosses processes. */
export interface FileKey extends FileKeys {
  readonly kind: FileKind;
  /** SHA-256, hex, of the document: of an original its content's, of a picture that of the document which it shows. */
  readonly contentHash: string;
}

const MAGIC = Buffer.from('QUIREBLB', 'latin1');
const VERSION = 1;
const KIND_AT = MAGIC.length + 1;
const SALT_AT = 16;
const SALT_SIZE = 32;
/** Of the header, what is not encrypted. */
const OPEN_SIZE = SALT_AT + SALT_SIZE;
const TAG_SIZE = 16;
const LENGTH_SIZE = 8;
const HEADER_SIZE = OPEN_SIZE + LENGTH_SIZE + TAG_SIZE;
/** Bytes of content in a piece. */
export const PIECE_SIZE = 65_536;
const SEALED_PIECE_SIZE = PIECE_SIZE + TAG_SIZE;
/** Pieces that are read from the disk at once. */
const PIECES_A_READ = 16;

/**
 * The keys of a new file. Throws `interrupted` when the files key was cleared.
 * @param filesKey 32 bytes, of the library.
 */
export function newFileKeys(filesKey: Uint8Array): FileKeys {
  return deriveFileKeys(filesKey, randomBytes(SALT_SIZE));
}

/** The keys of a file that is there. Errors: `file-changed` when it is none of this format, `interrupted`, the system's. */
export async function fileKeysOf(filesKey: Uint8Array, path: string): Promise<FileKeys> {
  const start = await readStart(path, OPEN_SIZE);
  if (start.length < OPEN_SIZE || !MAGIC.equals(start.subarray(0, MAGIC.length))) throw changed();
  return deriveFileKeys(filesKey, start.slice(SALT_AT));
}

/**
 * Whether a file was encrypted with this key, of whichever document it is: its first piece tells.
 * Errors: `interrupted`, the system's.
 */
export async function isUnderFilesKey(filesKey: Uint8Array, path: string): Promise<boolean> {
  const read = await readStart(path, placeOf(1));
  if (read.length <= HEADER_SIZE + TAG_SIZE) return false;
  const stated = read.subarray(0, OPEN_SIZE);
  const keys = deriveFileKeys(filesKey, stated.slice(SALT_AT));
  return unseal(keys.pieces, { nonce: nonceOf(0), sealed: read.subarray(HEADER_SIZE) }, stated) !== null;
}

/** As many bytes as there are, up to `length`. */
async function readStart(path: string, length: number): Promise<Uint8Array> {
  const start = new Uint8Array(length);
  const handle = await open(path);
  try {
    return start.subarray(0, await fill(handle, start, 0));
  } finally {
    await handle.close();
  }
}

function deriveFileKeys(filesKey: Uint8Array, salt: Uint8Array): FileKeys {
  refuseCleared(filesKey);
  return { salt, header: deriveKey(filesKey, 'header', salt), pieces: deriveKey(filesKey, 'chunks', salt) };
}

/**
 * What a file is named by, 64 hex digits: the hash itself would tell whoever has a document that it is in the library.
 * @param namesKey 32 bytes, of the library.
 * @param contentHash SHA-256, hex.
 */
export function sealedName(namesKey: Uint8Array, contentHash: string): string {
  refuseCleared(namesKey);
  return createHmac('sha256', namesKey).update(contentHash, 'hex').digest('hex');
}

/** SECURITY: what is still under way when a library is locked must not go on with a key of zeros. */
function refuseCleared(key: Uint8Array): void {
  if (key.every((byte) => byte === 0)) {
    throw new AppError('interrupted', 'The library was locked meanwhile.', { retryable: true });
  }
}

/**
 * The next size that hides more: at most 12 % above, and few sizes in all. Padmé, of Nikitin et al., “Reducing Metadata
 * Leakage from Encrypted Files and Communication with PURBs”, PETS 2019.
 */
export function paddedSize(length: number): number {
  // One byte, so that there is always a piece.
  if (length < 2) return 1;
  const exponent = bits(length) - 1;
  const step = 2 ** (exponent - bits(exponent));
  return Math.ceil(length / step) * step;
}

const bits = (value: number): number => value.toString(2).length;

/** Bytes on the disk of a file with content of this length. */
export function sealedSize(length: number): number {
  const padded = paddedSize(length);
  return HEADER_SIZE + padded + Math.ceil(padded / PIECE_SIZE) * TAG_SIZE;
}

/** A file was changed, cut, lengthened or put in another's place. */
function changed(): AppError {
  return new AppError('file-changed', 'An encrypted file of the library was damaged or changed, so it is not shown.', {
    hint: 'Restore a backup of this library in Settings, under Library.',
  });
}

/** The header's 48 bytes that are not encrypted. */
function openPart({ salt }: FileKeys, kind: FileKind): Buffer {
  const start = Buffer.alloc(OPEN_SIZE);
  MAGIC.copy(start);
  start.writeUInt8(VERSION, MAGIC.length);
  start.writeUInt8(kinds[kind], KIND_AT);
  start.set(salt, SALT_AT);
  return start;
}

function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 8);
  return nonce;
}

/** Throws `file-changed` unless every bit is as it was sealed. */
function opened(key: Uint8Array, index: number, stated: Uint8Array, sealed: Uint8Array): Uint8Array {
  const plain = unseal(key, { nonce: nonceOf(index), sealed }, stated);
  if (!plain) throw changed();
  return plain;
}

/** Writes one file, once and in order; it is none before `finish`. */
export class SealedWriter {
  readonly #handle: FileHandle;
  readonly #keys: FileKeys;
  readonly #stated: Buffer;
  readonly #piece = Buffer.alloc(PIECE_SIZE);
  #filled = 0;
  #pieces = 0;
  #length = 0;

  private constructor(handle: FileHandle, keys: FileKeys, kind: FileKind) {
    this.#handle = handle;
    this.#keys = keys;
    this.#stated = openPart(keys, kind);
  }

  /** Refuses a file that is there. */
  static async create(path: string, keys: FileKeys, kind: FileKind): Promise<SealedWriter> {
    return new SealedWriter(await open(path, 'wx', 0o600), keys, kind);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#length += bytes.length;
    await this.#add(bytes);
  }

  async #add(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + PIECE_SIZE - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === PIECE_SIZE) await this.#flush();
    }
  }

  async #flush(): Promise<void> {
    const index = this.#pieces++;
    const { sealed } = seal(this.#keys.pieces, this.#piece.subarray(0, this.#filled), this.#stated, nonceOf(index));
    this.#filled = 0;
    await writeWhole(this.#handle, sealed, placeOf(index));
  }

  /**
   * Pads the content and writes the header.
   * @param contentHash See `FileKey`; known only now when the content is hashed on its way.
   */
  async finish(contentHash: string): Promise<void> {
    const zeros = Buffer.alloc(PIECE_SIZE);
    for (let left = paddedSize(this.#length) - this.#length; left > 0; left -= PIECE_SIZE) {
      await this.#add(zeros.subarray(0, left));
    }
    if (this.#filled > 0) await this.#flush();
    const length = Buffer.alloc(LENGTH_SIZE);
    length.writeBigUInt64LE(BigInt(this.#length));
    const { sealed } = seal(this.#keys.header, length, headerStates(this.#stated, contentHash), nonceOf(0));
    await writeWhole(this.#handle, Buffer.concat([this.#stated, sealed]), 0);
  }

  async sync(): Promise<void> {
    await this.#handle.datasync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function headerStates(start: Uint8Array, contentHash: string): Buffer {
  return Buffer.concat([start, Buffer.from(contentHash, 'hex')]);
}

/** Reads one file in any order; every answer was checked. */
export class SealedReader {
  /** Bytes of the content. */
  readonly length: number;
  readonly #handle: FileHandle;
  readonly #key: FileKey;
  readonly #stated: Buffer;

  private constructor(handle: FileHandle, key: FileKey, stated: Buffer, length: number) {
    this.#handle = handle;
    this.#key = key;
    this.#stated = stated;
    this.length = length;
  }

  /** Errors: `file-changed`, the system's. */
  static async open(path: string, key: FileKey): Promise<SealedReader> {
    const stated = openPart(key, key.kind);
    const handle = await open(path);
    try {
      const header = Buffer.alloc(HEADER_SIZE);
      if ((await fill(handle, header, 0)) < HEADER_SIZE || !stated.equals(header.subarray(0, OPEN_SIZE))) {
        throw changed();
      }
      const states = headerStates(stated, key.contentHash);
      const length = Number(Buffer.from(opened(key.header, 0, states, header.subarray(OPEN_SIZE))).readBigUInt64LE());
      if ((await handle.stat()).size !== sealedSize(length)) throw changed();
      return new SealedReader(handle, key, stated, length);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The bytes of a range, as far as the content goes. Errors: `file-changed`, the system's. */
  async read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const end = Math.min(start + length, this.length);
    const plain = new Uint8Array(Math.max(0, end - start));
    const last = Math.ceil(end / PIECE_SIZE);
    for (let first = Math.floor(start / PIECE_SIZE); first < last; first += PIECES_A_READ) {
      const count = Math.min(PIECES_A_READ, last - first);
      const sealed = Buffer.allocUnsafe(count * SEALED_PIECE_SIZE);
      const there = sealed.subarray(0, await fill(this.#handle, sealed, placeOf(first)));
      for (let index = first; index < first + count; index += 1) {
        const from = (index - first) * SEALED_PIECE_SIZE;
        const piece = opened(this.#key.pieces, index, this.#stated, there.subarray(from, from + SEALED_PIECE_SIZE));
        const at = index * PIECE_SIZE;
        plain.set(piece.subarray(Math.max(0, start - at), end - at), Math.max(0, at - start));
      }
    }
    return plain;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** Where a piece lies in the file. */
function placeOf(index: number): number {
  return HEADER_SIZE + index * SEALED_PIECE_SIZE;
}
