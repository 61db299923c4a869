/**
 * Searches by words and by vectors, and how far the vectors are.
 */
import type { Progress } from '../../../shared/domain.ts';
import type { Connection } from '../connection.ts';
import type { SearchStore } from '../search-types.ts';
import { VectorSearcher } from '../vectors/vector-search.ts';
import type { EmbedderQueries } from './embedders.ts';
import { pageSearchQueries } from './search-pages.ts';
import { textSearchQueries } from './search-text.ts';
import { vectorRowQueries } from './vector-rows.ts';

export type SearchQueries = SearchStore & {
  /** Drops what is held in memory for searching. */
  release(): void;
};

export function searchQueries(connection: Connection, embedders: EmbedderQueries): SearchQueries {
  const searchText = textSearchQueries(connection);
  const searchPages = pageSearchQueries(connection);
  const searcher = new VectorSearcher(vectorRowQueries(connection), embedders);
  const coverage = connection.prepare<[{ ids: string }], Progress>(
    `SELECT coalesce(sum(embedded_chunks), 0) AS done, coalesce(sum(chunk_count), 0) AS total FROM documents
     WHERE :ids = '[]' OR id IN (SELECT value FROM json_each(:ids))`,
  );
  return {
    text: async (query) => searchText(query),
    pages: async (search) => searchPages(search),
    vectors: (query) => searcher.search(query),
    warm: () => searcher.warm(),
    async coverage(documents) {
      const embedder = embedders.active();
      if (!embedder) return null;
      const progress = coverage.get({ ids: JSON.stringify(documents) }) ?? { done: 0, total: 0 };
      return { fingerprint: embedder.fingerprint, progress };
    },
    release: () => searcher.release(),
  };
}
