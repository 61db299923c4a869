/**
 * Conversations and messages, as they cross into and out of the database worker.
 */
import type {
  AnswerSource,
  Citation,
  ConversationSummary,
  Message,
  MessageState,
  SentenceVerification,
  TokenUsage,
} from '../../shared/domain.ts';
import type { ErrorInfo } from '../../shared/errors.ts';
import type { AnswerTrace, NewTrace } from '../../shared/trace.ts';

export interface NewConversation {
  /** UUID. */
  readonly id: string;
  readonly title: string;
  /**
   * Documents it is limited to; empty means the whole library. A deleted document stays listed: taking it out would
   * silently widen the scope.
   */
  readonly documentIds: readonly string[];
  readonly createdAt: number;
}

export interface ConversationStore {
  create(conversation: NewConversation): Promise<ConversationSummary>;
  get(id: string): Promise<ConversationSummary | null>;
  /** Newest first; with `search`, those that have all its words in the title or in one message (any case). */
  list(search?: string): Promise<ConversationSummary[]>;
  rename(id: string, title: string): Promise<void>;
  setDocuments(id: string, documentIds: readonly string[]): Promise<void>;
  /** With its messages and citations. */
  delete(id: string): Promise<void>;
}

/** What changes in a message while it is streamed; absent fields stay as they are. */
export interface MessagePatch {
  readonly text?: string;
  readonly state?: MessageState;
  /** All of them: replaces the earlier ones. */
  readonly citations?: readonly Citation[];
  /** All of them: replaces the earlier ones. */
  readonly verification?: readonly SentenceVerification[];
  readonly source?: AnswerSource | null;
  readonly usage?: TokenUsage | null;
  readonly error?: ErrorInfo | null;
}

export interface MessageStore {
  /** In the order they were said. */
  list(conversationId: string): Promise<Message[]>;
  get(id: string): Promise<Message | null>;
  append(message: Message): Promise<void>;
  update(id: string, patch: MessagePatch): Promise<void>;
  /** Removes a message and all after it in its conversation: for regenerate and edit. */
  deleteFrom(id: string): Promise<void>;
  /** At start: what was still streaming when the app died becomes `interrupted`. Answers how many. */
  markInterrupted(): Promise<number>;
}

/** How answers were made; a trace goes with its message. */
export interface TraceStore {
  /** Replaces an earlier one. A prompt with a passage of a document that is gone meanwhile is not kept. */
  put(messageId: string, trace: NewTrace): Promise<void>;
  /** With the passages' text and titles as they are now; null for a message without a trace. */
  get(messageId: string): Promise<AnswerTrace | null>;
}
