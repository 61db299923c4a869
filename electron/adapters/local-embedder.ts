/**
 * The built-in embedder: all-MiniLM-L6-v2 (int8) on onnxruntime, on this computer's processor. Nothing is sent.
 *
 * Mean pooling over the attention mask, then L2: https://www.sbert.net/docs/sentence_transformer/pretrained_models.html.
 * It runs in the pipeline host process; the threads of onnxruntime do the work, this thread only cuts text into tokens.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Tokenizer } from '@huggingface/tokenizers';
import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-node';
import { AppError } from '../../shared/errors.ts';
import { planBatches } from '../pipeline/embed.ts';
import type { EmbedOptions, Embedder } from '../pipeline/ports/embedder.ts';
import { createTurnstile } from './turnstile.ts';

export interface LocalEmbedderOptions {
  /** Folder with model.onnx, tokenizer.json and tokenizer_config.json. */
  readonly modelDirectory: string;
  /** Threads of onnxruntime; as many as the processor runs side by side when absent. */
  readonly threads?: number;
}

/** The length the model was trained for; its position table has 512 entries, but quality falls beyond this. */
const maxTokens = 256;

/** Texts per run; measured on two cores: 8 to 16 are equally fast, more only delay a question that comes in between. */
const batchLimits = { maxItems: 16, maxCells: 16 * maxTokens };

/** Texts that are tokenized and sorted together; the next window is tokenized while one runs. */
const windowSize = 64;

/** Texts tokenized in one go before the event loop gets its turn: about 8 ms. */
const tokenizeSlice = 8;

/** A token has at most some 30 characters of a text; more than this many cannot matter and would cost time. */
const maxCharacters = maxTokens * 32;

const modelName = 'all-MiniLM-L6-v2';

interface Runtime {
  readonly session: InferenceSession;
  readonly Tensor: TensorConstructor;
  readonly tokenizer: Tokenizer;
  readonly separatorId: number;
  /** First 12 hex digits of the SHA-256 of the model and the tokenizer. */
  readonly revision: string;
}

/**
 * Loads the model (about 0.2 s) and runs it once, so that a broken file is found now and not in the first document.
 * Errors: `embedder-unavailable`.
 */
export async function openLocalEmbedder(options: LocalEmbedderOptions): Promise<Embedder> {
  const runtime = await loadRuntime(options);
  const turnstile = createTurnstile();

  async function run(batch: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const { feeds, length } = buildFeeds(runtime, batch);
    let outputs: InferenceSession.ReturnType;
    try {
      outputs = await runtime.session.run(feeds);
    } catch (error) {
      throw new AppError('embedder-unavailable', 'The built-in embedding model failed while it was running.', {
        hint: 'Search goes on by words alone; restart Quire to try again.',
        retryable: true,
        cause: error,
      });
    }
    const hidden = outputs[runtime.session.outputNames[0] ?? ''] as Tensor | undefined;
    if (!hidden || !(hidden.data instanceof Float32Array)) throw brokenModel(options.modelDirectory);
    return meanPool(hidden.data, batch, length);
  }

  async function embedWindow(window: EncodedWindow, options: EmbedOptions): Promise<Float32Array[]> {
    const vectors = new Array<Float32Array>(window.length);
    for (const batch of planBatches(
      window.map((ids) => ids.length),
      batchLimits,
    )) {
      const release = await turnstile.enter(options.priority ?? 'background', options.signal);
      try {
        const pooled = await run(batch.map((index) => window[index] ?? []));
        batch.forEach((index, position) => {
          const vector = pooled[position];
          if (vector) vectors[index] = vector;
        });
      } finally {
        release();
      }
    }
    return vectors;
  }

  async function embed(texts: readonly string[], embedOptions: EmbedOptions = {}): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    let running: Promise<Float32Array[]> | null = null;
    for (let start = 0; start < texts.length; start += windowSize) {
      const window = await encodeWindow(runtime, texts.slice(start, start + windowSize), embedOptions.signal);
      if (running) vectors.push(...(await running));
      running = embedWindow(window, embedOptions);
      // Awaited one round later; until then its failure is not unhandled.
      running.catch(() => undefined);
    }
    if (running) vectors.push(...(await running));
    return vectors;
  }

  const [probe] = await run([encode(runtime, 'probe')]);
  const dimensions = probe?.length ?? 0;
  return {
    kind: 'built-in',
    model: modelName,
    dimensions,
    fingerprint: `built-in/${modelName}/${runtime.revision}/${dimensions}/mean/${maxTokens}/1`,
    maxTokens,
    host: null,
    embed,
    countTokens: (text) => runtime.tokenizer.encode(text).ids.length,
    close: async () => {
      const release = await turnstile.enter('interactive');
      try {
        await runtime.session.release();
      } finally {
        release();
      }
    },
  };
}

type EncodedWindow = readonly (readonly number[])[];

