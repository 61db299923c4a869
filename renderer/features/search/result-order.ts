/** The results of a search as one list for the keyboard. Pure. */
import type { FoundDocument, FoundDocuments, FoundPage } from '../../../shared/domain.ts';
import { countOf } from '../../components/format.ts';

export interface ResultRow {
  readonly document: FoundDocument;
  /** Null for the line that leads to the document's other pages. */
  readonly page: FoundPage | null;
}

/** @param pagesEach Pages of each document that were asked for. */
export function rowsOf({ documents, isCut }: FoundDocuments, pagesEach: number): readonly ResultRow[] {
  return documents.flatMap((document) => [
    ...document.pages.map((page) => ({ document, page })),
    ...(moreText(document, isCut, pagesEach) === null ? [] : [{ document, page: null }]),
  ]);
}

/** What the line says that leads to a document's other pages; null when there are none. */
export function moreText({ foundPages, pages }: FoundDocument, isCut: boolean, pagesEach: number): string | null {
  const hidden = foundPages - pages.length;
  if (hidden > 0) return `${isCut ? 'At least ' : ''}${countOf(hidden, 'more page')}`;
  return isCut && pages.length >= pagesEach ? 'Perhaps more pages' : null;
}

/** Pages as they follow one another, for a document that is looked through alone. */
export function inReadingOrder(document: FoundDocument): FoundDocument {
  return { ...document, pages: document.pages.toSorted((a, b) => a.page - b.page) };
}

/** Rows that Page Up and Page Down go. */
const leap = 8;

/** Where a key leads from a row; null when it is no key of the list. */
export function rowAfter(key: string, at: number, count: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + leap,
    PageUp: at - leap,
  };
  const next = steps[key];
  return next === undefined || count === 0 ? null : Math.max(0, Math.min(count - 1, next));
}

/** `12 pages in 3 documents`; empty without any. */
export function countText({ documents, isCut }: FoundDocuments): string {
  if (documents.length === 0) return '';
  const pages = documents.reduce((sum, { foundPages }) => sum + foundPages, 0);
  return `${isCut ? 'At least ' : ''}${countOf(pages, 'page')} in ${countOf(documents.length, 'document')}`;
}

/**
 * Why there is no more below the results; null when they are all.
 *
 * @param limit Documents that were asked for; null when one was looked through alone.
 */
export function limitText({ documents, isCut }: FoundDocuments, limit: number | null): string | null {
  const shown = documents.reduce((sum, { pages }) => sum + pages.length, 0);
  const isWhole = !isCut && documents.every(({ foundPages, pages }) => foundPages === pages.length);
  if (limit === null)
    return isWhole ? null : `These are the best ${countOf(shown, 'page')}. Add a word to find others.`;
  if (!isCut) return null;
  return documents.length >= limit
    ? `These are the first ${countOf(limit, 'document')}. Add a word to find others.`
    : 'There may be more pages. Add a word, or search in one document.';
}
