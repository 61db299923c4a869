/** The parts of documents on a server in memory, and requests of it that fail where a test wants it. */
import type {
  ChunkRow,
  FileRow,
  NearestChunk,
  PageRow,
  RemoteParts,
  VectorRow,
  VectorSpace,
} from '../../electron/sync/ports/remote-parts.ts';
import { AppError } from '../../shared/errors.ts';

interface Reading {
  readonly pages: Map<number, PageRow>;
  readonly chunks: Map<number, ChunkRow>;
}

export type PartsRequest = keyof RemoteParts;

/** Called before and after each request; what it throws is what the caller gets. */
export interface PartsNetwork {
  readonly before?: (request: PartsRequest, number: number) => void;
  readonly after?: (request: PartsRequest, number: number) => void;
}

export class MemoryParts {
  readonly readings = new Map<string, Map<string, Reading>>();
  readonly vectors = new Map<string, Map<string, VectorRow>>();
  readonly files: FileRow[] = [];
  /** Addresses, by the bucket that they are to be removed from. */
  readonly removals = new Map<string, string[]>();

  /** All of them, each as often as there are buckets. */
  get removable(): string[] {
    return [...this.removals.values()].flat();
  }

  /** A connection of one device. */
  connect(network: PartsNetwork = {}): MemoryPartsConnection {
    return new MemoryPartsConnection(this, network);
  }

  reading(documentId: string, reading: string): Reading {
    const readings = this.readings.get(documentId) ?? new Map<string, Reading>();
    this.readings.set(documentId, readings);
    const found = readings.get(reading) ?? { pages: new Map(), chunks: new Map() };
    readings.set(reading, found);
    return found;
  }

  /** What the server does when a document's tombstone arrives. */
  deleteDocument(documentId: string): void {
    this.readings.delete(documentId);
    for (const file of this.files.filter((one) => one.documentId === documentId)) {
      this.files.splice(this.files.indexOf(file), 1);
      if (this.files.some(({ address }) => address === file.address)) continue;
      for (const addresses of this.removals.values()) addresses.push(file.address);
    }
  }
}

export class MemoryPartsConnection implements RemoteParts {
  readonly #server: MemoryParts;
  readonly #network: PartsNetwork;
  /** What was asked so far, in order. */
  readonly requests: PartsRequest[] = [];

  constructor(server: MemoryParts, network: PartsNetwork) {
    this.#server = server;
    this.#network = network;
  }

