/**
 * Gives searchable documents their vectors in the background: in turns, after the text of all documents was read, and
 * from where it was after a restart. A document becomes `ready` when all its chunks have one.
 */
import type { DocumentSummary, Progress } from '../../shared/domain.ts';
import type { Database } from '../db/database.ts';
import { toAppError, type AppError, type ErrorCode } from '../../shared/errors.ts';
import { BackgroundQueue } from './background-queue.ts';
import { embedDocument } from './embed.ts';
import type { StoredEmbedder } from '../db/search-types.ts';
import type { Embedder } from './ports/embedder.ts';

/** A second set of vectors that is being made. */
export interface Rebuild extends Progress {
  readonly model: string;
}

export interface EmbedQueueOptions {
  readonly database: Database;
  /** Opens the embedder of the settings; rejects with `embedder-unavailable` or `provider-…`. */
  readonly embedder: () => Promise<Embedder>;
  /** True while text is being read: that goes first, since it makes documents searchable. */
  readonly isReading: () => boolean;
  /** Whether the settings may ask for another embedder than this one; told without opening it. */
  readonly mayDiffer: (active: StoredEmbedder) => boolean;
  /** Documents whose vectors of this embedder come from elsewhere (from another computer, by sync): none are made. */
  readonly awaited?: (fingerprint: string) => Promise<readonly string[]>;
  readonly onChange: (documentId: string) => void;
  /** The embedder cannot be had (search goes on by words alone), or null: it works. */
  readonly onAvailability: (error: AppError | null) => void;
  /** How far the vectors of an embedder are that is to take the place of the one that is searched; null: none is. */
  readonly onRebuild?: (rebuild: Rebuild | null) => void;
  /**
   * Told when all vectors of an embedder are there, and are the ones that are searched. The settings may ask for another
   * one since.
   */
  readonly onComplete?: (fingerprint: string) => void;
  /** Told when there is nothing more to do for now. */
  readonly onIdle: () => void;
  readonly onError: (error: AppError) => void;
}

/** Texts of one document's turn: about 4 s of the built-in model's work. */
const TEXTS_A_TURN = 128;
/** Milliseconds until an embedder that could not be had is asked again. */
const RETRY_AFTER = 60_000;

/** The embedder cannot be had, whatever the document; everything else is the document's own failure. */
const outages: ReadonlySet<ErrorCode> = new Set([
  'embedder-unavailable',
  'keychain-unavailable',
  'provider-unauthorized',
  'provider-model-not-found',
  'provider-rate-limited',
  'provider-server-error',
  'provider-timeout',
  'provider-unreachable',
  'budget-exceeded',
  'too-many-requests',
  'limits-unknown',
]);

/** What a turn came to. */
type Outcome = 'worked' | 'idle' | 'outage';

export class EmbedQueue extends BackgroundQueue {
  readonly #options: EmbedQueueOptions;
  #again = false;
  /** Ends the wait for an embedder that is being opened: a silent server has two minutes. */
  #giveUpOpening = Promise.withResolvers<null>();
  #retryTimer: NodeJS.Timeout | null = null;

  constructor(options: EmbedQueueOptions) {
    super(options.onError);
    this.#options = options;
  }

