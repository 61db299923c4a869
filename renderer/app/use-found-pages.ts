/** The pages that have what is being typed, as main finds them; for the palette and the view of results. */
import { useEffect, useState } from 'react';
import type { FoundDocuments } from '../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../shared/errors.ts';
import { newestOnly } from '../hooks/newest-only.ts';
import { request } from '../ipc/client.ts';

/** Characters that main takes. */
const longestQuery = 500;

export interface FoundPages extends FoundDocuments {
  /** What the documents were found for: behind what is typed by a moment. */
  readonly query: string;
  readonly error: ErrorInfo | null;
}

const none: FoundDocuments = { documents: [], isCut: false };
const nothing: FoundPages = { ...none, query: '', error: null };

export interface FoundLimits {
  /** Documents, and pages of each. */
  readonly limit: number;
  readonly pagesEach: number;
}

/** @param within The one document to search in; null for all. */
export function useFoundPages(
  typed: string,
  { limit, pagesEach }: FoundLimits,
  within: string | null = null,
): FoundPages {
  const [{ found, foundIn }, setFound] = useState({ found: nothing, foundIn: within });
  const [search] = useState(() =>
    newestOnly({
      ask: (wanted: { query: string; documentIds: string[] } & FoundLimits) => request('library.search', wanted),
      onAnswer: (answer, { query, documentIds: [only = null] }) =>
        setFound({ found: { ...answer, query, error: null }, foundIn: only }),
      onError: (thrown, { query, documentIds: [only = null] }) =>
        setFound({ found: { ...none, query, error: toAppError(thrown).toInfo() }, foundIn: only }),
    }),
  );
  // A space at the end tells that the last word is complete.
  const query = typed.trimStart().slice(0, longestQuery);
  useEffect(() => {
    if (query !== '') search({ query, limit, pagesEach, documentIds: within === null ? [] : [within] });
  }, [search, query, limit, pagesEach, within]);
  return query === '' || foundIn !== within ? nothing : found;
}
