/** The time that the screen is of: it moves on when a model was asked, and when the person comes back to the window. */
import { useEffect, useState } from 'react';
import { useStatusStore } from '../../app/stores/status-store.ts';

/** Milliseconds in which what is asked counts as one change: an import asks many times a second. */
const calm = 1_000;

export function useMoment(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const moveOn = () => {
      timer = null;
      setNow(Date.now());
    };
    const later = () => {
      timer ??= setTimeout(moveOn, calm);
    };
    const stopListening = useStatusStore.subscribe(({ status }, before) => {
      if (status?.bytesSent !== before.status?.bytesSent) later();
    });
    window.addEventListener('focus', later);
    return () => {
      stopListening();
      window.removeEventListener('focus', later);
      if (timer) clearTimeout(timer);
    };
  }, []);
  return now;
}
