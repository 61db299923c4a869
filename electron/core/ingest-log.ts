/** What became of documents that were read, for the log: how many, by outcome, never which. */
import type { DocumentSummary } from '../../shared/domain.ts';
import type { Log } from '../logging/logger.ts';

/** Milliseconds over which outcomes are counted together: a thousand files are a few lines. */
const INTERVAL = 5_000;

interface Outcome {
  documents: number;
  pages: number;
  /** Of all of them together, from when each was first seen to its end. */
  milliseconds: number;
}

export class IngestLog {
  readonly #log: Log;
  readonly #startedAt = Date.now();
  /** Since when each document is worked on, in milliseconds since the epoch. */
  readonly #begun = new Map<string, number>();
  readonly #counted = new Set<string>();
  readonly #outcomes = new Map<string, Outcome>();
  #timer: NodeJS.Timeout | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  changed(documents: readonly DocumentSummary[], removed: readonly string[]): void {
    for (const { id, state, error, pageCount, addedAt } of documents) {
      const begun = this.#begun.get(id) ?? this.#addedNow(id, addedAt);
      if (state !== 'ready' && state !== 'failed') {
        this.#begun.set(id, begun ?? Date.now());
        continue;
      }
      // One that was renamed or recognised further has no new outcome.
      if (begun === null) continue;
      this.#begun.delete(id);
      this.#counted.add(id);
      this.#count(error?.code ?? state, pageCount, Date.now() - begun);
    }
    for (const id of removed) this.#begun.delete(id);
  }

  /** Writes what is counted. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    for (const [code, { documents, pages, milliseconds }] of this.#outcomes) {
      this.#log.info('ingest', code, { documents, pages, milliseconds: Math.round(milliseconds) });
    }
    this.#outcomes.clear();
  }

  /** A short document is ready before anybody was told that it is there. */
  #addedNow(id: string, addedAt: number): number | null {
    return addedAt >= this.#startedAt && !this.#counted.has(id) ? addedAt : null;
  }

  #count(code: string, pages: number, milliseconds: number): void {
    const outcome = this.#outcomes.get(code) ?? { documents: 0, pages: 0, milliseconds: 0 };
    outcome.documents += 1;
    outcome.pages += pages;
    outcome.milliseconds += milliseconds;
    this.#outcomes.set(code, outcome);
    this.#timer ??= setTimeout(() => this.flush(), INTERVAL).unref();
  }
}
