/**
 * Takes documents in and brings them to `ready`: copies the bytes, then reads and chunks in slices, every step
 * committed to the journal in the database, so that whatever ends the app, a restart goes on from there.
 *
 * Two lanes take turns among their documents (see ingest-lanes.ts): a letter waits for one slice of a long manual, not for
 * all of it. Vectors follow in the background (see embed-queue.ts).
 */
import { randomUUID } from 'node:crypto';
import { basename, extname } from 'node:path';
import type { Database, InsertedDocument, NewDocument, RetryState } from '../db/database.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import { isRecognising, type DeletionOutcome, type DocumentFormat, type DocumentSummary } from '../../shared/domain.ts';
import type { AddOutcome } from '../../shared/requests/library.ts';
import { formatOf, type BlobStore, type CopiedFile } from './blobs.ts';
import { findFiles } from './find-files.ts';
import { IngestLanes } from './ingest-lanes.ts';
import type { HostRunner } from './ports/pipeline-host.ts';
import { chunkStep, isStoredDamaged, readStep, tryOut, type StepContext } from './ingest-steps.ts';

export interface IngestOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  /** One lane for each. */
  readonly hosts: readonly HostRunner[];
  /** Tries a changed file before it takes the stored one's place; a file that crashes it takes no other along. */
  readonly tryingHost: HostRunner;
  /** Told after every committed step. */
  readonly onChange: (documentId: string) => void;
  /** Told when a document's text is searchable, or all lanes came to rest: vectors can be made. */
  readonly onText: () => void;
  /** Resolves when nothing of this document is embedded or recognised; nothing is until the answered function is called. */
  readonly holdBackground: (documentId: string) => Promise<() => void>;
  readonly onError: (error: AppError) => void;
}

/** A file that was copied into the library's folder. */
type TakenFile = Pick<NewDocument, 'contentHash' | 'size' | 'format'>;

type Store = (file: TakenFile) => Promise<{ readonly documentId: string; readonly duplicate: boolean }>;

/** Milliseconds between attempts to write down why a document failed when the disk is full. */
const FULL_DISK_PAUSE = 5_000;

