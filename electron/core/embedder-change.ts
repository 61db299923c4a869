/**
 * A change of embedder: what it would take, how far it is, and the way back. The work itself is the embed queue's; the
 * vectors of before are searched until it is done.
 */
import { hostOf, isLoopback } from '../adapters/openai-client.ts';
import type { Database } from '../db/database.ts';
import type { Rebuild } from '../pipeline/embed-queue.ts';
import type { Embedder } from '../pipeline/ports/embedder.ts';
import { pricesAsOf, type CostOf } from '../pipeline/prices.ts';
import { toAppError, type AppError } from '../../shared/errors.ts';
import { settingsSchema, type EmbedderEstimate, type Settings } from '../../shared/requests/settings.ts';
import type { AppStatus } from '../../shared/requests/app.ts';
import type { Embedders, EmbedderSettings } from './embedders.ts';
import type { SettingsStore } from './settings-store.ts';

export interface EmbedderChangeOptions {
  readonly database: Database;
  readonly settings: SettingsStore;
  readonly embedders: Embedders;
  /** By the list and the person's own prices. */
  readonly costOf: CostOf;
  /** Of a change that an earlier run began; see `readEmbedderBefore`. */
  readonly before: EmbedderSettings | null;
  /** Another embedder is asked for. */
  readonly onChange: () => void;
  readonly announce: (rebuild: AppStatus['rebuild']) => void;
  readonly onError: (error: AppError) => void;
}

/** In the library's settings: what was asked for before a change that is not complete. */
const KEY = 'embedder-before';
const schema = settingsSchema.shape.embedder.unwrap();

/** Made-up passages that are embedded to measure the rate; the second lot only when the first was quick. */
const FIRST_SAMPLE = 8;
const SECOND_SAMPLE = 56;
/** Milliseconds of the first lot above which it tells enough. */
const QUICK = 1_000;
/** Milliseconds of a rebuild until its rate says something. */
const RATE_AFTER = 2_000;

export async function readEmbedderBefore(database: Database): Promise<EmbedderSettings | null> {
  return schema.safeParse(await database.settings.get(KEY)).data ?? null;
}

export class EmbedderChange {
  readonly #options: EmbedderChangeOptions;
  #before: EmbedderSettings | null;
  /** Where this run of a rebuild began. */
  #start: { readonly model: string; readonly at: number; readonly done: number } | null = null;

  constructor(options: EmbedderChangeOptions) {
    this.#options = options;
    this.#before = options.before;
    if (options.before) this.#announceBegun();
  }

  /** What the settings asked for before a change that is not complete yet. */
  get before(): EmbedderSettings | null {
    return this.#before;
  }

