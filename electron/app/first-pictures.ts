/** Tells when the window has the pictures that it begins with, so that what can wait does not hold them up. */
import { setTimeout } from 'node:timers/promises';

/** Milliseconds without another picture after which the window has them all. */
const QUIET = 150;
/** Milliseconds; for a window that begins with no pictures. */
const LONGEST = 400;

export class FirstPictures {
  #lastServed: number | null = null;

  /** A picture was asked for. */
  served(): void {
    this.#lastServed = performance.now();
  }

  /** Resolves when a while has passed since the last picture, or without any. */
  async settled(): Promise<void> {
    const begun = performance.now();
    while (performance.now() - begun < LONGEST) {
      if (this.#lastServed !== null && performance.now() - this.#lastServed > QUIET) return;
      await setTimeout(QUIET / 3);
    }
  }
}
