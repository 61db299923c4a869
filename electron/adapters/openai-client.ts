/**
 * What the chat and the embedding adapter share: a client of the `openai` package for any OpenAI-compatible base URL,
 * and the translation of its errors into the app's own.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type * as OpenAiPackage from 'openai';
import { AppError } from '../../shared/errors.ts';
import { isThisComputer } from '../../shared/this-computer.ts';
import type { BytesSentListener } from '../pipeline/ports/chat-model.ts';
import type { RequestMeter } from '../pipeline/ports/request-meter.ts';
import { stoppableFetch } from '../stoppable-fetch.ts';

export interface EndpointOptions {
  /** As the person typed it, `https://api.openai.com/v1` for one. */
  readonly baseUrl: string;
  readonly model: string;
  /** Null where the server wants none (Ollama, LM Studio). */
  readonly apiKey: string | null;
  readonly onBytesSent?: BytesSentListener;
  /** Lets requests to the model go; all of them go without one. */
  readonly meter?: RequestMeter;
  /** Milliseconds until the server has to answer with its headers; a local server may load a model first. */
  readonly responseTimeout?: number;
}

const defaultResponseTimeout = 120_000;

/** Loaded with the first client: the package costs a tenth of a second, which the start of the app need not pay. */
let loaded: typeof OpenAiPackage | null = null;

async function load(): Promise<typeof OpenAiPackage> {
  // Node loads what is behind `fetch` at its first use, which takes main's thread as long as the package does: each in
  // a turn of its own. A timer begins another one; an immediate belongs to the same.
  await new Response('').text();
  await wait(1);
  return import('openai');
}

/** Characters of a server's own words that a message repeats. */
const serverMessageLimit = 240;

/** Host of a base URL as errors and the status bar name it: `api.openai.com`, `127.0.0.1:11434`. */
export function hostOf(baseUrl: string): string {
  try {
    return new URL(baseUrl).host;
  } catch (error) {
    throw new AppError('request-invalid', `“${baseUrl}” is not the address of a server.`, {
      hint: 'An address looks like https://api.openai.com/v1 or http://127.0.0.1:11434/v1.',
      cause: error,
    });
  }
}

/** True for a server on this computer; nothing that is sent to it leaves the machine. */
export function isLoopback(baseUrl: string): boolean {
  return isThisComputer(new URL(baseUrl).hostname);
}

/**
 * A client that retries nothing by itself (the adapters do, with the person's signal), reads no environment variables,
 * and tells nothing about this computer.
 */
export async function createClient(endpoint: EndpointOptions): Promise<OpenAiPackage.OpenAI> {
  const host = hostOf(endpoint.baseUrl);
  loaded ??= await load();
  return new loaded.OpenAI({
    baseURL: endpoint.baseUrl.replace(/\/+$/, ''),
    apiKey: endpoint.apiKey ?? 'none',
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: endpoint.responseTimeout ?? defaultResponseTimeout,
    logLevel: 'off',
    fetch: async (input, init) => {
      const headers = new Headers(init?.headers);
      // SECURITY: the package's headers name the operating system, its version and the processor; no server needs them.
      for (const name of [...headers.keys()]) if (name.startsWith('x-stainless-')) headers.delete(name);
      headers.set('user-agent', 'Quire');
      if (endpoint.apiKey === null) headers.delete('authorization');
      if (typeof init?.body === 'string') {
        endpoint.onBytesSent?.({ host, model: endpoint.model, bytes: Buffer.byteLength(init.body) });
      }
      return stoppableFetch(input, { ...init, headers });
    },
  });
}

/** Seconds that the server asks to wait, from `Retry-After` in seconds or as a date; null when it does not say. */
export function retryAfterSeconds(headers: Headers | undefined, now: number = Date.now()): number | null {
  const milliseconds = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (Number.isFinite(milliseconds)) return Math.max(0, milliseconds / 1000);
  const value = headers?.get('retry-after');
  if (!value) return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(value);
  return Number.isFinite(date) ? Math.max(0, (date - now) / 1000) : null;
}

/** Seconds to wait before a request that was refused may be tried once more, or null when it should not be. */
export function retryDelaySeconds(thrown: unknown): number | null {
  if (!isApiError(thrown) || isError(thrown, 'APIUserAbortError')) return null;
  if (thrown.status === 429 && thrown.code !== 'insufficient_quota') return retryAfterSeconds(thrown.headers) ?? 2;
  if (thrown.status !== undefined && thrown.status >= 500) return retryAfterSeconds(thrown.headers) ?? 1;
  return null;
}

/** Turns what the `openai` package throws into an AppError that names the server and says what to do next. */
export function toProviderError(thrown: unknown, endpoint: EndpointOptions, signal?: AbortSignal): AppError {
  if (thrown instanceof AppError) return thrown;
  const host = hostOf(endpoint.baseUrl);
  if (signal?.aborted || isError(thrown, 'APIUserAbortError')) {
    return new AppError('cancelled', 'This was stopped.', { retryable: true, cause: thrown });
  }
  if (isError(thrown, 'APIConnectionTimeoutError') && !isConnectTimeout(thrown)) {
    return timeoutError(host, endpoint.responseTimeout ?? defaultResponseTimeout, thrown);
  }
  if (isError(thrown, 'APIConnectionError')) return unreachableError(endpoint, thrown);
  if (isApiError(thrown)) return statusError(thrown, endpoint);
  return new AppError('provider-bad-response', `${host} answered with something that is not the expected format.`, {
    hint: 'Check that the address is that of an OpenAI-compatible server; it usually ends in /v1.',
    retryable: true,
    cause: thrown,
  });
}

