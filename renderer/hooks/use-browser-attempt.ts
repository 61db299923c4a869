/** What a person finishes in the system's browser, at a provider: who is waited for, and how it ended. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ErrorInfo } from '../../shared/errors.ts';
import type { IdentityProviderName } from '../../shared/requests/identities.ts';
import { showError } from '../app/stores/toast-store.ts';
import { request } from '../ipc/client.ts';
import { useAttempt } from './use-attempt.ts';

export interface BrowserAttempt {
  /** Null when nobody is. */
  readonly waitingFor: IdentityProviderName | null;
  readonly error: ErrorInfo | null;
  /** The person ended the last one, which is no error. */
  readonly isStopped: boolean;
  /** Resolves to whether it succeeded. */
  readonly run: (provider: IdentityProviderName, ask: () => Promise<unknown>) => Promise<boolean>;
  readonly cancel: () => void;
  /** Forgets how the last one ended. */
  readonly clear: () => void;
}

function cancel(): void {
  request('identities.cancel', {}).catch(showError);
}

/** Whoever leaves the place that waits is not waited for any more. */
export function useBrowserAttempt(): BrowserAttempt {
  const { error, run: attempt, clear } = useAttempt();
  const [waitingFor, setWaitingFor] = useState<IdentityProviderName | null>(null);
  const isWaiting = useRef(false);
  useEffect(() => {
    const leave = (): void => {
      if (isWaiting.current) cancel();
    };
    // The window begins anew, where nobody would wait.
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      leave();
    };
  }, []);
  const run = useCallback(
    async (provider: IdentityProviderName, ask: () => Promise<unknown>) => {
      isWaiting.current = true;
      setWaitingFor(provider);
      const isDone = await attempt(ask);
      isWaiting.current = false;
      setWaitingFor(null);
      return isDone;
    },
    [attempt],
  );
  const isStopped = error?.code === 'cancelled';
  return { waitingFor, error: isStopped ? null : error, isStopped, run, cancel, clear };
}
