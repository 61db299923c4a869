/** The pages that have what is being typed, as main finds them; for the palette and the view of results. */
import { useEffect, useState } from 'react';
import type { FoundDocument } from '../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../shared/errors.ts';
import { newestOnly } from '../hooks/newest-only.ts';
import { request } from '../ipc/client.ts';

/** Characters that main takes. */
const longestQuery = 500;

export interface FoundPages {
  /** What the documents were found for: behind what is typed by a moment. */
  readonly query: string;
  readonly documents: readonly FoundDocument[];
  readonly error: ErrorInfo | null;
}

const nothing: FoundPages = { query: '', documents: [], error: null };

export interface FoundLimits {
  /** Documents, and pages of each. */
  readonly limit: number;
  readonly pagesEach: number;
}

export function useFoundPages(typed: string, { limit, pagesEach }: FoundLimits): FoundPages {
  const [found, setFound] = useState(nothing);
  const [search] = useState(() =>
    newestOnly({
      ask: (query: string) => request('library.search', { query, limit, pagesEach }),
      onAnswer: (documents, query) => setFound({ query, documents, error: null }),
      onError: (thrown, query) => setFound({ query, documents: [], error: toAppError(thrown).toInfo() }),
    }),
  );
  // A space at the end tells that the last word is complete.
  const query = typed.trimStart().slice(0, longestQuery);
  useEffect(() => {
    if (query !== '') search(query);
  }, [search, query]);
  return query === '' ? nothing : found;
}
