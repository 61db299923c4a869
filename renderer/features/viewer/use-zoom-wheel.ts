/** Ctrl and the wheel, and two fingers on a touchpad (which the browser tells the same way), zoom the pages. */
import { useEffect, useRef, type RefObject } from 'react';

/** A point of the pane, in pixels from its upper left corner. */
export interface PanePoint {
  readonly x: number;
  readonly y: number;
}

/** Pixels of wheel above which an event comes from a wheel's notch, not from fingers. */
const notch = 40;
/** A notch of 100 pixels zooms by a fifth; fingers as far as they move. */
const notchSpeed = 0.0018;
const fingerSpeed = 0.01;

/** How much larger an event of the wheel makes the page. */
export function wheelFactor(deltaY: number): number {
  return Math.exp(-deltaY * (Math.abs(deltaY) < notch ? fingerSpeed : notchSpeed));
}

/** Calls back once a frame at most, with the product of the factors since the last time. */
export function useZoomWheel(
  scroller: RefObject<HTMLElement | null>,
  onZoom: (factor: number, at: PanePoint) => void,
): void {
  const latest = useRef(onZoom);
  useEffect(() => {
    latest.current = onZoom;
  });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let factor = 1;
    let frame: number | null = null;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      factor *= wheelFactor(event.deltaY);
      const { left, top } = element.getBoundingClientRect();
      const at = { x: event.clientX - left, y: event.clientY - top };
      frame ??= requestAnimationFrame(() => {
        frame = null;
        latest.current(factor, at);
        factor = 1;
      });
    };
    // React's own listener may not prevent the default.
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      element.removeEventListener('wheel', onWheel);
      if (frame !== null) cancelAnimationFrame(frame);
    };
  }, [scroller]);
}
