/** How sync stands and where documents are, as main last told. */
import { create } from 'zustand';
import type { SyncStatus } from '../../../shared/sync.ts';
import { syncOff, type DocumentSync } from '../../../shared/sync-view.ts';
import { request } from '../../ipc/client.ts';
import { showError } from './toast-store.ts';

export interface SyncStoreState {
  readonly status: SyncStatus;
  /** Whether main has told its status yet. */
  readonly isTold: boolean;
  /** By the document's id; empty while sync is off. */
  readonly documents: ReadonlyMap<string, DocumentSync>;
}

export const useSyncStore = create<SyncStoreState>(() => ({ status: syncOff, isTold: false, documents: new Map() }));
const { setState, getState } = useSyncStore;

export function onSyncChanged(status: SyncStatus): void {
  const before = getState().status.state;
  setState({ status, isTold: true });
  if (status.state === 'off') setState({ documents: new Map() });
  else if (before === 'off') void loadDocuments();
}

export function onSyncDocuments(changed: readonly DocumentSync[]): void {
  setState(({ documents }) => ({
    documents: new Map([...documents, ...changed.map((document) => [document.documentId, document] as const)]),
  }));
}

export async function loadSync(): Promise<void> {
  try {
    onSyncChanged(await request('sync.status', {}));
  } catch (thrown) {
    showError(thrown);
  }
}

async function loadDocuments(): Promise<void> {
  try {
    onSyncDocuments(await request('sync.documents', {}));
  } catch (thrown) {
    showError(thrown);
  }
}

/** Asks something of sync that answers with how it stands; a failure is shown. */
export async function askSync(name: 'sync.now' | 'sync.pause' | 'sync.resume'): Promise<void> {
  try {
    onSyncChanged(await request(name, {}));
  } catch (thrown) {
    showError(thrown);
  }
}
