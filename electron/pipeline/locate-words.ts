/** Where on their pages the words of a search are, in passages that it found. */
import type { Database } from '../db/database.ts';
import type { FoundPlace, PageRange } from '../../shared/domain.ts';
import { boxesForLines, decodeLayout } from './geometry.ts';
import { findMatches } from './search-matches.ts';
import { parseSearch, type SearchPart } from './search-query.ts';
import type { StoredPage } from './stored-page.ts';

/**
 * One place for each passage that is still there, in the order asked for: its first page with a match, and the boxes of
 * all its matches (those on a page it runs over to as well), or their characters where pages have no geometry. Where none
 * is found, the passage's own boxes.
 */
export async function locateWords(
  database: Pick<Database, 'chunks' | 'pages'>,
  query: string,
  chunkIds: readonly number[],
): Promise<FoundPlace[]> {
  const parts = parseSearch(query);
  const chunks = await database.chunks.get(chunkIds);
  return Promise.all(
    chunks.map(async ({ id, documentId, page, pageEnd, ranges, boxes }) => {
      const pages = await database.pages.read(documentId, page, pageEnd);
      const matches = pages.map((stored) => ({ stored, found: wordRanges(stored, ranges, parts) }));
      const found = matches.flatMap((page) => page.found);
      const own = matches.flatMap((page) =>
        boxesForLines(decodeLayout(page.stored.geometry).lines, page.stored.number, page.found),
      );
      return {
        chunkId: id,
        page: found[0]?.page ?? page,
        boxes: found.length > 0 ? own : boxes,
        ranges: own.length > 0 ? [] : found,
      };
    }),
  );
}

function wordRanges(
  { number, text }: StoredPage,
  ranges: readonly PageRange[],
  parts: readonly SearchPart[],
): PageRange[] {
  return ranges
    .filter(({ page }) => page === number)
    .flatMap(({ start, end }) =>
      findMatches(text.slice(start, end), parts).map((match) => ({
        page: number,
        start: start + match.start,
        end: start + match.end,
      })),
    );
}
