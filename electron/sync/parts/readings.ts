/**
 * Readings: the pages and chunks of documents. Rows are written first and named in register `reading` when all of them are
 * on the server, so that nobody reads a half. What came is kept beside what is there until it is whole.
 */
import type { DocumentParts, PartsStore, RemoteReading } from '../../db/sync-types.ts';
import { toAppError, type AppError } from '../../../shared/errors.ts';
import { register } from '../entity.ts';
import type { PartContext, PartSync } from '../ports/part-sync.ts';
import type { RemoteParts } from '../ports/remote-parts.ts';
import { documentsWith, eachOf } from './each.ts';
import { checkedChunks, checkedPages } from './rows.ts';
import type { VectorSync } from './vectors.ts';

export interface ReadingSyncOptions {
  readonly parts: PartsStore;
  readonly remote: RemoteParts;
  /** Sends a document's vectors before its reading is named: who gets the one then finds the other. */
  readonly vectors: Pick<VectorSync, 'pushOf'>;
  /** Told of a document whose rows on the server are damaged; the others go on. */
  readonly onProblem: (documentId: string, error: AppError) => void;
}

/** Rows of a request: about a megabyte. A chunk has some 2 KB, a page with its geometry some 10 KB. */
const CHUNKS = 500;
const PAGES = 100;
/** Documents under way at once: one is read or stored while the others wait for the server. */
const AT_ONCE = 3;

export class ReadingSync {
  readonly #options: ReadingSyncOptions;
  /** Named in this round: their earlier readings go once the register is on the server. */
  readonly #named = new Map<string, string>();
  /** Readings that were named and not there, by document. */
  readonly #missing = new Map<string, string>();
  /** The last piece of work on each document that is coming here: a round and a question may want the same one. */
  readonly #coming = new Map<string, Promise<unknown>>();

  constructor(options: ReadingSyncOptions) {
    this.#options = options;
  }

  /** Sends readings, and gets the chunks of documents that nothing can be searched of, or all of those that changed. */
  get passages(): PartSync {
    return {
      name: 'readings',
      push: (context) => this.#push(context),
      pull: async (context) => {
        await this.#dropEarlier(context.signal);
        await this.#pull(context, (document, reading) => document.passagesOf !== reading.id, true);
      },
    };
  }

  /** Gets the pages of documents whose chunks are searched already: to be taken when these and their vectors are here. */
  get pages(): PartSync {
    return {
      name: 'readings',
      push: () => Promise.resolve(),
      pull: (context) => this.#pull(context, (document, reading) => document.passagesOf === reading.id, false),
    };
  }

