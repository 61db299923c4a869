/** The embedder that the settings ask for, and the one whose vectors are searched now. */
import { openHostEmbedder } from '../adapters/host-embedder.ts';
import { openOpenAiEmbedder } from '../adapters/openai-embedder.ts';
import type { Database, StoredEmbedder } from '../db/database.ts';
import type { Embedder } from '../pipeline/ports/embedder.ts';
import type { HostRunner } from '../pipeline/ports/pipeline-host.ts';
import type { Providers } from './providers.ts';
import type { SettingsStore } from './settings-store.ts';

export interface EmbeddersOptions {
  readonly database: Database;
  readonly settings: SettingsStore;
  readonly providers: Providers;
  readonly host: HostRunner;
}

export class Embedders {
  readonly #options: EmbeddersOptions;
  /** The last one that was opened, with the settings it was opened for. */
  #opened: { readonly key: string; readonly embedder: Promise<Embedder> } | null = null;

  #builtIn: Promise<Embedder> | null = null;

  constructor(options: EmbeddersOptions) {
    this.#options = options;
  }

  /** The embedder of the settings. Rejects with `embedder-unavailable`, `provider-…`, `keychain-unavailable`. */
  wanted(): Promise<Embedder> {
    const key = JSON.stringify(this.#options.settings.current.embedder);
    if (this.#opened?.key !== key) {
      const embedder = this.#open();
      this.#opened = { key, embedder };
      // A failure is not kept: the next call tries again.
      embedder.catch(() => {
        if (this.#opened?.embedder === embedder) this.#opened = null;
      });
    }
    return this.#opened.embedder;
  }

  /**
   * The embedder for questions: the one whose vectors are searched. While the settings' one still makes its vectors,
   * the built-in one goes on where its are there. Null when no vectors are stored yet, or when the settings have moved
   * away from a server, which is then sent nothing more. Rejects as `wanted` does.
   */
  async forQuestions(): Promise<Embedder | null> {
    const active = await this.#options.database.embedders.active();
    const embedder = active?.kind === 'built-in' ? await this.#openBuiltIn() : await this.wanted();
    return embedder.fingerprint === active?.fingerprint ? embedder : null;
  }

  /** Whether the settings may ask for another embedder than this one; told without opening any. */
  mayDiffer(active: StoredEmbedder): boolean {
    const { kind } = this.#options.settings.current.embedder;
    return kind !== active.kind || kind !== 'built-in';
  }

  /** Opens it anew at its next use: its key has changed. */
  forget(): void {
    this.#opened = null;
  }

  async #open(): Promise<Embedder> {
    const { kind, baseUrl, model } = this.#options.settings.current.embedder;
    if (kind === 'built-in') return this.#openBuiltIn();
    return openOpenAiEmbedder({ ...(await this.#options.providers.endpoint('embedder', baseUrl, model)), kind });
  }

  #openBuiltIn(): Promise<Embedder> {
    const opening = (this.#builtIn ??= openHostEmbedder(this.#options.host));
    // A failure is not kept: the model may be there the next time.
    opening.catch(() => {
      if (this.#builtIn === opening) this.#builtIn = null;
    });
    return opening;
  }
}
