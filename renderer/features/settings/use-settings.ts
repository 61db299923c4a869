/** The settings as main keeps them, and how they are changed. */
import { useCallback, useEffect, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { Settings, SettingsView } from '../../../shared/requests/settings.ts';
import { applyTheme } from '../../app/theme.ts';
import { request } from '../../ipc/client.ts';

export type Endpoint = 'answers' | 'embedder';

export interface EndpointDraft {
  readonly baseUrl: string;
  readonly model: string;
  /** Empty when none was typed: one that is kept already stays. */
  readonly key: string;
}

export interface SettingsModel {
  readonly view: SettingsView | null;
  /** Why reading or saving failed; null when it did not. */
  readonly error: ErrorInfo | null;
  /** Resolves to false when it failed; `error` then says why. */
  readonly update: (settings: Settings) => Promise<boolean>;
  /** Keeps the key of a server; an empty one removes it. */
  readonly setKey: (endpoint: Endpoint, baseUrl: string, key: string) => Promise<boolean>;
  /** Back to the embedder whose vectors are still searched. */
  readonly cancelEmbedderChange: () => Promise<boolean>;
}

export function useSettings(): SettingsModel {
  const [view, setView] = useState<SettingsView | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);

  const take = useCallback(async (answer: () => Promise<SettingsView>): Promise<boolean> => {
    try {
      const next = await answer();
      setView(next);
      setError(null);
      applyTheme(next.settings.theme);
      return true;
    } catch (thrown) {
      setError(toAppError(thrown).toInfo());
      return false;
    }
  }, []);

  useEffect(() => {
    request('settings.get', {}).then(setView, (thrown: unknown) => setError(toAppError(thrown).toInfo()));
  }, []);

  const update = useCallback(
    async (settings: Settings) => {
      // Shown at once, so that a switch does not wait for the disk; what main answers is the truth.
      setView((last) => (last ? { ...last, settings } : last));
      return take(() => request('settings.update', { settings }));
    },
    [take],
  );
  const setKey = useCallback(
    (endpoint: Endpoint, baseUrl: string, key: string) =>
      take(() => request('settings.setKey', { endpoint, baseUrl, key })),
    [take],
  );
  const cancelEmbedderChange = useCallback(() => take(() => request('settings.cancelEmbedderChange', {})), [take]);
  return { view, error, update, setKey, cancelEmbedderChange };
}
