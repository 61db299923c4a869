/** The embedder that the settings ask for, and the one whose vectors are searched now. */
import { openHostEmbedder } from '../adapters/host-embedder.ts';
import { openOpenAiEmbedder } from '../adapters/openai-embedder.ts';
import type { Database, StoredEmbedder } from '../db/database.ts';
import type { Embedder } from '../pipeline/ports/embedder.ts';
import type { HostRunner } from '../pipeline/ports/pipeline-host.ts';
import type { Providers } from './providers.ts';
import type { SettingsStore } from './settings-store.ts';
import type { Settings } from '../../shared/requests/settings.ts';

export type EmbedderSettings = Settings['embedder'];

export interface EmbeddersOptions {
  readonly database: Database;
  readonly settings: SettingsStore;
  readonly providers: Providers;
  readonly host: HostRunner;
  /** What the settings asked for before a change that is not complete yet; null when there is none. */
  readonly before: () => EmbedderSettings | null;
}

export class Embedders {
  readonly #options: EmbeddersOptions;
  /** Those that were opened, by the settings that they were opened for. */
  readonly #opened = new Map<string, Promise<Embedder>>();
  readonly #settingsOf = new Map<string, EmbedderSettings>();

  #builtIn: Promise<Embedder> | null = null;

  constructor(options: EmbeddersOptions) {
    this.#options = options;
  }

  /** The embedder of the settings. Rejects with `embedder-unavailable`, `provider-…`, `keychain-unavailable`. */
  wanted(): Promise<Embedder> {
    return this.#openOnce(this.#options.settings.current.embedder);
  }

  /**
   * The embedder for questions: the one whose vectors are searched. While the settings' one still makes its vectors,
   * the one before goes on. Null when no vectors are stored yet, or when nobody can say whose they are. Rejects as
   * `wanted` does.
   */
  async forQuestions(): Promise<Embedder | null> {
    const active = await this.#options.database.embedders.active();
    if (!active) return null;
    if (active.kind === 'built-in') return matching(active, await this.#openBuiltIn());
    const before = this.#options.before();
    return (before && matching(active, await this.#openOnce(before))) ?? matching(active, await this.wanted());
  }

  /** An embedder that the settings do not ask for (yet), with a key that need not be kept. Rejects as `wanted` does. */
  async tryOut({ kind, baseUrl, model }: EmbedderSettings, key: string): Promise<Embedder> {
    if (kind === 'built-in') return this.#openBuiltIn();
    const endpoint =
      key === ''
        ? await this.#options.providers.endpoint('embedder', baseUrl, model)
        : this.#options.providers.endpointWith(key, baseUrl, model);
    return openOpenAiEmbedder({ ...endpoint, kind });
  }

  /** What an embedder was asked for by, the last time that it was opened in this run; null when none of this fingerprint was. */
  settingsOf(fingerprint: string): EmbedderSettings | null {
    return this.#settingsOf.get(fingerprint) ?? null;
  }

  /** Whether the settings may ask for another embedder than this one; told without opening any. */
  mayDiffer(active: StoredEmbedder): boolean {
    const { kind } = this.#options.settings.current.embedder;
    return kind !== active.kind || kind !== 'built-in';
  }

  /** Opens it anew at its next use: its key has changed. */
  forget(): void {
    this.#opened.clear();
  }

  #openOnce(settings: EmbedderSettings): Promise<Embedder> {
    const key = JSON.stringify(settings);
    const known = this.#opened.get(key);
    if (known) return known;
    const opening = this.tryOut(settings, '');
    this.#opened.set(key, opening);
    opening.then(
      ({ fingerprint }) => this.#settingsOf.set(fingerprint, settings),
      // A failure is not kept: the next call tries again.
      () => this.#opened.delete(key),
    );
    return opening;
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

function matching(active: StoredEmbedder, embedder: Embedder): Embedder | null {
  return embedder.fingerprint === active.fingerprint ? embedder : null;
}