  /** Starts working when there is something to do; costs little when there is nothing. */
  poke(): void {
    this.#again = true;
    this.begin(
      () => this.#run(),
      () => {
        if (this.#again && !this.closed && !this.#options.isReading()) this.poke();
        else this.#options.onIdle();
      },
    );
  }

  /** The settings ask for another embedder: what is being made for the one before is not waited for. */
  restart(): void {
    this.endTurn();
    this.#giveUpOpening.resolve(null);
    this.poke();
  }

  override async close(): Promise<void> {
    if (this.#retryTimer) clearTimeout(this.#retryTimer);
    this.#giveUpOpening.resolve(null);
    await super.close();
  }

  async #run(): Promise<void> {
    while (this.#again && !this.closed && !this.#options.isReading()) {
      this.#again = false;
      await this.#rounds();
    }
  }

  /** Turn after turn, until no document lacks a vector. */
  async #rounds(): Promise<void> {
    const { database, isReading } = this.#options;
    let embedder: Embedder | null = null;
    for (;;) {
      const waiting = (await database.documents.listUnfinished()).filter((document) => document.state === 'embedding');
      const lacking = embedder ? await database.vectors.documentsLacking(embedder.fingerprint) : [];
      const ids = [...new Set([...waiting.map((document) => document.id), ...lacking])];
      // Another embedder may be wanted by now: this one's vectors do not take the place of those that are searched.
      if (embedder && this.#again) return;
      if (ids.length === 0 && embedder) return this.#swap(embedder);
      if (!embedder) {
        if (ids.length === 0 && !(await this.#wanted())) return;
        embedder = await this.#open(waiting.map((document) => document.id));
        if (!embedder) return;
        const { fingerprint, kind, model, dimensions } = embedder;
        await database.embedders.register({ fingerprint, kind, model, dimensions });
        await this.#tellRebuild(embedder);
        continue;
      }
      let worked = false;
      const awaited = new Set(await this.#options.awaited?.(embedder.fingerprint));
      for (const id of ids) {
        // Poked again: another embedder may be wanted now, which the next round opens.
        if (this.closed || this.#again || isReading()) return;
        if (awaited.has(id)) continue;
        const outcome = await this.#turn(id, embedder);
        if (outcome === 'outage') return;
        if (outcome === 'worked') {
          worked = true;
          await this.#tellRebuild(embedder);
        }
      }
      if (!worked) {
        // What is left lacks vectors for a reason of its own, and keeps nobody else from being searched by theirs.
        const left = await Promise.all(ids.map((id) => database.documents.get(id)));
        const isDone = left.every((document) => !document || document.state === 'failed');
        if (isDone && !this.#again) await this.#swap(embedder);
        return;
      }
    }
  }

  /** Whether a document lacks vectors of the embedder that is searched, or the settings may ask for another one. */
  async #wanted(): Promise<boolean> {
    const { database, mayDiffer } = this.#options;
    const active = await database.embedders.active();
    if (active && mayDiffer(active)) return true;
    // Of a change that was cancelled: they go.
    if ((await database.embedders.list()).length > 1) return true;
    return (await database.vectors.documentsLacking(active?.fingerprint ?? '')).length > 0;
  }

  /** All vectors of this embedder are there: they are searched from now on, and those of any other go. */
  async #swap({ fingerprint }: Embedder): Promise<void> {
    const { database, onRebuild, onComplete } = this.#options;
    const known = await database.embedders.list();
    if (known.length > 1 || known.some((one) => one.fingerprint === fingerprint && !one.active)) {
      await database.embedders.activate(fingerprint, { dropOthers: true });
    }
    onRebuild?.(null);
    onComplete?.(fingerprint);
  }

  async #tellRebuild({ fingerprint, model }: Embedder): Promise<void> {
    const { database, onRebuild } = this.#options;
    if (!onRebuild) return;
    const active = await database.embedders.active();
    const isOther = active !== null && active.fingerprint !== fingerprint;
    onRebuild(isOther ? { model, ...(await database.vectors.progress(fingerprint)) } : null);
  }

  async #open(waiting: readonly string[]): Promise<Embedder | null> {
    const { embedder, onAvailability } = this.#options;
    // Closing gave up the openings of before; nobody would give up this one.
    if (this.closed) return null;
    try {
      this.#giveUpOpening = Promise.withResolvers<null>();
      const opened = await Promise.race([embedder(), this.#giveUpOpening.promise]);
      if (opened) onAvailability(null);
      return opened;
    } catch (error) {
      await this.#goWithout(toAppError(error), waiting);
      return null;
    }
  }

  /** Without an embedder documents are done as far as they can be: searchable by words. It is asked again later. */
  async #goWithout(error: AppError, waiting: readonly string[]): Promise<void> {
    const { database, onAvailability, onChange } = this.#options;
    onAvailability(error);
    for (const id of waiting) {
      await database.documents.setState(id, 'ready');
      onChange(id);
    }
    if (this.#retryTimer) clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.poke(), RETRY_AFTER);
    this.#retryTimer.unref();
  }

  async #turn(documentId: string, embedder: Embedder): Promise<Outcome> {
    if (this.isHeld(documentId)) return 'idle';
    const outcome = await this.turnOf(documentId, (signal) => this.#embed(documentId, embedder, signal));
    if (outcome === 'worked') this.#options.onChange(documentId);
    return outcome;
  }

  async #embed(documentId: string, embedder: Embedder, signal: AbortSignal): Promise<Outcome> {
    const { database, onChange } = this.#options;
    let document: DocumentSummary | null = null;
    try {
      document = await database.documents.get(documentId);
      if (!document || signal.aborted) return 'idle';
      if (document.state !== 'embedding' && document.state !== 'ready') return 'idle';
      const progress = await embedDocument({
        vectors: database.vectors,
        embedder,
        documentId,
        signal,
        maxTexts: TEXTS_A_TURN,
        onProgress: () => onChange(documentId),
      });
      if (!signal.aborted && progress.done === progress.total && document.state === 'embedding') {
        await database.documents.setState(documentId, 'ready');
      }
    } catch (thrown) {
      if (signal.aborted || !document) return 'idle';
      const error = toAppError(thrown);
      if (outages.has(error.code)) {
        const unfinished = await database.documents.listUnfinished();
        const waiting = unfinished.filter(({ state }) => state === 'embedding').map(({ id }) => id);
        await this.#goWithout(error, waiting);
        return 'outage';
      }
      const { code, message, hint } = error;
      await database.documents.fail(
        documentId,
        { code, message: `“${document.fileName}” can be searched by words only. ${message}`, hint, retryable: true },
        'embedding',
      );
    }
    return 'worked';
  }
}
