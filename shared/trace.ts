/**
 * Why an answer says what it says: the passages that were looked at, what was sent where, and how long it took.
 * Values only.
 */
import type { RetrievalMode } from './domain.ts';

/** What a request was for: the question made to stand alone, its vector, the answer; of a written piece notes on parts, and the piece. */
export type RequestPurpose = 'rewrite' | 'search' | 'answer' | 'notes' | 'piece';

/** One request to a server. */
export interface SentRequest {
  readonly purpose: RequestPurpose;
  readonly host: string;
  readonly model: string;
  /** True for a server on this computer: what went to it did not leave the machine. */
  readonly local: boolean;
  /** Bytes of the request's body. */
  readonly bytes: number;
  /** False when the server could not be reached. */
  readonly delivered: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** True when the server told the tokens; else they are estimated from the length of the text. */
  readonly reported: boolean;
  /** US dollars; null when no price is known. */
  readonly cost: number | null;
}

/** What is kept of a passage; its text and title are looked up when they are shown. */
export interface TracedPassage {
  /** From 1, in the order of the fused score. */
  readonly rank: number;
  /** Null once the passage was deleted or its document read anew. */
  readonly chunkId: number | null;
  readonly documentId: string;
  readonly page: number;
  /** Rank and score in each arm; null where the arm did not find it. */
  readonly textRank: number | null;
  readonly bm25: number | null;
  readonly vectorRank: number | null;
  readonly cosine: number | null;
  readonly score: number;
  /** Its number in the prompt; null when it was not sent. */
  readonly sentAs: number | null;
  /** Tokens of it (with its neighbours) in the prompt, estimated; null when it was not sent. */
  readonly tokens: number | null;
  /** Its number in the answer; null when the answer does not cite it. */
  readonly citedAs: number | null;
}

/** A passage with what is in the library now; title and text are null when the document is gone. */
export interface ShownPassage extends TracedPassage {
  readonly title: string | null;
  readonly text: string | null;
}

export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface TraceFacts {
  /** What was searched for: the question, made to stand alone where it leans on the conversation. */
  readonly searched: string;
  readonly retrieval: RetrievalMode;
  readonly requests: readonly SentRequest[];
  /** Milliseconds from the question to the answer's first word; null when none came. */
  readonly firstText: number | null;
  /** Milliseconds from the question to the end. */
  readonly total: number;
  /** US dollars of all requests; null when the price of one is not known. */
  readonly cost: number | null;
}

/** A trace as it is stored with its message. */
export interface NewTrace {
  readonly facts: TraceFacts;
  readonly passages: readonly TracedPassage[];
  /** As it was sent; null when nothing was. */
  readonly prompt: readonly PromptMessage[] | null;
}

/** A trace as it is shown. */
export interface AnswerTrace extends NewTrace {
  readonly messageId: string;
  readonly passages: readonly ShownPassage[];
  /** True when a prompt was sent and went since, with a document that was deleted. */
  readonly promptRemoved: boolean;
}
