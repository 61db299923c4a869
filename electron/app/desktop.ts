/** The desktop around the window: dialogs, the file manager, the browser, the theme. */
import { access } from 'node:fs/promises';
import { app, dialog, nativeTheme, shell, type BrowserWindow } from 'electron';
import { AppError } from '../../shared/errors.ts';
import type { Desktop } from '../ipc/desktop.ts';

export function createDesktop(window: () => BrowserWindow | null, dataFolder: string): Desktop {
  return {
    dataFolder,
    async chooseFiles(folders) {
      const options: Electron.OpenDialogOptions = {
        title: folders ? 'Add a folder' : 'Add files',
        properties: folders ? ['openDirectory', 'multiSelections'] : ['openFile', 'multiSelections'],
        filters: folders ? [] : [{ name: 'PDF and text', extensions: ['pdf', 'txt', 'text', 'md', 'markdown'] }],
      };
      const owner = window();
      const { filePaths } = await (owner ? dialog.showOpenDialog(owner, options) : dialog.showOpenDialog(options));
      return filePaths;
    },
    async showInFolder(...files) {
      for (const file of files) {
        try {
          await access(file);
        } catch {
          continue;
        }
        shell.showItemInFolder(file);
        return;
      }
      throw new AppError('file-not-found', 'The file is no longer there.');
    },
    async openExternal(url) {
      const owner = window();
      const options = {
        type: 'question' as const,
        message: 'Open this address in your browser?',
        detail: url,
        buttons: ['Open', 'Cancel'],
        defaultId: 1,
        cancelId: 1,
      };
      const { response } = await (owner ? dialog.showMessageBox(owner, options) : dialog.showMessageBox(options));
      if (response === 0) await shell.openExternal(url);
    },
    setTheme(theme) {
      nativeTheme.themeSource = theme;
    },
    info: () => ({
      version: app.getVersion(),
      electron: process.versions.electron ?? '',
      chromium: process.versions['chrome'] ?? '',
      platform: `${process.platform} ${process.arch}`,
    }),
  };
}
