/** The endpoints of the settings with their keys: who writes answers, who makes vectors elsewhere. */
import { findLocalProviders, testProvider } from '../adapters/local-providers.ts';
import { createOpenAiChat } from '../adapters/openai-chat.ts';
import { hostOf, isLoopback, type EndpointOptions } from '../adapters/openai-client.ts';
import type { BytesSentListener, ChatModel } from '../pipeline/ports/chat-model.ts';
import type { Keychain, KeyName, KeyPurpose } from '../pipeline/ports/keychain.ts';
import { toAppError, type ErrorInfo } from '../../shared/errors.ts';
import type { LocalProvider, ProviderTest } from '../../shared/requests/settings.ts';
import type { SettingsStore } from './settings-store.ts';

export interface ProvidersOptions {
  readonly settings: SettingsStore;
  readonly keychain: Keychain;
  readonly onBytesSent: BytesSentListener;
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

  /** Who writes answers; null when none is configured. Throws `keychain-unavailable`. */
  async chatModel(): Promise<ChatModel | null> {
    const { kind, baseUrl, model } = this.#options.settings.current.answers;
    return kind === 'provider' ? createOpenAiChat(await this.endpoint('answers', baseUrl, model)) : null;
  }

  async endpoint(purpose: KeyPurpose, baseUrl: string, model: string): Promise<EndpointOptions> {
    return { baseUrl, model, apiKey: await this.#key(purpose, baseUrl), onBytesSent: this.#options.onBytesSent };
  }

  async test(purpose: KeyPurpose, baseUrl: string, model: string): Promise<ProviderTest> {
    try {
      return await testProvider(purpose, await this.endpoint(purpose, baseUrl, model));
    } catch (error) {
      return { ok: false, error: toAppError(error).toInfo(), milliseconds: 0, models: [] };
    }
  }

  findLocal(): Promise<readonly LocalProvider[]> {
    return findLocalProviders();
  }

  /** Keeps the key of the server that the settings name now; an empty key removes it. */
  async setKey(purpose: KeyPurpose, key: string): Promise<void> {
    const name = this.#nameOf(purpose);
    await (key === '' ? this.#options.keychain.delete(name) : this.#options.keychain.set(name, key));
  }

  async keys(): Promise<KeyPresence> {
    try {
      const [answers, embedder] = await Promise.all([
        this.#options.keychain.get(this.#nameOf('answers')),
        this.#options.keychain.get(this.#nameOf('embedder')),
      ]);
      return { answers: answers !== null, embedder: embedder !== null, error: null };
    } catch (error) {
      return { answers: false, embedder: false, error: toAppError(error).toInfo() };
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

function keyName(purpose: KeyPurpose, baseUrl: string): KeyName {
  return `${purpose}@${hostOf(baseUrl)}`;
}
