/** The pages take the focus that waits for them. */
import { useEffect, type RefObject } from 'react';

/** Until there were pages, the pane around them had it: keys would scroll nothing there, and nobody would see where they go. */
export function useTakesFocus(pages: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (document.activeElement?.matches('[data-testid="page-pane"]')) pages.current?.focus({ preventScroll: true });
  }, [pages]);
}
