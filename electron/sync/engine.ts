/**
 * The engine of sync: decides when a round runs, one at a time, and tells how it stands.
 *
 * A round runs at the start, soon after a change here, now and then for what others changed, and when a person asks for
 * one. Where nobody changed anything it is a look at the server and no more: going through all documents and files each
 * minute would keep a computer awake that has nothing to do. After a failure it waits longer each time; what only a person
 * can put right waits for that person. Changes are stamped all the while, with a network or without.
 */
import { AppError, toAppError, type ErrorInfo } from '../../shared/errors.ts';
import { MOST_PROBLEMS, type SyncProgress, type SyncStatus } from '../../shared/sync.ts';
import { retryTime } from './backoff.ts';
import type { PartSync } from './ports/part-sync.ts';
import type { RemoteStore } from './ports/remote-store.ts';
import { collectAll, isQuiet, runRound, type RoundOptions } from './rounds.ts';

/** What is synced with. */
export interface OpenedRemotes {
  readonly store: RemoteStore;
  readonly parts: readonly PartSync[];
  close(): Promise<void>;
}

export interface EngineOptions extends Omit<RoundOptions, 'remote' | 'parts' | 'now' | 'onProgress' | 'onDamaged'> {
  /** Connects; called at the first round, and again as long as it rejects. */
  readonly open: (signal: AbortSignal) => Promise<OpenedRemotes>;
  /** Milliseconds since the epoch, by this computer's clock. */
  readonly now?: () => number;
  /** Whether it begins paused. */
  readonly paused?: boolean;
  /** Told whenever it stands otherwise. */
  readonly onStatus?: (status: SyncStatus) => void;
  /** Told of failures of rounds, for the log; the status has them too. */
  readonly onError?: (error: AppError) => void;
}

/** Milliseconds in which changes are gathered for one round. */
const GATHERING = 2_000;
/** Milliseconds between two looks for what others changed. */
const INTERVAL = 60_000;
/** Milliseconds for which it is told what was passed over. */
const REMEMBERED = 3_600_000;
/** Milliseconds after which a whole round runs though nothing changed: what a file or a document stopped is tried again. */
const LONGEST_QUIET = 10 * 60_000;
/** Milliseconds between two announcements of a progress. */
const PROGRESS_INTERVAL = 100;

/**
 * `stamp` takes down what changed and begins a round only if there is something to send; `look` only if there is something
 * to send or to get.
 */
type Work = 'round' | 'look' | 'stamp';
/** The higher one does what the lower ones do, too. */
const weights: Readonly<Record<Work, number>> = { stamp: 0, look: 1, round: 2 };

