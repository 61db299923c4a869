/** The stored pages of a document's text, fetched in slices around what is read. */
import { useEffect, useRef, useState } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { PageText } from '../../../shared/requests/library.ts';
import { request } from '../../ipc/client.ts';
import { PageWindows } from './page-windows.ts';

type TextDocument = Pick<DocumentSummary, 'id' | 'contentHash' | 'pageCount' | 'textPages' | 'state'>;

export interface TextPages {
  /** By number, as far as they came; without text where none is stored. */
  readonly pages: ReadonlyMap<number, PageText>;
  readonly error: ErrorInfo | null;
}

const none: TextPages = { pages: new Map(), error: null };

/**
 * They are fetched anew when the file has other bytes, and once these are read.
 *
 * @param near The pages that are read, that one which matters most first; null for all. The same array for the same pages.
 */
export function useTextPages(document: TextDocument, near: readonly number[] | null): TextPages {
  const { id: documentId, contentHash, pageCount, textPages, state } = document;
  const isBeingRead = state === 'queued' || state === 'extracting';
  // Text that sync brings comes after the pages were counted.
  const key = `${documentId} ${contentHash} ${String(isBeingRead)} ${pageCount} ${textPages}`;
  const [loaded, setLoaded] = useState({ ...none, key });
  const windows = useRef<PageWindows | null>(null);
  useEffect(() => {
    const add = (pages: readonly PageText[], error: ErrorInfo | null) =>
      setLoaded((last) => ({
        key,
        error,
        pages: new Map([...(last.key === key ? last.pages : []), ...pages.map((page) => [page.number, page] as const)]),
      }));
    const own = new PageWindows({
      pageCount,
      read: (from, to) => request('library.readPages', { documentId, from, to }),
      onPages: (pages) => add(pages, null),
      onError: (thrown) => add([], toAppError(thrown).toInfo()),
    });
    windows.current = own;
    return () => own.end();
  }, [documentId, pageCount, key]);
  useEffect(() => windows.current?.want(near), [near, key]);
  return loaded.key === key ? loaded : none;
}
