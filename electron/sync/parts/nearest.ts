/**
 * What a question is about, of documents whose text is on the server and not here yet: the server is asked which of them
 * have the nearest passages, and their text is brought at once, before its turn. Whoever asked then searches here as ever.
 */
import type { DocumentElsewhere } from '../../db/sync-types.ts';
import type { NearestChunk, RemoteParts, VectorSpace } from '../ports/remote-parts.ts';
import { eachOf } from './each.ts';
import type { ReadingSync } from './readings.ts';
import type { VectorSync } from './vectors.ts';

export interface NearestSyncOptions {
  readonly remote: Pick<RemoteParts, 'nearest'>;
  readonly readings: Pick<ReadingSync, 'bring'>;
  readonly vectors: Pick<VectorSync, 'bring'>;
}

/** Structured-cloned. */
export interface NearestRequest {
  /** The question's vector and the embedder that made it; null where none could be made. */
  readonly question: { readonly vector: Float32Array; readonly fingerprint: string } | null;
  /** Documents in scope that are elsewhere. */
  readonly documents: readonly DocumentElsewhere[];
}

export interface BroughtNearest {
  /** Documents that the server compared with the question; those that are near are brought, too. */
  readonly compared: readonly string[];
  /** Documents that can be searched here now. */
  readonly brought: readonly string[];
  /** Documents that were to come and did not. */
  readonly late: readonly string[];
}

/** Documents brought for a question, at most: a filing has about 3 MB of text and vectors. */
export const BROUGHT = 5;
/** Passages that choose them: those of one long document may take many of the first places. */
const CHUNKS = 30;
/** Documents on their way at once: the nearest is here the sooner. */
const AT_ONCE = 2;

export class NearestSync {
  readonly #options: NearestSyncOptions;

  constructor(options: NearestSyncOptions) {
    this.#options = options;
  }

  /**
   * Resolves when what is to come is here, or when the signal is aborted, with what came by then. Rejects only when the
   * server cannot be asked (`remote-…`, or `cancelled`).
   * @param changed Told of each document that has more than before.
   */
  async bring(
    request: NearestRequest,
    changed: (documentId: string) => void,
    signal: AbortSignal,
  ): Promise<BroughtNearest> {
    const { question, documents } = request;
    const comparable = documents.filter(({ hasVectors }) => hasVectors).map(({ documentId }) => documentId);
    const space = question && { fingerprint: question.fingerprint, dimensions: question.vector.length };
    // So few come whatever they are about: then their words are searched, too.
    const isFew = documents.length <= BROUGHT;
    const isCompared = !isFew && question !== null && space !== null && comparable.length > 0;
    const nearest = isCompared
      ? await this.#options.remote.nearest(space, question.vector, { limit: CHUNKS, within: comparable }, signal)
      : [];
    const wanted = isFew ? documents.map(({ documentId }) => documentId) : nearestDocuments(nearest);
    const brought = await this.#bring(wanted, space, changed, signal);
    return {
      compared: isCompared ? comparable : [],
      brought: wanted.filter((id) => brought.has(id)),
      late: wanted.filter((id) => !brought.has(id)),
    };
  }

  async #bring(
    wanted: readonly string[],
    space: VectorSpace | null,
    changed: (documentId: string) => void,
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    const { readings, vectors } = this.#options;
    const brought = new Set<string>();
    const one = async (documentId: string): Promise<void> => {
      if (!(await readings.bring(documentId, signal))) return;
      brought.add(documentId);
      changed(documentId);
      // Without them it is found by its words.
      if (space) for (const id of await vectors.bring(documentId, space, signal)) changed(id);
    };
    // What one of them could not do keeps no other back; a round tries it again, and tells why it failed.
    const tolerant = (documentId: string): Promise<void> => one(documentId).catch(() => undefined);
    await eachOf(wanted, AT_ONCE, signal, tolerant).catch(() => undefined);
    return brought;
  }
}

/** The documents of passages, those with the nearest one first. */
export function nearestDocuments(passages: readonly Pick<NearestChunk, 'documentId' | 'cosine'>[]): readonly string[] {
  const best = passages.toSorted((one, other) => other.cosine - one.cosine).map(({ documentId }) => documentId);
  return [...new Set(best)].slice(0, BROUGHT);
}
