/**
 * Gives searchable documents their vectors in the background: in turns, after the text of all documents was read, and
 * from where it was after a restart. A document becomes `ready` when all its chunks have one.
 */
import type { Database } from '../db/database.ts';
import { toAppError, type AppError } from '../../shared/errors.ts';
import { embedDocument } from './embed.ts';
import type { Embedder } from './ports/embedder.ts';

export interface EmbedQueueOptions {
  readonly database: Database;
  /** Opens the embedder of the settings; rejects with `embedder-unavailable` or `provider-…`. */
  readonly embedder: () => Promise<Embedder>;
  /** True while text is being read: that goes first, since it makes documents searchable. */
  readonly isReading: () => boolean;
  readonly onChange: (documentId: string) => void;
  /** The embedder cannot be had (search goes on by words alone), or null: it works. */
  readonly onAvailability: (error: AppError | null) => void;
  readonly onError: (error: AppError) => void;
}

/** Texts of one document's turn: about 4 s of the built-in model's work. */
const TEXTS_A_TURN = 128;

export class EmbedQueue {
  readonly #options: EmbedQueueOptions;
  #running: Promise<void> | null = null;
  #again = false;
  #closed = false;
  #current: { readonly documentId: string; readonly controller: AbortController; readonly done: Promise<void> } | null =
    null;

  constructor(options: EmbedQueueOptions) {
    this.#options = options;
  }

  /** Starts working when there is something to do; costs little when there is nothing. */
  poke(): void {
    this.#again = true;
    if (this.#closed || this.#running) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      if (this.#again && !this.#closed && !this.#options.isReading()) this.poke();
    });
  }

  /** Ends the work on a document, and resolves when nothing more of it will be stored. */
  async stop(documentId: string): Promise<void> {
    if (this.#current?.documentId !== documentId) return;
    this.#current.controller.abort();
    await this.#current.done;
  }

  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#current?.controller.abort();
    await this.idle();
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#closed && !this.#options.isReading()) {
        this.#again = false;
        await this.#rounds();
      }
    } catch (error) {
      this.#options.onError(toAppError(error));
    }
  }

  /** Turn after turn, until no document lacks a vector. */
  async #rounds(): Promise<void> {
    const { database, isReading } = this.#options;
    let embedder: Embedder | null = null;
    for (;;) {
      const waiting = (await database.documents.listUnfinished()).filter((document) => document.state === 'embedding');
      const lacking = embedder ? await database.vectors.documentsLacking(embedder.fingerprint) : [];
      const ids = [...new Set([...waiting.map((document) => document.id), ...lacking])];
      if (ids.length === 0 && embedder) return;
      if (ids.length === 0 && !(await this.#anyLacking())) return;
      if (!embedder) {
        embedder = await this.#open(waiting.map((document) => document.id));
        if (!embedder) return;
        const { fingerprint, kind, model, dimensions } = embedder;
        await database.embedders.register({ fingerprint, kind, model, dimensions });
        continue;
      }
      let worked = false;
      for (const id of ids) {
        if (this.#closed || isReading()) return;
        worked = (await this.#turn(id, embedder)) || worked;
      }
      if (!worked) return;
    }
  }

  async #anyLacking(): Promise<boolean> {
    const active = await this.#options.database.embedders.active();
    return active !== null && (await this.#options.database.vectors.documentsLacking(active.fingerprint)).length > 0;
  }

  /** Without an embedder documents are done as far as they can be: searchable by words. */
  async #open(waiting: readonly string[]): Promise<Embedder | null> {
    const { database, embedder, onAvailability, onChange } = this.#options;
    try {
      const opened = await embedder();
      onAvailability(null);
      return opened;
    } catch (error) {
      onAvailability(toAppError(error));
      for (const id of waiting) {
        await database.documents.setState(id, 'ready');
        onChange(id);
      }
      return null;
    }
  }

  /** One document's turn; answers whether anything changed. */
  async #turn(documentId: string, embedder: Embedder): Promise<boolean> {
    const { database, onChange } = this.#options;
    const document = await database.documents.get(documentId);
    if (!document || (document.state !== 'embedding' && document.state !== 'ready')) return false;
    const controller = new AbortController();
    const done = Promise.withResolvers<void>();
    this.#current = { documentId, controller, done: done.promise };
    try {
      const progress = await embedDocument({
        vectors: database.vectors,
        embedder,
        documentId,
        signal: controller.signal,
        maxTexts: TEXTS_A_TURN,
        onProgress: () => onChange(documentId),
      });
      if (!controller.signal.aborted && progress.done === progress.total && document.state === 'embedding') {
        await database.documents.setState(documentId, 'ready');
      }
    } catch (error) {
      if (controller.signal.aborted) return false;
      const { code, message, hint } = toAppError(error);
      await database.documents.fail(
        documentId,
        { code, message: `“${document.fileName}” can be searched by words only. ${message}`, hint, retryable: true },
        'embedding',
      );
    } finally {
      this.#current = null;
      done.resolve();
    }
    onChange(documentId);
    return true;
  }
}
