/** Lets so many run at once and the others wait for their turn, in order. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  readonly take = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = this.#waiting.shift();
      // A turn is handed on, so that nobody who comes in between takes it.
      if (next) next();
      else this.#free += 1;
    }
  };
}
