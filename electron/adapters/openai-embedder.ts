/**
 * Embeddings from OpenAI or from any OpenAI-compatible server: one implementation, two configurations.
 */
import { AppError } from '../../shared/errors.ts';
import { normalise, planBatches } from '../pipeline/embed.ts';
import type { EmbedOptions, Embedder } from '../pipeline/ports/embedder.ts';
import type { CallPurpose } from '../pipeline/ports/request-meter.ts';
import { meteredRequest } from './metered.ts';
import { createClient, delay, hostOf, isLoopback, retryDelaySeconds, toProviderError } from './openai-client.ts';
import type { EndpointOptions } from './openai-client.ts';

export interface OpenAiEmbedderOptions extends EndpointOptions {
  readonly kind: 'openai' | 'compatible';
  /** Dimensions that were found before; without them, and for a model that is not known, one word is embedded. */
  readonly dimensions?: number;
  readonly signal?: AbortSignal;
}

/** https://platform.openai.com/docs/guides/embeddings: dimensions by default. */
const knownDimensions: Readonly<Record<string, number>> = {
  'text-embedding-3-small': 1536,
  'text-embedding-3-large': 3072,
  'text-embedding-ada-002': 1536,
};

/** OpenAI's limit of one input; other servers cut by themselves at what their model takes. */
const maxTokens = 8_191;

/** Characters of a token at least, on average, in dense text; an estimate that never asks for too much. */
const charactersPerToken = 3;

/** One request: OpenAI takes 2,048 texts and 300,000 tokens; smaller ones tell progress and are cheap to repeat. */
const hostedLimits = { maxItems: 128, maxCells: 60_000 };
const localLimits = { maxItems: 16, maxCells: 8_000 };

/** Requests side by side. */
const concurrency = 2;

/** Times a refused request is tried again, and the longest wait that is granted to a server. */
const maxRetries = 4;
const maxWaitSeconds = 60;

/** Errors: `provider-…` when the dimensions have to be asked for and the server does not answer. */
export async function openOpenAiEmbedder(options: OpenAiEmbedderOptions): Promise<Embedder> {
  const client = await createClient(options);
  const host = hostOf(options.baseUrl);
  const limits = isLoopback(options.baseUrl) ? localLimits : hostedLimits;

  async function request(
    texts: readonly string[],
    signal: AbortSignal | undefined,
    call?: CallPurpose,
  ): Promise<Float32Array[]> {
    const send = (): Promise<Answer> => sendPatiently(texts, signal);
    const { model, meter } = options;
    if (!meter) return (await send()).vectors;
    const purpose = { ...(call ? { call } : {}), ...(signal ? { signal } : {}) };
    return (await meteredRequest({ host, model, meter }, texts, purpose, send)).vectors;
  }

  async function sendPatiently(texts: readonly string[], signal: AbortSignal | undefined): Promise<Answer> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const response = await client.embeddings.create(
          { model: options.model, input: [...texts], encoding_format: 'base64' },
          signal ? { signal } : {},
        );
        return {
          vectors: readVectors(response.data, texts.length, host),
          tokens: response.usage?.prompt_tokens ?? null,
        };
      } catch (error) {
        const seconds = retryDelaySeconds(error);
        if (seconds === null || seconds > maxWaitSeconds || attempt >= maxRetries || signal?.aborted) {
          throw toProviderError(error, options, signal);
        }
        // Doubled each time, so that many refusals in a row do not hammer a server that asks for too short a wait.
        await delay(seconds * 1000 * 2 ** attempt, signal);
      }
    }
  }

  async function embed(texts: readonly string[], embedOptions: EmbedOptions = {}): Promise<Float32Array[]> {
    const { signal } = embedOptions;
    const call = callOf(embedOptions);
    // Servers refuse an empty text.
    const inputs = texts.map((text) => (text.trim() === '' ? ' .' : text.slice(0, maxTokens * charactersPerToken)));
    const vectors = new Array<Float32Array>(texts.length);
    const batches = planBatches(
      inputs.map((text) => Math.ceil(text.length / charactersPerToken)),
      limits,
    );
    const failure = new AbortController();
    const either = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
    const worker = async (): Promise<void> => {
      for (let batch = batches.shift(); batch; batch = batches.shift()) {
        const found = await request(
          batch.map((index) => inputs[index] ?? ''),
          either,
          call,
        );
        batch.forEach((index, position) => {
          const vector = found[position];
          if (vector) vectors[index] = checkDimensions(vector, dimensions, options.model, host);
        });
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.min(concurrency, batches.length) }, worker));
    } catch (error) {
      failure.abort();
      throw error;
    }
    return vectors;
  }

  const dimensions =
    options.dimensions ??
    (options.kind === 'openai' ? knownDimensions[options.model] : undefined) ??
    (await request(['dimensions'], options.signal))[0]?.length ??
    0;

  return {
    kind: options.kind,
    model: options.model,
    dimensions,
    // The host is a part: two servers may call different weights by the same name.
    fingerprint: `${options.kind}/${options.kind === 'openai' ? '' : `${host}/`}${options.model}/${dimensions}/server/1`,
    maxTokens,
    host,
    embed,
    close: () => Promise.resolve(),
  };
}

interface Answer {
  readonly vectors: Float32Array[];
  /** As the server told them; null when it did not. */
  readonly tokens: number | null;
}

/** Of texts that are neither of documents nor waited for, nothing is said: they try the server. */
function callOf({ documentIds, priority }: EmbedOptions): CallPurpose | undefined {
  if (documentIds) return { kind: 'embedding', documentIds };
  return priority === 'interactive' ? { kind: 'question', documentIds: [] } : undefined;
}

/** Vectors in the order of the texts, whatever the order and the encoding the server chose. */
function readVectors(data: unknown, count: number, host: string): Float32Array[] {
  const vectors = new Array<Float32Array | undefined>(count).fill(undefined);
  if (Array.isArray(data)) {
    data.forEach((item: { index?: unknown; embedding?: unknown } | null, position) => {
      const index = typeof item?.index === 'number' ? item.index : position;
      const vector = decodeVector(item?.embedding);
      if (vector && index < count) vectors[index] = normalise(vector);
    });
  }
  return vectors.map((vector) => {
    if (vector) return vector;
    throw new AppError('provider-bad-response', `${host} did not answer with an embedding for every text.`, {
      hint: 'Check in Settings that the model is one for embeddings.',
      retryable: true,
    });
  });
}

function decodeVector(embedding: unknown): Float32Array | null {
  if (typeof embedding === 'string') {
    const bytes = Buffer.from(embedding, 'base64');
    if (bytes.length === 0 || bytes.length % 4 !== 0) return null;
    const vector = new Float32Array(bytes.length / 4);
    for (let index = 0; index < vector.length; index += 1) vector[index] = bytes.readFloatLE(index * 4);
    return vector.every(Number.isFinite) ? vector : null;
  }
  if (Array.isArray(embedding) && embedding.length > 0 && embedding.every(Number.isFinite)) {
    return Float32Array.from(embedding as number[]);
  }
  return null;
}

function checkDimensions(vector: Float32Array, dimensions: number, model: string, host: string): Float32Array {
  if (vector.length === dimensions) return vector;
  throw new AppError(
    'provider-bad-response',
    `${model} on ${host} gave a vector of ${vector.length} numbers where it gave ${dimensions} before.`,
    { hint: 'The model behind this name has changed; choose the embedder again in Settings.' },
  );
}
