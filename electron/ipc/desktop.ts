/** What handlers need of the desktop around the window; electron/app implements it. */
import type { AppInfo } from '../../shared/requests/app.ts';

export interface FileToSave {
  /** Suggested to the person. */
  readonly fileName: string;
  readonly kind: { readonly extension: string; readonly name: string };
  /** What the dialog says above; the system's own words when absent. */
  readonly title?: string;
  /** Called when a place was chosen. */
  readonly make: () => Promise<string | Uint8Array>;
}

export interface Desktop {
  readonly dataFolder: string;
  /** Paths that were chosen in the system's dialog; none when it was dismissed. */
  chooseFiles(folders: boolean): Promise<readonly string[]>;
  /** A backup that was chosen in the system's dialog; null when it was dismissed. */
  chooseBackup(): Promise<string | null>;
  /** Where a backup shall be written, asked of the person; null when the dialog was dismissed. */
  chooseBackupTarget(fileName: string): Promise<string | null>;
  /** Shows a file in the system's file manager. */
  showInFolder(file: string): void;
  /** Opens a file in the system's program for it. */
  openFile(file: string): Promise<void>;
  /** Asks the person, then opens the address in the system's browser. */
  openExternal(url: string): Promise<void>;
  /** Asks where to, then writes; answers with the file's name, or null when the dialog was dismissed. */
  saveFile(file: FileToSave): Promise<string | null>;
  /** A page of text alone, printed; it loads and runs nothing. */
  printPdf(html: string): Promise<Uint8Array>;
  setTheme(theme: 'system' | 'light' | 'dark'): void;
  info(): AppInfo;
}
