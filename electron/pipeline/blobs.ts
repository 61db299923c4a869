/**
 * The files of a library beside its database: each document's bytes once, under their hash (`blobs/<sha256>.<ext>`),
 * and the picture of its first page (`thumbs/<sha256>.webp`). A file appears under its name only when it is whole.
 * With keys the files are encrypted and their names tell nothing: see `encryption/sealed-file.ts`.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { LibraryKeys } from '../encryption/library-keys.ts';
import { fileKeysOf, newFileKeys, sealedName, type FileKind } from '../encryption/sealed-file.ts';
import { createStored, type StoredFile } from '../encryption/stored-file.ts';
import { AppError } from '../../shared/errors.ts';
import type { DocumentFormat } from '../../shared/domain.ts';
import { errno } from '../errno.ts';
import { inSlices } from './in-slices.ts';

/** 2 GiB: above it neither engine can hold a file in memory. */
export const MAX_FILE_BYTES = 2 * 1024 ** 3 - 1;

const formats: Readonly<Record<string, DocumentFormat>> = {
  '.pdf': 'pdf',
  '.txt': 'text',
  '.text': 'text',
  '.md': 'markdown',
  '.markdown': 'markdown',
};
const extensions: Readonly<Record<DocumentFormat, string>> = { pdf: 'pdf', text: 'txt', markdown: 'md' };

/** How a name of a file of this format ends, without the dot. */
export function extensionOf(format: DocumentFormat): string {
  return extensions[format];
}

/** The format by the file's name, or null when Quire does not read it. */
export function formatOf(path: string): DocumentFormat | null {
  return formats[extname(path).toLowerCase()] ?? null;
}

/** A copy of a file that lies in the library's folder, not yet under its name. */
export interface CopiedFile {
  /** SHA-256, hex. */
  readonly contentHash: string;
  /** Bytes. */
  readonly size: number;
  /** What reads it until it is kept. */
  readonly stored: StoredFile;
  /**
   * Gives it its name; one that is there already stays.
   * @param replaced Whether that one is damaged, and goes.
   * Errors: `file-unreadable` where a program holds it, `disk-full`.
   */
  keep(replaced?: boolean): Promise<void>;
  /** Removes the copy, unless it was kept. */
  discard(): Promise<void>;
}

/** What came of removing files. */
export interface Removal {
  readonly files: number;
  readonly bytes: number;
  /** Why files stayed: on Windows, one that another program holds. */
  readonly failures: readonly unknown[];
  /** The hashes of which no file is left. */
  readonly gone: readonly string[];
}

/** The keys of a library that its files need. */
export type FileStoreKeys = Pick<LibraryKeys, 'files' | 'fileNames'>;

export class BlobStore {
  readonly #keys: FileStoreKeys | null;
  readonly #blobs: string;
  readonly #thumbnails: string;
  /** Copies for other programs, each in a folder named by its hash; they go with the document, or at the next start. */
  readonly #opened: string;
  /** Names of copies that are being made, or wait to be kept. */
  readonly #copies = new Set<string>();

  /**
   * @param folder The library's folder; `blobs/` and `thumbs/` are made in it by `prepare`.
   * @param keys Null for a library that is not encrypted.
   */
  constructor(folder: string, keys: FileStoreKeys | null) {
    this.#keys = keys;
    this.#blobs = join(folder, 'blobs');
    this.#thumbnails = join(folder, 'thumbs');
    this.#opened = join(folder, 'opened');
  }

  get isEncrypted(): boolean {
    return this.#keys !== null;
  }

