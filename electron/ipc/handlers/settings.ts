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
      await core.embedderChange.update(settings);
      desktop.setTheme(settings.theme);
      core.status.changed();
      return view();
    },
    'settings.setTheme': async ({ theme }) => {
      desktop.setTheme(theme);
      await core.settings.update({ ...core.settings.current, theme });
      return null;
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
    'settings.estimateEmbedder': ({ embedder, key }) => core.embedderChange.estimate(embedder, key),
    'settings.cancelEmbedderChange': async () => {
      await core.embedderChange.cancel();
      core.status.changed();
      return view();
    },
    'settings.findLocalProviders': () => core.providers.findLocal(),
    'app.getInfo': () => Promise.resolve(desktop.info()),
    'app.getStatus': () => Promise.resolve(core.status.current),
    'app.openExternal': async ({ url }) => {
      await desktop.openExternal(url);
      return null;
    },
  };
}
