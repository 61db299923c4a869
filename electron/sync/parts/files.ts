/**
 * Files of documents: originals and the pictures of their first pages. An object is uploaded and verified, listed on the
 * server, and then named in a register (see named-files.ts). Pictures always come; originals as the person chose.
 *
 * After a change of the bucket, what is here is sent to the new one, and what only the former one has is brought from
 * there, as long as that can be reached.
 */
import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { FilesPolicy } from '../../../shared/files-policy.ts';
import type { DocumentParts, PartsStore, RemoteFile } from '../../db/sync-types.ts';
import { AppError, toAppError, type ErrorCode } from '../../../shared/errors.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { PartContext, PartSync } from '../ports/part-sync.ts';
import type { RemoteParts } from '../ports/remote-parts.ts';
import { documentsWith, eachOf } from './each.ts';
import { filesToDrop, filesToFetch, type CachedFile } from './file-cache.ts';
import { FileTransfer, type PartFileKind, type TransferOptions, type TransferProgress } from './file-transfer.ts';
import { fileIn, isNamed, namedFiles, registerIn } from './named-files.ts';
import { removeFromBucket } from './removals.ts';

export interface FileSyncOptions extends TransferOptions {
  readonly parts: PartsStore;
  readonly remote: RemoteParts;
  /** Buckets that were named here before this one, the last first. */
  readonly former?: readonly BlobStore[];
  readonly policy: () => FilesPolicy;
  /** Milliseconds since the epoch, by this computer's clock. */
  readonly now: () => number;
  /** Told of a document whose file stays behind for a reason of its own; the others go on. */
  readonly onProblem: (documentId: string, error: AppError) => void;
}

/** Pictures under way at once: they are small, and each waits for the server. */
const PICTURES_AT_ONCE = 4;

/** What is wrong with one file, and keeps no other from being sent or fetched. */
const ownFailures: ReadonlySet<ErrorCode> = new Set([
  'file-changed',
  'file-not-found',
  'file-unreadable',
  'not-found',
  'remote-damaged',
]);

export class FileSync implements PartSync {
  readonly name = 'files';
  readonly #options: FileSyncOptions;
  readonly #transfer: FileTransfer;
  /** Originals that are being fetched, each at its end: two who want the same one wait for each other. */
  readonly #fetching = new Map<string, Promise<unknown>>();
  /** Former buckets that could not be reached, by name: they are not asked again before the next start. */
  readonly #unreachable = new Map<string, AppError>();

  constructor(options: FileSyncOptions) {
    this.#options = options;
    this.#transfer = new FileTransfer(options);
  }

