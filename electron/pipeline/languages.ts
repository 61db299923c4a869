/**
 * The languages of recognition: which are here, one download of each at a time, which any number of callers can wait for
 * and one can cancel, and removal.
 */
import type { LanguageData } from './ports/language-data.ts';

interface Download {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

export class Languages {
  readonly #data: LanguageData;
  readonly #onRemove: () => void;
  readonly #downloads = new Map<string, Download>();
  readonly #removing = new Set<string>();

  /** @param onRemove A language is about to go: what was begun with it has to begin anew. */
  constructor(data: LanguageData, onRemove: () => void) {
    this.#data = data;
    this.#onRemove = onRemove;
  }

  get folder(): string {
    return this.#data.folder;
  }

  /** Codes of the languages that are being fetched. */
  get downloading(): readonly string[] {
    return [...this.#downloads.keys()];
  }

  /** Codes of the languages whose data is here, and stays. */
  async installed(): Promise<readonly string[]> {
    const codes = await this.#data.installed();
    return codes.filter((code) => !this.#removing.has(code));
  }

  /** Fetches a language, or waits for the download that is under way. Errors: `language-download-failed`, `cancelled`. */
  install(code: string): Promise<void> {
    const under = this.#downloads.get(code);
    if (under) return under.done;
    const controller = new AbortController();
    const done = this.#data.install(code, controller.signal).finally(() => this.#downloads.delete(code));
    this.#downloads.set(code, { controller, done });
    return done;
  }

  /** Ends a download, which leaves nothing; one that has just come to its end stays. */
  async cancel(code: string): Promise<void> {
    const download = this.#downloads.get(code);
    download?.controller.abort();
    // How it ended is told to those who asked for it.
    await download?.done.catch(() => undefined);
  }

  /** Deletes a language's data. What was recognised in it stays as it is. */
  async remove(code: string): Promise<void> {
    await this.cancel(code);
    this.#removing.add(code);
    try {
      this.#onRemove();
      await this.#data.remove(code);
    } finally {
      this.#removing.delete(code);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.downloading.map((code) => this.cancel(code)));
  }
}
