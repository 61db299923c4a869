/**
 * Chat over any OpenAI-compatible endpoint (OpenAI, Ollama, LM Studio, vLLM, llama.cpp), streamed.
 */
import type { ChatCompletionChunk, ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { AppError } from '../../shared/errors.ts';
import type { TokenUsage } from '../../shared/domain.ts';
import type { ChatEvent, ChatFinishReason, ChatMessage, ChatModel, ChatOptions } from '../pipeline/ports/chat-model.ts';
import {
  createClient,
  delay,
  hostOf,
  isLoopback,
  retryDelaySeconds,
  timeoutError,
  toProviderError,
} from './openai-client.ts';
import type { EndpointOptions } from './openai-client.ts';
import { meteredStream } from './metered.ts';
import { createThoughtFilter } from './thought-filter.ts';

export interface OpenAiChatOptions extends EndpointOptions {
  /** Milliseconds until the first token; a local server may have to load the model, a reasoning model thinks first. */
  readonly firstTokenTimeout?: number;
  /** Milliseconds between two tokens. */
  readonly idleTimeout?: number;
  /** Tokens of prompt that fit; a guess by the kind of server when absent. */
  readonly promptTokens?: number;
}

const defaultFirstTokenTimeout = 120_000;
const defaultIdleTimeout = 45_000;

/** Where the older name of an answer's limit is refused by models that think first; all others know the older one. */
const openAiHost = 'api.openai.com';

/** Seconds of `Retry-After` that are waited for without asking; a longer wait is told instead. */
const patience = 8;

/**
 * Prompt tokens by kind of server. Ollama cuts a prompt silently at its `num_ctx` (4,096 unless told otherwise, see
 * docs.ollama.com/context-length), and cuts the rules first; hosted models take far more than answers need.
 */
const localPromptTokens = 3_000;
const hostedPromptTokens = 8_000;

export function createOpenAiChat(options: OpenAiChatOptions): ChatModel {
  let client: ReturnType<typeof createClient> | undefined;
  const host = hostOf(options.baseUrl);
  const firstTokenTimeout = options.firstTokenTimeout ?? defaultFirstTokenTimeout;
  const idleTimeout = options.idleTimeout ?? defaultIdleTimeout;
  const { meter } = options;

  async function open(
    messages: readonly ChatMessage[],
    maxTokens: number | undefined,
    signal: AbortSignal,
  ): Promise<ChunkStream> {
    const body: ChatCompletionCreateParamsStreaming = {
      model: options.model,
      messages: messages.map(({ role, content }) => ({ role, content })),
      stream: true,
      stream_options: { include_usage: true },
      ...(maxTokens === undefined ? {} : { [host === openAiHost ? 'max_completion_tokens' : 'max_tokens']: maxTokens }),
    };
    const { data, response } = await (
      await (client ??= createClient(options))
    ).chat.completions
      .create(body, { signal })
      .withResponse();
    const type = response.headers.get('content-type') ?? '';
    if (!type.includes('text/event-stream')) {
      data.controller.abort();
      throw new AppError('provider-bad-response', `${host} answered with “${type || 'no type'}”, not with a stream.`, {
        hint: 'Check that the address is that of an OpenAI-compatible server; it usually ends in /v1.',
      });
    }
    return data;
  }

  async function* stream(
    messages: readonly ChatMessage[],
    chat: ChatOptions & { readonly maxTokens?: number } = {},
  ): AsyncGenerator<ChatEvent> {
    const deadline = createDeadline(chat.signal);
    try {
      const chunks = await openWithRetry(() => {
        deadline.arm(firstTokenTimeout);
        return deadline.race(open(messages, chat.maxTokens, deadline.signal));
      }, deadline.signal);
      yield* readChunks(chunks, deadline);
    } catch (error) {
      if (chat.signal?.aborted) throw toProviderError(error, options, chat.signal);
      if (deadline.expired) throw timeoutError(host, deadline.milliseconds, error);
      throw toProviderError(error, options);
    } finally {
      deadline.close();
    }
  }

  async function* readChunks(chunks: ChunkStream, deadline: Deadline): AsyncGenerator<ChatEvent> {
    const thoughts = createThoughtFilter();
    let usage: TokenUsage | null = null;
    let reason: ChatFinishReason | null = null;
    let started = false;
    const iterator = chunks[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await deadline.race(iterator.next());
        if (next.done) break;
        deadline.arm(idleTimeout);
        const chunk = next.value;
        usage = readUsage(chunk) ?? usage;
        const choice = chunk.choices?.[0];
        if (!choice) continue;
        const text = thoughts.push(typeof choice.delta?.content === 'string' ? choice.delta.content : '');
        if (text !== '') {
          started = true;
          yield { type: 'delta', text };
        }
        if (choice.finish_reason) reason = finishReason(choice.finish_reason);
      }
    } catch (error) {
      if (!started || deadline.signal.aborted) throw error;
      throw brokenError(host, error);
    } finally {
      // Not awaited: closing a stream that hangs would hang as well; the abort of the request frees it.
      chunks.controller.abort();
    }
    const rest = thoughts.end();
    if (rest !== '') yield { type: 'delta', text: rest };
    // A connection that is closed early looks like the end; only a finish reason says that the answer is whole.
    if (reason === null) throw started ? brokenError(host) : emptyError(host);
    if (usage !== null) yield { type: 'usage', usage };
    yield { type: 'finish', reason };
  }

  return {
    model: options.model,
    host,
    promptTokens: options.promptTokens ?? (isLoopback(options.baseUrl) ? localPromptTokens : hostedPromptTokens),
    stream: (messages, chat = {}) =>
      meter ? meteredStream(stream, { host, model: options.model, meter }, messages, chat) : stream(messages, chat),
  };
}