  async #ask<T>(request: PartsRequest, signal: AbortSignal | undefined, act: () => T): Promise<T> {
    const number = this.requests.push(request) - 1;
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    this.#network.before?.(request, number);
    const answer = structuredClone(act());
    this.#network.after?.(request, number);
    return answer;
  }

  putPages(documentId: string, reading: string, pages: readonly PageRow[], signal?: AbortSignal): Promise<void> {
    return this.#ask('putPages', signal, () => {
      const { pages: there } = this.#server.reading(documentId, reading);
      for (const page of pages) if (!there.has(page.number)) there.set(page.number, structuredClone(page));
    });
  }

  putChunks(documentId: string, reading: string, chunks: readonly ChunkRow[], signal?: AbortSignal): Promise<void> {
    return this.#ask('putChunks', signal, () => {
      const { chunks: there } = this.#server.reading(documentId, reading);
      for (const chunk of chunks) if (!there.has(chunk.ordinal)) there.set(chunk.ordinal, structuredClone(chunk));
    });
  }

  countReading(documentId: string, reading: string, signal?: AbortSignal): Promise<{ pages: number; chunks: number }> {
    return this.#ask('countReading', signal, () => {
      const found = this.#server.readings.get(documentId)?.get(reading);
      return { pages: found?.pages.size ?? 0, chunks: found?.chunks.size ?? 0 };
    });
  }

  pages(documentId: string, reading: string, after: number, limit: number, signal?: AbortSignal): Promise<PageRow[]> {
    return this.#ask('pages', signal, () =>
      [...(this.#server.readings.get(documentId)?.get(reading)?.pages.values() ?? [])]
        .filter(({ number }) => number > after)
        .sort((one, other) => one.number - other.number)
        .slice(0, limit),
    );
  }

  chunks(documentId: string, reading: string, after: number, limit: number, signal?: AbortSignal): Promise<ChunkRow[]> {
    return this.#ask('chunks', signal, () =>
      [...(this.#server.readings.get(documentId)?.get(reading)?.chunks.values() ?? [])]
        .filter(({ ordinal }) => ordinal > after)
        .sort((one, other) => one.ordinal - other.ordinal)
        .slice(0, limit),
    );
  }

  dropOtherReadings(documentId: string, reading: string, signal?: AbortSignal): Promise<void> {
    return this.#ask('dropOtherReadings', signal, () => {
      const readings = this.#server.readings.get(documentId);
      for (const id of readings?.keys() ?? []) if (id !== reading) readings?.delete(id);
    });
  }

  openVectors({ fingerprint }: VectorSpace, signal?: AbortSignal): Promise<void> {
    return this.#ask('openVectors', signal, () => {
      if (!this.#server.vectors.has(fingerprint)) this.#server.vectors.set(fingerprint, new Map());
    });
  }

  putVectors(space: VectorSpace, rows: readonly VectorRow[], signal?: AbortSignal): Promise<void> {
    return this.#ask('putVectors', signal, () => {
      for (const row of rows) this.#space(space).set(hexOf(row.contentHash), structuredClone(row));
    });
  }

  haveVectors(space: VectorSpace, hashes: readonly Uint8Array[], signal?: AbortSignal): Promise<Uint8Array[]> {
    return this.#ask('haveVectors', signal, () => hashes.filter((hash) => this.#space(space).has(hexOf(hash))));
  }

  vectors(space: VectorSpace, hashes: readonly Uint8Array[], signal?: AbortSignal): Promise<VectorRow[]> {
    return this.#ask('vectors', signal, () => hashes.flatMap((hash) => this.#space(space).get(hexOf(hash)) ?? []));
  }

  dropVectors(space: VectorSpace, hashes: readonly Uint8Array[], signal?: AbortSignal): Promise<void> {
    return this.#ask('dropVectors', signal, () => {
      for (const hash of hashes) this.#space(space).delete(hexOf(hash));
    });
  }

  #space({ fingerprint }: VectorSpace): Map<string, VectorRow> {
    const found = this.#server.vectors.get(fingerprint);
    if (!found) throw new AppError('remote-damaged', `There is no table for ${fingerprint}.`);
    return found;
  }

  /** Compares all; of whichever reading, for registers are elsewhere. */
  nearest(
    space: VectorSpace,
    question: Float32Array,
    { limit, within, without }: Parameters<RemoteParts['nearest']>[2],
    signal?: AbortSignal,
  ): Promise<NearestChunk[]> {
    return this.#ask('nearest', signal, () =>
      [...this.#server.readings]
        .filter(([id]) => (within?.includes(id) ?? true) && !without?.includes(id))
        .flatMap(([documentId, readings]) =>
          [...readings.values()].flatMap(({ chunks }) =>
            [...chunks.values()].flatMap((chunk): NearestChunk[] => {
              const found = this.#server.vectors.get(space.fingerprint)?.get(hexOf(chunk.contentHash));
              return found ? [{ documentId, chunk, cosine: cosineOf(question, found.vector) }] : [];
            }),
          ),
        )
        .sort((one, other) => other.cosine - one.cosine)
        .slice(0, limit),
    );
  }

  putFile(file: FileRow, signal?: AbortSignal): Promise<void> {
    return this.#ask('putFile', signal, () => {
      const at = this.#server.files.findIndex((one) => one.documentId === file.documentId && one.kind === file.kind);
      if (at >= 0) this.#server.files.splice(at, 1);
      this.#server.files.push(file);
    });
  }

  files(documentId: string, signal?: AbortSignal): Promise<FileRow[]> {
    return this.#ask('files', signal, () => this.#server.files.filter((file) => file.documentId === documentId));
  }

  nameBucket(bucket: string, _label: string, signal?: AbortSignal): Promise<void> {
    if (this.#server.removals.has(bucket)) return Promise.resolve();
    return this.#ask('nameBucket', signal, () => void this.#server.removals.set(bucket, []));
  }

  filesToRemove(bucket: string, limit: number, signal?: AbortSignal): Promise<string[]> {
    return this.#ask('filesToRemove', signal, () => (this.#server.removals.get(bucket) ?? []).slice(0, limit));
  }

  confirmRemoved(bucket: string, addresses: readonly string[], signal?: AbortSignal): Promise<void> {
    return this.#ask('confirmRemoved', signal, () => {
      const left = (this.#server.removals.get(bucket) ?? []).filter((address) => !addresses.includes(address));
      this.#server.removals.set(bucket, left);
    });
  }

  leftOf(documentId: string, signal?: AbortSignal): Promise<Record<string, number>> {
    return this.#ask('leftOf', signal, () => ({ readings: this.#server.readings.get(documentId)?.size ?? 0 }));
  }

  sizes(): Promise<{ table: string; rows: number; bytes: number }[]> {
    return this.#ask('sizes', undefined, () => []);
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function cosineOf(one: Float32Array, other: Float32Array): number {
  const product = one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
  return product / (Math.hypot(...one) * Math.hypot(...other));
}
