/** The mark of where one document is; nothing while sync is off. */
import { useSyncStore } from '../../app/stores/sync-store.ts';
import { SyncMark } from '../../components/sync-mark.tsx';

export function SyncBadge({ documentId, className }: { readonly documentId: string; readonly className: string }) {
  const state = useSyncStore(({ documents }) => documents.get(documentId)?.state);
  return state ? <SyncMark state={state} className={className} /> : null;
}
