/**
 * Encryption of files before they are sent to the bucket: the format of the library's own encrypted files
 * (encryption/sealed-file.ts: AES-256-GCM in pieces, a key for each file by HKDF from a random salt, padded lengths),
 * under keys of the account. A file that was cut, changed, reordered or put in another's place is refused.
 */
import { createHash } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import { deriveKey } from '../encryption/primitives.ts';
import {
  fileKeysOf,
  newFileKeys,
  sealedName,
  SealedReader,
  SealedWriter,
  type FileKeys,
  type FileKind,
} from '../encryption/sealed-file.ts';
import { createStored, openStored, type StoredFile } from '../encryption/stored-file.ts';
import { hashFile, refuseAborted, SLICE, toFileError } from './local-file.ts';

/** Of an account, the same on all of its computers; 32 bytes each. */
export interface BlobKeys {
  readonly files: Uint8Array;
  readonly names: Uint8Array;
}

/** @param blobKey 32 random bytes, of the account. */
export function blobKeysOf(blobKey: Uint8Array): BlobKeys {
  return { files: deriveKey(blobKey, 'blobs'), names: deriveKey(blobKey, 'names of blobs') };
}

/**
 * What a file is called in the bucket, 64 hex digits.
 * @param contentHash SHA-256 of the plain bytes, hex.
 * @param keys Null for files that are sent as they are: then it is the hash itself.
 */
export function blobAddress(contentHash: string, keys: BlobKeys | null): string {
  return keys ? sealedName(keys.names, contentHash) : contentHash;
}

export interface SealOptions {
  /** A picture is not taken for an original. `original` when absent. */
  readonly kind?: FileKind;
  readonly signal?: AbortSignal;
}

export interface SealedBlob {
  /** SHA-256 of the plain bytes, hex. */
  readonly contentHash: string;
  /** SHA-256 of the sealed file's bytes, hex: other ones at each sealing. */
  readonly sha256: string;
  /** Bytes of the sealed file. */
  readonly size: number;
}

/**
 * Encrypts a file of the library to a new file, which has its name only when it is whole.
 * Errors: `cancelled`, `file-changed`, `file-not-found`, `file-unreadable`, `disk-full`, `interrupted`.
 * @param source As it lies in the library, encrypted there or not.
 */
export async function sealFile(
  source: StoredFile,
  target: string,
  keys: BlobKeys,
  { kind = 'original', signal }: SealOptions = {},
): Promise<SealedBlob> {
  const part = `${target}.part`;
  const hash = createHash('sha256');
  try {
    const reader = await openStored(source);
    try {
      // Of a process that was killed.
      await rm(part, { force: true });
      const writer = await SealedWriter.create(part, newFileKeys(keys.files), kind);
      try {
        for (let at = 0; at < reader.length; at += SLICE) {
          refuseAborted(signal);
          const slice = await reader.read(at, SLICE);
          hash.update(slice);
          await writer.write(slice);
        }
        const contentHash = hash.digest('hex');
        await writer.finish(contentHash);
        await writer.sync();
        const { size } = await stat(part);
        const sha256 = await hashFile(part, signal);
        await rename(part, target);
        return { contentHash, sha256, size };
      } finally {
        await writer.close();
      }
    } finally {
      await reader.close();
    }
  } catch (thrown) {
    await rm(part, { force: true });
    throw toFileError(thrown, source.path);
  }
}

export interface OpenOptions extends SealOptions {
  /** What the library encrypts the new file with; null, and when absent, for a library that is not encrypted. */
  readonly targetKeys?: FileKeys | null;
}

/**
 * Decrypts what `sealFile` made to a new file, which has its name only when every byte was checked.
 * Errors: `remote-damaged`, `cancelled`, `file-not-found`, `file-unreadable`, `disk-full`, `interrupted`.
 * @param contentHash SHA-256 of the plain bytes, hex: what is wanted, whatever the bucket had under its address.
 */
export async function openSealed(
  path: string,
  target: string,
  keys: BlobKeys,
  contentHash: string,
  { kind = 'original', signal, targetKeys = null }: OpenOptions = {},
): Promise<{ readonly size: number }> {
  const part = `${target}.part`;
  const hash = createHash('sha256');
  try {
    const reader = await SealedReader.open(path, { ...(await fileKeysOf(keys.files, path)), kind, contentHash });
    try {
      await rm(part, { force: true });
      const writer = await createStored(part, targetKeys, kind);
      try {
        for (let at = 0; at < reader.length; at += SLICE) {
          refuseAborted(signal);
          const slice = await reader.read(at, SLICE);
          hash.update(slice);
          await writer.write(slice);
        }
        if (hash.digest('hex') !== contentHash) throw damaged();
        await writer.finish(contentHash);
        await writer.sync();
      } finally {
        await writer.close();
      }
      await rename(part, target);
      return { size: reader.length };
    } finally {
      await reader.close();
    }
  } catch (thrown) {
    await rm(part, { force: true });
    if (thrown instanceof AppError && thrown.code === 'file-changed') throw damaged();
    throw toFileError(thrown, target);
  }
}

function damaged(): AppError {
  return new AppError('remote-damaged', 'A file from the bucket is not the one that was sealed, so it is not used.', {
    hint: 'On a computer that still has the document, remove it and add it again.',
  });
}
