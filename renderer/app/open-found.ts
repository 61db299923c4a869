/** Opens a page that a search found, its words marked; the document's other found pages are then a j or a k away. */
import type { Citation, FoundDocument } from '../../shared/domain.ts';
import { request } from '../ipc/client.ts';
import { openCitation, openPage } from './stores/workspace-store.ts';

/** What stands for the answer in the trail of a document's found pages. */
export function foundTrailId(documentId: string): string {
  return `search-${documentId}`;
}

export async function openFound(query: string, found: FoundDocument, chunkId: number): Promise<void> {
  const { documentId, title, pages } = found;
  const number = 1 + pages.findIndex((page) => page.chunkId === chunkId);
  try {
    const places = await request('library.locateWords', { query, chunkIds: pages.map((page) => page.chunkId) });
    const citations = pages.map(({ page, snippet, ...passage }, index): Citation => {
      const place = places.find((candidate) => candidate.chunkId === passage.chunkId);
      return {
        number: index + 1,
        documentId,
        chunkId: passage.chunkId,
        title,
        page: place?.page ?? page,
        boxes: place?.boxes ?? [],
        quote: snippet.text,
      };
    });
    openCitation(foundTrailId(documentId), citations, number);
  } catch {
    // The page can be read without its marks.
    openPage(documentId, pages[number - 1]?.page ?? 1);
  }
}