  /** Keeps settings; another embedder in them begins its vectors in the background. */
  async update(settings: Settings): Promise<void> {
    const { database, settings: store, onChange, announce } = this.#options;
    const present = store.current.embedder;
    const isOther = !isSame(present, settings.embedder);
    // Before the settings: a crash in between leaves a note too many, which the next completion takes away.
    // Without vectors there is nothing to go back to.
    if (isOther && !this.#before && (await database.embedders.active())) await this.#remember(present);
    await store.update(settings);
    if (!isOther) return;
    this.#start = null;
    if (this.#before && isSame(this.#before, settings.embedder)) {
      await this.#remember(null);
      announce(null);
    }
    if (this.#before) this.#announceBegun();
    onChange();
  }

  /** Back to what was asked for before; without such a thing nothing changes. */
  async cancel(): Promise<void> {
    const { settings } = this.#options;
    if (this.#before) await this.update({ ...settings.current, embedder: this.#before });
  }

  /** All vectors of an embedder are there. */
  complete(fingerprint: string): void {
    const { onError } = this.#options;
    // The way back that is still written down leads to a change that is over; the next completion settles it.
    if (this.#before) void this.#settleBefore(fingerprint).catch((thrown: unknown) => onError(toAppError(thrown)));
  }

  /**
   * The way back ends with the change that it leads back from. When the settings ask for a third embedder by now, it leads
   * to the one that was completed: that one's vectors are searched, and those of before are gone.
   */
  async #settleBefore(fingerprint: string): Promise<void> {
    const { embedders, settings } = this.#options;
    const completed = embedders.settingsOf(fingerprint);
    if (completed) await this.#remember(isSame(completed, settings.current.embedder) ? null : completed);
  }

  progress(rebuild: Rebuild | null): void {
    const { announce } = this.#options;
    if (!rebuild) {
      this.#start = null;
      return announce(null);
    }
    const { model, done, total } = rebuild;
    const now = performance.now();
    if (this.#start?.model !== model) this.#start = { model, at: now, done };
    const spent = now - this.#start.at;
    const made = done - this.#start.done;
    const secondsLeft = spent < RATE_AFTER || made <= 0 ? null : Math.ceil(((total - done) / made) * (spent / 1_000));
    announce({ model, done, total, secondsLeft });
  }

  /**
   * What making all vectors of an embedder would take. Nothing of the library is sent: the rate is measured with
   * made-up passages. Errors: those of the embedder.
   */
  async estimate(target: EmbedderSettings, key: string): Promise<EmbedderEstimate> {
    const { database, embedders, settings, costOf } = this.#options;
    const embedder = await embedders.tryOut(target, key);
    const { texts, tokens } = await database.embedders.outstanding(embedder.fingerprint);
    const isThisComputer = target.kind === 'built-in' || isLoopback(target.baseUrl);
    const host = embedder.host;
    const cost = costOf({
      host: host ?? '',
      model: target.model,
      local: isThisComputer,
      inputTokens: tokens,
      outputTokens: 0,
    });
    const seconds = texts === 0 ? null : texts / (await measureRate(embedder, Math.round(tokens / texts)));
    const active = await database.embedders.active();
    const present = this.#before ?? settings.current.embedder;
    return {
      texts,
      tokens,
      seconds,
      host,
      isThisComputer,
      cost,
      pricesAsOf,
      present: active?.model ?? null,
      presentHost: active === null || active.kind === 'built-in' ? null : hostOf(present.baseUrl),
    };
  }

  /** Before its server has answered, so that it can be cancelled when it never does. */
  #announceBegun(): void {
    const { kind, model } = this.#options.settings.current.embedder;
    this.#options.announce({
      model: kind === 'built-in' ? 'the built-in model' : model,
      done: 0,
      total: 0,
      secondsLeft: null,
    });
  }

  async #remember(before: EmbedderSettings | null): Promise<void> {
    const { database } = this.#options;
    this.#before = before;
    await (before ? database.settings.set(KEY, before) : database.settings.delete(KEY));
  }
}

function isSame(a: EmbedderSettings, b: EmbedderSettings): boolean {
  if (a.kind === 'built-in' || b.kind === 'built-in') return a.kind === b.kind;
  return a.kind === b.kind && a.baseUrl === b.baseUrl && a.model === b.model;
}

/** Passages a second. */
async function measureRate(embedder: Embedder, tokens: number): Promise<number> {
  // The first one waits for the model to be loaded.
  await embedder.embed(madeUp(1, tokens, 0));
  let [count, spent] = [0, 0];
  for (const size of [FIRST_SAMPLE, SECOND_SAMPLE]) {
    if (spent > QUICK) break;
    const passages = madeUp(size, tokens, count + 1);
    const started = performance.now();
    await embedder.embed(passages);
    spent += performance.now() - started;
    count += size;
  }
  return count / Math.max(0.001, spent / 1_000);
}

const words = 'the report of a year shows what each part of the company sold and what it paid for work and goods'.split(
  ' ',
);

/** Passages of about so many tokens each, none like another: servers answer what they know from memory. */
function madeUp(count: number, tokens: number, from: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    Array.from({ length: Math.max(1, tokens) }, (_unused, place) =>
      place % 9 === 0 ? `${from + index}${place}` : (words[(place * 7 + from + index) % words.length] ?? ''),
    ).join(' '),
  );
}
