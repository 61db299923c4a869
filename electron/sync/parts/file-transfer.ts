/**
 * One file's way from the library's folder to the bucket, and back. What goes there is the plain file, or that file sealed
 * under the account's key; an encrypted library keeps it under its own key here, and hands nothing plain to the bucket.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { DocumentParts, RemoteFile } from '../../db/sync-types.ts';
import { fileKeysOf, newFileKeys } from '../../encryption/sealed-file.ts';
import { createStored, readStored, writeStored, type StoredFile } from '../../encryption/stored-file.ts';
import { wipe } from '../../encryption/wipe.ts';
import { BlobStore as LibraryFiles, type FileStoreKeys } from '../../pipeline/blobs.ts';
import { AppError } from '../../../shared/errors.ts';
import { hashFile, toFileError } from '../local-file.ts';
import type { BlobStore, UploadNote } from '../ports/blob-store.ts';
import type { FileRow } from '../ports/remote-parts.ts';
import { blobAddress, openSealed, sealFile, type BlobKeys } from '../sealing.ts';

export type PartFileKind = FileRow['kind'];

export interface TransferOptions {
  readonly bucket: BlobStore;
  /** The library's folder. */
  readonly folder: string;
  /** What the library's own files are encrypted with; null where it is not encrypted. */
  readonly libraryKeys: FileStoreKeys | null;
  /** What files are sealed with before they are sent; null where the bucket gets them as they are. */
  readonly blobKeys: BlobKeys | null;
}

export interface TransferProgress {
  readonly signal: AbortSignal;
  /** Bytes that arrived. */
  readonly onProgress?: (bytes: number) => void;
}

/** A picture of a page has some 20 KB; whoever can write to the bucket must not fill the memory. */
const MAX_PICTURE = 16 * 1024 * 1024;

/** What is known of an upload, beside what is being sent. Nothing in it tells what the file is. */
const noteSchema = z.object({
  address: z.string(),
  /** Of the object. */
  sha256: z.string(),
  size: z.number(),
  upload: z
    .object({ uploadId: z.string(), partSize: z.number(), parts: z.array(z.string()) })
    .nullable()
    .default(null),
});
type Note = z.infer<typeof noteSchema>;

/** What a file beside the library is for: to be sent, to be taken in, or to go from one bucket to another. */
type Direction = 'up' | 'down' | 'relay';

export class FileTransfer {
  readonly library: LibraryFiles;
  /** Whether the bucket gets sealed files alone. */
  readonly isSealing: boolean;
  readonly #options: TransferOptions;
  /** Files that are being sent, or came and are not in their place yet. */
  readonly #work: string;

  constructor(options: TransferOptions) {
    const { folder, libraryKeys, blobKeys } = options;
    if (libraryKeys && !blobKeys) {
      // SECURITY: what is encrypted on this disk must not lie in plain on another.
      throw new AppError('remote-forbidden', 'An encrypted library sends its files encrypted alone.', {
        hint: 'Turn on encryption of files for the bucket, in Settings under Sync.',
      });
    }
    this.#options = options;
    this.isSealing = blobKeys !== null;
    this.library = new LibraryFiles(folder, libraryKeys);
    this.#work = join(folder, 'sync');
  }

