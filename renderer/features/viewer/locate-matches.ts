/** Where matches of one page stand on it, from the stored geometry. */
import type { Box } from '../../../shared/domain.ts';
import type { TextMatch } from '../../../shared/requests/viewer.ts';
import { request } from '../../ipc/client.ts';

/** The request takes no more; a page that holds more shows the first. */
const limit = 2_000;

/** One list of boxes a match; empty where the page's geometry has no word of it. */
export async function locateMatches(
  documentId: string,
  matches: readonly TextMatch[],
): Promise<readonly (readonly Box[])[]> {
  const [first] = matches;
  if (!first) return [];
  const ranges = matches.slice(0, limit).map(({ start, end }) => ({ start, end }));
  return request('viewer.locateText', { documentId, page: first.page, ranges });
}
