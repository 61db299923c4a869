/**
 * Unit vectors in memory as int8, scanned in full: finds candidates, which are then scored anew from the exact vectors.
 *
 * A row is scaled so that its largest number becomes 127. The rounding shifts a cosine by about 0.0005 (standard
 * deviation, 384 dimensions), so that the true best k are among the best k of the scan and some more.
 * A quarter of the memory of float32, and the memory's bandwidth is what a scan costs.
 */
import { createKernel } from './kernel.ts';
import type { Kernel } from './kernel.ts';
import { TopScores } from './top-scores.ts';

/** Bytes; the memory's layout is described in kernel.wat. */
const SCORES_OFFSET = 32_768;
const ROWS_OFFSET = 65_536;
const ROW_HEADER = 16;
/** Bytes a WebAssembly memory grows by. */
const WASM_PAGE = 65_536;
/** Pages to grow by at least: 4 MiB, about 10,000 rows of 384 dimensions. */
const GROWTH = 64;
const ROWS_PER_SCAN = (ROWS_OFFSET - SCORES_OFFSET) / Float32Array.BYTES_PER_ELEMENT;
const DIMENSIONS_PER_BLOCK = 32;
const INT8_MAX = 127;
const INT16_MAX = 32_767;
const INT32_SAFE = 2 ** 30;
export const MAX_DIMENSIONS = SCORES_OFFSET / Int16Array.BYTES_PER_ELEMENT;

/** A row the scan found: its key, and its approximate cosine. */
export interface ScannedRow {
  readonly key: number;
  readonly textKey: number;
  readonly score: number;
}

export class VectorMatrix {
  readonly dimensions: number;
  readonly #kernel: Kernel = createKernel();
  readonly #padded: number;
  readonly #stride: number;
  #keys = new Float64Array(1024);
  // 52 bits: see queries/text-keys.ts.
  #textKeys = new Float64Array(1024);
  #rows = 0;
  #dead = 0;

  constructor(dimensions: number) {
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
      throw new RangeError(`Vectors of ${dimensions} dimensions; 1 to ${MAX_DIMENSIONS} can be scanned.`);
    }
    this.dimensions = dimensions;
    this.#padded = Math.ceil(dimensions / DIMENSIONS_PER_BLOCK) * DIMENSIONS_PER_BLOCK;
    this.#stride = ROW_HEADER + this.#padded;
  }

  /** Rows that a scan goes through, dead ones included. */
  get rows(): number {
    return this.#rows;
  }

  get deadRows(): number {
    return this.#dead;
  }

  /** The key of the row added last; 0 when there is none. */
  get lastKey(): number {
    return this.#rows === 0 ? 0 : (this.#keys[this.#rows - 1] ?? 0);
  }

  /** Adds a row of length 1. Keys must ascend. */
  add(key: number, textKey: number, vector: Float32Array): void {
    const address = ROWS_OFFSET + this.#rows * this.#stride;
    this.#reserve(address + this.#stride);
    let largest = 0;
    for (const value of vector) {
      const size = Math.abs(value);
      if (size > largest) largest = size;
    }
    const scale = largest / INT8_MAX;
    const factor = largest > 0 ? INT8_MAX / largest : 0;
    const { buffer } = this.#kernel.memory;
    new Float32Array(buffer, address, 1)[0] = scale;
    const row = new Int8Array(buffer, address + ROW_HEADER, this.dimensions);
    for (let index = 0; index < row.length; index += 1) {
      const value = (vector[index] ?? 0) * factor;
      // Half away from zero; a store to an Int8Array cuts the fraction off.
      row[index] = value < 0 ? value - 0.5 : value + 0.5;
    }
    this.#keys[this.#rows] = key;
    this.#textKeys[this.#rows] = textKey;
    this.#rows += 1;
  }

  /** Rows whose key is not in the set are never found again. */
  keepOnly(keys: ReadonlySet<number>): void {
    const { buffer } = this.#kernel.memory;
    this.#dead = 0;
    for (let row = 0; row < this.#rows; row += 1) {
      if (keys.has(this.#keys[row] ?? 0)) continue;
      // Every score becomes NaN, which is larger than nothing.
      new Float32Array(buffer, ROWS_OFFSET + row * this.#stride, 1)[0] = Number.NaN;
      this.#dead += 1;
    }
  }

  /**
   * The rows most similar to a query, best first.
   * @param query Of length 1.
   * @param allowed Text keys whose rows may be found; absent: all may.
   */
  scan(query: Float32Array, count: number, allowed?: ReadonlySet<number>): ScannedRow[] {
    const queryScale = this.#placeQuery(query);
    const best = new TopScores(count);
    for (let first = 0; first < this.#rows; first += ROWS_PER_SCAN) {
      const rows = Math.min(ROWS_PER_SCAN, this.#rows - first);
      this.#kernel.scan(ROWS_OFFSET + first * this.#stride, rows, this.#padded);
      const scores = new Float32Array(this.#kernel.memory.buffer, SCORES_OFFSET, rows);
      if (allowed) this.#mask(scores, first, allowed);
      best.offer(scores, first);
    }
    return best.sorted().map(({ index, score }) => ({
      key: this.#keys[index] ?? 0,
      textKey: this.#textKeys[index] ?? 0,
      score: score / queryScale,
    }));
  }

  /** Writes the query as int16, scaled up as far as no sum can leave int32, and answers the scale. */
  #placeQuery(query: Float32Array): number {
    const target = new Int16Array(this.#kernel.memory.buffer, 0, this.#padded);
    target.fill(0);
    let largest = 0;
    for (const value of query) largest = Math.max(largest, Math.abs(value));
    // Cauchy and Schwarz: no sum is larger than the product of both lengths, and a row's is at most 127 √dimensions.
    const scale = Math.min(INT16_MAX / (largest || 1), INT32_SAFE / (INT8_MAX * Math.sqrt(this.dimensions)));
    for (let index = 0; index < this.dimensions; index += 1) target[index] = Math.round((query[index] ?? 0) * scale);
    return scale;
  }

  #mask(scores: Float32Array, first: number, allowed: ReadonlySet<number>): void {
    for (let row = 0; row < scores.length; row += 1) {
      if (!allowed.has(this.#textKeys[first + row] ?? 0)) scores[row] = Number.NaN;
    }
  }

  #reserve(bytes: number): void {
    const { memory } = this.#kernel;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.max(GROWTH, Math.ceil(missing / WASM_PAGE)));
    if (this.#rows < this.#keys.length) return;
    this.#keys = doubled(this.#keys);
    this.#textKeys = doubled(this.#textKeys);
  }
}

function doubled(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}
