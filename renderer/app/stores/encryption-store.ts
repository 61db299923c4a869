/** How far turning the account's encryption on or off is, as main last told. */
import { create } from 'zustand';
import type { EncryptionTask } from '../../../shared/accounts.ts';
import { request } from '../../ipc/client.ts';
import { showError } from './toast-store.ts';

export interface EncryptionState {
  /** Null while nothing is turned. */
  readonly task: EncryptionTask | null;
}

export const useEncryptionStore = create<EncryptionState>(() => ({ task: null }));

/** The library is then as it was before; a failure is told in a toast. */
export async function turnEncryptionBack(): Promise<void> {
  await request('accounts.cancelEncryption', {}).catch(showError);
}
