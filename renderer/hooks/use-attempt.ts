/** Something that is asked of main and may be refused: whether it runs, why it failed, how long to wait until the next try. */
import { useCallback, useEffect, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../shared/errors.ts';
import { secondsUntil } from '../components/account-words.ts';

export interface Attempt {
  readonly isRunning: boolean;
  readonly error: ErrorInfo | null;
  /** Seconds until it may be tried again; 0 when it may be now. */
  readonly wait: number;
  /** Resolves to whether it succeeded. */
  readonly run: (action: () => Promise<unknown>) => Promise<boolean>;
  readonly clear: () => void;
}

/** Milliseconds between two looks at the clock, which may have been put forward meanwhile. */
const interval = 250;

export function useAttempt(): Attempt {
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [wait, setWait] = useState(0);
  const retryAt = error?.retryAt;

  useEffect(() => {
    if (retryAt === undefined) return;
    const timer = setInterval(() => {
      const left = secondsUntil(retryAt, Date.now());
      setWait(left);
      // What it said no longer holds.
      if (left === 0) setError(null);
    }, interval);
    return () => clearInterval(timer);
  }, [retryAt]);

  const run = useCallback(async (action: () => Promise<unknown>) => {
    setIsRunning(true);
    try {
      await action();
      setError(null);
      return true;
    } catch (thrown) {
      const info = toAppError(thrown).toInfo();
      const { retryAt: from } = info;
      // How long to wait is counted down where it is waited for.
      setError(from === undefined ? info : { ...info, hint: '' });
      setWait(from === undefined ? 0 : secondsUntil(from, Date.now()));
      return false;
    } finally {
      setIsRunning(false);
    }
  }, []);
  const clear = useCallback(() => setError(null), []);
  return { isRunning, error, wait: retryAt === undefined ? 0 : wait, run, clear };
}
