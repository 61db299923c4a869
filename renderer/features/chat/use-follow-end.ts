/** Keeps a scrolling element at its end while it grows, unless the reader scrolled up. */
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import { followsAfterScroll, type ScrollMetrics } from './follow-end.ts';

export interface FollowEnd {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  /** False while the reader is further up. */
  readonly follows: boolean;
  readonly toEnd: () => void;
}

function metricsOf({ scrollTop, scrollHeight, clientHeight }: HTMLElement): ScrollMetrics {
  return { scrollTop, scrollHeight, clientHeight };
}

/** `key` names what is shown: another one begins at its end. Only while it `grows` is its end followed. */
export function useFollowEnd(key: string | null, grows: boolean): FollowEnd {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const followsNow = useRef(true);
  const growsNow = useRef(grows);
  const [released, setReleased] = useState<string | null | undefined>(undefined);
  const follows = released !== key;

  const toEnd = useCallback(() => {
    const element = scroller.current;
    followsNow.current = true;
    setReleased(undefined);
    if (element) element.scrollTop = element.scrollHeight;
  }, []);

  useEffect(() => {
    growsNow.current = grows;
  }, [grows]);

  useEffect(() => {
    followsNow.current = true;
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [key]);

  useEffect(() => {
    const element = scroller.current;
    const inner = content.current;
    if (!element || !inner) return;
    let before = metricsOf(element);
    // With the scroll bar, which comes and goes with the text.
    let width = element.offsetWidth;
    const onScroll = () => {
      const after = metricsOf(element);
      followsNow.current = followsAfterScroll(followsNow.current, before, after);
      setReleased(followsNow.current ? undefined : key);
      before = after;
    };
    const observer = new ResizeObserver(() => {
      // A pane that opens beside makes the text longer too, but then the reader is where the eye is.
      const isWiderOrNarrower = element.offsetWidth !== width;
      width = element.offsetWidth;
      if (followsNow.current && (growsNow.current || !isWiderOrNarrower)) element.scrollTop = element.scrollHeight;
      before = metricsOf(element);
    });
    element.addEventListener('scroll', onScroll, { passive: true });
    observer.observe(inner);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', onScroll);
      observer.disconnect();
    };
  }, [key]);

  return { scroller, content, follows, toEnd };
}
