/** Keeps the place where a person reads: some time after it moved, and when the document closes. */
import { useCallback, useEffect, useRef, type RefObject } from 'react';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { keepReadingPosition } from '../../app/stores/reading-positions.ts';
import type { Anchor } from './page-layout.ts';
import type { ViewerHandle } from './viewer-props.ts';
import type { Rotation, Zoom } from './zoom.ts';

/** Milliseconds without a move. */
const restTime = 400;

/** Answers with what is to be called when the place moved. */
export function useReadingPosition(
  documentId: string,
  viewer: RefObject<ViewerHandle | null>,
  zoom: Zoom,
  rotation: Rotation,
): () => void {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const place = useRef<Anchor | null>(null);
  const keep = useCallback(() => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    // A document that was deleted while it was open leaves nothing behind.
    const isThere = useLibraryStore.getState().documents.has(documentId);
    if (place.current && isThere) keepReadingPosition(documentId, { ...place.current, zoom, rotation });
  }, [documentId, zoom, rotation]);
  const latestKeep = useRef(keep);

  useEffect(() => {
    latestKeep.current = keep;
    keep();
  }, [keep]);
  useEffect(() => {
    const now = () => latestKeep.current();
    window.addEventListener('pagehide', now);
    return () => {
      window.removeEventListener('pagehide', now);
      if (timer.current !== null) now();
    };
  }, []);

  return () => {
    const handle = viewer.current;
    if (handle) place.current = handle.place();
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = setTimeout(() => latestKeep.current(), restTime);
  };
}
