/** The languages of recognition as main has them: fetching one, which can be cancelled, and removing one. */
import { useCallback, useEffect, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../shared/errors.ts';
import type { ListedLanguage } from '../../shared/requests/recognition.ts';
import { request } from '../ipc/client.ts';

export interface RecognitionLanguages {
  /** Null until they are known. */
  readonly languages: readonly ListedLanguage[] | null;
  /** The one that is being fetched. */
  readonly fetching: string | null;
  readonly error: ErrorInfo | null;
  /** Resolves to whether it is here now. */
  readonly fetchLanguage: (code: string) => Promise<boolean>;
  /** Ends what `fetchLanguage` waits for. */
  readonly cancelFetch: (code: string) => void;
  /** Resolves to whether it is gone. */
  readonly removeLanguage: (code: string) => Promise<boolean>;
}

export function useRecognitionLanguages(): RecognitionLanguages {
  const [languages, setLanguages] = useState<readonly ListedLanguage[] | null>(null);
  const [fetching, setFetching] = useState<string | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);

  const tell = useCallback((thrown: unknown): void => {
    const info = toAppError(thrown).toInfo();
    // What the person stopped is no failure.
    setError(info.code === 'cancelled' ? null : info);
  }, []);
  const take = useCallback(
    async (answer: Promise<readonly ListedLanguage[]>): Promise<boolean> => {
      setError(null);
      try {
        setLanguages(await answer);
        return true;
      } catch (thrown) {
        tell(thrown);
        return false;
      }
    },
    [tell],
  );

  const fetchLanguage = useCallback(
    async (code: string): Promise<boolean> => {
      setFetching(code);
      const isHere = await take(request('recognition.installLanguage', { language: code }));
      setFetching(null);
      return isHere;
    },
    [take],
  );
  const cancelFetch = useCallback(
    (code: string): void => void request('recognition.cancelLanguage', { language: code }).catch(tell),
    [tell],
  );
  const removeLanguage = useCallback(
    (code: string) => take(request('recognition.removeLanguage', { language: code })),
    [take],
  );

  useEffect(() => {
    let isCurrent = true;
    request('recognition.listLanguages', {}).then(
      (list) => {
        if (!isCurrent) return;
        setLanguages(list);
        // A download goes on when its dialog is closed.
        const underWay = list.find(({ downloading }) => downloading);
        if (underWay) void fetchLanguage(underWay.code);
      },
      (thrown: unknown) => isCurrent && tell(thrown),
    );
    return () => {
      isCurrent = false;
    };
  }, [fetchLanguage, tell]);

  return { languages, fetching, error, fetchLanguage, cancelFetch, removeLanguage };
}
