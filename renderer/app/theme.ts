/** Light, dark or as the system has it. The settings hold the choice; a copy here spares the first frame a flash. */
import type { Settings } from '../../shared/requests/settings.ts';

export type Theme = Settings['theme'];

const storageKey = 'quire.theme';

/** The theme that was last applied on this computer. */
export function rememberedTheme(): Theme {
  const stored = localStorage.getItem(storageKey);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

/** Sets `data-theme`, from which color-scheme and with it every token follows. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  localStorage.setItem(storageKey, theme);
}

/** Whether the window is dark right now. */
export function isDark(): boolean {
  const theme = rememberedTheme();
  return theme === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
}