export class IngestQueue {
  readonly #options: IngestOptions;
  readonly #lanes: IngestLanes;
  /** Documents whose title, author and picture were found out since the start. */
  readonly #described = new Set<string>();
  /** The end of the last step that changes which files there are; see `#exclusive`. */
  #filesSettled: Promise<unknown> = Promise.resolve();
  readonly #closing = new AbortController();
  #closed = false;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#lanes = new IngestLanes({
      hosts: options.hosts,
      step: (host, documentId, signal) => this.#step(host, documentId, signal),
      onRest: () => options.onText(),
    });
  }

  /** True while text of any document is still to be read or chunked. */
  get busy(): boolean {
    return this.#lanes.busy;
  }

  /**
   * Adds files, or all readable files of folders; each is copied, then queued. One outcome a file, in order; a file
   * that can't be added does not keep the others from it.
   */
  async add(paths: readonly string[], onOutcome?: (outcome: AddOutcome) => void): Promise<AddOutcome[]> {
    const outcomes: AddOutcome[] = [];
    for (const { path, error } of await findFiles(paths)) {
      const outcome = error ? rejected(path, error) : await this.addFile(path);
      outcomes.push(outcome);
      onOutcome?.(outcome);
    }
    return outcomes;
  }

  /** Removes the files of documents that are deleted: by a kill in between, or from another computer. */
  async removeFiles(): Promise<void> {
    const { database, blobs, onError } = this.#options;
    await this.#exclusive(async () => {
      const { gone, failures } = await blobs.remove(await database.files.pendingDeletions());
      await database.files.confirmDeleted(gone);
      for (const failure of failures) onError(toAppError(failure));
    });
  }

  /** After a start: takes up what was under way, and removes files that no document owns. */
  async resume(): Promise<void> {
    const { database, blobs, onError } = this.#options;
    await this.removeFiles();
    await this.#exclusive(async () => {
      const stayed = await blobs.removeOrphans(await database.documents.contentHashes('all'));
      // A file that another program holds keeps nobody from starting; the next start tries again.
      for (const failure of stayed) onError(toAppError(failure));
    });
    for (const document of await database.documents.listUnfinished()) {
      if (document.state !== 'embedding') this.#lanes.enqueue(document.id);
    }
    this.#options.onText();
  }

  /** Ends the work on a document; it is then `failed` with `cancelled`, and can be retried from where it was. */
  async cancel(documentId: string): Promise<void> {
    const document = await this.#options.database.documents.get(documentId);
    if (
      !document ||
      document.remoteOnly === true ||
      document.state === 'failed' ||
      (document.state === 'ready' && !isRecognising(document))
    )
      return;
    const release = await this.#stopWork(documentId);
    try {
      await this.#markCancelled(documentId);
    } finally {
      release();
    }
  }

  async #markCancelled(documentId: string): Promise<void> {
    // Its step may have ended before it could be stopped.
    const document = await this.#options.database.documents.get(documentId);
    if (!document || document.state === 'failed') return;
    if (document.state === 'ready' && !isRecognising(document)) return;
    const error = new AppError('cancelled', `Reading “${document.fileName}” was cancelled.`, {
      hint: 'Retry goes on from where it was.',
      retryable: true,
    });
    if (document.state === 'ready') {
      const stopped = await this.#options.database.recognition.stop(documentId, error.toInfo());
      if (stopped.state === 'chunking') this.takeUp(documentId);
    } else {
      await this.#options.database.documents.fail(documentId, error.toInfo(), document.state);
    }
    this.#options.onChange(documentId);
  }

  /** Goes on with a document whose state was moved by another hand: recognition, which is done with it. */
  takeUp(documentId: string): void {
    this.#lanes.enqueue(documentId);
  }

  /** Goes on with a failed document from the step that failed, or with the recognition of one that is ready. */
  async retry(documentId: string): Promise<void> {
    const document = await this.#options.database.documents.retry(documentId);
    if (document.recognitionError || document.state === 'extracting')
      await this.#options.database.recognition.goOn(documentId);
    if (document.state === 'ready') {
      this.#options.onChange(documentId);
      return this.#options.onText();
    }
    this.#options.onChange(documentId);
    if (document.state === 'embedding') this.#options.onText();
    else this.#lanes.enqueue(documentId);
  }

  /** Reads the stored copy anew, from the first page on. The document is searched as it was until its text is there. */
  async reindex(documentId: string): Promise<void> {
    const release = await this.#stopWork(documentId);
    try {
      await this.#options.database.documents.reset(documentId);
      this.#described.delete(documentId);
    } finally {
      release();
    }
    this.#options.onChange(documentId);
    this.#lanes.enqueue(documentId);
  }

  /**
   * Reads a document anew whose file has other bytes: it stays the same document, in its collections and conversations.
   * When these bytes are in the library already, nothing is changed and the outcome is `duplicate` with their document,
   * which may be this one. Bytes that can't be opened (a save that was cut off, a password) change nothing either. It
   * never throws: the outcome says what failed.
   */
  async replaceFile(documentId: string, path: string): Promise<AddOutcome> {
    const { database, blobs } = this.#options;
    const store: Store = async ({ contentHash, size }) => {
      const release = await this.#stopWork(documentId);
      try {
        await this.#lanes.closeDocuments();
        const before = await database.documents.replace(documentId, { contentHash, size, path });
        this.#described.delete(documentId);
        await database.files.confirmDeleted((await blobs.remove([before])).gone);
        return { documentId, duplicate: false };
      } finally {
        release();
      }
    };
    return this.#take(path, store, ({ stored }, format) =>
      tryOut(this.#options.tryingHost, { file: stored, format, fileName: basename(path) }, this.#closing.signal),
    );
  }

  /**
   * Deletes documents with every trace (rows, vectors, stored copies, thumbnails), and looks whether any is left, which
   * `left` then says in words.
   */
  async delete(
    documentIds: readonly string[],
  ): Promise<{ readonly outcome: DeletionOutcome; readonly left: readonly string[] }> {
    const { database, blobs } = this.#options;
    const releases = await Promise.all(documentIds.map((id) => this.#stopWork(id)));
    await this.#lanes.closeDocuments();
    try {
      return await this.#exclusive(async () => {
        const { counts, contentHashes, freedBytes, left } = await database.documents.delete(documentIds);
        const { files, bytes, gone } = await blobs.remove(contentHashes);
        const filesLeft = blobs.count(contentHashes);
        await database.files.confirmDeleted(gone);
        return {
          outcome: { ...counts, files, freedBytes: freedBytes + bytes },
          left: filesLeft === 0 ? left : [...left, filesLeft === 1 ? '1 stored file' : `${filesLeft} stored files`],
        };
      });
    } finally {
      for (const release of releases) release();
    }
  }

  /** Resolves when all lanes rest. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  /** Stops taking slices; what runs is cancelled and stays resumable. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#closing.abort();
    await this.#lanes.close();
  }

  /**
   * Adds one file: copied, then queued. It never throws: the outcome says what failed.
   * @param insert Stores the document, when the caller's journal is to be written with it.
   */
  async addFile(
    path: string,
    insert: (document: NewDocument) => Promise<InsertedDocument> = (document) =>
      this.#options.database.documents.insert(document),
  ): Promise<AddOutcome> {
    return this.#take(path, async ({ contentHash, size, format }) => {
      const title = basename(path, extname(path));
      const added = { id: randomUUID(), contentHash, path, title, format, size, addedAt: Date.now() };
      const { document, duplicate } = await insert(added);
      return { documentId: document.id, duplicate };
    });
  }

  /**
   * Copies a file, has it stored unless its bytes are there already, and queues what is new.
   * @param check Throws when bytes that are not there already must not be stored.
   */
  async #take(
    path: string,
    store: Store,
    check?: (copy: CopiedFile, format: DocumentFormat) => Promise<void>,
  ): Promise<AddOutcome> {
    const { database, blobs } = this.#options;
    try {
      const format = formatOf(path);
      if (!format) throw new AppError('file-type-unsupported', `“${basename(path)}” is not a PDF, .txt or .md file.`);
      const copy = await blobs.copy(path, format);
      try {
        if (check && !(await database.documents.findByHash(copy.contentHash))) await check(copy, format);
      } catch (error) {
        await copy.discard();
        throw error;
      }
      const isDamaged = await this.#isDamaged(copy, format);
      const { documentId, duplicate } = await this.#exclusive(async () => {
        try {
          if (isDamaged) await this.#lanes.closeDocuments();
          const { contentHash, size } = copy;
          const there = await database.documents.findByHash(contentHash);
          // Under the format it was first added with; a stored copy that was lost or damaged is put back.
          if (!there || there.format === format) await copy.keep(isDamaged);
          if (there) return { documentId: there.id, duplicate: true };
          return await store({ contentHash, size, format });
        } finally {
          await copy.discard();
        }
      });
      if (!duplicate) this.#lanes.enqueue(documentId);
      this.#options.onChange(documentId);
      return { path, status: duplicate ? 'duplicate' : 'added', documentId, error: null };
    } catch (error) {
      return rejected(path, toAppError(error));
    }
  }

  /** Whether a document that has these bytes lost them. Where that can't be found out its stored copy stays. */
  async #isDamaged(copy: CopiedFile, format: DocumentFormat): Promise<boolean> {
    const { database, blobs, tryingHost, onError } = this.#options;
    try {
      if ((await database.documents.findByHash(copy.contentHash))?.format !== format) return false;
      return await isStoredDamaged({ blobs, host: tryingHost }, copy, format, this.#closing.signal);
    } catch (error) {
      if (!this.#closing.signal.aborted) onError(toAppError(error));
      return false;
    }
  }

  /**
   * Steps that change files and rows together run one after another: a file that is being added must not be removed by
   * the deletion of its former document, nor by the sweep at the start.
   */
  #exclusive<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#filesSettled.then(step);
    // Its failure is the caller's; the next one goes on.
    this.#filesSettled = result.catch(() => undefined);
    return result;
  }

  /** One step of one document; answers whether it wants another. */
  async #step(host: HostRunner, id: string, signal: AbortSignal): Promise<boolean> {
    const { database, onChange } = this.#options;
    let document: DocumentSummary | null = null;
    try {
      document = await database.documents.get(id);
      if (!document || signal.aborted) return false;
      const context: StepContext = {
        database,
        blobs: this.#options.blobs,
        host,
        signal,
        described: this.#described,
        onProgress: () => onChange(id),
      };
      if (document.state === 'queued' || document.state === 'extracting') {
        const again = await readStep(context, document);
        onChange(id);
        return again;
      }
      if (document.state === 'chunking') {
        await chunkStep(context, document);
        onChange(id);
        this.#options.onText();
      }
      return false;
    } catch (error) {
      if (!signal.aborted && document) await this.#fail(document, toAppError(error));
      return false;
    }
  }

  async #fail(document: DocumentSummary, error: AppError): Promise<void> {
    const { database, onChange, onError } = this.#options;
    try {
      const current = (await database.documents.get(document.id)) ?? document;
      const named = error.message.includes(document.fileName)
        ? error
        : new AppError(error.code, `“${document.fileName}”: ${error.message}`, { ...error, cause: error });
      await database.documents.fail(document.id, named.toInfo(), retryState(current));
      onChange(document.id);
    } catch (second) {
      const reason = toAppError(second);
      onError(reason);
      // The journal itself can't be written: the document stays where it was, with nothing to retry, until it can be.
      if (reason.code === 'disk-full') this.#failLater(document, error);
    }
  }

  #failLater(document: DocumentSummary, error: AppError): void {
    const again = async (): Promise<void> => {
      if (this.#closed) return;
      const current = await this.#options.database.documents.get(document.id);
      const isOver = !current || current.state === 'failed' || current.state === 'ready';
      if (!isOver && !this.#lanes.has(document.id)) await this.#fail(document, error);
    };
    setTimeout(
      () => void again().catch((thrown: unknown) => this.#options.onError(toAppError(thrown))),
      FULL_DISK_PAUSE,
    ).unref();
  }

  /** Resolves when nothing works on the document; the answered function lets its vectors be made again. */
  async #stopWork(documentId: string): Promise<() => void> {
    const release = await this.#options.holdBackground(documentId);
    await this.#lanes.stop(documentId);
    return release;
  }
}

function retryState(document: DocumentSummary): RetryState {
  return document.state === 'ready' || document.state === 'failed' ? 'queued' : document.state;
}

function rejected(path: string, error: AppError): AddOutcome {
  return { path, status: 'rejected', documentId: null, error: error.toInfo() };
}
