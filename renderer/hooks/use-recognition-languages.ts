/** The languages of recognition as main has them, and fetching one. */
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
}

export function useRecognitionLanguages(): RecognitionLanguages {
  const [languages, setLanguages] = useState<readonly ListedLanguage[] | null>(null);
  const [fetching, setFetching] = useState<string | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);

  useEffect(() => {
    let isCurrent = true;
    request('recognition.listLanguages', {}).then(
      (list) => isCurrent && setLanguages(list),
      (thrown: unknown) => isCurrent && setError(toAppError(thrown).toInfo()),
    );
    return () => {
      isCurrent = false;
    };
  }, []);

  const fetchLanguage = useCallback(async (code: string): Promise<boolean> => {
    setFetching(code);
    setError(null);
    try {
      setLanguages(await request('recognition.installLanguage', { language: code }));
      return true;
    } catch (thrown) {
      setError(toAppError(thrown).toInfo());
      return false;
    } finally {
      setFetching(null);
    }
  }, []);

  return { languages, fetching, error, fetchLanguage };
}
