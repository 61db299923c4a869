/** Which stored pages of a text are asked for: those around the ones that are read, one slice at a time. */
import type { PageText } from '../../../shared/requests/library.ts';

/** Pages that are fetched with one request. */
export const windowSize = 40;

export interface PageWindowsOptions {
  readonly pageCount: number;
  /** Pages `from` to `to`, both inclusive; those that are not stored are left out. */
  readonly read: (from: number, to: number) => Promise<readonly PageText[]>;
  /** All pages of a slice, in order; without text where none is stored. */
  readonly onPages: (pages: readonly PageText[]) => void;
  readonly onError: (thrown: unknown) => void;
}

export class PageWindows {
  readonly #options: PageWindowsOptions;
  /** First pages of slices that were asked for. */
  readonly #asked = new Set<number>();
  #waiting: readonly number[] = [];
  #isReading = false;
  #hasEnded = false;

  constructor(options: PageWindowsOptions) {
    this.#options = options;
  }

  /**
   * Has the slices with these pages and those beside them read, and no others that were wanted before and still wait:
   * whoever flew past them does not read them.
   *
   * @param pages The one that matters most first; null for all that there are.
   */
  want(pages: readonly number[] | null): void {
    const wanted = pages === null ? this.#all() : pages.flatMap((page) => around(page));
    const { pageCount } = this.#options;
    this.#waiting = [...new Set(wanted)].filter((from) => from >= 1 && from <= pageCount && !this.#asked.has(from));
    void this.#run();
  }

  /** Nothing is told any more. */
  end(): void {
    this.#hasEnded = true;
    this.#waiting = [];
  }

  #all(): readonly number[] {
    return Array.from(
      { length: Math.ceil(this.#options.pageCount / windowSize) },
      (_, index) => index * windowSize + 1,
    );
  }

  async #run(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    const { pageCount, read, onPages, onError } = this.#options;
    try {
      for (let from = this.#next(); from !== undefined; from = this.#next()) {
        const to = Math.min(pageCount, from + windowSize - 1);
        const stored = new Map((await read(from, to)).map((page) => [page.number, page]));
        if (this.#hasEnded) return;
        const first = from;
        onPages(
          Array.from({ length: to - first + 1 }, (_, index) => {
            const number = first + index;
            return stored.get(number) ?? { number, text: '' };
          }),
        );
      }
    } catch (thrown) {
      if (!this.#hasEnded) onError(thrown);
    } finally {
      this.#isReading = false;
    }
  }

  #next(): number | undefined {
    const [from, ...rest] = this.#waiting;
    this.#waiting = rest;
    if (from !== undefined) this.#asked.add(from);
    return from;
  }
}

/** The slice with a page, the one after it, the one before it. */
function around(page: number): readonly number[] {
  const from = page - ((page - 1) % windowSize);
  return [from, from + windowSize, from - windowSize];
}
