/** Which documents show, in which order. Pure. */
import type { DocumentState, DocumentSummary } from '../../../shared/domain.ts';
import { matchesQuery } from '../../app/document-search.ts';

export const sortKeys = ['added', 'title', 'author', 'pages', 'state'] as const;
export type SortKey = (typeof sortKeys)[number];

export interface SortOrder {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** Newest first, A to Z, longest first, what needs attention first: the direction people mean. */
export const naturalDescending: Record<SortKey, boolean> = {
  added: true,
  title: false,
  author: false,
  pages: true,
  state: false,
};

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const stateRank: Record<DocumentState, number> = {
  failed: 0,
  extracting: 1,
  chunking: 2,
  embedding: 3,
  queued: 4,
  ready: 5,
};

function compare(a: DocumentSummary, b: DocumentSummary, key: SortKey): number {
  switch (key) {
    case 'added':
      return a.addedAt - b.addedAt;
    case 'title':
      return collator.compare(a.title, b.title);
    case 'author':
      return collator.compare(a.author ?? '', b.author ?? '');
    case 'pages':
      return a.pageCount - b.pageCount;
    case 'state':
      return stateRank[a.state] - stateRank[b.state];
  }
}

/** Sorted copy; ties go by title, then id, so that the order never jitters. Documents without an author come last. */
export function sortDocuments(documents: readonly DocumentSummary[], order: SortOrder): readonly DocumentSummary[] {
  const sign = order.descending ? -1 : 1;
  return [...documents].sort((a, b) => {
    if (order.key === 'author' && (a.author === null) !== (b.author === null)) return a.author === null ? 1 : -1;
    return (
      sign * compare(a, b, order.key) || collator.compare(a.title, b.title) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
    );
  });
}

export interface LibraryQuery {
  /** Whether a document is in the section that shows. */
  readonly isMember: (document: DocumentSummary) => boolean;
  readonly query: string;
  readonly sort: SortOrder;
}

export function visibleDocuments(
  documents: Iterable<DocumentSummary>,
  { isMember, query, sort }: LibraryQuery,
): readonly DocumentSummary[] {
  const kept = [...documents].filter((document) => isMember(document) && matchesQuery(document, query));
  return sortDocuments(kept, sort);
}
