/** Ctrl and the wheel, and two fingers on a touchpad, zoom the pages. */
import { useEffect, type RefObject } from 'react';
import { sendViewerCommand } from '../../app/stores/viewer-commands.ts';

/** Pixels of wheel a step; a touchpad sends many small events. */
const stepDistance = 60;

export function useZoomWheel(scroller: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let distance = 0;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      distance += event.deltaY;
      if (Math.abs(distance) < stepDistance) return;
      sendViewerCommand(distance < 0 ? 'zoom-in' : 'zoom-out');
      distance = 0;
    };
    // React's own listener may not prevent the default.
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [scroller]);
}
