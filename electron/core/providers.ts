/** The endpoints of the settings with their keys: who writes answers, who makes vectors elsewhere. */
import { findLocalProviders, listModels, testProvider } from '../adapters/local-providers.ts';
import { createOpenAiChat } from '../adapters/openai-chat.ts';
import { hostOf, isLoopback, type EndpointOptions } from '../adapters/openai-client.ts';
import type { BytesSentListener, ChatEvent, ChatModel } from '../pipeline/ports/chat-model.ts';
import type { Keychain, KeyName, KeyPurpose } from '../pipeline/ports/keychain.ts';
import type { RequestMeter } from '../pipeline/ports/request-meter.ts';
import { toAppError, type AppError, type ErrorInfo } from '../../shared/errors.ts';
import type { LocalProvider, ProviderTest } from '../../shared/requests/settings.ts';
import type { SettingsStore } from './settings-store.ts';

export interface ProvidersOptions {
  readonly settings: SettingsStore;
  readonly keychain: Keychain;
  readonly onBytesSent: BytesSentListener;
  /** Every request to a model goes through it, whatever it is for. */
  readonly meter: RequestMeter;
  /** Told why the provider can't write answers now, so that they are quoted; null when it can. */
  readonly onAnswersError: (error: AppError | null) => void;
}

export interface KeyPresence {
  readonly answers: boolean;
  readonly embedder: boolean;
  readonly error: ErrorInfo | null;
}

export class Providers {
  readonly #options: ProvidersOptions;

  constructor(options: ProvidersOptions) {
    this.#options = options;
  }

  /**
   * Who writes answers; null when none is configured. Without a keychain nobody can be asked who wants a key: its
   * stream fails with `keychain-unavailable`, and the answer is quoted.
   */
  async chatModel(): Promise<ChatModel | null> {
    const { kind, baseUrl, model } = this.#options.settings.current.answers;
    if (kind !== 'provider') return null;
    try {
      const chat = createOpenAiChat(await this.endpoint('answers', baseUrl, model));
      this.#options.onAnswersError(null);
      return chat;
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code !== 'keychain-unavailable') throw error;
      this.#options.onAnswersError(error);
      const { host, promptTokens } = createOpenAiChat({ baseUrl, model, apiKey: null });
      return { model, host, promptTokens, stream: () => failing(error) };
    }
  }

  async endpoint(purpose: KeyPurpose, baseUrl: string, model: string): Promise<EndpointOptions> {
    return this.endpointWith(await this.#key(purpose, baseUrl), baseUrl, model);
  }

  endpointWith(apiKey: string | null, baseUrl: string, model: string): EndpointOptions {
    const { onBytesSent, meter } = this.#options;
    return { baseUrl, model, apiKey, onBytesSent, meter };
  }

  /**
   * Tries a server as it would be used, with this key or else the one that is kept. Without a keychain it is tried
   * without one, so that a server that is not there is told as such; the keychain is told when a key is what is wanting.
   */
  async test(purpose: KeyPurpose, baseUrl: string, model: string, key = ''): Promise<ProviderTest> {
    let keychainError: AppError | null = null;
    const kept = async (): Promise<string | null> => {
      try {
        return await this.#key(purpose, baseUrl);
      } catch (thrown) {
        keychainError = toAppError(thrown);
        return null;
      }
    };
    try {
      const apiKey = key === '' ? await kept() : key;
      const result = await testProvider(purpose, this.endpointWith(apiKey, baseUrl, model));
      const isKeyWanted = result.error?.code === 'provider-unauthorized';
      return keychainError && isKeyWanted ? { ...result, error: (keychainError as AppError).toInfo() } : result;
    } catch (error) {
      return { ok: false, error: toAppError(error).toInfo(), milliseconds: 0, models: [] };
    }
  }

  /** What the server of the settings lists, with the key that is kept: nothing is sent. Errors: `provider-…`, `keychain-unavailable`. */
  async models(purpose: KeyPurpose, signal: AbortSignal): Promise<readonly string[]> {
    const { baseUrl, model } = this.#options.settings.current[purpose];
    return listModels(await this.endpoint(purpose, baseUrl, model), signal);
  }

  findLocal(): Promise<readonly LocalProvider[]> {
    return findLocalProviders();
  }

  /** Keeps the key of a server; an empty key removes it. */
  async setKey(purpose: KeyPurpose, baseUrl: string, key: string): Promise<void> {
    const name = keyName(purpose, baseUrl);
    await (key === '' ? this.#options.keychain.delete(name) : this.#options.keychain.set(name, key));
  }

  async keys(): Promise<KeyPresence> {
    const { kind, baseUrl } = this.#options.settings.current.answers;
    try {
      const [answers, embedder] = await Promise.all([
        this.#options.keychain.get(this.#nameOf('answers')),
        this.#options.keychain.get(this.#nameOf('embedder')),
      ]);
      this.#options.onAnswersError(null);
      return { answers: answers !== null, embedder: embedder !== null, error: null };
    } catch (thrown) {
      const error = toAppError(thrown);
      this.#options.onAnswersError(kind === 'provider' && !isLoopback(baseUrl) ? error : null);
      return { answers: false, embedder: false, error: error.toInfo() };
    }
  }

  #nameOf(purpose: KeyPurpose): KeyName {
    return keyName(purpose, this.#options.settings.current[purpose].baseUrl);
  }

  /** A server on this computer needs no key, so that it also works where no keychain is. */
  async #key(purpose: KeyPurpose, baseUrl: string): Promise<string | null> {
    try {
      return await this.#options.keychain.get(keyName(purpose, baseUrl));
    } catch (error) {
      if (isLoopback(baseUrl)) return null;
      throw error;
    }
  }
}

/** A stream that fails with its first word. */
function failing(error: AppError): AsyncIterable<ChatEvent> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}

function keyName(purpose: KeyPurpose, baseUrl: string): KeyName {
  return `${purpose}@${hostOf(baseUrl)}`;
}
