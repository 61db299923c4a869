/** What is selected on the pages, and where on the screen it stands. */
import { useCallback, useEffect, useState, type RefObject } from 'react';
import { quoteText, type SelectedText } from './selected-text.ts';

export interface ShownSelection extends SelectedText {
  /** Pixels from the container's upper left corner. */
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
}

function pageOf(node: Node): number | null {
  const element = node instanceof Element ? node : node.parentElement;
  const number = Number(element?.closest('[data-page-number]')?.getAttribute('data-page-number'));
  return Number.isInteger(number) && number > 0 ? number : null;
}

function readSelection(container: HTMLElement | null): ShownSelection | null {
  const selection = window.getSelection();
  if (!container || !selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (!container.contains(range.commonAncestorContainer)) return null;
  const first = pageOf(range.startContainer);
  const last = pageOf(range.endContainer) ?? first;
  const text = quoteText(selection.toString());
  if (first === null || last === null || text === '') return null;
  const frame = container.getBoundingClientRect();
  const place = range.getBoundingClientRect();
  return {
    text,
    firstPage: Math.min(first, last),
    lastPage: Math.max(first, last),
    left: place.left + place.width / 2 - frame.left,
    top: place.top - frame.top,
    bottom: place.bottom - frame.top,
  };
}

/** Null while nothing is selected, and while the mouse is still selecting. */
export function useSelection(container: RefObject<HTMLElement | null>): {
  readonly selection: ShownSelection | null;
  readonly clear: () => void;
} {
  const [selection, setSelection] = useState<ShownSelection | null>(null);
  useEffect(() => {
    let isPressed = false;
    let frame = 0;
    const read = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => setSelection(isPressed ? null : readSelection(container.current)));
    };
    const onDown = (event: PointerEvent) => {
      isPressed = event.target instanceof Element && event.target.closest('[data-page-number]') !== null;
    };
    const onUp = () => {
      isPressed = false;
      read();
    };
    const element = container.current;
    document.addEventListener('selectionchange', read);
    document.addEventListener('pointerdown', onDown);
    document.addEventListener('pointerup', onUp);
    element?.addEventListener('scroll', read, { capture: true, passive: true });
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener('selectionchange', read);
      document.removeEventListener('pointerdown', onDown);
      document.removeEventListener('pointerup', onUp);
      element?.removeEventListener('scroll', read, { capture: true });
    };
  }, [container]);
  const clear = useCallback(() => {
    window.getSelection()?.removeAllRanges();
    setSelection(null);
  }, []);
  return { selection, clear };
}

/** Selects the text of a page: the keyboard's way to a selection. */
export function selectPage(container: HTMLElement | null, page: number): void {
  const shown = container?.querySelector(`[data-page-number="${page}"]`);
  const text = shown?.querySelector('[data-testid="text-layer"]') ?? shown;
  if (text) window.getSelection()?.selectAllChildren(text);
}
