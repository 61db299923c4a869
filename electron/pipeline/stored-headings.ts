/** The headings of a document from its passages, each of which knows those that it stands below. Pure. */
import type { HeadingPath } from '../db/search-types.ts';
import type { StoredHeading } from '../../shared/requests/viewer.ts';

/** In reading order. What a passage shares with the one before it is the same heading, going on. */
export function storedHeadings(passages: readonly HeadingPath[]): readonly StoredHeading[] {
  let before: readonly string[] = [];
  return passages.flatMap(({ path, page }) => {
    const same = path.findIndex((title, index) => title !== before[index]);
    before = path;
    return same < 0 ? [] : path.slice(same).map((title, index) => ({ title, level: same + index + 1, page }));
  });
}
