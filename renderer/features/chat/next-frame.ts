/** Runs something once before the next frame is drawn, however often it is asked for. */

/** A hidden window draws no frames; its timers still run. Milliseconds. */
const hiddenDelay = 100;

export function onNextFrame(run: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    const once = () => {
      if (!isAsked) return;
      isAsked = false;
      run();
    };
    requestAnimationFrame(once);
    // Whichever comes first: a window that is hidden in between would else wait until it is shown again.
    setTimeout(once, hiddenDelay);
  };
}
