/** What handlers need of the desktop around the window; electron/app implements it. */
import type { AppInfo } from '../../shared/requests/app.ts';

export interface Desktop {
  readonly dataFolder: string;
  /** Paths that were chosen in the system's dialog; none when it was dismissed. */
  chooseFiles(folders: boolean): Promise<readonly string[]>;
  /** Shows the first of these files that is there. */
  showInFolder(...files: readonly string[]): Promise<void>;
  /** Asks the person, then opens the address in the system's browser. */
  openExternal(url: string): Promise<void>;
  setTheme(theme: 'system' | 'light' | 'dark'): void;
  info(): AppInfo;
}
