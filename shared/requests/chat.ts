/** Requests about questions, answers and the conversations that keep them. */
import { z } from 'zod';
import type { ConversationPage, ConversationSummary, KeptDraft, Message, MessageFigures } from '../domain.ts';
import { LONGEST_DRAFT } from '../domain.ts';
import type { AnswerTrace } from '../trace.ts';
import { define } from './define.ts';

const conversationId = z.uuid();
const documentIds = z.array(z.uuid()).max(10_000);
/** A collection that is asked as it is now; the documents beside it are then not looked at. */
const collectionId = z.uuid().nullable().default(null);

/** What a question set going: the stream to listen to and the two messages that are already saved. */
export interface AskStarted {
  readonly streamId: string;
  readonly conversationId: string;
  readonly userMessage: Message;
  readonly assistantMessage: Message;
  readonly branches: Conversation['branches'];
}

export interface Conversation {
  readonly summary: ConversationSummary;
  /** The branch that is shown. */
  readonly messages: readonly Message[];
  /** Ids of messages that stand in the same place (edited questions, further answers), each group oldest first. */
  readonly branches: readonly (readonly string[])[];
  /** What the answers took, by message id. */
  readonly figures: Readonly<Record<string, MessageFigures>>;
  /** The stream of the answer that is being written now, to be attached to; null when none is. */
  readonly activeStreamId: string | null;
}

export const exportFormats = ['markdown', 'pdf', 'json'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const chatRequests = {
  /** `conversationId: null` begins a new conversation; `documentIds` empty asks the whole library. */
  'chat.ask': define(
    z.object({
      conversationId: conversationId.nullable(),
      question: z.string().trim().min(1).max(20_000),
      documentIds,
      collectionId,
    }),
  )<AskStarted>(),
  'chat.stop': define(z.object({ streamId: z.uuid() }))<null>(),
  /** Answers the last question again; the old answer stays as a branch beside it. */
  'chat.regenerate': define(z.object({ conversationId }))<AskStarted>(),
  /** Asks a question anew in other words; the first stays as a branch beside it. */
  'chat.edit': define(z.object({ messageId: z.uuid(), question: z.string().trim().min(1).max(20_000) }))<AskStarted>(),
  /** How an answer was made; null for one of before this was recorded, or that broke off before anything was searched. */
  'chat.getTrace': define(z.object({ messageId: z.uuid() }))<AnswerTrace | null>(),
  /** Questions that were written and not asked yet. */
  'chat.listDrafts': define(z.object({}))<readonly KeptDraft[]>(),
  /** Keeps what is being written in a conversation (null: as its first question); an empty text removes it. */
  'chat.keepDraft': define(
    z.object({
      conversationId: conversationId.nullable(),
      text: z.string().max(LONGEST_DRAFT),
      documentIds,
      collectionId,
    }),
  )<null>(),
  'conversations.list': define(
    z.object({
      search: z.string().max(500).default(''),
      /** Those limited to one of these documents or citing one; empty for all. */
      documentIds: documentIds.default([]),
      /** Those limited to the collection, or about a document in it. */
      collectionId,
      /** Last message in this time: from inclusive, to exclusive, milliseconds. */
      from: z.number().int().nullable().default(null),
      to: z.number().int().nullable().default(null),
      archived: z.boolean().default(false),
      limit: z.number().int().min(1).max(500).default(100),
      offset: z.number().int().min(0).default(0),
    }),
  )<ConversationPage>(),
  'conversations.get': define(z.object({ conversationId }))<Conversation>(),
  'conversations.rename': define(z.object({ conversationId, title: z.string().trim().min(1).max(200) }))<null>(),
  'conversations.setScope': define(z.object({ conversationId, documentIds, collectionId }))<null>(),
  'conversations.mark': define(
    z.object({ conversationId, pinned: z.boolean().optional(), archived: z.boolean().optional() }),
  )<null>(),
  /** Shows the newest branch that has the message. */
  'conversations.showMessage': define(z.object({ messageId: z.uuid() }))<null>(),
  /** The branch that is shown, with its sources, as a file; its name, or null when the dialog was dismissed. */
  'conversations.export': define(z.object({ conversationId, format: z.enum(exportFormats) }))<string | null>(),
  /** Out of sight at once, for good ten seconds later. */
  'conversations.delete': define(z.object({ conversationId }))<null>(),
  'conversations.restore': define(z.object({ conversationId }))<null>(),
};
