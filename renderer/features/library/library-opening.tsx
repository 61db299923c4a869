/** What the library shows while main brings it from an earlier version's form to this one's. */
import { useEffect, useState } from 'react';

/** Milliseconds; what is over by then is not worth a sentence that flashes by. */
const PATIENCE = 300;

export function LibraryOpening() {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="flex h-full flex-col items-center justify-center bg-surface px-8 text-center" aria-busy="true">
      <div role="status">
        {isLong ? (
          <div data-testid="library-opening">
            <h1 className="text-title font-semibold">Updating the library…</h1>
            <p className="mt-2 max-w-[46ch] text-reading text-muted">
              This version of Quire keeps more about it than the one before. It is copied first, so that nothing can be
              lost.
            </p>
          </div>
        ) : null}
      </div>
    </div>
  );
}
