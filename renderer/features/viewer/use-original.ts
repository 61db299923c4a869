/** Whether a document's file is on this computer; sync may keep it elsewhere, and then it is fetched. */
import { useCallback, useEffect, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { useSyncStore } from '../../app/stores/sync-store.ts';
import { request } from '../../ipc/client.ts';

/** `asked`: whether it is here is not known for certain, or it comes. */
export type OriginalState =
  | { readonly state: 'here' }
  | { readonly state: 'asked'; readonly isSlow: boolean }
  | { readonly state: 'failed'; readonly error: ErrorInfo; readonly again: () => void };

/** Milliseconds in which what is here after all is read without a word. */
export const patience = 300;

/** As far as the window knows; without sync every file is here. While it was told nothing yet, main is asked. */
export function isOriginalHere(documentId: string): boolean {
  const { status, isTold, documents } = useSyncStore.getState();
  if (!isTold) return false;
  if (status.state === 'off') return true;
  const place = documents.get(documentId)?.state;
  return place === 'local' || place === 'uploading' || place === 'synced';
}

/** Has main fetch it where it is not here. Errors: as `sync.fetchOriginal`. */
export async function fetchOriginal(documentId: string): Promise<void> {
  if (!isOriginalHere(documentId)) await request('sync.fetchOriginal', { documentId });
}

interface Settled {
  readonly documentId: string;
  readonly attempt: number;
  readonly error: ErrorInfo | null;
}

/** Looked at once, and once more for each try again: a file that went meanwhile is main's to fetch. */
export function useOriginal(documentId: string): OriginalState {
  const [attempt, setAttempt] = useState(0);
  const [isSlow, setIsSlow] = useState(false);
  const [settled, setSettled] = useState<Settled | null>(() =>
    isOriginalHere(documentId) ? { documentId, attempt: 0, error: null } : null,
  );
  const isSettled = settled?.documentId === documentId && settled.attempt === attempt;
  useEffect(() => {
    if (isSettled) return;
    let isCurrent = true;
    const settle = (error: ErrorInfo | null) => {
      if (!isCurrent) return;
      setIsSlow(false);
      setSettled({ documentId, attempt, error });
    };
    const timer = setTimeout(() => setIsSlow(true), patience);
    fetchOriginal(documentId).then(
      () => settle(null),
      (thrown: unknown) => settle(toAppError(thrown).toInfo()),
    );
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [documentId, attempt, isSettled]);
  const again = useCallback(() => setAttempt((count) => count + 1), []);
  // A round of sync may bring it later.
  const hasCome = useSyncStore(() => isOriginalHere(documentId));
  const [wasHere, setWasHere] = useState(hasCome);
  if (hasCome !== wasHere) {
    setWasHere(hasCome);
    if (hasCome && isSettled && settled.error) setAttempt(attempt + 1);
  }
  if (!isSettled) return { state: 'asked', isSlow };
  return settled.error ? { state: 'failed', error: settled.error, again } : { state: 'here' };
}
