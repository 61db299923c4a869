/** The window: what it listens to, what lies over it, and the shell. */
import { Tooltip } from 'radix-ui';
import { useEffect } from 'react';
import { preloadMarkdown } from '../features/chat/answer.tsx';
import { onConversationChanged } from '../features/chat/chat-store.ts';
import { onEvent, request } from '../ipc/client.ts';
import { runCommand } from './actions.tsx';
import { Announcer } from './announcer.tsx';
import { DropOverlay } from './drop-overlay.tsx';
import { AboutDialog, Palette, SettingsDialog } from './on-demand.ts';
import { Shell } from './shell.tsx';
import { tellOutcomes } from './stores/add-documents.ts';
import { loadConversations } from './stores/conversations-store.ts';
import { loadLibrary, onLibraryChanged } from './stores/library-store.ts';
import { loadStatus, useStatusStore } from './stores/status-store.ts';
import { showError } from './stores/toast-store.ts';
import { forgetDocuments, openDialog, useWorkspaceStore } from './stores/workspace-store.ts';
import { applyTheme } from './theme.ts';
import { Toaster } from './toaster.tsx';
import { useShortcuts } from './use-shortcuts.ts';

/** Milliseconds before tooltips show. */
const tipDelay = 500;

export function App() {
  useMainEvents();
  useShortcuts();
  const paletteOpen = useWorkspaceStore((state) => state.paletteOpen);
  const dialog = useWorkspaceStore((state) => state.dialog);
  const closeDialog = () => openDialog(null);
  return (
    <Tooltip.Provider delayDuration={tipDelay} disableHoverableContent>
      <Shell />
      {paletteOpen ? <Palette /> : null}
      {dialog === 'settings' ? <SettingsDialog onClose={closeDialog} /> : null}
      {dialog === 'about' ? <AboutDialog onClose={closeDialog} /> : null}
      <DropOverlay />
      <Toaster />
      <Announcer />
    </Tooltip.Provider>
  );
}

/** Listens before it asks, so that nothing falls in between. */
function useMainEvents(): void {
  useEffect(() => {
    const ends = [
      onEvent('library.changed', (change) => {
        onLibraryChanged(change);
        if (change.removed.length > 0) forgetDocuments(change.removed);
      }),
      onEvent('library.added', ({ outcomes }) => tellOutcomes(outcomes)),
      onEvent('conversations.changed', ({ conversationId }) => {
        void loadConversations();
        onConversationChanged(conversationId);
      }),
      onEvent('status.changed', (status) => useStatusStore.setState({ status })),
      onEvent('app.command', runCommand),
    ];
    void loadLibrary();
    void loadConversations();
    void loadStatus();
    request('settings.get', {}).then(({ settings }) => applyTheme(settings.theme), showError);
    // What is needed next is fetched once the window stands; it keeps the first script small.
    const idle = requestIdleCallback(() => {
      void Palette.preload();
      void preloadMarkdown();
    });
    return () => {
      cancelIdleCallback(idle);
      for (const end of ends) end();
    };
  }, []);
}
