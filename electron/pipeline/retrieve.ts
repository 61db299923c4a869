/**
 * Retrieval: the passages that answer a question best, from full-text and vector search together.
 *
 * Works with either arm alone, and says so: without a vector of the question by words, and the other way round when
 * asked for.
 */
import type { Database } from '../db/database.ts';
import type { Candidate, ColumnWeights } from '../db/search-types.ts';
import type { Hit, RetrievalMode } from '../../shared/domain.ts';
import { normalise } from './embed.ts';
import { inSlices } from './in-slices.ts';
import { documentsNamed } from './query-documents.ts';
import { planSearch } from './query-plan.ts';
import { defaultFusion, fuse, merge, withoutRepeats } from './retrieve-fusion.ts';
import type { FusedCandidate, FusionWeights } from './retrieve-fusion.ts';

/** A question's vector, with the fingerprint of the embedder that made it. */
export interface QueryVector {
  readonly vector: Float32Array;
  readonly fingerprint: string;
}

export interface RetrieveOptions {
  /** Ids to search in; absent or empty: the whole library. */
  readonly documents?: readonly string[];
  /** Passages at most. */
  readonly k: number;
  /** `hybrid` when absent. */
  readonly mode?: RetrievalMode;
  /** Absent or null when the embedder cannot run: only words are then searched. */
  readonly queryVector?: QueryVector | null;
  readonly tuning?: Partial<RetrievalTuning>;
}

/** Everything that decides about order; the defaults are those of `npm run eval`. */
export interface RetrievalTuning {
  readonly weights: ColumnWeights;
  readonly fusion: FusionWeights;
  /** Candidates of each arm that are fused. */
  readonly depth: number;
  /** See TextSearch. */
  readonly maxDocumentFrequency: number;
  /**
   * Candidates by words that are looked at when the question names documents: beyond `depth`, those of the named ones
   * are taken. A second search in these documents alone would cost as much again, since bm25 counts every word in the
   * whole library each time.
   */
  readonly namedDepth: number;
  /** Documents that the question names and whose vectors are searched on their own, too; the best-named at most. */
  readonly namedDocuments: number;
  /** How much the question must point to them, of the best-named one's 1. */
  readonly leastNamed: number;
}

export const defaultTuning: RetrievalTuning = {
  weights: { context: 1, body: 1, terms: 1 },
  fusion: defaultFusion,
  depth: 100,
  maxDocumentFrequency: 0.2,
  namedDepth: 500,
  namedDocuments: 5,
  leastNamed: 0.5,
};

export interface Retrieval {
  /** Best first. */
  readonly hits: readonly Hit[];
  /** What was really done. */
  readonly mode: RetrievalMode;
  /** One sentence when not all could be used that there is, else null. */
  readonly note: string | null;
  /** The best of what was fused, with what was left out because it says the same: why the hits are what they are. */
  readonly considered: readonly FusedCandidate[];
}

export type RetrievalStore = Pick<Database, 'search' | 'chunks' | 'documents'>;

/** The vector of a question from those of its texts (`planSearch`): their mean, brought to length 1. */
export function questionVector(vectors: readonly Float32Array[]): Float32Array | null {
  const [first, ...others] = vectors;
  if (!first) return null;
  return normalise(
    Float32Array.from(first, (value, at) => others.reduce((sum, other) => sum + (other[at] ?? 0), value)),
  );
}

