/** Finding documents by a few letters, for the palette and the scope picker. Pure. */
import type { DocumentSummary } from '../../shared/domain.ts';

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Lower case without accents, so that `resume` finds `Résumé`. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}

/** Every word of the query must occur in title, author or file name. */
export function matchesQuery(document: DocumentSummary, query: string): boolean {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = fold(`${document.title} ${document.author ?? ''} ${document.fileName}`);
  return words.every((word) => text.includes(word));
}

/** Matches by title; those whose title begins with the query come first. */
export function searchDocuments(documents: readonly DocumentSummary[], query: string): readonly DocumentSummary[] {
  const start = fold(query.trim());
  const begins = (document: DocumentSummary) => (start !== '' && fold(document.title).startsWith(start) ? 0 : 1);
  return documents
    .filter((document) => matchesQuery(document, query))
    .sort((a, b) => begins(a) - begins(b) || collator.compare(a.title, b.title));
}
