/** A test of a person's own server: how far it is, and how it ended. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../../shared/errors.ts';
import {
  bucketTestSteps,
  databaseTestSteps,
  type RemoteKind,
  type RemoteTestStep,
} from '../../../../shared/remotes.ts';
import type { RemoteTest } from '../../../../shared/requests/remotes.ts';
import { onEvent, request } from '../../../ipc/client.ts';

export interface RemoteTestModel {
  /** Null when none runs, or what stands there now was not tried. */
  readonly steps: readonly RemoteTestStep[] | null;
  readonly isRunning: boolean;
  readonly hasPassed: boolean;
  /** Why it could not be begun; null when it could. */
  readonly error: ErrorInfo | null;
  readonly run: (ask: () => Promise<RemoteTest>) => Promise<void>;
  /** Ends it; what a test found was about what stood there before. */
  readonly clear: () => void;
}

const names = { database: databaseTestSteps, bucket: bucketTestSteps };

export function useRemoteTest(kind: RemoteKind): RemoteTestModel {
  const [steps, setSteps] = useState<readonly RemoteTestStep[] | null>(null);
  const [isRunning, setIsRunning] = useState(false);
  const [hasPassed, setHasPassed] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  /** The test that runs; those before it are of no interest. */
  const current = useRef<symbol | null>(null);

  useEffect(
    () =>
      onEvent('remotes.testing', (event) => {
        if (event.kind === kind && current.current !== null) setSteps(event.steps);
      }),
    [kind],
  );
  const cancel = useCallback(() => {
    if (current.current === null) return;
    current.current = null;
    // It has ended by itself when that fails.
    void request('remotes.cancelTest', { kind }).catch(() => undefined);
  }, [kind]);
  useEffect(() => cancel, [cancel]);

  const clear = useCallback(() => {
    cancel();
    setSteps(null);
    setIsRunning(false);
    setHasPassed(false);
    setError(null);
  }, [cancel]);

  const run = useCallback(
    async (ask: () => Promise<RemoteTest>) => {
      const own = Symbol(kind);
      current.current = own;
      setSteps(names[kind].map((name) => ({ name, state: 'waiting', detail: '', error: null })));
      setIsRunning(true);
      setHasPassed(false);
      setError(null);
      try {
        const test = await ask();
        if (current.current !== own) return;
        setSteps(test.steps);
        setHasPassed(test.ok);
      } catch (thrown) {
        if (current.current !== own) return;
        setSteps(null);
        setError(toAppError(thrown).toInfo());
      }
      current.current = null;
      setIsRunning(false);
    },
    [kind],
  );
  return { steps, isRunning, hasPassed, error, run, clear };
}
