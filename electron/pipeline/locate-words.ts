/** Where on their pages the words of a search are, in passages that it found. */
import type { Database } from '../db/database.ts';
import type { FoundPlace } from '../../shared/domain.ts';
import { boxesForLines, decodeLayout } from './geometry.ts';
import { findMatches } from './search-matches.ts';
import { parseSearch, type SearchPart } from './search-query.ts';
import type { StoredPage } from './stored-page.ts';

/** A piece of a page's text. */
interface Piece {
  readonly page: number;
  readonly start: number;
  readonly end: number;
}

/**
 * One place for each passage that is still there, in the order asked for: its first page with a match, and the boxes of
 * all its matches (those on a page it runs over to as well). Where none is found, the passage's own boxes.
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
      const found = pages.flatMap((stored) => wordBoxes(stored, ranges, parts));
      const [first] = found;
      return { chunkId: id, page: first?.page ?? page, boxes: first ? found : boxes };
    }),
  );
}

function wordBoxes(stored: StoredPage, ranges: readonly Piece[], parts: readonly SearchPart[]): FoundPlace['boxes'] {
  const own = ranges.filter(({ page }) => page === stored.number);
  const matches = own.flatMap(({ start, end }) =>
    findMatches(stored.text.slice(start, end), parts).map((match) => ({
      start: start + match.start,
      end: start + match.end,
    })),
  );
  return boxesForLines(decodeLayout(stored.geometry).lines, stored.number, matches);
}
