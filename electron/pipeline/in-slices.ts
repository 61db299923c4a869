/** Runs long work of the main process in slices, so that it answers the window in between. */
import { setImmediate } from 'node:timers/promises';

/** Milliseconds. */
const slice = 8;

/** Runs a generator to its end, resting whenever a slice is over. Throws the signal's reason when it is aborted. */
export async function inSlices<Result>(work: Generator<void, Result>, signal?: AbortSignal): Promise<Result> {
  for (;;) {
    const until = performance.now() + slice;
    while (performance.now() < until) {
      const next = work.next();
      if (next.done) return next.value;
    }
    await setImmediate();
    signal?.throwIfAborted();
  }
}

/** Runs a generator to its end at once: for what is short, and for tests. */
export function atOnce<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
  }
}
