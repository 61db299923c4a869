/** Watching a folder, from wherever it is asked for. */
import { request } from '../../ipc/client.ts';
import { showError } from './toast-store.ts';
import { openSettings } from './workspace-store.ts';

/** Asks for a folder; when one was chosen, the settings show what becomes of it. */
export async function watchFolder(): Promise<void> {
  try {
    if (await request('folders.choose', {})) openSettings('folders');
  } catch (thrown) {
    showError(thrown);
  }
}
