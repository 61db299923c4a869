/** What a person sees when Quire can't start: a database from a newer version, a damaged one, a full disk. */
import { app, BrowserWindow, dialog } from 'electron';
import type { AppError } from '../../shared/errors.ts';
import { logError } from './log.ts';

/** Says what happened, in one place, and ends the app; nothing of the data was changed. */
export function showStartError(error: AppError): void {
  logError('start', error);
  void app.whenReady().then(() => {
    // The window would tell the same behind the dialog, request by request; one that is still loading would show itself.
    for (const window of BrowserWindow.getAllWindows()) {
      window.removeAllListeners('ready-to-show');
      window.hide();
    }
    dialog.showErrorBox('Quire can’t start', `${error.message}\n\n${error.hint}`.trim());
    app.exit(1);
  });
}
