/** The status bar's three answers: what is going on, where answers come from, what left this computer. */
import type { AppError } from '../../shared/errors.ts';
import type { AppStatus } from '../../shared/requests/app.ts';
import type { ImportSummary } from '../../shared/imports.ts';
import type { BudgetNotice } from '../../shared/usage.ts';
import type { ActivityMeter } from './activity.ts';
import type { SettingsStore } from './settings-store.ts';

/** Milliseconds between two announcements. */
const STATUS_INTERVAL = 250;

export interface StatusFeedOptions {
  readonly settings: SettingsStore;
  readonly meter: ActivityMeter;
  readonly imported: () => ImportSummary | null;
  readonly announce: (status: AppStatus) => void;
}

function inWords({ message, hint }: AppError): string {
  return `${message} ${hint}`.trim();
}

export class StatusFeed {
  readonly #options: StatusFeedOptions;
  #embedder: AppStatus['embedder'] = { ready: true, note: null };
  #answersNote: string | null = null;
  #bytesSent = 0;
  #rebuild: AppStatus['rebuild'] = null;
  #budget: BudgetNotice | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: StatusFeedOptions) {
    this.#options = options;
  }

  get current(): AppStatus {
    const { answers } = this.#options.settings.current;
    const provider = answers.kind === 'provider';
    const imported = this.#options.imported();
    return {
      activity: this.#options.meter.activity(performance.now(), imported?.toCome),
      import: imported,
      answers: {
        kind: answers.kind,
        model: provider ? answers.model : null,
        host: provider ? new URL(answers.baseUrl).host : null,
        note: provider ? this.#answersNote : null,
      },
      embedder: this.#embedder,
      rebuild: this.#rebuild,
      budget: this.#budget,
      bytesSent: this.#bytesSent,
    };
  }

  addBytesSent(bytes: number): void {
    this.#bytesSent += bytes;
    this.changed();
  }

  /** Why the provider can't write answers now, so that they are quoted; null when it can. */
  setAnswers(error: AppError | null): void {
    const note = error && inWords(error);
    if (note === this.#answersNote) return;
    this.#answersNote = note;
    this.changed();
  }

  setEmbedder(error: AppError | null): void {
    this.#embedder = error ? { ready: false, note: inWords(error) } : { ready: true, note: null };
    this.changed();
  }

  setRebuild(rebuild: AppStatus['rebuild']): void {
    if (!rebuild && !this.#rebuild) return;
    this.#rebuild = rebuild;
    this.changed();
  }

  setBudget(budget: BudgetNotice | null): void {
    if (budget?.note === this.#budget?.note) return;
    this.#budget = budget;
    this.changed();
  }

  changed(): void {
    // What ends with the library may tell of it until then; another one may be open by then.
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#options.announce(this.current);
    }, STATUS_INTERVAL);
  }

  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