function isApiError(thrown: unknown): thrown is OpenAiPackage.APIError {
  return loaded !== null && thrown instanceof loaded.APIError;
}

function isError(
  thrown: unknown,
  kind: 'APIUserAbortError' | 'APIConnectionError' | 'APIConnectionTimeoutError',
): boolean {
  return loaded !== null && thrown instanceof loaded[kind];
}

export function timeoutError(host: string, milliseconds: number, cause?: unknown): AppError {
  return new AppError('provider-timeout', `${host} did not answer within ${Math.round(milliseconds / 1000)} seconds.`, {
    hint: 'The server may be busy or still loading its model; try again.',
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The connection itself was not made in time: nobody is there, which is not the same as a slow answer. */
function isConnectTimeout(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const inner = cause instanceof Error ? cause.cause : undefined;
  return typeof inner === 'object' && inner !== null && 'code' in inner && inner.code === 'UND_ERR_CONNECT_TIMEOUT';
}

function unreachableError(endpoint: EndpointOptions, cause: unknown): AppError {
  const host = hostOf(endpoint.baseUrl);
  return new AppError('provider-unreachable', `${host} cannot be reached.`, {
    hint: isLoopback(endpoint.baseUrl)
      ? 'Start the server (Ollama, LM Studio) on this computer, then try again.'
      : 'Check the network connection and the address in Settings, then try again.',
    retryable: true,
    cause,
  });
}

function statusError(error: OpenAiPackage.APIError, endpoint: EndpointOptions): AppError {
  const host = hostOf(endpoint.baseUrl);
  const said = serverMessage(error, endpoint.apiKey);
  switch (error.status) {
    case 401:
    case 403:
      // The server's own words repeat a part of the key, so they are left out.
      return new AppError(
        'provider-unauthorized',
        endpoint.apiKey === null ? `${host} wants an API key.` : `${host} did not accept the API key.`,
        {
          hint: 'Enter the key again in Settings; it may have expired or lack the right for this model.',
          cause: error,
        },
      );
    case 404:
      return notFoundError(error, endpoint, said);
    case 408:
      return timeoutError(host, endpoint.responseTimeout ?? defaultResponseTimeout, error);
    case 429:
      return rateLimitError(error, host);
    default:
      break;
  }
  if (error.status !== undefined && error.status >= 500) {
    return new AppError('provider-server-error', `${host} failed with status ${error.status}${said}.`, {
      hint: 'The trouble is on the server’s side; try again in a moment.',
      retryable: true,
      cause: error,
    });
  }
  if (error.code === 'context_length_exceeded' || /context (?:length|window)|too many tokens/i.test(error.message)) {
    return new AppError('provider-bad-response', `The passages are longer than ${endpoint.model} can take${said}.`, {
      hint: 'Choose a model with a larger context in Settings.',
      cause: error,
    });
  }
  return new AppError('provider-bad-response', `${host} refused the request${said}.`, {
    hint: 'Check the model’s name and the address in Settings.',
    cause: error,
  });
}

function notFoundError(error: OpenAiPackage.APIError, endpoint: EndpointOptions, said: string): AppError {
  const host = hostOf(endpoint.baseUrl);
  if (error.code === 'model_not_found' || /model/i.test(error.message)) {
    return new AppError('provider-model-not-found', `${host} has no model “${endpoint.model}”.`, {
      hint: isLoopback(endpoint.baseUrl)
        ? 'Pull the model first, or choose one of those that the server lists in Settings.'
        : 'Choose one of the models that the server lists in Settings.',
      cause: error,
    });
  }
  return new AppError('provider-bad-response', `${host} has no OpenAI-compatible service at this address${said}.`, {
    hint: 'Check the address in Settings; it usually ends in /v1.',
    cause: error,
  });
}

function rateLimitError(error: OpenAiPackage.APIError, host: string): AppError {
  if (error.code === 'insufficient_quota') {
    return new AppError('provider-rate-limited', `The account at ${host} has no credit left.`, {
      hint: 'Add credit to the account, or choose another provider in Settings.',
      cause: error,
    });
  }
  const seconds = retryAfterSeconds(error.headers);
  return new AppError('provider-rate-limited', `${host} takes no more requests for now.`, {
    hint: seconds === null ? 'Try again in a minute.' : `It asks to wait ${describeSeconds(seconds)}; then try again.`,
    retryable: true,
    cause: error,
  });
}

export function describeSeconds(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole < 120) return whole === 1 ? '1 second' : `${whole} seconds`;
  return `${Math.ceil(whole / 60)} minutes`;
}

/** `: what the server said`, one line, without the key; empty when it said nothing readable. */
function serverMessage(error: OpenAiPackage.APIError, apiKey: string | null): string {
  const body: unknown = error.error;
  const raw =
    typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string'
      ? body.message
      : typeof body === 'string'
        ? body
        : '';
  const text = (apiKey ? raw.replaceAll(apiKey, '…') : raw).replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  if (text === '' || text.startsWith('<')) return '';
  return `: ${text.length > serverMessageLimit ? `${text.slice(0, serverMessageLimit)}…` : text}`;
}

/** Waits, and rejects at once with the signal's reason when it is aborted. */
export function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new AppError('cancelled', 'This was stopped.', { retryable: true }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
