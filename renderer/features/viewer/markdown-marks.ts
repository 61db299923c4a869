/** What is marked in a Markdown file: from places in its stored pages to places in the file. Pure. */
import type { Citation } from '../../../shared/domain.ts';
import type { FoundMatches } from './find-store.ts';
import { locateQuote } from './locate-quote.ts';
import { rangeInSource, type PlacedPage } from './markdown-places.ts';
import type { PlacedMark } from './rehype-marks.ts';

/** The match that is gone to comes first, then the others, then the citation: where they meet, the first counts. */
export function markdownMarks(
  placed: ReadonlyMap<number, PlacedPage>,
  citation: Citation | null,
  { matches, current }: FoundMatches,
): readonly PlacedMark[] {
  const marks = matches.flatMap((match): PlacedMark[] => {
    const page = placed.get(match.page);
    const range = page ? rangeInSource(page, match) : null;
    const isCurrent = match.page === current?.page && match.start === current.start;
    return range ? [{ ...range, mark: isCurrent ? 'current' : 'found' }] : [];
  });
  const cited = citation === null ? undefined : placed.get(citation.page);
  const quote = cited && citation ? locateQuote(cited.text, citation.quote) : null;
  const range = cited && quote ? rangeInSource(cited, quote) : null;
  return range ? [...marks, { ...range, mark: 'citation' }] : marks;
}
