/** The checks of the diagnostics, each with what it found: begun when the page opens, ended when it is left. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { healthChecks, type HealthCheck, type HealthCheckId } from '../../../shared/health.ts';
import { request } from '../../ipc/client.ts';

export interface HealthRow {
  /** What it found the last time; null before. */
  readonly check: HealthCheck | null;
  readonly isRunning: boolean;
  /** Why it could not be run. */
  readonly error: ErrorInfo | null;
}

export type HealthRows = Readonly<Record<HealthCheckId, HealthRow>>;

const emptyRow: HealthRow = { check: null, isRunning: false, error: null };
const emptyRows = Object.fromEntries(healthChecks.map((id) => [id, emptyRow])) as HealthRows;

export interface HealthModel {
  readonly rows: HealthRows;
  readonly run: (id: HealthCheckId) => void;
  readonly runAll: () => void;
  /** Ends those that run. */
  readonly stop: () => void;
}

export function useHealth(): HealthModel {
  const [rows, setRows] = useState(emptyRows);
  const running = useRef(0);

  const run = useCallback((id: HealthCheckId) => {
    const set = (change: Partial<HealthRow>) => setRows((all) => ({ ...all, [id]: { ...all[id], ...change } }));
    set({ isRunning: true, error: null });
    running.current += 1;
    request('health.run', { check: id })
      .then(
        (check) => set({ check }),
        (thrown: unknown) => {
          const error = toAppError(thrown);
          // Stopped: what it found before stays.
          if (error.code !== 'cancelled') set({ check: null, error: error.toInfo() });
        },
      )
      .finally(() => {
        running.current -= 1;
        set({ isRunning: false });
      });
  }, []);
  const runAll = useCallback(() => healthChecks.forEach(run), [run]);
  // A check that could not be stopped ends by itself, and tells so in its row.
  const stop = useCallback(() => void request('health.cancel', {}).catch(() => undefined), []);

  useEffect(() => {
    runAll();
    return () => {
      if (running.current > 0) stop();
    };
  }, [runAll, stop]);
  return { rows, run, runAll, stop };
}
