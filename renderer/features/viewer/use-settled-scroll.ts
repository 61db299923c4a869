/** Scrolling to a place whose distance is not known yet: pages that were never in sight have a guessed height. */
import { useCallback, useEffect, useRef } from 'react';

/** Frames for which the place is looked at again; pages that come into sight with it are laid out within a few. */
const FRAMES = 12;
/** By which a person takes the scrolling over. */
const takeovers = ['wheel', 'pointerdown', 'keydown'] as const;

/** @param top Where to, in pixels from the top of what is scrolled. */
export type SettledScroll = (element: HTMLElement, top: () => number) => void;

/**
 * Answers a function that scrolls, and stays with the place while what is around it gets its height. Whoever scrolls
 * meanwhile, or goes elsewhere, is not fought.
 */
export function useSettledScroll(): SettledScroll {
  const under = useRef<AbortController | null>(null);
  useEffect(() => () => under.current?.abort(), []);
  return useCallback((element, top) => {
    under.current?.abort();
    const settling = new AbortController();
    under.current = settling;
    const { signal } = settling;
    for (const name of takeovers) {
      element.addEventListener(name, () => settling.abort(), { signal, passive: true });
    }
    const look = (left: number): void => {
      if (signal.aborted) return;
      const wanted = top();
      if (Math.abs(element.scrollTop - wanted) > 1) element.scrollTop = wanted;
      if (left === 0) settling.abort();
      else requestAnimationFrame(() => look(left - 1));
    };
    // The first brings it into sight, the second knows its height.
    element.scrollTop = top();
    look(FRAMES);
  }, []);
}
