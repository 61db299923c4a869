/** Addresses in documents. */
import { showError } from '../../app/stores/toast-store.ts';
import { request } from '../../ipc/client.ts';

/** Only these can be opened at all. */
export function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

/** SECURITY: main shows the address in full and asks the person first; nothing opens by itself. */
export function openExternal(url: string): void {
  request('app.openExternal', { url }).catch(showError);
}
