/**
 * The port through which the pipeline turns text into vectors; three adapters implement it (built in, OpenAI, any
 * OpenAI-compatible server).
 *
 * Vectors are L2-normalised, so that a dot product is the cosine. They are stored under the embedder's fingerprint
 * and never compared with those of another. The fingerprint names everything that a vector depends on (kind, model,
 * revision, dimensions, pooling): equal fingerprints mean interchangeable vectors, on any machine.
 */
import type { EmbedderIdentity } from '../../db/search-types.ts';

export interface EmbedOptions {
  /** A question is waited for, so its texts go before those of documents; `background` when absent. */
  readonly priority?: 'interactive' | 'background';
  /** Aborting rejects with an AppError `cancelled`; batches that already ran are lost to this call. */
  readonly signal?: AbortSignal;
  /** Documents that the texts are of. */
  readonly documentIds?: readonly string[];
}

/**
 * Errors of `embed` are AppErrors: `embedder-unavailable` (built in), `provider-…`, `budget-exceeded`,
 * `too-many-requests` and `limits-unknown` (servers), `cancelled`.
 * Calls may overlap; an adapter queues what it cannot run side by side.
 */
export interface Embedder extends EmbedderIdentity {
  /** Texts longer than this many tokens are cut at their end before they are embedded. */
  readonly maxTokens: number;
  /** Host that texts are sent to; null for the built-in model, which sends nothing. */
  readonly host: string | null;
  /** One vector of `dimensions` floats per text, in the order of the texts. An empty list costs nothing. */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Float32Array[]>;
  /** Exact count of the model's own tokens without cutting, where the tokenizer runs on this machine. */
  countTokens?(text: string): number;
  /** Frees what the adapter holds; `embed` must not be called again. */
  close(): Promise<void>;
}
