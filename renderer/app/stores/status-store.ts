/** What the status bar shows, as main last told it; null until it told anything. */
import { create } from 'zustand';
import type { AppStatus } from '../../../shared/requests/app.ts';
import { request } from '../../ipc/client.ts';
import { showError } from './toast-store.ts';

export const useStatusStore = create<{ readonly status: AppStatus | null }>(() => ({ status: null }));

export async function loadStatus(): Promise<void> {
  try {
    useStatusStore.setState({ status: await request('app.getStatus', {}) });
  } catch (thrown) {
    showError(thrown);
  }
}
