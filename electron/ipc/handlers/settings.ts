/** Handlers of settings and of the app itself. */
import type { SettingsView } from '../../../shared/requests/settings.ts';
import type { Core } from '../../core/core.ts';
import type { Desktop } from '../desktop.ts';
import type { Handlers } from '../dispatch.ts';

type SettingsHandlers = Pick<Handlers, Extract<keyof Handlers, `settings.${string}` | `app.${string}`>>;

export function settingsHandlers(core: Core, desktop: Desktop): SettingsHandlers {
  const view = async (): Promise<SettingsView> => {
    const keys = await core.providers.keys();
    return {
      settings: core.settings.current,
      hasAnswersKey: keys.answers,
      hasEmbedderKey: keys.embedder,
      keychainError: keys.error,
      dataFolder: desktop.dataFolder,
    };
  };
  return {
    'settings.get': view,
    'settings.update': async ({ settings }) => {
      const before = core.settings.current;
      await core.settings.update(settings);
      desktop.setTheme(settings.theme);
      // Another embedder: its vectors are made in the background.
      if (JSON.stringify(before.embedder) !== JSON.stringify(settings.embedder)) core.embedQueue.poke();
      core.status.changed();
      return view();
    },
    'settings.setKey': async ({ endpoint, baseUrl, key }) => {
      await core.providers.setKey(endpoint, baseUrl, key);
      if (endpoint === 'embedder') {
        core.embedders.forget();
        core.embedQueue.poke();
      }
      return view();
    },
    'settings.testProvider': ({ endpoint, baseUrl, model, key }) => core.providers.test(endpoint, baseUrl, model, key),
    'settings.findLocalProviders': () => core.providers.findLocal(),
    'app.getInfo': () => Promise.resolve(desktop.info()),
    'app.getStatus': () => Promise.resolve(core.status.current),
    'app.openExternal': async ({ url }) => {
      await desktop.openExternal(url);
      return null;
    },
  };
}
