/** Citation marks (`[3]`, `[1, 2]`, `[1][2]`) in an answer's text. Pure. */

export type CitationPiece =
  | { readonly kind: 'text'; readonly text: string; readonly start: number }
  | { readonly kind: 'citation'; readonly number: number; readonly start: number };

/** At most three digits: `[2022]` is a year in brackets, not a source. */
const mark = /\s*\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]/g;

/** Cuts text at its marks. White space before a mark goes with it, so that a dropped one leaves no gap. */
export function splitCitations(text: string): readonly CitationPiece[] {
  const pieces: CitationPiece[] = [];
  let at = 0;
  for (const match of text.matchAll(mark)) {
    if (match.index > at) pieces.push({ kind: 'text', text: text.slice(at, match.index), start: at });
    const start = match.index + match[0].indexOf('[');
    for (const number of (match[1] ?? '').split(/[,;]/))
      pieces.push({ kind: 'citation', number: Number(number), start });
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at), start: at });
  return pieces;
}

/** Holds back a mark that is still being written (`… fell 9 % [1`), so that no bare bracket flashes by. */
export function withoutOpenMark(text: string): string {
  return text.replace(/\s*\[\d{0,3}(?:\s*[,;]\s*\d{0,3})*$/, '');
}

/** The answer as plain text for the clipboard, its sources listed below by the numbers that occur in it. */
export function textForClipboard(
  text: string,
  citations: readonly { readonly number: number; readonly title: string; readonly page: number }[],
): string {
  const known = new Map(citations.map((citation) => [citation.number, citation]));
  const used = new Set<number>();
  const body = splitCitations(text)
    .map((piece) => {
      if (piece.kind === 'text') return piece.text;
      if (!known.has(piece.number)) return '';
      used.add(piece.number);
      return ` [${piece.number}]`;
    })
    .join('')
    .trim();
  const sources = citations
    .filter((citation) => used.has(citation.number))
    .map((citation) => `[${citation.number}] ${citation.title}, p. ${citation.page}`);
  return sources.length === 0 ? body : `${body}\n\n${sources.join('\n')}`;
}
