/**
 * Statements of full-text search.
 */
import type { Connection } from '../connection.ts';
import type { Candidate, TermGroup, TextSearch } from '../search-types.ts';
import { isChunkOf } from './chunk-ids.ts';

/** Chunks below which common words cost so little that none is left out. */
const SMALL_LIBRARY = 5_000;
/** Remembered counts of terms. */
const MAX_REMEMBERED = 5_000;
/** Share by which a library may grow before counts of terms are taken anew. */
const COUNT_DRIFT = 0.1;

export function textSearchQueries(connection: Connection): (query: TextSearch) => Candidate[] {
  const ranked = (weights: string): string =>
    `SELECT chunk_index.rowid AS id, bm25(chunk_index, ${weights}) AS score FROM chunk_index`;
  const details = (from: string): string =>
    `SELECT chunks.id AS chunkId, documents.id AS documentId, ordinal, page, page_end AS pageEnd, score
     FROM (${from}) AS found JOIN chunks ON chunks.id = found.id JOIN documents ON documents.key = document_key
     ORDER BY score, chunks.id`;
  const searchAll = connection.prepare<[number, number, number, string, number], Candidate>(
    details(`${ranked('?, ?, ?')} WHERE chunk_index MATCH ? ORDER BY score LIMIT ?`),
  );
  // A document's chunks are one range of ids, and FTS5 skips what lies before and after it.
  const searchDocument = connection.prepare<[DocumentParameters], Candidate>(
    details(`${ranked(':context, :body, :terms')} WHERE chunk_index MATCH :match
      AND ${isChunkOf(':key', 'chunk_index.rowid')} ORDER BY score LIMIT :limit`),
  );
  const selectKeys = connection
    .prepare<[string], number>('SELECT key FROM documents WHERE id IN (SELECT value FROM json_each(?))')
    .pluck();
  const countChunks = connection.prepare<[], number>('SELECT coalesce(sum(chunk_count), 0) FROM documents').pluck();
  // Ends at the limit, so that even the commonest word costs no more than a moderately common one.
  const countMatches = connection
    .prepare<[string, number], number>(
      'SELECT count(*) FROM (SELECT 1 FROM chunk_index WHERE chunk_index MATCH ? LIMIT ?)',
    )
    .pluck();
  const remembered = new Map<string, { matches: number; chunks: number; limit: number }>();

  /** How many chunks match, counted up to the limit and remembered. */
  function matchesOf(expression: string, chunks: number, limit: number): number {
    const known = remembered.get(expression);
    const drift = known ? Math.abs(chunks - known.chunks) / known.chunks : 1;
    if (known && drift < COUNT_DRIFT && (known.limit === limit || known.matches < known.limit)) return known.matches;
    const matches = countMatches.get(expression, limit) ?? 0;
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(expression, { matches, chunks, limit });
    return matches;
  }

  function withoutCommon(expressions: readonly string[], maxDocumentFrequency: number): readonly string[] {
    if (maxDocumentFrequency >= 1 || expressions.length < 2) return expressions;
    const chunks = countChunks.get() ?? 0;
    if (chunks < SMALL_LIBRARY) return expressions;
    // Limits in steps, so that counts stay comparable while the library grows a little.
    const limit = Math.ceil((chunks * maxDocumentFrequency) / 1_000) * 1_000;
    const telling = expressions.filter((expression) => {
      const matches = matchesOf(expression, chunks, limit);
      return matches > 0 && matches < limit;
    });
    return telling.length > 0 ? telling : expressions;
  }

  return ({ groups, documents, limit, weights, maxDocumentFrequency }) => {
    const expressions = groups.map(toExpression).filter((expression) => expression !== '');
    if (expressions.length === 0 || limit <= 0) return [];
    const { context, body, terms } = weights;
    if (documents.length === 0) {
      const match = withoutCommon(expressions, maxDocumentFrequency).join(' OR ');
      return searchAll.all(context, body, terms, match, limit);
    }
    const match = expressions.join(' OR ');
    const keys = selectKeys.all(JSON.stringify(documents));
    const found = keys.flatMap((key) => searchDocument.all({ key, context, body, terms, match, limit }));
    return found.sort((a, b) => a.score - b.score || a.chunkId - b.chunkId).slice(0, limit);
  };
}

interface DocumentParameters {
  readonly key: number;
  readonly context: number;
  readonly body: number;
  readonly terms: number;
  readonly match: string;
  readonly limit: number;
}

/** An FTS5 expression of quoted strings alone, in which nothing that was typed can be syntax; empty for no words. */
export function toExpression(group: TermGroup): string {
  const quoted = group.terms
    .map((term) => term.replaceAll('\0', ' ').trim())
    .filter((term) => /[\p{L}\p{N}]/u.test(term))
    .map((term) => `"${term.replaceAll('"', '""')}"`);
  return quoted.length > 1 ? `(${quoted.join(' OR ')})` : (quoted[0] ?? '');
}
