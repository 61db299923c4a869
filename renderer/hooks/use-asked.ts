/** What main was asked, kept while it is asked anew, so that nothing flashes. */
import { useCallback, useEffect, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../shared/errors.ts';
import { request } from '../ipc/client.ts';

export interface Asked<Answer> {
  /** The last answer; null before the first. */
  readonly value: Answer | null;
  /** Why the last time failed; null when it did not. */
  readonly error: ErrorInfo | null;
  /** Asks again. */
  readonly reload: () => void;
  /** Takes what another request answered with. */
  readonly setValue: (value: Answer) => void;
}

/** This month's budget, for `useAsked`. */
export const askBudget = () => request('usage.budget', {});

/**
 * @param ask Another function asks anew: it has to stay the same while what it asks does.
 * @param moment Another one asks anew, too.
 */
export function useAsked<Answer>(ask: () => Promise<Answer>, moment = 0): Asked<Answer> {
  const [state, setState] = useState<Pick<Asked<Answer>, 'value' | 'error'>>({ value: null, error: null });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    ask().then(
      (value) => isCurrent && setState({ value, error: null }),
      (thrown: unknown) => isCurrent && setState((last) => ({ value: last.value, error: toAppError(thrown).toInfo() })),
    );
    return () => {
      isCurrent = false;
    };
  }, [ask, round, moment]);
  const reload = useCallback(() => setRound((last) => last + 1), []);
  const setValue = useCallback((value: Answer) => setState({ value, error: null }), []);
  return { ...state, reload, setValue };
}
