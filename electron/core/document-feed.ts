/** Gathers what changed in the library and announces it in batches, so that a fast ingest does not flood the window. */
import type { Database } from '../db/database.ts';
import { readDocuments } from '../db/read-documents.ts';
import { toAppError, type AppError } from '../../shared/errors.ts';
import type { EventMap } from '../../shared/events.ts';

/** Milliseconds between two announcements. */
const FEED_INTERVAL = 100;

export interface DocumentFeedOptions {
  readonly database: Database;
  readonly announce: (event: EventMap['library.changed']) => void;
  readonly onError: (error: AppError) => void;
}

export class DocumentFeed {
  readonly #options: DocumentFeedOptions;
  readonly #changed = new Set<string>();
  readonly #removed = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  /** The announcement under way: one that was read earlier must not come after one that was read later. */
  #announced: Promise<void> = Promise.resolve();

  constructor(options: DocumentFeedOptions) {
    this.#options = options;
  }

  changed(documentId: string): void {
    this.#changed.add(documentId);
    this.#schedule();
  }

  removed(documentIds: readonly string[]): void {
    for (const id of documentIds) this.#removed.add(id);
    this.#schedule();
  }

  /** Announces what is gathered now. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const ids = [...this.#changed];
    const removed = [...this.#removed];
    this.#changed.clear();
    this.#removed.clear();
    if (ids.length > 0 || removed.length > 0) this.#announced = this.#announce(ids, removed, this.#announced);
    await this.#announced;
  }

  async #announce(ids: readonly string[], removed: readonly string[], earlier: Promise<void>): Promise<void> {
    await earlier;
    try {
      this.#options.announce({ documents: await readDocuments(this.#options.database.documents, ids), removed });
    } catch (error) {
      this.#options.onError(toAppError(error));
    }
  }

  /** What is still told by work that comes to its end is told to nobody: the library closes next. */
  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(): void {
    if (!this.#closed) this.#timer ??= setTimeout(() => void this.flush(), FEED_INTERVAL);
  }
}
