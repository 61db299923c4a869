/** The stored pages of a text document, fetched in slices. */
import { useEffect, useState } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { PageText } from '../../../shared/requests/library.ts';
import { request } from '../../ipc/client.ts';

/** Pages that are fetched with one request. */
const batch = 40;

type TextDocument = Pick<DocumentSummary, 'id' | 'contentHash' | 'pageCount' | 'state'>;

export interface TextPages {
  readonly pages: readonly PageText[];
  readonly error: ErrorInfo | null;
}

/** They are fetched anew when the file has other bytes, and once these are read. */
export function useTextPages({ id: documentId, contentHash, pageCount, state }: TextDocument): TextPages {
  const isBeingRead = state === 'queued' || state === 'extracting';
  const [pages, setPages] = useState<readonly PageText[]>([]);
  const [error, setError] = useState<ErrorInfo | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const load = async () => {
      setPages([]);
      setError(null);
      for (let from = 1; from <= pageCount; from += batch) {
        const to = Math.min(pageCount, from + batch - 1);
        const read = await request('library.readPages', { documentId, from, to });
        if (!isCurrent) return;
        setPages((before) => [...before, ...read]);
      }
    };
    load().catch((thrown: unknown) => isCurrent && setError(toAppError(thrown).toInfo()));
    return () => {
      isCurrent = false;
    };
  }, [documentId, contentHash, isBeingRead, pageCount]);
  return { pages, error };
}
