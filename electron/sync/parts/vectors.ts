/**
 * Vectors: each text's, by embedder. Another computer with the same embedder gets them and makes none; register
 * `vectors:<fingerprint>` tells it that they are all there, and of which reading.
 */
import { AppError, toAppError } from '../../../shared/errors.ts';
import type { DocumentParts, PartsStore, RemoteVectors } from '../../db/sync-types.ts';
import { register } from '../entity.ts';
import type { PartContext, PartSync } from '../ports/part-sync.ts';
import type { RemoteParts, VectorRow, VectorSpace } from '../ports/remote-parts.ts';
import { documentsWith } from './each.ts';

export interface VectorSyncOptions {
  readonly parts: PartsStore;
  readonly remote: RemoteParts;
  /** Told of a document whose vectors on the server are none; the others go on. */
  readonly onProblem: (documentId: string, error: AppError) => void;
}

/** Vectors of a request: 384 numbers each are 1.5 KB, the largest models' twelve. */
const BATCH = 1_000;

export class VectorSync implements PartSync {
  readonly name = 'vectors';
  readonly #options: VectorSyncOptions;
  /** Spaces whose tables are there, by fingerprint. */
  readonly #open = new Set<string>();
  /**
   * Spaces whose tables there are of another size: nothing is sent to them, nor asked of them, until the next start. What
   * lies there may be right for another computer, and stays.
   */
  readonly #foreign = new Set<string>();

  constructor(options: VectorSyncOptions) {
    this.#options = options;
  }

  async push({ signal, progress }: PartContext): Promise<void> {
    const { parts } = this.#options;
    const spaces = await this.#spaces();
    // A reading that is not named yet takes its vectors with it.
    const waiting = await documentsWith(
      parts,
      signal,
      (document) => document.reading?.id === document.localReading && spaces.some((space) => isToSend(document, space)),
    );
    for (const [index, document] of waiting.entries()) {
      progress(index, waiting.length);
      await this.pushOf(document, signal);
    }
  }

  /** Sends and names what the server lacks of a document's vectors; nothing as long as some are still to be made. */
  async pushOf(document: DocumentParts, signal: AbortSignal): Promise<void> {
    for (const space of await this.#spaces()) {
      if (isToSend(document, space)) await this.#send(document.documentId, document.localReading, space, signal);
    }
  }

