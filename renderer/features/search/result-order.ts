/** The results of a search as one list for the keyboard. Pure. */
import type { FoundDocument, FoundPage } from '../../../shared/domain.ts';

export interface ResultRow {
  readonly document: FoundDocument;
  readonly page: FoundPage;
}

export function rowsOf(documents: readonly FoundDocument[]): readonly ResultRow[] {
  return documents.flatMap((document) => document.pages.map((page) => ({ document, page })));
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

/** `12 pages in 3 documents`, of those that were looked at. */
export function countText(documents: readonly FoundDocument[]): string {
  const pages = documents.reduce((sum, { foundPages }) => sum + foundPages, 0);
  const number = (value: number, noun: string) => `${value.toLocaleString('en')} ${noun}${value === 1 ? '' : 's'}`;
  return `${number(pages, 'page')} in ${number(documents.length, 'document')}`;
}
