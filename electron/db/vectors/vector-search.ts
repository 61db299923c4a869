/**
 * Vector search over the store: a few documents straight from SQLite, a library through the matrix in memory.
 *
 * SQLite is the store of truth. The matrix is a copy, built when it is first needed, brought up to date before each
 * search from what was stored and deleted since, and dropped when it was not needed for a while.
 */
import { AppError } from '../../../shared/errors.ts';
import type { EmbedderQueries } from '../queries/embedders.ts';
import type { VectorRowQueries } from '../queries/vector-rows.ts';
import type { Candidate, VectorSearch } from '../search-types.ts';
import { MAX_DIMENSIONS, VectorMatrix } from './matrix.ts';

/** Chunks up to which documents are searched without the matrix: about 10 ms. */
const SMALL_SCOPE = 5_000;
/** Rows loaded before others get a turn on this thread: about 10 ms. */
const ROWS_PER_TURN = 2_000;
/** Milliseconds without a search after which the matrix is dropped; it is back within half a second. */
const IDLE_LIMIT = 5 * 60_000;
/** Share of dead rows from which the matrix is built anew. */
const DEAD_LIMIT = 0.25;
/** Rows scored exactly beyond those asked for, against the rounding of the scan. */
const SPARE_SHARE = 0.5;
const SPARE_ROWS = 50;

interface LoadedMatrix {
  readonly embedderKey: number;
  readonly matrix: VectorMatrix;
  deletions: number;
}

export class VectorSearcher {
  readonly #rows: VectorRowQueries;
  readonly #embedders: EmbedderQueries;
  #loaded: LoadedMatrix | null = null;
  #refreshing: Promise<LoadedMatrix> | null = null;
  #idleTimer: NodeJS.Timeout | null = null;

  constructor(rows: VectorRowQueries, embedders: EmbedderQueries) {
    this.#rows = rows;
    this.#embedders = embedders;
  }

  async search(query: VectorSearch): Promise<Candidate[]> {
    const embedder = this.#embedders.find(query.fingerprint);
    if (!embedder || query.limit <= 0) return [];
    const vector = unit(query.vector);
    if (vector.length !== embedder.dimensions || vector.length > MAX_DIMENSIONS) {
      throw new AppError(
        'internal',
        `A question's vector has ${vector.length} numbers, ${embedder.dimensions} were due.`,
      );
    }
    if (query.documents.length > 0 && this.#rows.chunkCountOf(query.documents) <= SMALL_SCOPE) {
      return this.#searchDocuments(query, embedder.key, vector);
    }
    const { matrix } = await this.#refresh(embedder.key, embedder.dimensions);
    return this.#searchMatrix(query, matrix, vector);
  }

  /** Loads the matrix of the active embedder. */
  async warm(): Promise<void> {
    const active = this.#embedders.active();
    const embedder = active && this.#embedders.find(active.fingerprint);
    if (embedder) await this.#refresh(embedder.key, embedder.dimensions);
  }

  /** Drops the matrix; the next search loads it again. */
  release(): void {
    if (this.#idleTimer) clearTimeout(this.#idleTimer);
    this.#idleTimer = null;
    this.#loaded = null;
  }

  #searchDocuments({ documents, limit }: VectorSearch, embedderKey: number, vector: Float32Array): Candidate[] {
    const bytes = new Uint8Array(vector.buffer);
    const found = documents.flatMap((id) => this.#rows.nearestIn(id, embedderKey, bytes, limit));
    return found.sort((a, b) => b.score - a.score).slice(0, limit);
  }

  #searchMatrix({ documents, limit }: VectorSearch, matrix: VectorMatrix, vector: Float32Array): Candidate[] {
    const allowed = documents.length > 0 ? new Set(this.#rows.textKeysOf(documents)) : undefined;
    const scanned = matrix.scan(vector, Math.ceil(limit * (1 + SPARE_SHARE)) + SPARE_ROWS, allowed);
    const exact: { textKey: number; score: number }[] = [];
    for (const { key, textKey } of scanned) {
      const bytes = this.#rows.vector(key);
      // Deleted since the matrix was brought up to date.
      if (bytes) exact.push({ textKey, score: dot(vector, bytes) });
    }
    exact.sort((a, b) => b.score - a.score);
    const wanted = new Set(documents);
    const candidates: Candidate[] = [];
    for (const { textKey, score } of exact) {
      if (candidates.length >= limit) break;
      for (const chunk of this.#rows.chunksOf(textKey)) {
        if (wanted.size === 0 || wanted.has(chunk.documentId)) candidates.push({ ...chunk, score });
      }
    }
    return candidates.slice(0, limit);
  }

  /** One refresh at a time: a second search waits for the first one's and then looks for itself. */
  async #refresh(embedderKey: number, dimensions: number): Promise<LoadedMatrix> {
    while (this.#refreshing) await this.#refreshing;
    this.#refreshing = this.#bringUpToDate(embedderKey, dimensions);
    try {
      return await this.#refreshing;
    } finally {
      this.#refreshing = null;
      this.#restartIdleTimer();
    }
  }

  async #bringUpToDate(embedderKey: number, dimensions: number): Promise<LoadedMatrix> {
    const deletions = this.#rows.deletions();
    let loaded = this.#loaded;
    if (loaded?.embedderKey === embedderKey && loaded.deletions !== deletions) {
      loaded.matrix.keepOnly(new Set(this.#rows.keys(embedderKey)));
      loaded.deletions = deletions;
    }
    if (loaded?.embedderKey !== embedderKey || loaded.matrix.deadRows > loaded.matrix.rows * DEAD_LIMIT) {
      // Deletions are read before the rows: one in between is then seen at the next search.
      loaded = { embedderKey, matrix: new VectorMatrix(dimensions), deletions };
      this.#loaded = loaded;
    }
    const { matrix } = loaded;
    for (;;) {
      const rows = this.#rows.after(matrix.lastKey, embedderKey, ROWS_PER_TURN);
      for (const { key, textKey, vector } of rows) matrix.add(key, textKey, toFloats(vector));
      if (rows.length < ROWS_PER_TURN) return loaded;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #restartIdleTimer(): void {
    if (this.#idleTimer) clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.release(), IDLE_LIMIT);
    this.#idleTimer.unref();
  }
}

function unit(vector: Float32Array): Float32Array<ArrayBuffer> {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  return Float32Array.from(vector, (value) => value * scale);
}

/** A view where the bytes allow it, else a copy. */
function toFloats(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / Float32Array.BYTES_PER_ELEMENT);
}

function dot(query: Float32Array, bytes: Uint8Array): number {
  const vector = toFloats(bytes);
  let sum = 0;
  for (let index = 0; index < query.length; index += 1) sum += (query[index] ?? 0) * (vector[index] ?? 0);
  return sum;
}