  /**
   * Gets the passages of one document of which nothing can be searched here, now and beside a round. Answers whether they
   * are here; where a round is at the same document, what it got is gone on from.
   */
  bring(documentId: string, signal: AbortSignal): Promise<boolean> {
    return this.#inTurn(documentId, signal, async () => {
      const document = await this.#options.parts.get(documentId);
      if (!document || document.isSearchable) return document !== null;
      const reading = wantedReading(document);
      return reading !== null && this.#get(documentId, reading, false, signal);
    });
  }

  async #push({ signal, progress }: PartContext): Promise<void> {
    const { parts } = this.#options;
    const waiting = await documentsWith(parts, signal, isToSend);
    let done = 0;
    await eachOf(waiting, AT_ONCE, signal, async ({ documentId }, ends) => {
      // It may have been read anew since.
      const document = await parts.get(documentId);
      if (document && isToSend(document)) await this.#send(document, document.localReading, ends);
      done += 1;
      progress(done, waiting.length);
    });
  }

  async #send(document: DocumentParts, reading: string, signal: AbortSignal): Promise<void> {
    const { parts, remote, vectors } = this.#options;
    const { documentId } = document;
    const here = await parts.count(documentId, reading);
    if (!here) return;
    const there = await remote.countReading(documentId, reading, signal);
    // Rows are written in order, so that those that are there are the first. Should they be others, all are sent again.
    for (const from of [there, { pages: 0, chunks: 0 }]) {
      for (let after = from.chunks - 1; ;) {
        const rows = await parts.chunks(documentId, reading, after, CHUNKS);
        if (!rows) return;
        const last = rows.at(-1);
        if (!last) break;
        await remote.putChunks(documentId, reading, rows, signal);
        after = last.ordinal;
      }
      for (let after = from.pages; ;) {
        const rows = await parts.pages(documentId, reading, after, PAGES);
        if (!rows) return;
        const last = rows.at(-1);
        if (!last) break;
        await remote.putPages(documentId, reading, rows, signal);
        after = last.number;
      }
      const arrived = await remote.countReading(documentId, reading, signal);
      if (arrived.pages !== here.pages || arrived.chunks !== here.chunks) continue;
      await vectors.pushOf(document, signal);
      const value: RemoteReading = { id: reading, ...here, documentHash: document.contentHash };
      await parts.setRegister(documentId, register.reading, { ...value });
      this.#named.set(documentId, reading);
      return;
    }
  }

  /** After the exchange that follows the pushes: nobody is led to the earlier ones any more. */
  async #dropEarlier(signal: AbortSignal): Promise<void> {
    const { parts, remote } = this.#options;
    for (const [documentId, reading] of this.#named) {
      const document = await parts.get(documentId);
      if (document?.reading?.id === reading) await remote.dropOtherReadings(documentId, reading, signal);
      this.#named.delete(documentId);
    }
  }

  async #pull(
    { signal, progress, changed }: PartContext,
    isPhase: (document: DocumentParts, reading: RemoteReading) => boolean,
    isFirst: boolean,
  ): Promise<void> {
    const { parts } = this.#options;
    const isWanted = (document: DocumentParts): boolean => {
      const reading = wantedReading(document);
      return reading !== null && isPhase(document, reading);
    };
    const waiting = await documentsWith(parts, signal, isWanted);
    // Many small ones can be searched before a large one is here.
    waiting.sort((one, other) => (one.reading?.chunks ?? 0) - (other.reading?.chunks ?? 0));
    const total = waiting.reduce((sum, { reading }) => sum + sizeOf(reading), 0);
    let done = 0;
    await eachOf(waiting, AT_ONCE, signal, async ({ documentId, reading: listed }, ends) => {
      await this.#inTurn(documentId, ends, async () => {
        const document = await parts.get(documentId);
        const reading = document && wantedReading(document);
        if (document && reading && isPhase(document, reading)) {
          // Where something can be searched, it is until all of the new is here.
          const withPages = !isFirst || document.isSearchable;
          if (await this.#getWhole(documentId, reading, withPages, ends)) changed(documentId);
        }
      });
      done += sizeOf(listed);
      progress(done, total);
    });
  }

  /** Works on a document when whoever is at it has ended, well or not: rows are counted before more are asked for. */
  async #inTurn<T>(documentId: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (let before = this.#coming.get(documentId); before; before = this.#coming.get(documentId)) {
      await untilAborted(before, signal);
    }
    const running = work();
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    this.#coming.set(documentId, settled);
    try {
      return await running;
    } finally {
      if (this.#coming.get(documentId) === settled) this.#coming.delete(documentId);
    }
  }

  /** As `#get`; one that can't be read keeps nothing else from coming. */
  async #getWhole(
    documentId: string,
    reading: RemoteReading,
    withPages: boolean,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      return await this.#get(documentId, reading, withPages, signal);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code !== 'remote-damaged') throw thrown;
      this.#options.onProblem(documentId, error);
      return false;
    }
  }

  /** Answers whether it came. */
  async #get(documentId: string, reading: RemoteReading, withPages: boolean, signal: AbortSignal): Promise<boolean> {
    const { parts, remote } = this.#options;
    const { id } = reading;
    const here = await parts.received(documentId, id);
    const hasChunks = await inTurns(
      here.chunks,
      reading.chunks,
      async (have) => checkedChunks(await remote.chunks(documentId, id, have - 1, CHUNKS, signal), have - 1),
      (rows) => parts.putChunks(documentId, id, rows),
      signal,
    );
    const hasPages =
      !withPages ||
      (await inTurns(
        here.pages,
        reading.pages,
        async (have) => checkedPages(await remote.pages(documentId, id, have, PAGES, signal), have),
        (rows) => parts.putPages(documentId, id, rows),
        signal,
      ));
    if (!hasChunks || !hasPages) {
      await this.#noteMissing(documentId, id);
      return false;
    }
    this.#missing.delete(documentId);
    // Its register may name another one by now, and the document may be being read here.
    const document = await parts.get(documentId);
    if (!document || wantedReading(document)?.id !== id) return false;
    await parts.finishReading(documentId, reading);
    return true;
  }

  /**
   * A reading that is named and not there was replaced while this computer looked, or the server lost it. When it is not
   * there at the next look either, it is named no more, and a computer that has it sends it again.
   */
  async #noteMissing(documentId: string, reading: string): Promise<void> {
    if (this.#missing.get(documentId) !== reading) {
      this.#missing.set(documentId, reading);
      return;
    }
    this.#missing.delete(documentId);
    const document = await this.#options.parts.get(documentId);
    if (document?.reading?.id === reading) await this.#options.parts.setRegister(documentId, register.reading, null);
  }
}

/** Whether its text is complete here and the server has none of it, or that of before. */
function isToSend(document: DocumentParts): document is DocumentParts & { readonly localReading: string } {
  const { isReady, isNew, localReading, reading } = document;
  return isReady && localReading !== null && (reading === null || (isNew && reading.id !== localReading));
}

/** The reading that is to come here; null when what is here is as new, or is being made, or it is of another file. */
function wantedReading({
  contentHash,
  reading,
  localReading,
  isNew,
  isBeingRead,
}: DocumentParts): RemoteReading | null {
  if (isNew || isBeingRead || reading?.documentHash !== contentHash) return null;
  return reading.id === localReading ? null : reading;
}

/** Resolves with what never rejects, or rejects when the signal is aborted. */
function untilAborted(settled: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(toAppError(signal.reason));
    signal.addEventListener('abort', stop, { once: true });
    void settled.then(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
  });
}

function sizeOf(reading: RemoteReading | null): number {
  return reading ? reading.pages + reading.chunks : 0;
}

/**
 * Gets rows until there are as many as due, the next while the last are stored. False when the server has fewer.
 * @param have Rows that are here already: the first ones.
 */
async function inTurns<Row>(
  have: number,
  due: number,
  get: (have: number) => Promise<readonly Row[]>,
  store: (rows: readonly Row[]) => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  let stored: Promise<void> = Promise.resolve();
  try {
    for (let count = have; count < due;) {
      signal.throwIfAborted();
      const rows = (await get(count)).slice(0, due - count);
      await stored;
      if (rows.length === 0) return false;
      stored = store(rows);
      // Awaited in the next turn, or at the end.
      stored.catch(() => undefined);
      count += rows.length;
    }
  } finally {
    await stored;
  }
  return true;
}