export async function retrieve(store: RetrievalStore, question: string, options: RetrieveOptions): Promise<Retrieval> {
  const { k, documents = [], queryVector = null } = options;
  const tuning = { ...defaultTuning, ...options.tuning };
  const wanted = options.mode ?? 'hybrid';
  const mode = queryVector ? wanted : 'text';
  const named = await namedIn(store, question, documents);
  const closest = mostNamed(named, tuning);

  const [text, vector, coverage] = await Promise.all([
    mode === 'vector' ? [] : searchText(store, question, documents, closest, tuning),
    mode === 'text' || !queryVector ? [] : searchVectors(store, queryVector, documents, closest, tuning),
    mode === 'text' ? null : store.search.coverage(documents),
  ]);
  const fused = fuse(text, vector, tuning.fusion, named);
  const considered = fused.slice(0, lookedAt * k);
  const hits = await load(store, considered, k);
  if (mode !== wanted)
    return { hits, mode, considered, note: 'Searched by words only: the embedding model is not available.' };
  if (coverage && coverage.progress.done < coverage.progress.total) {
    const { done, total } = coverage.progress;
    return {
      hits,
      mode,
      considered,
      note: `Searched ${total - done} of ${total} passages by words only: their vectors are still being made.`,
    };
  }
  return { hits, mode, considered, note: null };
}

async function searchText(
  store: RetrievalStore,
  question: string,
  documents: readonly string[],
  closest: readonly string[],
  { depth, namedDepth, weights, maxDocumentFrequency }: RetrievalTuning,
): Promise<readonly Candidate[]> {
  const { groups, related } = planSearch(question);
  const found = await store.search.text({
    groups: [...groups, ...related],
    documents,
    limit: closest.length > 0 ? namedDepth : depth,
    weights,
    maxDocumentFrequency,
  });
  let left = depth;
  return found.filter(({ documentId }, index) => index < depth || (closest.includes(documentId) && (left -= 1) >= 0));
}

async function searchVectors(
  store: RetrievalStore,
  queryVector: QueryVector,
  documents: readonly string[],
  closest: readonly string[],
  { depth: limit }: RetrievalTuning,
): Promise<readonly Candidate[]> {
  const [all, theirs] = await Promise.all([
    store.search.vectors({ ...queryVector, documents, limit }),
    closest.length > 0 ? store.search.vectors({ ...queryVector, documents: closest, limit }) : [],
  ]);
  return merge(all, theirs);
}

/** How much the question points to each document in scope; within one document that tells nothing. */
async function namedIn(
  store: RetrievalStore,
  question: string,
  documents: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (documents.length === 1) return new Map();
  const scope = new Set(documents);
  const names = await store.documents.names();
  return inSlices(documentsNamed(question, scope.size === 0 ? names : names.filter(({ id }) => scope.has(id))));
}

function mostNamed(named: ReadonlyMap<string, number>, tuning: RetrievalTuning): string[] {
  return [...named]
    .filter(([, share]) => share >= tuning.leastNamed)
    .sort((a, b) => b[1] - a[1])
    .slice(0, tuning.namedDocuments)
    .map(([id]) => id);
}

/** Candidates that are looked at for each passage wanted: some may say the same or have been deleted meanwhile. */
const lookedAt = 2;

/** Loads the best k. */
async function load(store: RetrievalStore, best: readonly FusedCandidate[], k: number): Promise<Hit[]> {
  const chunks = new Map(
    (await store.chunks.get(best.map((entry) => entry.chunkId))).map((chunk) => [chunk.id, chunk]),
  );
  const found = best.flatMap((entry) => {
    const chunk = chunks.get(entry.chunkId);
    return chunk ? [{ entry, chunk }] : [];
  });
  const kept = withoutRepeats(found, ({ chunk }) => chunk.contentHash).slice(0, k);
  const ids = [...new Set(kept.map(({ entry }) => entry.documentId))];
  const documents = new Map(
    (await Promise.all(ids.map((id) => store.documents.get(id)))).map((each) => [each?.id, each]),
  );
  return kept.map(({ entry, chunk }, index) => ({
    rank: index + 1,
    chunkId: chunk.id,
    documentId: chunk.documentId,
    title: documents.get(chunk.documentId)?.title ?? '',
    path: documents.get(chunk.documentId)?.path ?? '',
    page: chunk.page,
    headingPath: chunk.headingPath,
    text: chunk.text,
    boxes: chunk.boxes,
    score: entry.score,
    textRank: entry.textRank,
    bm25: entry.bm25,
    vectorRank: entry.vectorRank,
    cosine: entry.cosine,
  }));
}
