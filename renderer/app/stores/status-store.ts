/** What the status bar shows, as main last told it; null until it told anything. */
import { create } from 'zustand';
import type { AppStatus } from '../../../shared/requests/app.ts';
import { request } from '../../ipc/client.ts';
import { showError } from './toast-store.ts';

export interface StatusState {
  /** Null until main told anything. */
  readonly status: AppStatus | null;
  /** Whether it shows what became of the import's files. */
  readonly isImportOpen: boolean;
}

export const useStatusStore = create<StatusState>(() => ({ status: null, isImportOpen: false }));

export function setImportOpen(isImportOpen: boolean): void {
  if (useStatusStore.getState().isImportOpen !== isImportOpen) useStatusStore.setState({ isImportOpen });
}

export async function loadStatus(): Promise<void> {
  try {
    useStatusStore.setState({ status: await request('app.getStatus', {}) });
  } catch (thrown) {
    showError(thrown);
  }
}
