/** The window: what lies over it, and the shell; or the way in, while no library is open. */
import { Tooltip } from 'radix-ui';
import { useEffect, type ReactNode } from 'react';
import { ErrorBoundary } from '../components/error-boundary.tsx';
import { Announcer } from './announcer.tsx';
import { DropOverlay } from './drop-overlay.tsx';
import {
  AboutDialog,
  AccountDialog,
  ConversationView,
  LibraryDialogs,
  Palette,
  SessionGate,
  SettingsDialog,
  TraceDialog,
  WriteDialog,
} from './on-demand.ts';
import { Shell } from './shell.tsx';
import { isOpen, useSessionStore } from './stores/session-store.ts';
import { closeLibraryDialog, useLibraryDialogs } from './stores/library-dialogs-store.ts';
import { showError } from './stores/toast-store.ts';
import { explainAnswer, openDialog, setPaletteOpen, useWorkspaceStore, writeAbout } from './stores/workspace-store.ts';
import { Toaster } from './toaster.tsx';
import { useShortcuts } from './use-shortcuts.ts';

/** Milliseconds before tooltips show. */
const tipDelay = 500;

const blank = <div className="h-full bg-canvas" aria-busy="true" />;

export function App() {
  const { session, error, isEnding } = useSessionStore();
  // Of a window that is about to begin anew nothing is drawn, neither of the account before nor of the next.
  const isShown = !isEnding && error === null && isOpen({ session });
  const isClosed = !isEnding && (error !== null || (session !== null && session.state !== 'open'));
  return (
    <Tooltip.Provider delayDuration={tipDelay} disableHoverableContent>
      {isShown ? <OpenWindow /> : isClosed ? <SessionGate fallback={blank} /> : blank}
      <Toaster />
    </Tooltip.Provider>
  );
}

function OpenWindow() {
  usePreloads();
  useShortcuts();
  const paletteOpen = useWorkspaceStore((state) => state.paletteOpen);
  const dialog = useWorkspaceStore((state) => state.dialog);
  const traceOf = useWorkspaceStore((state) => state.traceOf);
  const writing = useWorkspaceStore((state) => state.writing);
  const hasLibraryDialog = useLibraryDialogs((state) => state.dialog !== null);
  const closeDialog = () => openDialog(null);
  return (
    <>
      <Shell />
      {paletteOpen ? (
        <Layer onClose={() => setPaletteOpen(false)}>
          <Palette />
        </Layer>
      ) : null}
      {dialog === null ? null : (
        <Layer onClose={closeDialog}>
          {dialog === 'settings' ? (
            <SettingsDialog onClose={closeDialog} />
          ) : dialog === 'about' ? (
            <AboutDialog onClose={closeDialog} />
          ) : (
            <AccountDialog key={dialog} way={dialog} onClose={closeDialog} />
          )}
        </Layer>
      )}
      {traceOf === null ? null : (
        <Layer onClose={() => explainAnswer(null)}>
          <TraceDialog messageId={traceOf} onClose={() => explainAnswer(null)} />
        </Layer>
      )}
      {writing ? (
        <Layer onClose={() => writeAbout(null)}>
          <WriteDialog subject={writing} />
        </Layer>
      ) : null}
      {hasLibraryDialog ? (
        <Layer onClose={closeLibraryDialog}>
          <LibraryDialogs />
        </Layer>
      ) : null}
      <DropOverlay />
      <Announcer />
    </>
  );
}

/** What lies over the window closes when it can't be shown, and a toast says why. */
function Layer({ onClose, children }: { readonly onClose: () => void; readonly children: ReactNode }) {
  const giveUp = (error: unknown) => {
    onClose();
    showError(error);
  };
  return (
    <ErrorBoundary part="This" onError={giveUp}>
      {children}
    </ErrorBoundary>
  );
}

/** Milliseconds after which the window stands, with its pictures, on a slow machine too. */
const preloadDelay = 1_500;

/** It listens to the document, once. */
let keepFocusOnce: Promise<void> | undefined;

/** What is needed next is fetched once the window stands; it keeps the first script small. */
function usePreloads(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      keepFocusOnce ??= import('./keep-focus.ts').then(({ keepFocus }) => keepFocus());
      void Palette.preload();
      void ConversationView.preload();
      void LibraryDialogs.preload();
      void import('../features/chat/answer.tsx').then(({ preloadMarkdown }) => preloadMarkdown());
    }, preloadDelay);
    return () => clearTimeout(timer);
  }, []);
}
