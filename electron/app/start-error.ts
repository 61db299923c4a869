/** What a person sees when Quire can't start: a database from a newer version, a damaged one, a full disk. */
import { app, dialog } from 'electron';
import type { AppError } from '../../shared/errors.ts';
import { logError } from './log.ts';

/** Says what happened and ends the app; nothing of the data was changed. */
export function showStartError(error: AppError): void {
  logError('start', error);
  void app.whenReady().then(() => {
    dialog.showErrorBox('Quire can’t start', `${error.message}\n\n${error.hint}`.trim());
    app.exit(1);
  });
}
