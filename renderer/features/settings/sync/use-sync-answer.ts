/** Something of sync that main is asked for, and answers with anew when it is changed. */
import { useCallback, useEffect, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../../shared/errors.ts';

export interface SyncAnswer<Value> {
  /** Null until main answered. */
  readonly value: Value | null;
  readonly error: ErrorInfo | null;
  readonly take: (ask: () => Promise<Value>) => Promise<void>;
}

/**
 * @param ask Asked at once, and each time that `key` changes; the function itself may be another each time.
 * @param key What the answer depends on.
 */
export function useSyncAnswer<Value>(ask: () => Promise<Value>, key: unknown): SyncAnswer<Value> {
  const [value, setValue] = useState<Value | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const take = useCallback(async (asked: () => Promise<Value>) => {
    try {
      setValue(await asked());
      setError(null);
    } catch (thrown) {
      setError(toAppError(thrown).toInfo());
    }
  }, []);
  useEffect(() => {
    let isCurrent = true;
    ask().then(
      (answer) => {
        if (!isCurrent) return;
        setValue(answer);
        setError(null);
      },
      (thrown: unknown) => {
        if (isCurrent) setError(toAppError(thrown).toInfo());
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [key, ask]);
  return { value, error, take };
}
