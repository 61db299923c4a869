/** Links out of the window, from answers and documents. */
import { request } from '../ipc/client.ts';
import { showError } from './stores/toast-store.ts';
import { AppError } from '../../shared/errors.ts';

/** Only these can be opened at all. */
const openable = /^(https?:\/\/|mailto:)/i;

/** SECURITY: main shows the address in full and asks the person first; nothing opens by itself. */
export function openExternal(url: string): void {
  if (!openable.test(url)) {
    showError(
      new AppError('request-invalid', `This link leads to ${url.slice(0, 200)}, which Quire does not open.`, {
        hint: 'Only addresses of the web and of e-mail are opened, after asking you.',
      }),
    );
    return;
  }
  request('app.openExternal', { url }).catch(showError);
}
