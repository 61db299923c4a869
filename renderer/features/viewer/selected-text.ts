/** Selected text as a quote: one line of reading text, and where it stands. Pure. */

export interface SelectedText {
  readonly text: string;
  readonly firstPage: number;
  readonly lastPage: number;
}

/** Lines become one; a word that a line's end cut becomes whole; soft hyphens go. */
export function quoteText(selected: string): string {
  return selected
    .replace(/\u00ad(?:\s*\n\s*)?/g, '')
    .replace(/(\p{Ll})[-\u2010]\s*\n\s*(?=\p{Ll})/gu, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** `p. 4`, `pp. 4–5`. */
export function pagesText(firstPage: number, lastPage: number): string {
  return firstPage === lastPage ? `p. ${firstPage}` : `pp. ${firstPage}–${lastPage}`;
}

/** The quote with the place it comes from, as it is pasted elsewhere. */
export function citedText({ text, firstPage, lastPage }: SelectedText, title: string): string {
  return `“${text}” (${title}, ${pagesText(firstPage, lastPage)})`;
}
