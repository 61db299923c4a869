/** What appears at the end of something that scrolls comes into sight by itself. */
import { useEffect, useRef, type RefObject } from 'react';

/** For the element that appears; it moves once, and no further than it has to. */
export function useIntoView<Element extends HTMLElement>(): RefObject<Element | null> {
  const element = useRef<Element>(null);
  useEffect(() => element.current?.scrollIntoView({ block: 'nearest' }), []);
  return element;
}
