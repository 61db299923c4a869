/** The desktop around the window: dialogs, the file manager, the browser, the theme. */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { app, dialog, nativeTheme, shell, type BrowserWindow } from 'electron';
import { AppError } from '../../shared/errors.ts';
import type { Desktop } from '../ipc/desktop.ts';
import { describeAddress } from './describe-address.ts';
import { printPdf } from './print-pdf.ts';

const backupKind = { name: 'Backup of Quire', extensions: ['zip'] };

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
    async chooseBackup() {
      const options: Electron.OpenDialogOptions = {
        title: 'Choose a backup',
        properties: ['openFile'],
        filters: [backupKind],
      };
      const owner = window();
      const { filePaths } = await (owner ? dialog.showOpenDialog(owner, options) : dialog.showOpenDialog(options));
      return filePaths[0] ?? null;
    },
    async chooseBackupTarget(fileName) {
      const options: Electron.SaveDialogOptions = {
        title: 'Back up the library',
        defaultPath: join(app.getPath('documents'), fileName),
        filters: [backupKind],
        properties: ['showOverwriteConfirmation'],
      };
      const owner = window();
      const { filePath } = await (owner ? dialog.showSaveDialog(owner, options) : dialog.showSaveDialog(options));
      return filePath || null;
    },
    showInFolder: (file) => shell.showItemInFolder(file),
    async openFile(file) {
      const problem = await shell.openPath(file);
      if (problem !== '') {
        throw new AppError('file-unreadable', `“${basename(file)}” could not be opened: ${problem}`, {
          hint: 'Choose a program for files of this kind in the system’s settings, or read it here.',
        });
      }
    },
    async openExternal(url) {
      const owner = window();
      const options = {
        type: 'question' as const,
        ...describeAddress(url),
        buttons: ['Open', 'Cancel'],
        defaultId: 1,
        cancelId: 1,
      };
      const { response } = await (owner ? dialog.showMessageBox(owner, options) : dialog.showMessageBox(options));
      if (response === 0) await shell.openExternal(url);
    },
    async saveFile({ fileName, kind, title, make }) {
      const options: Electron.SaveDialogOptions = {
        // macOS shows no title there, but a message.
        ...(title === undefined ? {} : { title, message: title }),
        defaultPath: join(app.getPath('documents'), fileName),
        filters: [{ name: kind.name, extensions: [kind.extension] }],
        properties: ['showOverwriteConfirmation'],
      };
      const owner = window();
      const { filePath } = await (owner ? dialog.showSaveDialog(owner, options) : dialog.showSaveDialog(options));
      if (!filePath) return null;
      const content = await make();
      try {
        await writeFile(filePath, content);
      } catch (error) {
        throw new AppError('file-unreadable', `${basename(filePath)} could not be written.`, {
          hint: 'Choose another folder, or check that there is room on the disk.',
          retryable: true,
          cause: error,
        });
      }
      return basename(filePath);
    },
    printPdf,
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
