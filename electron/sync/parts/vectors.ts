/**
 * Vectors: each text's, by embedder. Another computer with the same embedder gets them and makes none; register
 * `vectors:<fingerprint>` tells it that they are all there, and of which reading.
 */
import { AppError } from '../../../shared/errors.ts';
import type { DocumentParts, PartsStore, RemoteVectors } from '../../db/sync-types.ts';
import { register } from '../entity.ts';
import type { PartContext, PartSync } from '../ports/part-sync.ts';
import type { RemoteParts, VectorRow, VectorSpace } from '../ports/remote-parts.ts';
import { documentsWith } from './each.ts';

export interface VectorSyncOptions {
  readonly parts: PartsStore;
  readonly remote: RemoteParts;
}

/** Vectors of a request: 384 numbers each are 1.5 KB, the largest models' twelve. */
const BATCH = 1_000;

export class VectorSync implements PartSync {
  readonly name = 'vectors';
  readonly #options: VectorSyncOptions;
  /** Spaces whose tables are there, by fingerprint. */
  readonly #open = new Set<string>();

  constructor(options: VectorSyncOptions) {
    this.#options = options;
  }

  async push({ signal, progress }: PartContext): Promise<void> {
    const { parts } = this.#options;
    const spaces = await parts.spaces();
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
    for (const space of await this.#options.parts.spaces()) {
      if (isToSend(document, space)) await this.#send(document.documentId, document.localReading, space, signal);
    }
  }

  async #send(documentId: string, reading: string, space: VectorSpace, signal: AbortSignal): Promise<void> {
    const { parts, remote } = this.#options;
    if ((await parts.lackingVectors(documentId, space.fingerprint, 1)).length > 0) return;
    if (!this.#open.has(space.fingerprint)) {
      await remote.openVectors(space, signal);
      this.#open.add(space.fingerprint);
    }
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
      const rows = asked(await remote.vectors(space, lacking, signal), lacking, space);
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

/** Those of the rows that were asked for, each once. Throws `remote-damaged` for what are no vectors of this embedder. */
function asked(rows: readonly VectorRow[], hashes: readonly Uint8Array[], space: VectorSpace): readonly VectorRow[] {
  const due = new Set(hashes.map(hexOf));
  return rows.filter(({ contentHash, vector }) => {
    if (!due.delete(hexOf(contentHash))) return false;
    if (vector.length === space.dimensions && vector.every(Number.isFinite)) return true;
    throw new AppError(
      'remote-damaged',
      `The server has vectors for ${space.fingerprint} that are none of this model.`,
      {
        hint: 'See that nothing else writes to this database.',
      },
    );
  });
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
