/** Originals of documents, which sync may keep elsewhere: whoever is about to read one asks for it here first. */
import { existsSync } from 'node:fs';
import type { Database } from '../db/database.ts';
import type { BlobStore } from '../pipeline/blobs.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { DocumentSummary } from '../../shared/domain.ts';
import type { LibrarySync } from './sync.ts';

export type OriginalOf = Pick<DocumentSummary, 'id' | 'contentHash' | 'format'>;

/** Milliseconds between two notes of one document's use: a long file is read in many pieces. */
const NOTE_PAUSE = 60_000;

export class Originals {
  readonly #database: Pick<Database, 'documents' | 'parts'>;
  readonly #blobs: Pick<BlobStore, 'file'>;
  readonly #sync: Pick<LibrarySync, 'isOn' | 'fetchOriginal'>;
  /** When the use of a document was noted last, by `performance.now()`. */
  readonly #noted = new Map<string, number>();

  constructor(
    database: Pick<Database, 'documents' | 'parts'>,
    blobs: Pick<BlobStore, 'file'>,
    sync: Pick<LibrarySync, 'isOn' | 'fetchOriginal'>,
  ) {
    this.#database = database;
    this.#blobs = blobs;
    this.#sync = sync;
  }

  /**
   * Has it here when it resolves, and notes that it was used: what was not used for longest goes first where there is no
   * room. While sync is off nothing is done, there or not. Errors: `file-not-found`, `remote-…`.
   */
  async have({ id, contentHash, format }: OriginalOf): Promise<void> {
    if (!this.#sync.isOn) return;
    if (existsSync(this.#blobs.file(contentHash, format))) return this.#note(id);
    try {
      await this.#sync.fetchOriginal(id);
    } catch (thrown) {
      throw notFetched(toAppError(thrown));
    }
    this.#noted.set(id, performance.now());
  }

  /** As `have`; a document that is gone is whoever reads it to tell. */
  async haveOf(documentId: string): Promise<void> {
    const document = this.#sync.isOn ? await this.#database.documents.get(documentId) : null;
    if (document) await this.have(document);
  }

  async #note(id: string): Promise<void> {
    const now = performance.now();
    if (now - (this.#noted.get(id) ?? -NOTE_PAUSE) < NOTE_PAUSE) return;
    this.#noted.set(id, now);
    await this.#database.parts.used(id, Date.now());
  }
}

function notFetched(error: AppError): AppError {
  if (error.code === 'file-not-found' || error.code === 'not-found') return error;
  const { code, message, retryable } = error;
  const hint = retryable ? 'Check the network and the server, and try again.' : error.hint;
  return new AppError(code, `This document’s file is not on this computer, and could not be fetched. ${message}`, {
    hint,
    retryable,
    cause: error,
  });
}
