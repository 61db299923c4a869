/**
 * Files of documents: originals and the pictures of their first pages. An object is uploaded and verified, listed on the
 * server, and then named in register `file` or `thumbnail`. Pictures always come; originals as the person chose.
 */
import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { DocumentParts, PartsStore, RemoteFile } from '../../db/sync-types.ts';
import { AppError, toAppError, type ErrorCode } from '../../../shared/errors.ts';
import { register } from '../entity.ts';
import type { PartContext, PartSync } from '../ports/part-sync.ts';
import type { RemoteParts } from '../ports/remote-parts.ts';
import { documentsWith, eachOf } from './each.ts';
import { filesToDrop, filesToFetch, type CachedFile, type FilePolicy } from './file-cache.ts';
import { FileTransfer, type PartFileKind, type TransferOptions, type TransferProgress } from './file-transfer.ts';
import { removeFromBucket } from './removals.ts';

export interface FileSyncOptions extends TransferOptions {
  readonly parts: PartsStore;
  readonly remote: RemoteParts;
  readonly policy: () => FilePolicy;
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

  constructor(options: FileSyncOptions) {
    this.#options = options;
    this.#transfer = new FileTransfer(options);
  }

  async push({ signal, progress }: PartContext): Promise<void> {
    const { parts } = this.#options;
    await removeFromBucket(this.#options, signal);
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
      const { file } = document;
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
    return namedFile(document, kind) === null && this.#isHere(document, kind);
  }

  #lacksPicture(document: DocumentParts): boolean {
    return namedFile(document, 'thumbnail') !== null && !this.#isHere(document, 'thumbnail');
  }

  async #send(document: DocumentParts, kind: PartFileKind, progress: TransferProgress): Promise<void> {
    const { parts, remote } = this.#options;
    const { documentId } = document;
    await this.#skipping(documentId, progress.signal, async () => {
      const file = await this.#transfer.upload(document, kind, progress);
      const { address, size, contentHash, sealed } = file;
      // Also when the document was deleted meanwhile: what is not listed would never be removed.
      await remote.putFile({ address, kind, documentId, contentHash, size, sealed }, progress.signal);
      const now = await parts.get(documentId);
      if (now?.contentHash === document.contentHash) {
        await parts.setRegister(documentId, kind === 'original' ? register.file : register.thumbnail, { ...file });
      }
    });
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
    const file = namedFile(document, kind);
    if (!file) throw notThereYet();
    try {
      await this.#transfer.download(document, kind, file, progress);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (!ownFailures.has(error.code) || (await bucket.size(file.address, progress.signal)) !== null) throw thrown;
      // It may lie in the one that another computer names: no longer named, it would be removed there.
      if (file.bucket !== bucket.name) throw inAnotherBucket(thrown);
      // The bucket lost it: no longer named, a computer that has it sends it again.
      await parts.setRegister(document.documentId, kind === 'original' ? register.file : register.thumbnail, null);
      throw notThereYet(thrown);
    }
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
    const documents = await documentsWith(this.#options.parts, signal, () => true);
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
        isThere: namedFile(document, 'original') !== null,
        isNeeded: isNeeded(document),
      });
    }
    return files;
  }
}

/** What the register names, when it is a file of the bytes that the document has now. */
function namedFile({ file, thumbnail, contentHash }: DocumentParts, kind: PartFileKind): RemoteFile | null {
  const named = kind === 'original' ? file : thumbnail;
  return named?.documentHash === contentHash ? named : null;
}

/** Whether its text is still to be made of it, here or anywhere. */
function isNeeded({ isBeingRead, localReading, reading }: DocumentParts): boolean {
  return isBeingRead || (localReading === null && reading === null);
}

function inAnotherBucket(cause: unknown): AppError {
  return new AppError('file-not-found', 'The file of this document was sent to another bucket than this one.', {
    hint: 'Name the same bucket, at the same address, on all computers: in Settings, Sync.',
    cause,
  });
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
