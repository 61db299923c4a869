/**
 * Search as one types: the pages that have the words, by document. Every way through here is bounded, however common the
 * words are and however short the one that is being typed: FTS5 reads the whole list of each term that it ranks, and
 * gathers the lists of all terms of a prefix before it gives the first row.
 */
import { asRead } from '../../pipeline/markdown-marks.ts';
import { findMatches, mayHave, snippetOf } from '../../pipeline/search-matches.ts';
import { parseSearch, searchExpression, type SearchPart } from '../../pipeline/search-query.ts';
import { rangesInChunk } from '../../pipeline/chunk-text.ts';
import type { FoundDocument, FoundDocuments, FoundPage, PageRange } from '../../../shared/domain.ts';
import type { Connection } from '../connection.ts';
import type { PageSearch } from '../search-types.ts';
import { chunkId } from './chunk-ids.ts';

/** Chunks below which nothing is common enough to be slow. */
const SMALL_LIBRARY = 5_000;
/** Passages that are ranked and looked at. */
const CANDIDATES = 200;
/** Passages from which on a word is common: it is then looked for in the candidates instead of the index. */
const COMMON = 8_000;
/** Candidates with everything, from which on no wider search is made. */
const ENOUGH = 10;
/** Passages of a document that are looked at when a common beginning is searched for, spread over it. */
const LOOKS = 24;
/** All looks (in a document that is searched alone too), and those of which one in twenty must have succeeded. */
const MOST_LOOKS = 1_200;
const FIRST_LOOKS = 240;
const LEAST_SHARE = 0.05;
/** Letters from which on a word that nothing begins with is tried by a shorter beginning: stems end earlier than words. */
const SHORTENED_FROM = 5;
const MOST_COUNTS = 5_000;
/** Share by which a library may grow before counts of words are taken anew. */
const COUNT_DRIFT = 0.1;

interface Passage {
  readonly id: number;
  readonly documentKey: number;
  readonly page: number;
  readonly pageEnd: number;
  readonly ranges: string;
  readonly text: string;
}

interface Passages {
  readonly passages: readonly Passage[];
  /** There may be more of them. */
  readonly isCut: boolean;
}

interface Filter {
  /** JSON array of document keys; null for the whole library. */
  readonly keys: string | null;
}

