/**
 * Chunks, vectors and searches, as they cross into and out of the database worker.
 */
import type { Box, FoundDocuments, PageRange, Progress } from '../../shared/domain.ts';

/** A passage as chunking makes it. */
export interface NewChunk {
  /** Position in the document, from 0, without gaps. */
  readonly ordinal: number;
  /** First and last page, from 1. */
  readonly page: number;
  readonly pageEnd: number;
  readonly ranges: readonly PageRange[];
  readonly text: string;
  /** Title, company, period and heading path: indexed and embedded with the text, not shown as part of it. */
  readonly contextText: string;
  /** Further index terms, space separated: acronyms, names of financial statements (`indexTerms`, `statementTerms`). */
  readonly searchTerms: string;
  readonly headingPath: readonly string[];
  readonly boxes: readonly Box[];
  readonly tokenCount: number;
  /** SHA-256, hex, of what is embedded (context and text): equal hashes share one vector. */
  readonly contentHash: string;
}

export interface StoredChunk extends NewChunk {
  readonly id: number;
  readonly documentId: string;
}

/** The headings above a chunk, from the outermost in, and the page that it begins on. */
export interface HeadingPath {
  readonly path: readonly string[];
  readonly page: number;
}

export interface ChunkStore {
  /** Removes all chunks of a document before it is chunked (anew); it is not searchable until `finish`. */
  begin(documentId: string): Promise<void>;
  /** Stores a slice (chunk rows and full-text rows) in one transaction. Slices of up to 600 keep it under 50 ms. */
  append(documentId: string, chunks: readonly NewChunk[], progress?: Progress): Promise<void>;
  /** All slices are stored: the document is searchable by text, its state becomes `embedding`. */
  finish(documentId: string): Promise<Progress>;
  /** By id, in the order asked for; ids that do not exist are left out. */
  get(ids: readonly number[]): Promise<StoredChunk[]>;
  /** Chunks with ordinals `from` to `to`, both inclusive. */
  range(documentId: string, from: number, to: number): Promise<StoredChunk[]>;
  /** Of all chunks, in their order. */
  headingPaths(documentId: string): Promise<HeadingPath[]>;
}

export interface EmbedderIdentity {
  /** Changes whenever the same text would give another vector: kind, model, revision, dimensions, pooling. */
  readonly fingerprint: string;
  readonly kind: 'built-in' | 'openai' | 'compatible';
  readonly model: string;
  readonly dimensions: number;
}

export interface StoredEmbedder extends EmbedderIdentity {
  /** True for the one whose vectors are searched. */
  readonly active: boolean;
}

/** What an embedder has no vectors for yet. */
export interface OutstandingTexts {
  /** Each text once, in however many chunks it is. */
  readonly texts: number;
  /** Of the built-in model's kind; others count about as many. */
  readonly tokens: number;
}

export interface EmbedderStore {
  /** Makes it known; it becomes active when no other is. */
  register(embedder: EmbedderIdentity): Promise<StoredEmbedder>;
  list(): Promise<StoredEmbedder[]>;
  active(): Promise<StoredEmbedder | null>;
  outstanding(fingerprint: string): Promise<OutstandingTexts>;
  /** Searches its vectors from now on. With `dropOthers` the other sets are removed, and their space given back. */
  activate(fingerprint: string, options?: { readonly dropOthers?: boolean }): Promise<void>;
}

/** A text that has no vector yet. */
export interface PendingText {
  readonly contentHash: string;
  readonly contextText: string;
  readonly text: string;
  readonly tokenCount: number;
}

export interface NewVector {
  readonly contentHash: string;
  /** Brought to length 1 by the store. */
  readonly vector: Float32Array;
}

export interface VectorStore {
  /** The next texts of a document that lack a vector, in reading order, each hash once. */
  pending(documentId: string, fingerprint: string, limit: number): Promise<PendingText[]>;
  /**
   * Stores vectors in one transaction and answers with the document's progress (chunks with a vector, of all); the
   * document's own progress is set to it when it is in state `embedding` and the embedder is the active one.
   */
  put(documentId: string, fingerprint: string, vectors: readonly NewVector[]): Promise<Progress>;
  /** Chunks with a vector, of all: of one document, or of the library without an id. */
  progress(fingerprint: string, documentId?: string): Promise<Progress>;
  /** The active embedder's vectors of chunks, in the order asked for; null where none is stored. */
  read(chunkIds: readonly number[]): Promise<(Float32Array | null)[]>;
  /** Ids of searchable documents that lack vectors for this embedder, oldest first. */
  documentsLacking(fingerprint: string): Promise<string[]>;
}

/** Terms that mean the same; a chunk that has any of them matches the group. */
export interface TermGroup {
  /** Each a word or a phrase of plain words; quoted by the store, so that nothing in it is query syntax. */
  readonly terms: readonly string[];
}

/** Weights of the full-text columns in bm25. */
export interface ColumnWeights {
  readonly context: number;
  readonly body: number;
  readonly terms: number;
}

export interface TextSearch {
  readonly groups: readonly TermGroup[];
  /** Ids to search in; empty means the whole library. */
  readonly documents: readonly string[];
  readonly limit: number;
  readonly weights: ColumnWeights;
  /**
   * Groups that match more than this share of all chunks are left out (costliest and least telling), unless only such
   * ones are given. 1 keeps all.
   */
  readonly maxDocumentFrequency: number;
}

/** Search as one types; see queries/search-pages.ts. */
export interface PageSearch {
  /** As typed: all words must occur, quotes make phrases, the last word may go on. */
  readonly text: string;
  /** Ids to search in; empty means the whole library. */
  readonly documents: readonly string[];
  /** Documents to find at most, and pages of each. */
  readonly limit: number;
  readonly pagesEach: number;
}

export interface VectorSearch {
  readonly vector: Float32Array;
  /** Must be the fingerprint of the embedder that made `vector`; a set that is not stored finds nothing. */
  readonly fingerprint: string;
  /** Ids to search in; empty means the whole library. */
  readonly documents: readonly string[];
  readonly limit: number;
}

/** A chunk that one arm found, without its text. */
export interface Candidate {
  readonly chunkId: number;
  readonly documentId: string;
  readonly ordinal: number;
  readonly page: number;
  readonly pageEnd: number;
  /** bm25 as FTS5 gives it (lower is better), or the cosine (higher is better). */
  readonly score: number;
}

export interface SearchStore {
  text(query: TextSearch): Promise<Candidate[]>;
  /** Documents whose pages have all words, the best first. */
  pages(search: PageSearch): Promise<FoundDocuments>;
  vectors(query: VectorSearch): Promise<Candidate[]>;
  /** Loads what the first vector search of a whole library would have to load. */
  warm(): Promise<void>;
  /** How far the vectors of the active embedder are, for these documents (empty: all). Null without an embedder. */
  coverage(documents: readonly string[]): Promise<{ fingerprint: string; progress: Progress } | null>;
}