export class SyncEngine {
  readonly #options: EngineOptions & { readonly now: () => number };
  #status: SyncStatus = {
    state: 'off',
    progress: null,
    error: null,
    retryAt: null,
    readOnly: null,
    account: null,
    syncedAt: null,
    unsent: 0,
    conflicts: 0,
    problems: [],
  };
  #remotes: Promise<OpenedRemotes> | null = null;
  #running: Promise<void> | null = null;
  #controller = new AbortController();
  /** What was asked for while something ran. */
  #next: Work | null = null;
  #timer: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #paused: boolean;
  #closed = false;
  /** Rounds in a row that failed. */
  #failures = 0;
  /** By `performance.now()`: when the last round began, if it did not fail and nothing was written here since. */
  #wholeAt = -Infinity;
  #told = -Infinity;
  /** What was passed over, and when last. */
  #problems: { readonly problem: ErrorInfo; readonly at: number }[] = [];

  constructor(options: EngineOptions) {
    this.#options = { ...options, now: options.now ?? Date.now };
    this.#paused = options.paused ?? false;
  }

  get status(): SyncStatus {
    return this.#status;
  }

  /** Begins with a round, unless it begins paused. */
  start(): void {
    this.#tell({ state: this.#paused ? 'paused' : 'idle' });
    this.#begin(this.#paused ? 'stamp' : 'round');
  }

  /** To be called when something was written here; cheap, and as often as one likes. */
  changed(): void {
    if (this.#closed) return;
    this.#wholeAt = -Infinity;
    // Not begun anew by each change: an import writes all the time, and would hold off sync until its end.
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#begin('stamp');
    }, GATHERING);
  }

  /** Something is passed over, and everything else goes on: told with the end of the round. */
  note(problem: ErrorInfo): void {
    const others = this.#problems.filter((one) => one.problem.message !== problem.message);
    this.#problems = [...others, { problem, at: this.#options.now() }].slice(-MOST_PROBLEMS);
  }

  /** Begins a round now, whatever it waits for; resolves when it ended, well or not. Nothing happens while it is paused. */
  async syncNow(): Promise<SyncStatus> {
    if (!this.#paused) {
      this.#begin('round');
      await this.settled();
    }
    return this.#status;
  }

  /** Resolves when nothing runs, and nothing is to run at once. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Ends what runs and begins nothing until `resume`. Resolves when nothing runs any more. */
  async pause(): Promise<void> {
    if (this.#closed || this.#paused) return;
    this.#paused = true;
    await this.#stop();
    if (this.#paused) this.#tell({ state: 'paused', progress: null, retryAt: null });
  }

  resume(): void {
    if (this.#closed || !this.#paused) return;
    this.#paused = false;
    this.#failures = 0;
    this.#tell({ state: 'idle' });
    this.#begin('round');
  }

  /** Asks the server for something else than a round, beside it. */
  async ask<Answer>(question: (store: RemoteStore) => Promise<Answer>): Promise<Answer> {
    return question((await this.#open(new AbortController().signal)).store);
  }

  /** Ends it for good, with the connections; resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#gathering);
    await this.#stop();
    this.#tell({ state: 'off', progress: null, retryAt: null });
    const remotes = await this.#remotes?.catch(() => null);
    await remotes?.close();
  }

  #open(signal: AbortSignal): Promise<OpenedRemotes> {
    this.#remotes ??= this.#options.open(signal).catch((error: unknown) => {
      this.#remotes = null;
      throw error;
    });
    return this.#remotes;
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#next = null;
    this.#controller.abort();
    await this.settled();
  }

  #begin(work: Work): void {
    if (this.#closed || (this.#paused && work !== 'stamp')) return;
    if (this.#running) {
      if (this.#next === null || weights[work] > weights[this.#next]) this.#next = work;
      return;
    }
    this.#controller = new AbortController();
    this.#running = this.#run(work, this.#controller.signal).finally(() => {
      this.#running = null;
      const next = this.#next;
      this.#next = null;
      if (next) this.#begin(next);
    });
  }

  async #run(work: Work, signal: AbortSignal): Promise<void> {
    try {
      if (work === 'look' && (await this.#isQuiet(signal))) return this.#roundIn(INTERVAL);
      if (work !== 'stamp' || (await this.#hasNews(signal))) await this.#round(signal);
    } catch (thrown) {
      // Paused or closed: whoever did that tells.
      if (!signal.aborted) this.#fail(toAppError(thrown));
    }
  }

  /** Stamps what changed; answers whether it is to be sent at once. */
  async #hasNews(signal: AbortSignal): Promise<boolean> {
    const { store, now } = this.#options;
    await collectAll(store, now, signal);
    const { waiting, conflicts } = await store.state();
    this.#tell({ unsent: waiting, conflicts });
    return waiting > 0 && this.#status.state === 'idle' && !this.#status.readOnly;
  }

  /** Whether a look is enough: nothing was written here since the last round, and nobody else wrote anything either. */
  async #isQuiet(signal: AbortSignal): Promise<boolean> {
    if (performance.now() - this.#wholeAt > LONGEST_QUIET) return false;
    const { store: remote } = await this.#open(signal);
    if (!(await isQuiet({ ...this.#options, remote }, signal))) return false;
    signal.throwIfAborted();
    this.#tell({ syncedAt: this.#options.now() });
    return true;
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { store, now } = this.#options;
    // A change from here on is one that this round may have missed.
    this.#wholeAt = performance.now();
    clearTimeout(this.#timer);
    this.#tell({ state: 'syncing', retryAt: null });
    // Taken down first: whatever happens to the connection, what changed keeps its time.
    await collectAll(store, now, signal);
    const { store: remote, parts } = await this.#open(signal);
    const onProgress = (progress: SyncProgress): void => this.#progress(progress);
    const onDamaged = (problem: ErrorInfo): void => {
      this.note(problem);
      this.#options.onError?.(AppError.fromInfo(problem));
    };
    const readOnly = await runRound({ ...this.#options, remote, parts, onProgress, onDamaged }, signal);
    const { waiting, conflicts } = await store.state();
    this.#failures = 0;
    // Paused or closed in the last moment.
    if (signal.aborted) return;
    this.#tell({
      state: 'idle',
      progress: null,
      error: null,
      readOnly,
      syncedAt: now(),
      unsent: waiting,
      conflicts,
      problems: this.#recentProblems(),
    });
    this.#roundIn(INTERVAL);
  }

  #fail(error: AppError): void {
    this.#failures += 1;
    this.#wholeAt = -Infinity;
    const now = this.#options.now();
    const retryAt = retryTime(error, this.#failures, now);
    this.#options.onError?.(error);
    if (this.#paused) {
      this.#tell({ error: error.toInfo() });
      return;
    }
    this.#tell({ state: 'waiting', progress: null, error: error.toInfo(), retryAt });
    if (retryAt !== null) this.#roundIn(retryAt - now);
    else clearTimeout(this.#timer);
  }

  /** Some are met in each round, others once: nobody looks at each round. */
  #recentProblems(): readonly ErrorInfo[] {
    this.#problems = this.#problems.filter(({ at }) => at > this.#options.now() - REMEMBERED);
    return this.#problems.map(({ problem }) => problem);
  }

  #roundIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#begin(this.#failures > 0 ? 'round' : 'look'), milliseconds);
  }

  #progress(progress: SyncProgress): void {
    const now = performance.now();
    const isSame = this.#status.progress?.phase === progress.phase;
    if (isSame && now - this.#told < PROGRESS_INTERVAL) return;
    this.#told = now;
    this.#tell({ progress });
  }

  #tell(change: Partial<SyncStatus>): void {
    this.#status = { ...this.#status, ...change };
    this.#options.onStatus?.(this.#status);
  }
}
