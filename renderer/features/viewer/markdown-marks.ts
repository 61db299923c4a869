/** What is marked in a Markdown file: from places in its stored pages to places in the file. Pure. */
import type { PageRange } from '../../../shared/domain.ts';
import type { FoundMatches } from './find-store.ts';
import { rangeInSource, type PlacedPage } from './markdown-places.ts';
import type { PlacedMark } from './rehype-marks.ts';

/** The match that is gone to comes first, then the others, then what is cited: where they meet, the first counts. */
export function markdownMarks(
  placed: ReadonlyMap<number, PlacedPage>,
  cited: readonly PageRange[],
  { matches, current }: FoundMatches,
): readonly PlacedMark[] {
  const placeIn = (range: PageRange) => {
    const page = placed.get(range.page);
    return page ? rangeInSource(page, range) : null;
  };
  const marks = matches.flatMap((match): PlacedMark[] => {
    const range = placeIn(match);
    const isCurrent = match.page === current?.page && match.start === current.start;
    return range ? [{ ...range, mark: isCurrent ? 'current' : 'found' }] : [];
  });
  const quoted = cited.flatMap((place): PlacedMark[] => {
    const range = placeIn(place);
    return range ? [{ ...range, mark: 'citation' }] : [];
  });
  return [...marks, ...quoted];
}
