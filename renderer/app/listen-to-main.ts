/** What main tells the window, and what the window asks it first. */
import { onConversationChanged } from '../features/chat/chat-store.ts';
import { keepDrafts } from '../features/chat/kept-drafts.ts';
import { onEvent, request } from '../ipc/client.ts';
import { reportUncaught } from '../ipc/report-error.ts';
import { runCommand } from './actions.tsx';
import { isRevived } from './revived.ts';
import { tellOutcomes } from './stores/add-documents.ts';
import { tellImport } from './stores/import-actions.ts';
import { onBackupChanged, onLibraryReplaced } from './stores/backup-store.ts';
import { loadConversations } from './stores/conversations-store.ts';
import { useEncryptionStore } from './stores/encryption-store.ts';
import { onLibraryChanged, onLibraryUpdating } from './stores/library-store.ts';
import { onKeychainChanged, onSessionChanged } from './stores/session-store.ts';
import { forgetOnShelves, loadShelves } from './stores/shelves-store.ts';
import { loadStatus, useStatusStore } from './stores/status-store.ts';
import { loadSync, onSyncChanged, onSyncDocuments } from './stores/sync-store.ts';
import { showError, showTrouble } from './stores/toast-store.ts';
import { loadPieces, onDocumentsRemoved, onPieceChanged } from './stores/written-store.ts';
import { forgetDocuments } from './stores/workspace-store.ts';
import { findFont } from './system-font.ts';
import { applyTheme } from './theme.ts';

/** Called once, before the first request, so that nothing falls in between. */
export function listenToMain(): void {
  reportUncaught();
  onEvent('library.changed', (change) => {
    onLibraryChanged(change);
    if (change.removed.length === 0) return;
    forgetDocuments(change.removed);
    forgetOnShelves(change.removed);
    onDocumentsRemoved();
  });
  onEvent('library.updating', onLibraryUpdating);
  onEvent('library.added', ({ outcomes }) => tellOutcomes(outcomes));
  onEvent('conversations.changed', ({ conversationId }) => {
    void loadConversations();
    onConversationChanged(conversationId);
  });
  onEvent('shelves.changed', loadShelves);
  onEvent('written.changed', ({ pieceId }) => onPieceChanged(pieceId));
  onEvent('status.changed', (status) => {
    const before = useStatusStore.getState().status;
    useStatusStore.setState({ status });
    tellImport(before?.import ?? null, status.import);
  });
  onEvent('backup.changed', ({ task }) => onBackupChanged(task));
  onEvent('library.replaced', onLibraryReplaced);
  onEvent('session.changed', onSessionChanged);
  onEvent('keychain.changed', onKeychainChanged);
  onEvent('encryption.changed', ({ task }) => useEncryptionStore.setState({ task }));
  onEvent('sync.changed', onSyncChanged);
  onEvent('sync.documents', ({ documents }) => onSyncDocuments(documents));
  onEvent('app.command', runCommand);
}

/** After its process died the window says so, once: not again when it is reloaded. */
function tellRevival(): void {
  if (!isRevived) return;
  window.history.replaceState(null, '', window.location.pathname);
  showTrouble(
    'The window stopped working and was opened anew.',
    'Nothing in the library is lost, and what was being read or written went on. Questions that were typed and not asked are in their fields.',
  );
}

/** What the window shows besides its documents. */
export function loadTheRest(): void {
  tellRevival();
  void loadConversations();
  void loadStatus();
  loadShelves();
  // The theme was remembered; that main agrees can be asked when there is time, for it looks into the keychain, too.
  requestIdleCallback(() => {
    keepDrafts();
    void loadTheme();
    loadPieces();
    void loadSync();
    findFont();
  });
}

function loadTheme(): Promise<void> {
  return request('settings.get', {}).then(({ settings }) => applyTheme(settings.theme), showError);
}
