/**
 * Written pieces and the journal of their parts, as they cross into and out of the database worker.
 */
import type { AnswerSource, Citation, SentenceVerification, TokenUsage } from '../../shared/domain.ts';
import type { ErrorInfo } from '../../shared/errors.ts';
import type { PromptMessage, SentRequest } from '../../shared/trace.ts';
import type {
  PieceKind,
  PiecePage,
  PieceRequest,
  PieceState,
  WritingProgress,
  WrittenPiece,
} from '../../shared/written.ts';

export interface NewPiece extends PieceRequest {
  /** UUID. */
  readonly id: string;
  readonly title: string;
  readonly createdAt: number;
  /** Set when it is settled from the first that no model writes it. */
  readonly source: AnswerSource | null;
}

export interface PieceQuery {
  /** Words that all occur in the title, the prompt, the text or a document's title. */
  readonly search?: string;
  readonly kind?: PieceKind | null;
  readonly documentId?: string | null;
  readonly state?: PieceState | null;
  /** A model's name; the empty string for those that no model wrote. */
  readonly model?: string | null;
  /** 100 when absent. */
  readonly limit?: number;
  readonly offset?: number;
}

/** What changes while a piece is written; absent fields stay as they are. */
export interface PiecePatch {
  readonly state?: PieceState;
  readonly text?: string;
  /** All of them: replaces the earlier ones. */
  readonly citations?: readonly Citation[];
  readonly verification?: readonly SentenceVerification[];
  readonly source?: AnswerSource | null;
  readonly usage?: TokenUsage | null;
  readonly error?: ErrorInfo | null;
  readonly progress?: WritingProgress | null;
  readonly requests?: readonly SentRequest[];
  /** Not kept when a document that it holds text of was deleted meanwhile. */
  readonly sentPrompt?: readonly PromptMessage[] | null;
  /** Milliseconds. */
  readonly duration?: number;
}

/** What a model made of one part, kept so that it is not asked again. */
export interface WrittenPart {
  /** SHA-256, hex, of what was sent: the same prompt gives the same part. */
  readonly inputHash: string;
  /** With marks `[n]`, where n - 1 is an index of `references`. */
  readonly text: string;
  /** Numbers of the passages that are cited, as the prompt counted them. */
  readonly references: readonly number[];
}

export interface WrittenStore {
  /** In state `writing`. Titles of its documents are taken over. `not-found` when none of them is there. */
  create(piece: NewPiece): Promise<void>;
  get(id: string): Promise<WrittenPiece | null>;
  /** Newest first. */
  list(query: PieceQuery): Promise<PiecePage>;
  update(id: string, patch: PiecePatch): Promise<void>;
  rename(id: string, title: string): Promise<void>;
  /** Out of every list from then on (milliseconds), until `purge`; null brings it back. */
  setDeleted(id: string, deletedAt: number | null): Promise<void>;
  /** Deletes for good what was deleted until then (milliseconds). Answers how many. */
  purge(deletedUntil: number): Promise<number>;
  /** False when the piece or one of its documents is gone: nothing of them is kept then. */
  putPart(id: string, part: WrittenPart): Promise<boolean>;
  parts(id: string): Promise<WrittenPart[]>;
  clearParts(id: string): Promise<void>;
  /** At start: what was still written when the app died becomes `interrupted`. Answers how many. */
  markInterrupted(): Promise<number>;
}