type ChunkStream = AsyncIterable<ChatCompletionChunk> & { readonly controller: AbortController };

/** Tries once more after a short wait when the server asks for it (429) or stumbled (5xx). */
async function openWithRetry(open: () => Promise<ChunkStream>, signal: AbortSignal): Promise<ChunkStream> {
  try {
    return await open();
  } catch (error) {
    const seconds = retryDelaySeconds(error);
    if (seconds === null || seconds > patience || signal.aborted) throw error;
    await delay(seconds * 1000, signal);
    return open();
  }
}

interface Deadline {
  /** Aborted by the person's signal and by the deadline. */
  readonly signal: AbortSignal;
  readonly expired: boolean;
  /** The limit that was armed last. */
  readonly milliseconds: number;
  arm(milliseconds: number): void;
  /** Settles as the promise does, or rejects as soon as the signal is aborted, whatever the promise does. */
  race<T>(promise: Promise<T>): Promise<T>;
  close(): void;
}

function createDeadline(outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let expired = false;
  let milliseconds = 0;
  const abort = (): void => controller.abort(outer?.reason);
  if (outer?.aborted) abort();
  else outer?.addEventListener('abort', abort, { once: true });
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new AppError('cancelled', 'This was stopped.', { retryable: true }));
    if (controller.signal.aborted) stop();
    else controller.signal.addEventListener('abort', stop, { once: true });
  });
  // Nobody may be racing when the abort comes; that is not an unhandled failure.
  aborted.catch(() => undefined);
  return {
    signal: controller.signal,
    get expired() {
      return expired;
    },
    get milliseconds() {
      return milliseconds;
    },
    arm(limit) {
      clearTimeout(timer);
      milliseconds = limit;
      timer = setTimeout(() => {
        expired = true;
        controller.abort();
      }, limit);
    },
    race(promise) {
      // The race may be over when it fails.
      promise.catch(() => undefined);
      return Promise.race([promise, aborted]);
    },
    close() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    },
  };
}

function readUsage(chunk: ChatCompletionChunk): TokenUsage | null {
  if (!chunk.usage) return null;
  return { inputTokens: chunk.usage.prompt_tokens ?? 0, outputTokens: chunk.usage.completion_tokens ?? 0 };
}

function finishReason(reason: string): ChatFinishReason {
  if (reason === 'length') return 'length';
  if (reason === 'content_filter') return 'content-filter';
  return 'stop';
}

function brokenError(host: string, cause?: unknown): AppError {
  return new AppError('provider-stream-broken', `The connection to ${host} broke off in the middle of the answer.`, {
    hint: 'What came so far is kept; ask again for the whole answer.',
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}

function emptyError(host: string): AppError {
  return new AppError('provider-bad-response', `${host} ended its answer before the first word.`, {
    hint: 'Try again; if it happens again, check the model and the address in Settings.',
    retryable: true,
  });
}
