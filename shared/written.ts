/**
 * Written pieces: a summary, key points, an outline … of documents or of selected text, kept with how they were made.
 * Values only.
 */
import type { AnswerSource, Citation, SentenceVerification, TokenUsage } from './domain.ts';
import type { ErrorInfo } from './errors.ts';
import type { PromptMessage, SentRequest } from './trace.ts';

export const pieceKinds = ['summary', 'key-points', 'outline', 'questions', 'figures', 'prompt'] as const;
export type PieceKind = (typeof pieceKinds)[number];

/** `interrupted` when the app ended while it was written; `stopped`, `failed` and `interrupted` can be continued. */
export const pieceStates = ['writing', 'complete', 'stopped', 'interrupted', 'failed'] as const;
export type PieceState = (typeof pieceStates)[number];

/** Text that was selected on a document's pages. */
export interface PieceSelection {
  readonly documentId: string;
  readonly firstPage: number;
  readonly lastPage: number;
  readonly text: string;
}

/** What is to be written. */
export interface PieceRequest {
  readonly kind: PieceKind;
  /** The person's own prompt; null for the other kinds. */
  readonly prompt: string | null;
  /** At least one; the one of the selection, when there is one. */
  readonly documentIds: readonly string[];
  readonly selection: PieceSelection | null;
}

/** A document that a piece is made of; its title stays when it is deleted. */
export interface PieceDocument {
  readonly id: string;
  readonly title: string;
  /** True when it is no longer in the library. */
  readonly gone: boolean;
}

/** `reading` parts, `joining` what they gave (again and again, when that is long), `writing` the piece itself. */
export type WritingStage = 'reading' | 'joining' | 'writing';

/** Part `done` of `total` of a stage is finished. */
export interface WritingProgress {
  readonly stage: WritingStage;
  readonly done: number;
  readonly total: number;
}

export interface PieceSummary {
  readonly id: string;
  readonly title: string;
  readonly kind: PieceKind;
  readonly prompt: string | null;
  readonly documents: readonly PieceDocument[];
  readonly selection: PieceSelection | null;
  readonly state: PieceState;
  /** Where it came from; null until that is known. */
  readonly source: AnswerSource | null;
  readonly usage: TokenUsage | null;
  /** Of the last time it was worked on. */
  readonly progress: WritingProgress | null;
  readonly error: ErrorInfo | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Milliseconds that writing it took, breaks left out. */
  readonly duration: number;
}

export interface WrittenPiece extends PieceSummary {
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly verification: readonly SentenceVerification[];
  /** What was sent, request by request; empty when nothing was. */
  readonly requests: readonly SentRequest[];
  /** The last prompt as it was sent, the one that the text answers; null when none was, or when it went. */
  readonly sentPrompt: readonly PromptMessage[] | null;
  /** True when it went with a document that was deleted. */
  readonly promptRemoved: boolean;
  /** Parts that are kept, so that going on does not write them again. */
  readonly keptParts: number;
}

export interface PiecePage {
  readonly pieces: readonly PieceSummary[];
  /** All that match. */
  readonly total: number;
  /** All that there are, whatever is filtered. */
  readonly all: number;
  /** Models that wrote any, by name. */
  readonly models: readonly string[];
}

/** What writing would take. */
export interface WritingEstimate {
  /** Passages that are read. */
  readonly passages: number;
  /** Parts that they are sent in; 0 when nothing is sent. */
  readonly parts: number;
  /** Tokens of prompts, estimated. */
  readonly tokens: number;
  /** Who writes; null when no model is set up. */
  readonly writer: { readonly model: string; readonly host: string; readonly local: boolean } | null;
}
