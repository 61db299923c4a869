/** Requests to providers under a meter: none is made that it does not let go, and each is told how it ended. */
import { AppError, toAppError, type ErrorCode } from '../../shared/errors.ts';
import type { TokenUsage } from '../../shared/domain.ts';
import { reservedTokens, tokensOfBytes } from '../pipeline/limits.ts';
import type { ChatEvent, ChatMessage, ChatOptions } from '../pipeline/ports/chat-model.ts';
import type {
  CallPurpose,
  MeteredRequest,
  OpenRequest,
  RequestEnd,
  RequestMeter,
} from '../pipeline/ports/request-meter.ts';

/** Servers bill nothing for these. A timeout is not among them: the server may still be at work. */
const unserved: ReadonlySet<ErrorCode> = new Set([
  'provider-unreachable',
  'provider-unauthorized',
  'provider-model-not-found',
  'provider-rate-limited',
  'provider-server-error',
]);

/** Tokens of a message beside its words. */
const tokensAMessage = 6;

/** A request of whoever does not say what it is for. */
const test: CallPurpose = { kind: 'test', documentIds: [] };

export interface MeteredEndpoint {
  readonly host: string;
  readonly model: string;
  readonly meter: RequestMeter;
}

type Stream = (
  messages: readonly ChatMessage[],
  options: ChatOptions & { readonly maxTokens?: number },
) => AsyncIterable<ChatEvent>;

/**
 * A chat stream as its adapter gives it, under the meter. An answer that has come to what it may take is ended with
 * `provider-stream-broken`: what came so far is a part of an answer.
 */
export async function* meteredStream(
  stream: Stream,
  { host, model, meter }: MeteredEndpoint,
  messages: readonly ChatMessage[],
  options: ChatOptions,
): AsyncGenerator<ChatEvent> {
  const promptTokens = messages.reduce((sum, { content }) => sum + reservedTokens(content) + tokensAMessage, 0);
  const { signal, call = test } = options;
  const request = await begin(meter, { ...call, host, model, promptTokens, ...(signal ? { signal } : {}) });
  const { maxTokens } = request;
  let usage: TokenUsage | null = null;
  let bytes = 0;
  // Whoever stops listening comes to nothing but the end.
  let outcome: RequestEnd['outcome'] = 'stopped';
  let isUnserved = false;
  try {
    for await (const event of stream(messages, maxTokens === null ? options : { ...options, maxTokens })) {
      if (event.type === 'usage') usage = event.usage;
      if (event.type === 'delta') bytes += Buffer.byteLength(event.text);
      if (maxTokens !== null && isEnded(event, maxTokens, tokensOfBytes(bytes), usage)) throw endedAt(maxTokens);
      yield event;
    }
    outcome = 'complete';
  } catch (thrown) {
    const { code } = toAppError(thrown);
    if (code !== 'cancelled') outcome = 'failed';
    isUnserved = bytes === 0 && unserved.has(code);
    throw thrown;
  } finally {
    // What came with the last piece beyond the reservation is an estimate, too, and a high one.
    const receivedTokens = Math.min(tokensOfBytes(bytes), maxTokens ?? Infinity);
    await request.end({ outcome, usage, receivedTokens, isUnserved });
  }
}

/** Whether an answer has come to what it may take: by what came, or by the server, which counts unseen thoughts too. */
function isEnded(event: ChatEvent, maxTokens: number, received: number, usage: TokenUsage | null): boolean {
  if (event.type === 'delta') return received > maxTokens;
  return event.type === 'finish' && event.reason === 'length' && (usage === null || usage.outputTokens >= maxTokens);
}

/** One request for vectors of these texts, under the meter. */
export async function meteredRequest<Answer extends { readonly tokens: number | null }>(
  { host, model, meter }: MeteredEndpoint,
  texts: readonly string[],
  { call = test, signal }: { readonly call?: CallPurpose; readonly signal?: AbortSignal },
  send: () => Promise<Answer>,
): Promise<Answer> {
  const promptTokens = texts.reduce((sum, text) => sum + reservedTokens(text), 0);
  const request = await begin(meter, { ...call, host, model, promptTokens, ...(signal ? { signal } : {}) });
  const ended = { usage: null, receivedTokens: 0, isUnserved: false };
  try {
    const answer = await send();
    const usage = answer.tokens === null ? null : { inputTokens: answer.tokens, outputTokens: 0 };
    await request.end({ ...ended, outcome: 'complete', usage });
    return answer;
  } catch (thrown) {
    const { code } = toAppError(thrown);
    const outcome = code === 'cancelled' ? 'stopped' : 'failed';
    await request.end({ ...ended, outcome, isUnserved: unserved.has(code) });
    throw thrown;
  }
}

/** Lets a request go, unless it was stopped while it waited: then nothing is sent for it. */
async function begin(meter: RequestMeter, request: MeteredRequest): Promise<OpenRequest> {
  const opened = await meter.begin(request);
  if (!request.signal?.aborted) return opened;
  await opened.end({ outcome: 'stopped', usage: null, receivedTokens: 0, isUnserved: true });
  throw new AppError('cancelled', 'This was stopped.', { retryable: true });
}

function endedAt(tokens: number): AppError {
  return new AppError(
    'provider-stream-broken',
    `The answer was ended after ${tokens.toLocaleString('en')} tokens, which is all that the month’s budget let it have.`,
    { hint: 'What came so far is kept. Ask for less at once, or have the budget raised.' },
  );
}
