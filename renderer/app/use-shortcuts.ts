/** Shortcuts of the whole window. Fields and dialogs keep the keys that are theirs. */
import { useLayoutEffect } from 'react';
import { isMac } from '../components/platform.ts';
import { matchesShortcut } from '../components/shortcut-text.ts';
import { actions, isHeldByDialog, paletteAction, runAction } from './actions.tsx';
import { narrow } from './narrow.ts';
import {
  closePage,
  leaveTrail,
  setPaletteOpen,
  stepCitation,
  togglePane,
  useWorkspaceStore,
} from './stores/workspace-store.ts';

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

function isInLayer(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role="dialog"], [role="menu"]') !== null;
}

/** Brings the focus to the chip of the open citation, else to the composer. */
function returnToText(): void {
  const { trail } = useWorkspaceStore.getState();
  const number = trail?.citations[trail.index]?.number;
  const chip = trail && document.querySelector<HTMLElement>(`[data-chip="citation-${trail.messageId}-${number}"]`);
  (chip ?? document.querySelector<HTMLElement>('[data-testid="composer"]'))?.focus();
}

/** Esc: first back to the text, then the page closes. True when there was something to leave. */
function leave(target: EventTarget | null): boolean {
  const { trail, panes } = useWorkspaceStore.getState();
  if (!panes.page) return false;
  const isInPane = target instanceof Element && target.closest('[data-testid="page-pane"]') !== null;
  // Where the page lies over the text, going back to the text is to close it.
  const isOver = panes.main && window.matchMedia(narrow).matches;
  if (isInPane && trail && !isOver) {
    if (panes.main) {
      returnToText();
    } else {
      togglePane('main');
      requestAnimationFrame(returnToText);
    }
    return true;
  }
  if (trail) {
    returnToText();
    leaveTrail();
  }
  closePage();
  return true;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const isHeld = isHeldByDialog();
  for (const { id, shortcut, isAvailable, isUrgent, yieldsToFields } of [...actions, paletteAction]) {
    if (yieldsToFields && isTyping(event.target)) continue;
    // Letters alone are the page's, which takes them itself while it has the focus.
    if (shortcut?.includes('mod+') && isAvailable?.() !== false && matchesShortcut(shortcut, event, isMac)) {
      event.preventDefault();
      // Held down, a key that shows and hides would flicker.
      if (event.repeat || (isHeld && isUrgent !== true)) return;
      setPaletteOpen(false);
      runAction(id);
      return;
    }
  }
  if (isInLayer(event.target)) return;
  const isPressed = (key: string) => !isTyping(event.target) && matchesShortcut(key, event, isMac);
  const isHandled =
    (event.key === 'Escape' && leave(event.target)) ||
    (isPressed('j') && stepCitation(1)) ||
    (isPressed('k') && stepCitation(-1));
  if (isHandled) event.preventDefault();
}

export function useShortcuts(): void {
  // Before it is drawn: from its first frame on the window hears the keys.
  useLayoutEffect(() => {
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
