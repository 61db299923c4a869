/** Opens a page that a search found, its words marked; the document's other found pages are then a j or a k away. */
import type { Citation, FoundDocument } from '../../shared/domain.ts';
import { request } from '../ipc/client.ts';
import { openCitation, openPage } from './stores/workspace-store.ts';

/** What stands for the answer in the trail of a document's found pages. */
export function foundTrailId(documentId: string): string {
  return `search-${documentId}`;
}

/** Found pages to walk through, around the one that is opened: those whose words can be marked in an instant. */
const longestTrail = 40;

export async function openFound(query: string, found: FoundDocument, chunkId: number): Promise<void> {
  const { documentId, title } = found;
  const at = found.pages.findIndex((page) => page.chunkId === chunkId);
  const first = Math.max(0, at - Math.floor(longestTrail / 2));
  const pages = found.pages.slice(first, first + longestTrail);
  try {
    const places = await request('library.locateWords', { query, chunkIds: pages.map((page) => page.chunkId) });
    const citations = pages.map(({ page, snippet, ...passage }, index): Citation => {
      const place = places.find((candidate) => candidate.chunkId === passage.chunkId);
      return {
        number: first + index + 1,
        documentId,
        chunkId: passage.chunkId,
        title,
        page: place?.page ?? page,
        boxes: place?.boxes ?? [],
        ...(place && place.ranges.length > 0 ? { ranges: place.ranges } : {}),
        quote: snippet.text,
      };
    });
    openCitation(foundTrailId(documentId), citations, at + 1);
  } catch {
    // The page can be read without its marks.
    openPage(documentId, found.pages[at]?.page ?? 1);
  }
}
