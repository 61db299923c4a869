/** The window: what lies over it, and the shell. */
import { Tooltip } from 'radix-ui';
import { useEffect } from 'react';
import { Announcer } from './announcer.tsx';
import { DropOverlay } from './drop-overlay.tsx';
import { AboutDialog, ConversationView, Palette, SettingsDialog, TraceDialog, WriteDialog } from './on-demand.ts';
import { Shell } from './shell.tsx';
import { explainAnswer, openDialog, useWorkspaceStore } from './stores/workspace-store.ts';
import { Toaster } from './toaster.tsx';
import { useShortcuts } from './use-shortcuts.ts';

/** Milliseconds before tooltips show. */
const tipDelay = 500;

export function App() {
  usePreloads();
  useShortcuts();
  const paletteOpen = useWorkspaceStore((state) => state.paletteOpen);
  const dialog = useWorkspaceStore((state) => state.dialog);
  const traceOf = useWorkspaceStore((state) => state.traceOf);
  const writing = useWorkspaceStore((state) => state.writing);
  const closeDialog = () => openDialog(null);
  return (
    <Tooltip.Provider delayDuration={tipDelay} disableHoverableContent>
      <Shell />
      {paletteOpen ? <Palette /> : null}
      {dialog === 'settings' ? <SettingsDialog onClose={closeDialog} /> : null}
      {dialog === 'about' ? <AboutDialog onClose={closeDialog} /> : null}
      {traceOf === null ? null : <TraceDialog messageId={traceOf} onClose={() => explainAnswer(null)} />}
      {writing ? <WriteDialog subject={writing} /> : null}
      <DropOverlay />
      <Toaster />
      <Announcer />
    </Tooltip.Provider>
  );
}

/** Milliseconds after which the window stands, with its pictures, on a slow machine too. */
const preloadDelay = 1_500;

/** What is needed next is fetched once the window stands; it keeps the first script small. */
function usePreloads(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      void Palette.preload();
      void ConversationView.preload();
      void import('../features/chat/answer.tsx').then(({ preloadMarkdown }) => preloadMarkdown());
    }, preloadDelay);
    return () => clearTimeout(timer);
  }, []);
}