  async push({ signal, progress }: PartContext): Promise<void> {
    const { parts, remote, bucket, former = [] } = this.#options;
    await remote.nameBucket(bucket.name, bucket.label, signal);
    await removeFromBucket(this.#options, signal);
    for (const one of former) {
      await this.#tryFormer(one, signal, () => removeFromBucket({ remote, bucket: one }, signal));
    }
    const pictured = await documentsWith(parts, signal, (document) => this.#isToSend(document, 'thumbnail'));
    await eachOf(pictured, PICTURES_AT_ONCE, signal, (document, ends) =>
      this.#send(document, 'thumbnail', { signal: ends }),
    );
    const waiting = await documentsWith(parts, signal, (document) => this.#isToSend(document, 'original'));
    waiting.sort((one, other) => one.size - other.size);
    const total = waiting.reduce((sum, { size }) => sum + size, 0);
    let done = 0;
    for (const document of waiting) {
      await this.#send(document, 'original', { signal, onProgress: (bytes) => progress(done + bytes, total) });
      done += document.size;
      progress(done, total);
    }
    await this.#transfer.clear('up', []);
    await this.#relayAll(signal);
  }

  async pull({ signal, progress, changed }: PartContext): Promise<void> {
    const { parts } = this.#options;
    const pictured = await documentsWith(parts, signal, (document) => this.#lacksPicture(document));
    await eachOf(pictured, PICTURES_AT_ONCE, signal, async (document, ends) => {
      await this.#skipping(document.documentId, ends, async () => {
        await this.#download(document, 'thumbnail', { signal: ends });
        await parts.setPictured(document.documentId);
        changed(document.documentId);
      });
    });
    const wanted = filesToFetch(await this.#cached(signal), this.#options.policy());
    const total = wanted.reduce((sum, { size }) => sum + size, 0);
    let done = 0;
    for (const { documentId, size } of wanted) {
      await this.#skipping(documentId, signal, async () => {
        await this.#fetch(documentId, { signal, onProgress: (bytes) => progress(done + bytes, total) });
        changed(documentId);
      });
      done += size;
      progress(done, total);
    }
    await this.makeRoom(signal);
    await this.#transfer.clear('down', await documentsWith(parts, signal, () => true));
  }

  /**
   * Has a document's original here, and resolves when it is: it was opened. Errors: `file-not-found` when no computer has
   * sent it yet, `not-found` when the document is gone, those of the bucket.
   */
  async fetchOriginal(documentId: string, progress: TransferProgress): Promise<void> {
    await this.#fetch(documentId, progress);
    await this.#options.parts.used(documentId, this.#options.now());
    await this.makeRoom(progress.signal, documentId);
  }

  /** Removes originals of which there are too many here. @param kept One that is about to be shown. */
  async makeRoom(signal: AbortSignal, kept?: string): Promise<void> {
    const { parts, bucket, policy } = this.#options;
    if (policy().limit === null) return;
    for (const { documentId } of filesToDrop(await this.#cached(signal), policy())) {
      const document = await parts.get(documentId);
      // It may have been pinned or read anew since.
      if (documentId === kept || !document || document.pinned || isNeeded(document)) continue;
      const file = fileIn(document, 'original', bucket.name);
      // The bucket is asked once more: what is removed here is nowhere else.
      if (!file || (await bucket.size(file.address, signal)) !== file.size) continue;
      try {
        await rm(this.#pathOf(document, 'original'), { force: true });
      } catch (error) {
        // Windows: it is being shown.
        this.#options.onProblem(documentId, toAppError(error));
      }
    }
  }

  #pathOf({ contentHash, format }: DocumentParts, kind: PartFileKind): string {
    const { library } = this.#transfer;
    return kind === 'original' ? library.file(contentHash, format) : library.thumbnail(contentHash);
  }

  #isHere(document: DocumentParts, kind: PartFileKind): boolean {
    return existsSync(this.#pathOf(document, kind));
  }

  #isToSend(document: DocumentParts, kind: PartFileKind): boolean {
    return fileIn(document, kind, this.#options.bucket.name) === null && this.#isHere(document, kind);
  }

  #lacksPicture(document: DocumentParts): boolean {
    return isNamed(document, 'thumbnail') && !this.#isHere(document, 'thumbnail');
  }

  async #send(document: DocumentParts, kind: PartFileKind, progress: TransferProgress): Promise<void> {
    const { documentId } = document;
    await this.#skipping(documentId, progress.signal, async () => {
      await this.#name(document, kind, await this.#transfer.upload(document, kind, progress), progress.signal);
    });
  }

  /** Lists a file that is whole in this bucket, and names it in a register of its document. */
  async #name(document: DocumentParts, kind: PartFileKind, file: RemoteFile, signal: AbortSignal): Promise<void> {
    const { parts, remote, bucket } = this.#options;
    const { documentId } = document;
    const { address, size, contentHash, sealed } = file;
    // Also when the document was deleted meanwhile: what is not listed would never be removed.
    try {
      await remote.putFile({ address, kind, documentId, contentHash, size, sealed }, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toAppError(thrown);
      if (error.code !== 'remote-busy') throw thrown;
      // The same file is just being removed somewhere: it waits for the next round, and keeps no other back.
      return this.#options.onProblem(documentId, error);
    }
    const now = await parts.get(documentId);
    if (!now || now.contentHash !== document.contentHash) return;
    await parts.setRegister(documentId, registerIn(now, kind, bucket.name), { ...file });
  }

  /** What only a former bucket has comes to this one, also where it is not wanted on this computer. */
  async #relayAll(signal: AbortSignal): Promise<void> {
    const { parts, bucket, former = [] } = this.#options;
    if (former.length === 0) return;
    for (const kind of ['thumbnail', 'original'] as const) {
      const lacking = await documentsWith(
        parts,
        signal,
        (document) => fileIn(document, kind, bucket.name) === null && isNamed(document, kind),
      );
      for (const document of lacking) {
        for (const { file, store } of this.#placesOf(document, kind)) {
          if (store === bucket) continue;
          if (await this.#relay(document, kind, file, store, signal)) break;
        }
      }
    }
    await this.#transfer.clear('relay', []);
  }

  /** Answers whether it could be had there. */
  async #relay(
    document: DocumentParts,
    kind: PartFileKind,
    file: RemoteFile,
    from: BlobStore,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { documentId } = document;
    if (this.#transfer.isSealing && !file.sealed) {
      // SECURITY: it must not lie open in this bucket; what comes here is sealed and sent by the next round.
      if (kind === 'original') await this.#skipping(documentId, signal, () => this.#fetch(documentId, { signal }));
      return true;
    }
    const took = await this.#tryFormer(from, signal, async () => {
      await this.#transfer.take(document, kind, file, from, signal);
      return true;
    });
    if (!took) return false;
    await this.#skipping(documentId, signal, async () => {
      await this.#name(document, kind, await this.#transfer.relay(document, kind, file, { signal }), signal);
    });
    return true;
  }

  /** Where a document's file may be had, in the order in which it is looked for. */
  #placesOf(
    document: DocumentParts,
    kind: PartFileKind,
  ): readonly { readonly file: RemoteFile; readonly store: BlobStore }[] {
    const { bucket, former = [] } = this.#options;
    const own = fileIn(document, kind, bucket.name);
    if (own) return [{ file: own, store: bucket }];
    const named = namedFiles(document, kind);
    const before = former.flatMap((store) => {
      const file = named.find((one) => one.bucket === store.name);
      return file && !this.#unreachable.has(store.name) ? [{ file, store }] : [];
    });
    // It may be the same bucket under another address, or one that was copied to this one.
    return [...before, ...named.slice(0, 1).map((file) => ({ file, store: bucket }))];
  }

  /** A former bucket that is gone, or refuses, ends nothing: it is told of once. Answers with null then. */
  async #tryFormer<T>(store: BlobStore, signal: AbortSignal, work: () => Promise<T>): Promise<T | null> {
    if (this.#unreachable.has(store.name)) return null;
    try {
      return await work();
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toAppError(thrown);
      // Of a single file, or of what is done with it here.
      if (ownFailures.has(error.code)) return null;
      if (!error.code.startsWith('remote-')) throw thrown;
      this.#unreachable.set(store.name, error);
      this.#options.onProblem('', formerUnreachable(store, error));
      return null;
    }
  }

  async #fetch(documentId: string, progress: TransferProgress): Promise<void> {
    const { parts } = this.#options;
    for (;;) {
      const other = this.#fetching.get(documentId);
      if (!other) break;
      // Its failure is told to whoever asked for it.
      await other.catch(() => undefined);
      progress.signal.throwIfAborted();
    }
    const fetching = (async () => {
      const document = await parts.get(documentId);
      if (!document) throw new AppError('not-found', 'This document is no longer in the library.');
      if (this.#isHere(document, 'original')) return;
      await this.#download(document, 'original', progress);
      // Deleted while it came: nobody else would remove it before the next start.
      const now = await parts.get(documentId);
      if (now?.contentHash !== document.contentHash) await this.#transfer.library.remove([document.contentHash]);
    })();
    this.#fetching.set(documentId, fetching);
    try {
      await fetching;
    } finally {
      this.#fetching.delete(documentId);
    }
  }

  async #download(document: DocumentParts, kind: PartFileKind, progress: TransferProgress): Promise<void> {
    const { parts, bucket } = this.#options;
    const places = this.#placesOf(document, kind);
    for (const { file, store } of places) {
      try {
        const get = (): Promise<void> => this.#transfer.download(document, kind, file, store, progress);
        if (store === bucket) return await get();
        if (await this.#tryFormer(store, progress.signal, () => get().then(() => true))) return;
      } catch (thrown) {
        const error = toAppError(thrown);
        if (!ownFailures.has(error.code) || (await bucket.size(file.address, progress.signal)) !== null) throw thrown;
        // It may lie in the one that another computer names: no longer named, it would be removed there.
        if (file.bucket !== bucket.name) throw inAnotherBucket(bucket, thrown);
        // The bucket lost it: no longer named, a computer that has it sends it again.
        await parts.setRegister(document.documentId, registerIn(document, kind, bucket.name), null);
        throw notThereYet(thrown);
      }
    }
    throw notThereYet();
  }

  /** What is wrong with one file is told of; everything else ends the step. */
  async #skipping(documentId: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toAppError(thrown);
      if (!ownFailures.has(error.code)) throw thrown;
      this.#options.onProblem(documentId, error);
    }
  }

  async #cached(signal: AbortSignal): Promise<readonly CachedFile[]> {
    const { parts, bucket } = this.#options;
    const documents = await documentsWith(parts, signal, () => true);
    const files: CachedFile[] = [];
    for (const document of documents) {
      const { documentId, pinned, usedAt, size } = document;
      const here = await stat(this.#pathOf(document, 'original')).catch(() => null);
      files.push({
        documentId,
        pinned,
        usedAt,
        size: here?.size ?? size,
        isHere: here !== null,
        // What only another bucket has is not let go of here.
        isThere: here === null ? isNamed(document, 'original') : fileIn(document, 'original', bucket.name) !== null,
        isNeeded: isNeeded(document),
      });
    }
    return files;
  }
}

/** Whether its text is still to be made of it, here or anywhere. */
function isNeeded({ isBeingRead, localReading, reading }: DocumentParts): boolean {
  return isBeingRead || (localReading === null && reading === null);
}

function inAnotherBucket({ label }: BlobStore, cause: unknown): AppError {
  return new AppError('file-not-found', `The file of this document is not in this bucket (${label}), but in another.`, {
    hint: 'Start Quire on a computer that has the file and names this bucket: it sends it there. Or name the bucket that it was sent to again, in Settings, Sync.',
    cause,
  });
}

function formerUnreachable({ label }: BlobStore, cause: AppError): AppError {
  return new AppError(
    cause.code,
    `The bucket that was named before, ${label}, can’t be reached: what only it has is not brought from there, and what is deleted stays in it.`,
    {
      hint: `${cause.hint ?? ''} Files that a computer still has are sent to the new bucket from there.`.trim(),
      cause,
    },
  );
}

function notThereYet(cause?: unknown): AppError {
  return new AppError(
    'file-not-found',
    'The file of this document is not on this computer, and not in the bucket yet.',
    {
      hint: 'Start Quire on the computer that it was added on, and let it sync.',
      retryable: true,
      cause,
    },
  );
}