  async prepare(): Promise<void> {
    await mkdir(this.#blobs, { recursive: true });
    await mkdir(this.#thumbnails, { recursive: true });
  }

  /** Where a document's bytes lie. */
  file(contentHash: string, format: DocumentFormat): string {
    return join(this.#blobs, this.#name(contentHash, extensions[format]));
  }

  /** Where the picture of its first page lies. */
  thumbnail(contentHash: string): string {
    return join(this.#thumbnails, this.#name(contentHash, 'webp'));
  }

  #name(contentHash: string, extension: string): string {
    const hash = checkedHash(contentHash);
    return this.#keys ? sealedName(this.#keys.fileNames, hash) : `${hash}.${extension}`;
  }

  /** What reads a document's bytes. Errors: `file-not-found`, `file-changed`; of an encrypted library alone. */
  stored(contentHash: string, format: DocumentFormat): Promise<StoredFile> {
    return this.#existing(this.file(contentHash, format), 'original', contentHash);
  }

  /** What reads the picture of its first page. Errors: as `stored`. */
  storedThumbnail(contentHash: string): Promise<StoredFile> {
    return this.#existing(this.thumbnail(contentHash), 'picture', contentHash);
  }

  async #existing(path: string, kind: FileKind, contentHash: string): Promise<StoredFile> {
    if (!this.#keys) return { path, key: null };
    try {
      return { path, key: { ...(await fileKeysOf(this.#keys.files, path)), kind, contentHash } };
    } catch (error) {
      if (errno(error) !== 'ENOENT') throw fileError(error, basename(path));
      throw new AppError('file-not-found', 'Its stored copy is no longer there.', {
        hint: 'Add its file again to put it back; nothing else of the document changes.',
        cause: error,
      });
    }
  }

  /** What writes a new picture of its first page, once. */
  newThumbnail(contentHash: string): StoredFile {
    const path = this.thumbnail(contentHash);
    return { path, key: this.#keys && { ...newFileKeys(this.#keys.files), kind: 'picture', contentHash } };
  }

  /**
   * A copy for another program, under the document's own name and read-only: what is saved there must not change the
   * stored bytes, which are known by their hash. One that is whole is handed over again: the program that shows it
   * may still hold it. An encrypted library makes none, which would lie there for everybody. Throws as `copy`.
   */
  async copyToOpen(contentHash: string, format: DocumentFormat, fileName: string): Promise<string> {
    if (this.#keys) {
      throw new AppError('file-not-found', `“${fileName}” is no longer where it was, and this library is encrypted.`, {
        hint: 'Save a copy of it to open it in another program. That copy is not encrypted.',
      });
    }
    const source = this.file(contentHash, format);
    const folder = join(this.#opened, contentHash);
    // SECURITY: the name may come from somebody else's backup.
    const name = `${basename(fileName, extname(fileName)).replace(/[^\p{L}\p{N} ._-]/gu, '_') || 'document'}.${extensions[format]}`;
    const copy = join(folder, name);
    try {
      const { size } = await stat(source);
      if ((await sizeOf(copy)) === size) return copy;
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await copyFile(source, copy);
      await chmod(copy, 0o444);
    } catch (error) {
      throw fileError(error, name);
    }
    return copy;
  }

  /**
   * Copies a file into the library and hashes it on the way, in one pass; the caller keeps or discards it.
   * Throws file-not-found, file-unreadable, file-empty, file-too-large, disk-full.
   */
  async copy(path: string, format: DocumentFormat): Promise<CopiedFile> {
    const name = basename(path);
    const partName = `${randomUUID()}.part`;
    const part = join(this.#blobs, partName);
    this.#copies.add(partName);
    const discard = async (): Promise<void> => {
      await rm(part, { force: true });
      this.#copies.delete(partName);
    };
    try {
      const { size } = await stat(path);
      if (size === 0) {
        throw new AppError('file-empty', `“${name}” is empty.`, {
          hint: 'Check that the file was saved or downloaded whole.',
        });
      }
      if (size > MAX_FILE_BYTES) {
        throw new AppError('file-too-large', `“${name}” is larger than 2 GB.`, {
          hint: 'Split it into smaller files.',
        });
      }
      const hash = createHash('sha256');
      let written = 0;
      const keys = this.#keys && newFileKeys(this.#keys.files);
      const target = await createStored(part, keys, 'original');
      let contentHash: string;
      try {
        // 256 KiB hash in about half a millisecond: the thread that does it stays responsive.
        for await (const piece of createReadStream(path, { highWaterMark: 256 * 1024 })) {
          const bytes = piece as Buffer;
          hash.update(bytes);
          await target.write(bytes);
          written += bytes.length;
        }
        contentHash = hash.digest('hex');
        await target.finish(contentHash);
        await target.sync();
      } finally {
        await target.close();
      }
      const file = this.file(contentHash, format);
      return {
        contentHash,
        size: written,
        stored: { path: part, key: keys && { ...keys, kind: 'original', contentHash } },
        keep: async (replaced = false) => {
          // Windows refuses to replace a file that a host has open, and the bytes are the same.
          if (!replaced && existsSync(file)) return;
          try {
            await rename(part, file);
          } catch (error) {
            throw fileError(error, name);
          }
          // What another program was handed has the same damage; one that it holds stays until the next start.
          if (replaced)
            await rm(join(this.#opened, contentHash), { recursive: true, force: true }).catch(() => undefined);
        },
        discard,
      };
    } catch (error) {
      await discard();
      throw fileError(error, name);
    }
  }

  /** Removes what belongs to these hashes, in every format. What can't be removed keeps nothing else from it. */
  async remove(contentHashes: readonly string[]): Promise<Removal> {
    const failures: unknown[] = [];
    let files = 0;
    let bytes = 0;
    for (const file of contentHashes.flatMap((contentHash) => this.#filesOf(contentHash))) {
      const size = await sizeOf(file);
      try {
        if (!(await unlinkIfThere(file))) continue;
      } catch (error) {
        failures.push(error);
        continue;
      }
      files += 1;
      // One that can't be looked at is not counted.
      bytes += size ?? 0;
    }
    for (const contentHash of contentHashes) {
      await rm(join(this.#opened, contentHash), { recursive: true, force: true }).catch(note(failures));
    }
    return { files, bytes, failures, gone: contentHashes.filter((contentHash) => this.count([contentHash]) === 0) };
  }

  /** Of these documents, those of which there is no picture. */
  async withoutThumbnail(contentHashes: readonly string[]): Promise<readonly string[]> {
    const there = new Set((await readdir(this.#thumbnails)).filter((name) => !name.endsWith('.part')).map(stemOf));
    const stems = await inSlices(this.#stems(contentHashes));
    return contentHashes.filter((_, index) => !there.has(stems[index] ?? ''));
  }

  /** How the names of their files begin. Of an encrypted library it takes some microseconds each. */
  *#stems(contentHashes: readonly string[]): Generator<void, readonly string[]> {
    const stems: string[] = [];
    for (const contentHash of contentHashes) {
      stems.push(this.#keys ? sealedName(this.#keys.fileNames, contentHash) : contentHash);
      yield;
    }
    return stems;
  }

  /** How many files of these hashes are there. */
  count(contentHashes: readonly string[]): number {
    return contentHashes
      .flatMap((contentHash) => [...this.#filesOf(contentHash), join(this.#opened, checkedHash(contentHash))])
      .filter((file) => existsSync(file)).length;
  }

  #filesOf(contentHash: string): readonly string[] {
    const originals = Object.keys(extensions).map((format) => this.file(contentHash, format as DocumentFormat));
    // The name of an encrypted one does not tell its format.
    return [this.thumbnail(contentHash), ...new Set(originals)];
  }

  /**
   * Removes files that no document owns (left by a kill between copying and storing), and all copies for other programs.
   * Files named as only an encrypted library does, or only one that is not, stay: they are of one whose encryption is
   * being turned on or off, and may be all that is left of a document. Answers why some could not be removed.
   */
  async removeOrphans(contentHashes: readonly string[]): Promise<readonly unknown[]> {
    const failures: unknown[] = [];
    const owned = new Set(await inSlices(this.#stems(contentHashes)));
    const foreign = this.#keys ? plainName : encryptedName;
    await rm(this.#opened, { recursive: true, force: true }).catch(note(failures));
    for (const folder of [this.#blobs, this.#thumbnails]) {
      for (const name of await readdir(folder)) {
        if (owned.has(stemOf(name)) && !name.endsWith('.part')) continue;
        // Somebody dropped a file while the app was still starting.
        if (this.#copies.has(name) || foreign.test(name)) continue;
        await rm(join(folder, name), { force: true }).catch(note(failures));
      }
    }
    return failures;
  }
}

/** The part of a file's name that tells whose it is. */
const stemOf = (name: string): string => name.slice(0, 64);
const plainName = /^[0-9a-f]{64}\.(?:pdf|txt|md|webp)$/;
const encryptedName = /^[0-9a-f]{64}$/;

/** For the failure of one removal of several: noted, and the others go on. */
function note(failures: unknown[]): (error: unknown) => void {
  return (error) => void failures.push(error);
}

/** Whether a text is a SHA-256 in hex, and so a name that leads nowhere else. */
export function isContentHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** SECURITY: a hash comes from the database, which somebody else may have made: it must not lead out of the folder. */
function checkedHash(contentHash: string): string {
  if (isContentHash(contentHash)) return contentHash;
  throw new AppError('database-damaged', 'The library names a file in a way that is none of Quire’s.', {
    hint: 'Restore a backup of this library in Settings, under Library.',
  });
}

/** In bytes; null where nothing can be looked at. */
async function sizeOf(file: string): Promise<number | null> {
  return (await stat(file).catch(() => null))?.size ?? null;
}

async function unlinkIfThere(file: string): Promise<boolean> {
  try {
    await rm(file);
    return true;
  } catch (error) {
    if (errno(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Characters of a file's name that a message repeats: more than any file system allows was made up. */
const LONGEST_NAME = 255;

/** Says of a failed file operation what happened to which file. */
export function fileError(error: unknown, fileName: string): unknown {
  const name = fileName.length > LONGEST_NAME ? `${fileName.slice(0, LONGEST_NAME)}…` : fileName;
  switch (errno(error)) {
    // No file can have a name such as the last four complain of.
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ELOOP':
    case 'ERR_INVALID_ARG_VALUE':
      return new AppError('file-not-found', `“${name}” is no longer there.`, {
        hint: 'Check where it was moved to.',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EISDIR':
    case 'EBUSY':
    case 'EIO':
      return new AppError('file-unreadable', `“${name}” can't be read.`, {
        hint: 'Check that you may open it.',
        retryable: true,
        cause: error,
      });
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError('disk-full', `The disk is full: “${name}” was not added.`, {
        hint: 'Free some space and try again.',
        retryable: true,
        cause: error,
      });
    default:
      return error;
  }
}