  /** Uploads a document's file and answers with how it is found. Goes on where an earlier call was cut off. */
  async upload(document: DocumentParts, kind: PartFileKind, progress: TransferProgress): Promise<RemoteFile> {
    const { blobKeys } = this.#options;
    await mkdir(this.#work, { recursive: true });
    const source = await this.#stored(document, kind);
    const contentHash = kind === 'original' ? document.contentHash : hashOf(await readPicture(source));
    const address = blobAddress(contentHash, blobKeys);
    const name = this.#nameOf('up', document, kind);
    const { path, note } = blobKeys
      ? await this.#sealed(source, name, { contentHash, address, kind, blobKeys }, progress.signal)
      : await this.#plain(source, name, { contentHash, address });
    const { size } = await this.#options.bucket.put(address, path, note.sha256, {
      ...progress,
      note: note.upload,
      onNote: (upload) => writeNote(name, { ...note, upload: upload && { ...upload, parts: [...upload.parts] } }),
    });
    await forget(name);
    const sealed = blobKeys !== null;
    const bucket = this.#options.bucket.name;
    return { address, size, contentHash, objectHash: note.sha256, sealed, bucket, documentHash: document.contentHash };
  }

  /** Takes a file from another bucket, as it is there, for `relay`; goes on where an earlier call was cut off. */
  async take(
    document: DocumentParts,
    kind: PartFileKind,
    { address, sealed, contentHash }: RemoteFile,
    from: BlobStore,
    signal: AbortSignal,
  ): Promise<void> {
    await mkdir(this.#work, { recursive: true });
    await from.get(address, this.#nameOf('relay', document, kind), sealed ? null : contentHash, { signal });
  }

  /** Brings what was taken to this bucket: nothing of it is opened here. Answers with how it is found. */
  async relay(
    document: DocumentParts,
    kind: PartFileKind,
    file: RemoteFile,
    progress: TransferProgress,
  ): Promise<RemoteFile> {
    const { bucket } = this.#options;
    const path = this.#nameOf('relay', document, kind);
    try {
      // It may be another computer's sealing than the one that was named.
      const objectHash = await hashFile(path, progress.signal);
      const { size } = await bucket.put(file.address, path, objectHash, progress);
      return { ...file, objectHash, size, bucket: bucket.name };
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Downloads a document's file to its place in the library. Goes on where an earlier call was cut off. */
  async download(
    document: DocumentParts,
    kind: PartFileKind,
    file: RemoteFile,
    bucket: BlobStore,
    progress: TransferProgress,
  ): Promise<void> {
    const { blobKeys } = this.#options;
    if (file.sealed && !blobKeys) throw withoutKey();
    await mkdir(this.#work, { recursive: true });
    const path = this.#nameOf('down', document, kind);
    // A sealed one may be another computer's sealing of the same file; it is verified when it is opened.
    await bucket.get(file.address, path, file.sealed ? null : file.contentHash, progress);
    try {
      if (kind === 'thumbnail') await this.#placePicture(path, document, file);
      else if (file.sealed && blobKeys) await this.#openOriginal(path, document, file, blobKeys, progress.signal);
      else await this.#placeOriginal(path, document);
    } finally {
      // One that is damaged is fetched anew; one that is plain is not left beside an encrypted library.
      if (this.library.isEncrypted) await wipe(path);
      else await rm(path, { force: true });
    }
  }

  /** Removes what uploads or downloads left that nobody goes on with: of none of these documents. */
  async clear(direction: Direction, documents: readonly DocumentParts[]): Promise<void> {
    const kept = documents.flatMap((document) =>
      (['original', 'thumbnail'] as const).map((kind) => basename(this.#nameOf(direction, document, kind))),
    );
    const names = await readdir(this.#work).catch(() => []);
    for (const name of names) {
      if (!name.startsWith(`${direction}-`) || kept.some((one) => name.startsWith(one))) continue;
      await rm(join(this.#work, name), { force: true });
    }
  }

  #stored({ contentHash, format }: DocumentParts, kind: PartFileKind): Promise<StoredFile> {
    return kind === 'original' ? this.library.stored(contentHash, format) : this.library.storedThumbnail(contentHash);
  }

  /** Named as the library names its own: of an encrypted one it tells nothing. */
  #nameOf(direction: Direction, { contentHash, format }: DocumentParts, kind: PartFileKind): string {
    const own = kind === 'original' ? this.library.file(contentHash, format) : this.library.thumbnail(contentHash);
    return join(this.#work, `${direction}-${kind}-${basename(own)}`);
  }

  async #plain(
    { path }: StoredFile,
    name: string,
    { contentHash, address }: { readonly contentHash: string; readonly address: string },
  ): Promise<{ readonly path: string; readonly note: Note }> {
    const { size } = await stat(path).catch((error: unknown) => {
      throw toFileError(error, path);
    });
    const note = await readNote(name);
    const isSame = note?.address === address && note.sha256 === contentHash && note.size === size;
    return { path, note: isSame ? note : { address, sha256: contentHash, size, upload: null } };
  }

  /** The sealed file of an earlier call, or a new one: no two sealings of a file are the same bytes. */
  async #sealed(
    source: StoredFile,
    name: string,
    { contentHash, address, kind, blobKeys }: Sealing,
    signal: AbortSignal,
  ): Promise<{ readonly path: string; readonly note: Note }> {
    const path = `${name}.sealed`;
    const known = await readNote(name);
    const size = (await stat(path).catch(() => null))?.size;
    if (known?.address === address && known.size === size) return { path, note: known };
    await forget(name);
    const made = await sealFile(source, path, blobKeys, {
      kind: kind === 'original' ? 'original' : 'picture',
      signal,
    });
    if (made.contentHash !== contentHash) {
      await forget(name);
      throw changedHere();
    }
    const note: Note = { address, sha256: made.sha256, size: made.size, upload: null };
    await writeNote(name, note);
    return { path, note };
  }

  async #openOriginal(
    path: string,
    { contentHash, format }: DocumentParts,
    file: RemoteFile,
    keys: BlobKeys,
    signal: AbortSignal,
  ): Promise<void> {
    const { libraryKeys } = this.#options;
    const targetKeys = libraryKeys && newFileKeys(libraryKeys.files);
    if (file.contentHash !== contentHash) throw otherFile();
    await openSealed(path, this.library.file(contentHash, format), keys, contentHash, { targetKeys, signal });
  }

  /** Of a bucket that is not sealed: the object is the file. */
  async #placeOriginal(path: string, { contentHash, format }: DocumentParts): Promise<void> {
    const { libraryKeys } = this.#options;
    const target = this.library.file(contentHash, format);
    if (!libraryKeys) return rename(path, target);
    const part = `${target}.part`;
    await rm(part, { force: true });
    const writer = await createStored(part, newFileKeys(libraryKeys.files), 'original');
    try {
      for await (const piece of createReadStream(path)) await writer.write(piece as Buffer);
      await writer.finish(contentHash);
      await writer.sync();
    } finally {
      await writer.close();
    }
    await rename(part, target);
  }

  async #placePicture(path: string, { contentHash }: DocumentParts, file: RemoteFile): Promise<void> {
    const { blobKeys } = this.#options;
    const sealed = file.sealed && blobKeys;
    const source: StoredFile = {
      path,
      key: sealed
        ? { ...(await fileKeysOf(blobKeys.files, path)), kind: 'picture', contentHash: file.contentHash }
        : null,
    };
    const bytes = await readPicture(source);
    if (hashOf(bytes) !== file.contentHash) throw otherFile();
    await writeStored(this.library.newThumbnail(contentHash), bytes);
  }
}

interface Sealing {
  readonly contentHash: string;
  readonly address: string;
  readonly kind: PartFileKind;
  readonly blobKeys: BlobKeys;
}

async function readPicture(source: StoredFile): Promise<Uint8Array> {
  try {
    if ((await stat(source.path)).size > MAX_PICTURE) throw otherFile();
    return await readStored(source);
  } catch (thrown) {
    throw toFileError(thrown, source.path);
  }
}

/** Null when there is none, or it was cut by a crash. */
async function readNote(name: string): Promise<Note | null> {
  try {
    return noteSchema.parse(JSON.parse(await readFile(`${name}.json`, 'utf8')));
  } catch {
    return null;
  }
}

async function writeNote(name: string, note: Omit<Note, 'upload'> & { upload: UploadNote | null }): Promise<void> {
  const part = `${name}.json.part`;
  await writeFile(part, JSON.stringify(note));
  await rename(part, `${name}.json`);
}

async function forget(name: string): Promise<void> {
  await rm(`${name}.json`, { force: true });
  await rm(`${name}.sealed`, { force: true });
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function withoutKey(): AppError {
  return new AppError(
    'remote-forbidden',
    'This file is encrypted in the bucket, and this computer has no key for it.',
    {
      hint: 'Turn on encryption of files for the bucket, in Settings under Sync.',
    },
  );
}

function changedHere(): AppError {
  return new AppError('file-changed', 'A file of the library was damaged or changed, so it is not sent.', {
    hint: 'Add the document’s file again.',
  });
}

function otherFile(): AppError {
  return new AppError('remote-damaged', 'A file from the bucket is not the one that its document names.', {
    hint: 'On a computer that still has the document, remove it and add it again.',
  });
}
