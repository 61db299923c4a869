/** What the settings' tabs share. */
import type { SettingsView } from '../../../shared/requests/settings.ts';
import type { SettingsModel } from './use-settings.ts';

export interface TabProps extends Pick<SettingsModel, 'update' | 'setKey' | 'cancelEmbedderChange'> {
  readonly view: SettingsView;
}

export function TabHead({ title, note }: { readonly title: string; readonly note: string }) {
  return (
    <header className="mb-4">
      <h3 className="text-reading font-semibold">{title}</h3>
      <p className="mt-0.5 max-w-[60ch] text-muted">{note}</p>
    </header>
  );
}
