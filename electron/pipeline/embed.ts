/**
 * The embed stage: gives a document's chunks their vectors, in the background, resumably.
 *
 * In: the chunks that have no vector for this embedder. Out: vectors in the store, keyed by content hash and
 * fingerprint, so that the same text is embedded once, whatever document it is in.
 */
import type { Progress } from '../../shared/domain.ts';
import { AppError } from '../../shared/errors.ts';
import type { NewVector, PendingText, VectorStore } from '../db/search-types.ts';
import type { Embedder } from './ports/embedder.ts';

/**
 * Texts handed to the embedder at once. Large enough that sorting by length makes even batches, small enough that
 * progress is told (and stored) every few seconds: about 2 s of the built-in model's work.
 */
export const VECTORS_A_BATCH = 64;

/** Texts read from the store at once; a multiple of the window. */
const readAhead = VECTORS_A_BATCH * 8;

/** Windows given to the embedder before the first is stored, so that it never waits for the store. */
const windowsInFlight = 2;

export interface EmbedDocumentOptions {
  readonly vectors: VectorStore;
  readonly embedder: Embedder;
  readonly documentId: string;
  readonly signal?: AbortSignal;
  /** Stops after about this many texts, so that another document has its turn; all of them when absent. */
  readonly maxTexts?: number;
  /** Called after each committed slice. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What is embedded of a chunk; the content hash is made of the same two. */
export function embeddingText(chunk: Pick<PendingText, 'contextText' | 'text'>): string {
  return chunk.contextText === '' ? chunk.text : `${chunk.contextText}\n${chunk.text}`;
}

/**
 * Embeds what a document lacks and stores it slice by slice; call it again after a crash and it goes on.
 * Errors: those of the embedder, and `cancelled`. What was stored before stays.
 */
export async function embedDocument(options: EmbedDocumentOptions): Promise<Progress> {
  const { vectors, embedder, documentId } = options;
  let progress = await vectors.progress(embedder.fingerprint, documentId);
  for (let left = options.maxTexts ?? Infinity; left > 0;) {
    const pending = await vectors.pending(documentId, embedder.fingerprint, Math.min(readAhead, left));
    if (pending.length === 0) break;
    left -= pending.length;
    for await (const slice of embedInWindows(pending, options)) {
      progress = await vectors.put(documentId, embedder.fingerprint, slice);
      options.onProgress?.(progress);
    }
  }
  return progress;
}

/** Embeds texts window by window, in order, with the next window under way while one is being stored. */
async function* embedInWindows(
  pending: readonly PendingText[],
  options: EmbedDocumentOptions,
): AsyncGenerator<readonly NewVector[]> {
  const inFlight: Promise<readonly NewVector[]>[] = [];
  let next = 0;
  const start = (): void => {
    const window = pending.slice(next, next + VECTORS_A_BATCH);
    next += VECTORS_A_BATCH;
    const work = embedWindow(window, options);
    // It is awaited later; until then its failure is not unhandled.
    work.catch(() => undefined);
    inFlight.push(work);
  };
  for (;;) {
    throwIfCancelled(options.signal);
    while (inFlight.length < windowsInFlight && next < pending.length) start();
    const oldest = inFlight.shift();
    if (!oldest) return;
    yield await oldest;
  }
}

async function embedWindow(
  window: readonly PendingText[],
  { embedder, documentId, signal }: EmbedDocumentOptions,
): Promise<readonly NewVector[]> {
  const embedded = await embedder.embed(window.map(embeddingText), {
    documentIds: [documentId],
    ...(signal ? { signal } : {}),
  });
  return window.map((text, index) => {
    const vector = embedded[index];
    if (!vector)
      throw new AppError('internal', `The embedder gave ${embedded.length} vectors for ${window.length} texts.`);
    return { contentHash: text.contentHash, vector };
  });
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('cancelled', 'Embedding was stopped.', { retryable: true });
}

export interface BatchLimits {
  readonly maxItems: number;
  /** Items times the length of the longest one: what a padded batch costs. */
  readonly maxCells: number;
}

/**
 * Batches of items of like length, longest first: indices into `lengths`. An item that is longer than `maxCells`
 * gets a batch of its own.
 */
export function planBatches(lengths: readonly number[], limits: BatchLimits): number[][] {
  const order = lengths.map((_, index) => index).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0) || a - b);
  const batches: number[][] = [];
  let batch: number[] = [];
  let longest = 0;
  for (const index of order) {
    if (batch.length > 0 && (batch.length >= limits.maxItems || longest * (batch.length + 1) > limits.maxCells)) {
      batches.push(batch);
      batch = [];
    }
    if (batch.length === 0) longest = lengths[index] ?? 0;
    batch.push(index);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** Brings a vector to length 1 in place; a zero vector stays one. */
export function normalise(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  if (sum > 0) {
    const scale = 1 / Math.sqrt(sum);
    for (let index = 0; index < vector.length; index += 1) vector[index] = (vector[index] ?? 0) * scale;
  }
  return vector;
}
