/** The window: what it listens to, what lies over it, and the shell. */
import { Tooltip } from 'radix-ui';
import { lazy, Suspense, useEffect } from 'react';
import { onConversationChanged } from '../features/chat/chat-store.ts';
import { onEvent, request } from '../ipc/client.ts';
import { runCommand } from './actions.tsx';
import { Announcer } from './announcer.tsx';
import { DropOverlay } from './drop-overlay.tsx';
import { Shell } from './shell.tsx';
import { loadConversations } from './stores/conversations-store.ts';
import { loadLibrary, onLibraryChanged } from './stores/library-store.ts';
import { loadStatus, useStatusStore } from './stores/status-store.ts';
import { showError } from './stores/toast-store.ts';
import { forgetDocuments, openDialog, useWorkspaceStore } from './stores/workspace-store.ts';
import { applyTheme } from './theme.ts';
import { Toaster } from './toaster.tsx';
import { useShortcuts } from './use-shortcuts.ts';

const loadPalette = () => import('./palette.tsx');
const Palette = lazy(loadPalette);
const SettingsDialog = lazy(() => import('../features/settings/settings-dialog.tsx'));
const AboutDialog = lazy(() => import('./about-dialog.tsx'));

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
      <Suspense fallback={null}>
        {paletteOpen ? <Palette /> : null}
        {dialog === 'settings' ? <SettingsDialog onClose={closeDialog} /> : null}
        {dialog === 'about' ? <AboutDialog onClose={closeDialog} /> : null}
      </Suspense>
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
      void loadPalette();
      void import('../features/chat/markdown.tsx');
    });
    return () => {
      cancelIdleCallback(idle);
      for (const end of ends) end();
    };
  }, []);
}
