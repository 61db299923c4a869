/**
 * Time limits of what is waited for. `AbortSignal.any([signal, AbortSignal.timeout(limit)])` is shorter, but before Node 24
 * (Electron 33 has Node 20) the garbage collector takes a timeout that only such a combination knows, and the limit with it.
 */

export interface TimeLimit {
  /** Aborted when the time is over (by a `TimeoutError`), or by the outer signal (by its reason). */
  readonly signal: AbortSignal;
  readonly isOver: boolean;
  /** Forgets the time and the outer signal: what was waited for has come. */
  end(): void;
}

/** Begins a time limit, in milliseconds, which an outer signal can end before. It keeps no process running. */
export function startTimeLimit(milliseconds: number, outer?: AbortSignal): TimeLimit {
  const controller = new AbortController();
  let isOver = false;
  const onAbort = (): void => controller.abort(outer?.reason);
  const onTime = (): void => {
    isOver = true;
    outer?.removeEventListener('abort', onAbort);
    controller.abort(new DOMException('The time is over.', 'TimeoutError'));
  };
  const timer = setTimeout(onTime, milliseconds).unref();
  if (outer?.aborted) onAbort();
  else outer?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    get isOver() {
      return isOver;
    },
    end() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', onAbort);
    },
  };
}

/** Gives work a signal with a time limit, in milliseconds. Errors: those of the work, which has to heed the signal. */
export async function withinTime<Result>(
  milliseconds: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = startTimeLimit(milliseconds, outer);
  try {
    return await work(limit.signal);
  } finally {
    limit.end();
  }
}