async function encodeWindow(
  runtime: Runtime,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<EncodedWindow> {
  const window: number[][] = [];
  for (const text of texts) {
    if (window.length > 0 && window.length % tokenizeSlice === 0) await setImmediate();
    if (signal?.aborted) throw new AppError('cancelled', 'Embedding was stopped.', { retryable: true });
    window.push(encode(runtime, text));
  }
  return window;
}

/** Token ids with [CLS] and [SEP], cut to what the model takes. */
function encode({ tokenizer, separatorId }: Runtime, text: string): number[] {
  const { ids } = tokenizer.encode(text.length > maxCharacters ? text.slice(0, maxCharacters) : text);
  if (ids.length <= maxTokens) return ids;
  const cut = ids.slice(0, maxTokens);
  cut[maxTokens - 1] = separatorId;
  return cut;
}

/** Pads a batch to its longest text. The arrays belong to the run: onnxruntime reads them while it works. */
function buildFeeds(
  { session, Tensor }: Runtime,
  batch: readonly (readonly number[])[],
): { feeds: InferenceSession.FeedsType; length: number } {
  const length = batch.reduce((longest, ids) => Math.max(longest, ids.length), 0);
  const ids = new BigInt64Array(batch.length * length);
  const mask = new BigInt64Array(batch.length * length);
  batch.forEach((tokens, row) => {
    const offset = row * length;
    tokens.forEach((token, column) => {
      ids[offset + column] = BigInt(token);
      mask[offset + column] = 1n;
    });
  });
  const dims = [batch.length, length];
  const all: Record<string, Tensor> = {
    input_ids: new Tensor('int64', ids, dims),
    attention_mask: new Tensor('int64', mask, dims),
    token_type_ids: new Tensor('int64', new BigInt64Array(ids.length), dims),
  };
  const feeds: Record<string, Tensor> = {};
  for (const name of session.inputNames) {
    const tensor = all[name];
    if (tensor) feeds[name] = tensor;
  }
  return { feeds, length };
}

/** Mean of each text's token vectors without padding, brought to length 1. */
function meanPool(hidden: Float32Array, batch: readonly (readonly number[])[], length: number): Float32Array[] {
  const dimensions = hidden.length / (batch.length * length);
  return batch.map((tokens, row) => {
    const sum = new Float64Array(dimensions);
    const start = row * length * dimensions;
    for (let token = 0; token < tokens.length; token += 1) {
      const offset = start + token * dimensions;
      for (let index = 0; index < dimensions; index += 1) sum[index]! += hidden[offset + index]!;
    }
    // The division by the count of tokens falls away: the vector is brought to length 1 anyway.
    let squares = 0;
    for (const value of sum) squares += value * value;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    return Float32Array.from(sum, (value) => value * scale);
  });
}

async function loadRuntime({ modelDirectory, threads }: LocalEmbedderOptions): Promise<Runtime> {
  const files = await Promise.all(
    ['model.onnx', 'tokenizer.json', 'tokenizer_config.json'].map((name) => readModelFile(modelDirectory, name)),
  );
  const [model, tokenizerJson, tokenizerConfig] = files as [Buffer, Buffer, Buffer];
  try {
    const [onnxruntime, { Tokenizer }] = await Promise.all([
      import('onnxruntime-node'),
      import('@huggingface/tokenizers'),
    ]);
    const tokenizer = new Tokenizer(parseObject(tokenizerJson), parseObject(tokenizerConfig));
    const session = await onnxruntime.InferenceSession.create(model, {
      intraOpNumThreads: threads ?? availableParallelism(),
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      // Smaller shares of work, so that a core that something else keeps busy is not waited for (measured: + 2 %):
      // https://onnxruntime.ai/docs/performance/tune-performance/threading.html#set-dynamic-block-sizing
      extra: { session: { dynamic_block_base: '4' } },
    });
    const revision = createHash('sha256').update(model).update(tokenizerJson).digest('hex').slice(0, 12);
    const separatorId = tokenizer.token_to_id('[SEP]');
    if (separatorId === undefined) throw brokenModel(modelDirectory);
    return { session, Tensor: onnxruntime.Tensor, tokenizer, separatorId, revision };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('embedder-unavailable', 'The built-in embedding model could not be loaded.', {
      hint: 'Run “npm run setup” again (or reinstall Quire); until then search goes on by words alone.',
      cause: error,
    });
  }
}

async function readModelFile(directory: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(directory, name));
  } catch (error) {
    throw new AppError('embedder-unavailable', `The built-in embedding model is not there: ${name} cannot be read.`, {
      hint: 'Run “npm run setup” again (or reinstall Quire); until then search goes on by words alone.',
      cause: error,
    });
  }
}

function parseObject(file: Buffer): object {
  const value: unknown = JSON.parse(file.toString('utf8'));
  if (typeof value !== 'object' || value === null) throw new SyntaxError('The tokenizer’s file is not an object.');
  return value;
}

function brokenModel(directory: string): AppError {
  return new AppError('embedder-unavailable', `The files in ${directory} are not those of the built-in model.`, {
    hint: 'Run “npm run setup” again (or reinstall Quire); until then search goes on by words alone.',
  });
}
