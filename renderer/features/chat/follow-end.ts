/** Whether a growing text is followed to its end. Pure. */

export interface ScrollMetrics {
  readonly scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
}

/** Pixels from the end that still count as being at the end. */
const nearEnd = 32;

export function isAtEnd({ scrollTop, scrollHeight, clientHeight }: ScrollMetrics): boolean {
  return scrollHeight - clientHeight - scrollTop <= nearEnd;
}

/** After a scroll: going up lets go of the end, coming back to it takes hold again; growth alone changes nothing. */
export function followsAfterScroll(follows: boolean, before: ScrollMetrics, after: ScrollMetrics): boolean {
  if (isAtEnd(after)) return true;
  const isSameContent = after.scrollHeight >= before.scrollHeight;
  return after.scrollTop < before.scrollTop - 1 && isSameContent ? false : follows;
}
