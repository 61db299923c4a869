/**
 * What the answer stage takes and what it needs of others.
 */
import type { Box, Hit, MessageRole, PageRange, RetrievalMode } from '../../shared/domain.ts';
import type { TraceRecorder } from './answer-trace.ts';
import type { ChatModel } from './ports/chat-model.ts';
import type { Embedder } from './ports/embedder.ts';
import type { SentenceChecker } from './ports/sentence-checker.ts';
import type { WidenedHit } from './retrieve-widen.ts';

/** An earlier message of the conversation, oldest first in lists. */
export interface HistoryMessage {
  readonly role: MessageRole;
  readonly text: string;
}

export interface RetrievalOptions {
  /** Ids to search in; empty means the whole library. */
  readonly documentIds: readonly string[];
  /** Passages at most. */
  readonly k: number;
  readonly signal?: AbortSignal;
}

/** A passage that retrieval looked at, with its place in each arm. */
export type Considered = Pick<
  Hit,
  'chunkId' | 'documentId' | 'page' | 'score' | 'textRank' | 'bm25' | 'vectorRank' | 'cosine'
>;

export interface Retrieved {
  /** Best first. */
  readonly hits: readonly Hit[];
  readonly mode: RetrievalMode;
  /** One sentence when retrieval could not use all it has, else null. */
  readonly note: string | null;
  /** All that were weighed against each other, best first; the hits where it is absent. */
  readonly considered?: readonly Considered[];
}

export type Retrieve = (question: string, options: RetrievalOptions) => Promise<Retrieved>;

/** A place on pages: by its boxes, or by its characters where pages have no geometry. */
export interface QuotePlace {
  readonly boxes: readonly Box[];
  /** Empty where there are boxes. */
  readonly ranges: readonly PageRange[];
}

/** The place of the characters `start` (inclusive) to `end` (exclusive) of a hit's text. */
export type Locate = (hit: Hit, start: number, end: number) => QuotePlace | Promise<QuotePlace>;

export interface AnswerRequest {
  readonly question: string;
  /** The conversation before the question. */
  readonly history: readonly HistoryMessage[];
  /** Documents to ask; empty means the whole library. */
  readonly documentIds: readonly string[];
  /** What “I found nothing about this in …” ends with: `your documents`, `“Annual report”`, `these 3 documents`. */
  readonly scopeName: string;
  readonly signal?: AbortSignal;
  /** Told how the answer is made. */
  readonly trace?: TraceRecorder;
}

export interface AnswerPorts {
  readonly retrieve: Retrieve;
  /** Whether a page's text was recognised with little certainty; a citation of it says so. */
  readonly isDoubtful?: (documentId: string, page: number) => Promise<boolean>;
  /** Places a quote more exactly than its passage; the passage's own boxes are taken without it. */
  readonly locate?: Locate;
  /** Adds the neighbours of passages as far as a token budget goes, for a model to read; they stand alone without it. */
  readonly widen?: (hits: readonly Hit[], tokenBudget: number) => Promise<readonly WidenedHit[]>;
  /** Adds the other passages of the best pages, for sentences and rows to be chosen from. */
  readonly withPages?: (hits: readonly Hit[]) => Promise<readonly Hit[]>;
  /** Who writes; null answers with the documents' own sentences. */
  readonly chatModel: ChatModel | null;
  /** Helps to choose sentences when it runs on this computer; null chooses by words alone. */
  readonly embedder: Embedder | null;
  /** Checks the sentences against their passages; their words alone are compared without it. */
  readonly checker?: SentenceChecker;
}

/** A hit with its neighbours, as a model reads it: one numbered passage of one or more chunks in reading order. */
export interface Passage {
  readonly hit: Hit;
  readonly parts: readonly Hit[];
}

/** A range of a hit's text that supports what is said. */
export interface Quote {
  readonly hit: Hit;
  readonly start: number;
  readonly end: number;
}
