/** The time, for words such as “5 min ago” that go on being true. */
import { useEffect, useState } from 'react';

/** @param interval Milliseconds between two looks at the clock. */
export function useNow(interval: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}
