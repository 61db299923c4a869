/**
 * Runs checks of the parts that Quire stands on. A check tells how its part is and never throws; one that takes too long
 * is told of as that. What is checked, and how, is in `health-checks.ts`.
 */
import type { HealthCheck, HealthCheckId, HealthFigures } from '../../shared/health.ts';
import { AppError, toAppError } from '../../shared/errors.ts';

/** What a check found, without what every check has. */
export interface Finding extends Pick<HealthCheck, 'state' | 'message'> {
  readonly hint?: string;
  readonly code?: HealthCheck['code'];
  readonly figures?: HealthFigures;
}

export interface Probe {
  readonly id: HealthCheckId;
  /** Milliseconds; then the check is told of as taking too long. */
  readonly limit: number;
  /** What it means that it took too long; a sentence. */
  readonly lateHint: string;
  /** Ends its work when the signal aborts. What it throws is told as `down`. */
  readonly run: (signal: AbortSignal) => Promise<Finding>;
}

export class Health {
  readonly #probes: ReadonlyMap<HealthCheckId, Probe>;
  readonly #last = new Map<HealthCheckId, HealthCheck>();
  readonly #running = new Map<
    HealthCheckId,
    { readonly controller: AbortController; readonly check: Promise<HealthCheck> }
  >();

  constructor(probes: readonly Probe[]) {
    this.#probes = new Map(probes.map((probe) => [probe.id, probe]));
  }

  /** What each check found the last time. */
  get last(): readonly HealthCheck[] {
    return [...this.#probes.keys()].flatMap((id) => this.#last.get(id) ?? []);
  }

  /** Joins a check that runs already. Rejects with `cancelled` alone. */
  run(id: HealthCheckId): Promise<HealthCheck> {
    const running = this.#running.get(id);
    if (running) return running.check;
    const probe = this.#probes.get(id);
    if (!probe) return Promise.reject(new AppError('not-found', 'There is no such check.'));
    const controller = new AbortController();
    const check = runProbe(probe, controller.signal)
      .then((found) => {
        this.#last.set(id, found);
        return found;
      })
      .finally(() => this.#running.delete(id));
    this.#running.set(id, { controller, check });
    return check;
  }

  /** All of them side by side, in their order. */
  runAll(): Promise<readonly HealthCheck[]> {
    return Promise.all([...this.#probes.keys()].map((id) => this.run(id)));
  }

  cancel(): void {
    for (const { controller } of this.#running.values()) controller.abort();
  }
}

/** Runs a check once. Rejects with `cancelled` when the signal aborts, and else never. */
export async function runProbe({ id, limit, lateHint, run }: Probe, signal: AbortSignal): Promise<HealthCheck> {
  const started = performance.now();
  const end = new AbortController();
  const { promise: given, resolve, reject } = Promise.withResolvers<Finding>();
  const onAbort = (): void => reject(new AppError('cancelled', 'The check was stopped.', { retryable: true }));
  const late = (): void =>
    resolve({
      state: 'degraded',
      message: `There was no answer within ${Math.round(limit / 1_000)} seconds.`,
      hint: lateHint,
    });
  const timer = setTimeout(late, limit);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    Promise.resolve()
      .then(() => run(end.signal))
      .catch(failed)
      .then(resolve, reject);
    const { state, message, hint = '', code = null, figures = {} } = await given;
    return { id, state, message, hint, code, figures, milliseconds: Math.round(performance.now() - started) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    // Ends what was too slow or is no longer wanted.
    end.abort();
  }
}

/** What a check found by failing. */
export function failed(thrown: unknown): Finding {
  const { message, hint, code } = toAppError(thrown);
  return { state: 'down', message, hint, code };
}