  async #send(documentId: string, reading: string, space: VectorSpace, signal: AbortSignal): Promise<void> {
    const { parts, remote } = this.#options;
    if ((await parts.lackingVectors(documentId, space.fingerprint, 1)).length > 0) return;
    if (!(await this.#opened(documentId, space, signal))) return;
    const sent = new Set<string>();
    for (let after = -1; ;) {
      signal.throwIfAborted();
      const places = await parts.chunkHashes(documentId, reading, after, BATCH);
      if (!places) return;
      const last = places.at(-1);
      if (!last) break;
      after = last.ordinal;
      const hashes = new Map(places.map(({ contentHash }) => [hexOf(contentHash), contentHash]));
      for (const hash of sent) hashes.delete(hash);
      if (hashes.size === 0) continue;
      const there = await remote.haveVectors(space, [...hashes.values()], signal);
      for (const hash of hashes.keys()) sent.add(hash);
      for (const hash of there) hashes.delete(hexOf(hash));
      if (hashes.size === 0) continue;
      const rows = await parts.vectors(space.fingerprint, [...hashes.values()]);
      // The document was read anew or deleted while this one was looked through.
      if (rows.length < hashes.size) return;
      await remote.putVectors(space, rows, signal);
    }
    const value: RemoteVectors = { count: sent.size, reading };
    await parts.setRegister(documentId, register.vectors(space.fingerprint), { ...value });
  }

  async #spaces(): Promise<readonly VectorSpace[]> {
    return (await this.#options.parts.spaces()).filter(({ fingerprint }) => !this.#foreign.has(fingerprint));
  }

  /** Whether there is a table of this size; one of another is told of, and left alone. */
  async #opened(documentId: string, space: VectorSpace, signal: AbortSignal): Promise<boolean> {
    const { fingerprint } = space;
    if (this.#open.has(fingerprint)) return true;
    if (this.#foreign.has(fingerprint)) return false;
    try {
      await this.#options.remote.openVectors(space, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toAppError(thrown);
      if (error.code !== 'remote-damaged') throw thrown;
      this.#foreign.add(fingerprint);
      this.#options.onProblem(documentId, error);
      return false;
    }
    this.#open.add(fingerprint);
    return true;
  }

  async pull({ signal, progress, changed }: PartContext): Promise<void> {
    const { parts } = this.#options;
    for (const space of await parts.spaces()) {
      const waiting = await parts.awaitingVectors(space.fingerprint);
      for (const [index, documentId] of waiting.entries()) {
        progress(index, waiting.length);
        for (const id of await this.#get(documentId, space, signal)) changed(id);
      }
    }
  }

  /** Gets the vectors of one document, now and beside a round. Answers with the documents that have more than before. */
  async bring(documentId: string, space: VectorSpace, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const awaited = await this.#options.parts.awaitingVectors(space.fingerprint);
    return awaited.includes(documentId) ? this.#get(documentId, space, signal) : new Set();
  }

  /** Made here, others are sent in their place; where this computer may only read, they stay and are not used. */
  async #drop(space: VectorSpace, hashes: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    try {
      await this.#options.remote.dropVectors(space, hashes, signal);
    } catch (thrown) {
      if (toAppError(thrown).code !== 'remote-from-the-future') throw thrown;
    }
  }

  /** Answers with the documents that have more vectors than before. */
  async #get(documentId: string, space: VectorSpace, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const { parts, remote } = this.#options;
    const touched = new Set<string>();
    for (;;) {
      signal.throwIfAborted();
      // Deleted meanwhile.
      if (!(await parts.get(documentId))) return touched;
      const lacking = await parts.lackingVectors(documentId, space.fingerprint, BATCH);
      if (lacking.length === 0) return touched;
      const came = this.#foreign.has(space.fingerprint) ? [] : await remote.vectors(space, lacking, signal);
      const { rows, damaged, foreign } = asked(came, lacking, space);
      if (foreign !== null) {
        this.#foreign.add(space.fingerprint);
        this.#options.onProblem(documentId, otherSize(foreign, space));
      }
      if (damaged.length > 0) {
        await this.#drop(space, damaged, signal);
        this.#options.onProblem(documentId, damagedVectors(damaged.length, space));
      }
      for (const id of await parts.putVectors(space.fingerprint, rows)) touched.add(id);
      if (rows.length < lacking.length) {
        // The server lost some: no longer named, they are made here, and sent again.
        await parts.setRegister(documentId, register.vectors(space.fingerprint), null);
        return touched;
      }
    }
  }
}

/** Whether vectors of this text are to be named; of one that is not ready they may still be in the making. */
function isToSend(
  document: DocumentParts,
  { fingerprint }: VectorSpace,
): document is DocumentParts & { readonly localReading: string } {
  const { isReady, localReading, vectors } = document;
  return isReady && localReading !== null && vectors[fingerprint]?.reading !== localReading;
}

/** Those of the rows that were asked for, each once; apart from them the hashes of what are no vectors of this embedder. */
function asked(
  rows: readonly VectorRow[],
  hashes: readonly Uint8Array[],
  { dimensions }: VectorSpace,
): {
  readonly rows: readonly VectorRow[];
  /** Hashes of those with numbers that are none. */
  readonly damaged: readonly Uint8Array[];
  /** Dimensions of those with more or fewer; null when there are none. */
  readonly foreign: number | null;
} {
  const due = new Set(hashes.map(hexOf));
  const found = rows.filter(({ contentHash }) => due.delete(hexOf(contentHash)));
  const fitting = found.filter(({ vector }) => vector.length === dimensions);
  const isWhole = ({ vector }: VectorRow): boolean => vector.every(Number.isFinite);
  return {
    rows: fitting.filter(isWhole),
    damaged: fitting.filter((row) => !isWhole(row)).map(({ contentHash }) => contentHash),
    foreign: found.find(({ vector }) => vector.length !== dimensions)?.vector.length ?? null,
  };
}

function otherSize(found: number, { fingerprint, dimensions }: VectorSpace): AppError {
  return new AppError(
    'remote-damaged',
    `The vectors of ${fingerprint} on the server have ${found} numbers each, and this computer’s have ${dimensions}.`,
    {
      hint: 'This computer makes its own, and uses none of those. Install the same version of Quire, and of the model, on all computers.',
    },
  );
}

function damagedVectors(count: number, { fingerprint }: VectorSpace): AppError {
  const some = count === 1 ? 'A vector' : `${count} vectors`;
  return new AppError('remote-damaged', `${some} of a document on the server can’t be used with ${fingerprint}.`, {
    hint: 'They are removed there, made anew on this computer and sent again. If it comes again, see that nothing else writes to this database.',
  });
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
