/** Brings the library in line with one file of a watched folder: new, changed, moved, or gone. */
import type { Database } from '../db/database.ts';
import type { FileStamp } from '../db/watch-types.ts';
import type { IngestQueue } from './ingest.ts';
import { stampOf } from './watch-scan.ts';

export interface WatchSyncOptions {
  readonly database: Database;
  readonly ingest: Pick<IngestQueue, 'addFile' | 'replaceFile'>;
  /** Told of documents whose file is another now, or gone, or there again. */
  readonly onChange: (documentId: string) => void;
  /** Milliseconds for which a file must have stopped growing. */
  readonly stability: number;
}

export function isSame(a: FileStamp, b: FileStamp): boolean {
  return a.size === b.size && a.modifiedAt === b.modifiedAt;
}

export class WatchSync {
  readonly #options: WatchSyncOptions;

  constructor(options: WatchSyncOptions) {
    this.#options = options;
  }

  /**
   * Takes a file in as it is now. A file whose bytes are known is not read again, wherever it was before.
   * @returns `growing` when it was written to a moment ago: it has to be looked at again.
   */
  async seen(folderId: string, path: string): Promise<'done' | 'growing'> {
    const { database, ingest, stability } = this.#options;
    const stamp = await stampOf(path);
    if (!stamp) return 'done';
    const age = Date.now() - stamp.modifiedAt;
    // A clock that runs ahead elsewhere must not keep it out for ever.
    if (age >= 0 && age < stability) return 'growing';
    const known = await database.watched.file(folderId, path);
    if (known && isSame(known, stamp) && known.error?.retryable !== true) {
      if (known.gone) await this.#put(folderId, { ...known, ...stamp, path, brought: false });
      return 'done';
    }
    if (!known && (await database.watched.isExcluded(folderId, path, stamp))) return 'done';

    const itsDocument = known?.documentId && (await this.#isItsFile(known.documentId, path)) ? known.documentId : null;
    const outcome = await (itsDocument
      ? ingest.replaceFile(itsDocument, path)
      : // With the document in one step: a kill in between must not make it one that was there before.
        ingest.addFile(path, (document) => database.watched.insert(folderId, path, stamp, document)));
    const { documentId, error, status } = outcome;
    await this.#put(folderId, {
      path,
      ...stamp,
      // Its last good version stays.
      documentId: documentId ?? known?.documentId ?? null,
      brought: status === 'added' && !itsDocument,
      error,
    });
    if (status === 'duplicate' && documentId) await this.#follow(documentId, path);
    return 'done';
  }

  /** Marks the documents of files that are no longer there; those that are there again are left alone. */
  async gone(folderId: string, paths: readonly string[]): Promise<void> {
    const stamps = await Promise.all(paths.map(stampOf));
    const vanished = paths.filter((_path, index) => stamps[index] === null);
    if (vanished.length === 0) return;
    const ids = await this.#options.database.watched.setGone(folderId, vanished);
    for (const id of ids) this.#options.onChange(id);
  }

  /** A document whose own file was moved here has its place here from now on. */
  async #follow(documentId: string, path: string): Promise<void> {
    const { database, onChange } = this.#options;
    const document = await database.documents.get(documentId);
    if (!document || document.path === path || (await stampOf(document.path))) return;
    await database.watched.move(documentId, path);
    onChange(documentId);
  }

  /** Whether a document is what this file, and no other that is there, was before. */
  async #isItsFile(documentId: string, path: string): Promise<boolean> {
    const { database } = this.#options;
    const document = await database.documents.get(documentId);
    return document?.path === path && (await database.watched.isSole(documentId, path));
  }

  async #put(folderId: string, file: Parameters<Database['watched']['put']>[1]): Promise<void> {
    const { database, onChange } = this.#options;
    for (const id of await database.watched.put(folderId, file)) onChange(id);
  }
}