export function pageSearchQueries(connection: Connection): (search: PageSearch) => FoundDocuments {
  const columns = `chunks.id, document_key AS documentKey, page, page_end AS pageEnd, ranges, text`;
  const isInScope = '(:keys IS NULL OR (chunk_index.rowid >> 20) IN (SELECT value FROM json_each(:keys)))';
  // Ids first: a passage's row is read only when it is among the best.
  const ranked = connection.prepare<[Filter & { match: string; limit: number }], Passage>(
    `SELECT ${columns} FROM (
       SELECT chunk_index.rowid AS id, rank FROM chunk_index WHERE chunk_index MATCH :match AND ${isInScope}
       ORDER BY rank LIMIT :limit
     ) AS found JOIN chunks ON chunks.id = found.id ORDER BY found.rank, chunks.id`,
  );
  const newest = connection.prepare<[Filter & { match: string; limit: number }], Passage>(
    `SELECT ${columns} FROM (
       SELECT chunk_index.rowid AS id FROM chunk_index WHERE chunk_index MATCH :match AND ${isInScope}
       ORDER BY chunk_index.rowid DESC LIMIT :limit
     ) AS found JOIN chunks ON chunks.id = found.id ORDER BY chunks.id DESC`,
  );
  const countMatches = connection
    .prepare<[string, number], number>(
      'SELECT count(*) FROM (SELECT 1 FROM chunk_index WHERE chunk_index MATCH ? LIMIT ?)',
    )
    .pluck();
  const countChunks = connection.prepare<[], number>('SELECT coalesce(sum(chunk_count), 0) FROM documents').pluck();
  const selectKeys = connection
    .prepare<[string], number>('SELECT key FROM documents WHERE id IN (SELECT value FROM json_each(?))')
    .pluck();
  const searchable = connection.prepare<[Filter], { key: number; chunks: number }>(
    `SELECT key, chunk_count AS chunks FROM documents
     WHERE searchable = 1 AND chunk_count > 0 AND (:keys IS NULL OR key IN (SELECT value FROM json_each(:keys)))
     ORDER BY added_at DESC, key DESC LIMIT ${MOST_LOOKS}`,
  );
  const passageAt = connection.prepare<[number, number], Passage>(
    `SELECT ${columns} FROM chunks WHERE chunks.id = ${chunkId('?', '?')}`,
  );
  const describe = connection.prepare<[number], { documentId: string; title: string; pageCount: number; path: string }>(
    'SELECT id AS documentId, title, page_count AS pageCount, path FROM documents WHERE key = ?',
  );
  const pageText = connection
    .prepare<[number, number], string>('SELECT text FROM pages WHERE document_key = ? AND number = ?')
    .pluck();
  const counts = new Map<string, { readonly matches: number; readonly chunks: number }>();

  /** Passages that have the part, counted up to `COMMON`. */
  function countOf(part: SearchPart, chunks: number): number {
    const expression = searchExpression([{ ...part, prefix: false }]);
    const known = counts.get(expression);
    if (known && Math.abs(chunks - known.chunks) <= COUNT_DRIFT * known.chunks) return known.matches;
    const matches = countMatches.get(expression, COMMON) ?? 0;
    if (counts.size >= MOST_COUNTS) counts.clear();
    counts.set(expression, { matches, chunks });
    return matches;
  }

  function byRank(parts: readonly SearchPart[], filter: Filter): Passages {
    return upToLimit(ranked.all({ ...filter, match: searchExpression(parts), limit: CANDIDATES }));
  }

  function byAge(parts: readonly SearchPart[], filter: Filter): Passages {
    return upToLimit(newest.all({ ...filter, match: searchExpression(parts), limit: CANDIDATES }));
  }

  /** Passages with all of these whole words, the best first; the newest first when every word is a common one. */
  function withWords(parts: readonly SearchPart[], filter: Filter, chunks: number): Passages {
    const rare = parts.filter((part) => countOf(part, chunks) < COMMON);
    if (rare.length === parts.length) return byRank(parts, filter);
    if (rare.length === 0) return byAge(parts, filter);
    const kept = having(
      byRank(rare, filter),
      parts.filter((part) => !rare.includes(part)),
    );
    return kept.passages.length >= ENOUGH || !kept.isCut ? kept : byAge(parts, filter);
  }

  /** Looks into passages spread over the newest documents; null when too few have the beginning of a word. */
  function look(part: SearchPart, filter: Filter, search: PageSearch): Passages | null {
    const has = mayHave(part);
    const found: Passage[] = [];
    const looksEach = search.documents.length === 1 ? MOST_LOOKS : LOOKS;
    let [looks, documents, isCut] = [0, 0, false];
    for (const { key, chunks } of searchable.iterate(filter)) {
      isCut ||= looks > MOST_LOOKS || documents >= search.limit;
      if (looks > MOST_LOOKS || documents >= search.limit) break;
      let own = 0;
      const step = Math.max(1, Math.floor(chunks / looksEach));
      for (let at = 0; at < chunks && at < step * looksEach && own < search.pagesEach; at += step) {
        looks += 1;
        const passage = passageAt.get(key, at);
        if (!passage || !has(passage.text)) continue;
        own += 1;
        found.push(passage);
      }
      if (own > 0) documents += 1;
      isCut ||= chunks > looksEach || own >= search.pagesEach;
      if (looks > FIRST_LOOKS && found.length < looks * LEAST_SHARE) return null;
    }
    return found.length >= ENOUGH ? { passages: found, isCut } : null;
  }

  /** Passages with a word that begins like this. */
  function withBeginning(part: SearchPart, filter: Filter, search: PageSearch, chunks: number): Passages {
    const [word = ''] = part.words;
    const isLarge = chunks >= SMALL_LIBRARY;
    // A whole word that is neither common nor unknown is what is meant, and is ranked.
    const whole = isLarge ? countOf(part, chunks) : 0;
    const exact = whole > 0 && whole < COMMON ? byRank([{ ...part, prefix: false }], filter).passages : [];
    if (exact.length >= CANDIDATES / 2) return { passages: exact, isCut: true };
    const looked = isLarge ? look(part, filter, search) : null;
    const found = looked ?? byRank([part], filter);
    if (looked || found.passages.length > 0 || word.length < SHORTENED_FROM)
      return { passages: [...exact, ...found.passages], isCut: found.isCut };
    const shorter = { ...part, words: [word.slice(0, Math.max(3, Math.floor(word.length * 0.55)))] };
    return having(byAge([shorter], filter), [part]);
  }

  function candidates(parts: readonly SearchPart[], filter: Filter, search: PageSearch): Passages {
    const chunks = countChunks.get() ?? 0;
    const last = parts.at(-1);
    if (!last?.prefix) return withWords(parts, filter, chunks);
    const whole = parts.slice(0, -1);
    // The whole words of a phrase whose last word is being typed.
    if (last.words.length > 1) whole.push({ words: last.words.slice(0, -1), prefix: false });
    if (whole.length === 0) return withBeginning(last, filter, search, chunks);
    const found = withWords(whole, filter, chunks);
    const kept = having(found, [last]);
    if (kept.passages.length >= ENOUGH || found.passages.length < CANDIDATES) return kept;
    // The whole words are common ones, or the last one is rare beside them: it leads, then.
    const led = having(withBeginning({ ...last, words: last.words.slice(-1) }, filter, search, chunks), [
      ...whole,
      ...(last.words.length === 1 ? [] : [last]),
    ]);
    const count = led.passages.length;
    if (count >= ENOUGH || (count > 0 && kept.passages.length === 0)) return led;
    return byAge(parts, filter);
  }

  /** The page on which a passage that runs over a page's end first has what was searched for. */
  function pageOf(passage: Passage, parts: readonly SearchPart[]): number {
    if (passage.page === passage.pageEnd) return passage.page;
    const [first] = findMatches(passage.text, parts);
    if (!first) return passage.page;
    const textOf = (page: number): string => pageText.get(passage.documentKey, page) ?? '';
    const [range] = rangesInChunk(textOf, JSON.parse(passage.ranges) as PageRange[], first.start, first.end);
    return range?.page ?? passage.page;
  }

  return (search) => {
    const parts = parseSearch(search.text);
    if (parts.length === 0 || search.limit <= 0) return { documents: [], isCut: false };
    const keys =
      search.documents.length === 0 ? null : JSON.stringify(selectKeys.all(JSON.stringify(search.documents)));
    const byDocument = new Map<number, Passage[]>();
    const { passages, isCut } = candidates(parts, { keys }, search);
    for (const passage of passages) {
      const own = byDocument.get(passage.documentKey);
      if (own) own.push(passage);
      else byDocument.set(passage.documentKey, [passage]);
    }
    const documents = [...byDocument].slice(0, search.limit).flatMap(([key, own]): FoundDocument[] => {
      const document = describe.get(key);
      if (!document) return [];
      const { path, ...named } = document;
      return [{ ...named, ...foundPages(own, search.pagesEach, parts, pageOf, path) }];
    });
    return { documents, isCut: isCut || byDocument.size > search.limit };
  };
}

function upToLimit(passages: readonly Passage[]): Passages {
  return { passages, isCut: passages.length >= CANDIDATES };
}

/** Those that have all of these parts as well. */
function having({ passages, isCut }: Passages, parts: readonly SearchPart[]): Passages {
  const tests = parts.map(mayHave);
  return { passages: passages.filter(({ text }) => tests.every((test) => test(text))), isCut };
}

/** The best pages of a document, each once. */
function foundPages(
  passages: readonly Passage[],
  limit: number,
  parts: readonly SearchPart[],
  pageOf: (passage: Passage, parts: readonly SearchPart[]) => number,
  path: string,
): { readonly pages: FoundPage[]; readonly foundPages: number } {
  const best = new Map<number, Passage>();
  for (const passage of passages) {
    const page = pageOf(passage, parts);
    if (!best.has(page)) best.set(page, passage);
  }
  const pages = [...best].slice(0, limit).map(([page, { id, text }]): FoundPage => ({
    page,
    chunkId: id,
    snippet: snippetOf(asRead(text, path), parts),
  }));
  return { pages, foundPages: best.size };
}
