/**
 * Conversations and messages, as they cross into and out of the database worker.
 */
import type {
  AnswerSource,
  Citation,
  ConversationPage,
  ConversationScope,
  ConversationSummary,
  KeptDraft,
  Message,
  MessageFigures,
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
   * A deleted document stays listed: taking it out would silently widen the scope. A deleted collection leaves the
   * documents that were in it.
   */
  readonly scope: ConversationScope;
  readonly createdAt: number;
}

export interface ConversationQuery {
  /** All its words in the title, or all in one message; the last may go on. Quotes make a phrase. */
  readonly search?: string;
  /** Those limited to one of these documents or citing one; empty for all. */
  readonly documentIds?: readonly string[];
  /** Those limited to this collection, or about a document that is in it now. */
  readonly collectionId?: string | null;
  /** Last message in this time: from inclusive, to exclusive, milliseconds. */
  readonly from?: number | null;
  readonly to?: number | null;
  /** The archived ones in place of the others. */
  readonly archived?: boolean;
  /** 100 when absent. */
  readonly limit?: number;
  readonly offset?: number;
}

export interface ConversationStore {
  create(conversation: NewConversation): Promise<ConversationSummary>;
  get(id: string): Promise<ConversationSummary | null>;
  /** A page of those that are not deleted: pinned ones first, then by their last message, newest first. */
  list(query: ConversationQuery): Promise<ConversationPage>;
  /** The person's own title. */
  rename(id: string, title: string): Promise<void>;
  /** A title made from what was said; false when the person gave one. */
  retitle(id: string, title: string): Promise<boolean>;
  setScope(id: string, scope: ConversationScope): Promise<void>;
  /** Absent fields stay as they are. */
  mark(id: string, marks: { readonly pinned?: boolean; readonly archived?: boolean }): Promise<void>;
  /** Out of every list and search from then on (milliseconds), until `purge`; null brings it back. */
  setDeleted(id: string, deletedAt: number | null): Promise<void>;
  /** With its messages, citations and traces. */
  delete(id: string): Promise<void>;
  /** Deletes for good what was deleted until then (milliseconds). Answers how many. */
  purge(deletedUntil: number): Promise<number>;
  /** Questions that are not asked yet, without those of deleted conversations. */
  drafts(): Promise<KeptDraft[]>;
  /** In the place of the conversation's earlier one; an empty text removes it. Goes with its conversation. */
  putDraft(draft: KeptDraft): Promise<void>;
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

/** The messages of all branches, in the order they were said. */
export interface BranchedMessages {
  readonly messages: readonly Message[];
  /** By the id of each message the one that it follows; null for the first. */
  readonly parents: Readonly<Record<string, string | null>>;
}

export interface MessageStore {
  /** The branch that is shown, in the order it was said. */
  list(conversationId: string): Promise<Message[]>;
  get(id: string): Promise<Message | null>;
  /** After the last message that is shown, or after another (null: as the first): that begins a branch. Shows it. */
  append(message: Message, after?: string | null): Promise<void>;
  /** All branches. */
  tree(conversationId: string): Promise<BranchedMessages>;
  /** Ids of messages that stand in the same place (edited questions, further answers), each group oldest first. */
  branches(conversationId: string): Promise<string[][]>;
  /** Shows the newest branch that has the message. */
  show(id: string): Promise<void>;
  /** What the answers of a conversation took, by message id; those without a trace are left out. */
  figures(conversationId: string): Promise<Record<string, MessageFigures>>;
  update(id: string, patch: MessagePatch): Promise<void>;
  /** Removes a message and all after it, in every branch: for an answer that failed before a word. */
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
