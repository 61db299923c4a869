/** Requests about questions, answers and the conversations that keep them. */
import { z } from 'zod';
import type { ConversationSummary, Message } from '../domain.ts';
import type { AnswerTrace } from '../trace.ts';
import { define } from './define.ts';

const conversationId = z.uuid();
const documentIds = z.array(z.uuid()).max(10_000);

/** What a question set going: the stream to listen to and the two messages that are already saved. */
export interface AskStarted {
  readonly streamId: string;
  readonly conversationId: string;
  readonly userMessage: Message;
  readonly assistantMessage: Message;
}

export interface Conversation {
  readonly summary: ConversationSummary;
  readonly messages: readonly Message[];
  /** The stream of the answer that is being written now, to be attached to; null when none is. */
  readonly activeStreamId: string | null;
}

export const chatRequests = {
  /** `conversationId: null` begins a new conversation; `documentIds` empty asks the whole library. */
  'chat.ask': define(
    z.object({
      conversationId: conversationId.nullable(),
      question: z.string().trim().min(1).max(20_000),
      documentIds,
    }),
  )<AskStarted>(),
  'chat.stop': define(z.object({ streamId: z.uuid() }))<null>(),
  /** Writes the answer to the last question again; the old answer is replaced. */
  'chat.regenerate': define(z.object({ conversationId }))<AskStarted>(),
  /** How an answer was made; null for one of before this was recorded, or that broke off before anything was searched. */
  'chat.getTrace': define(z.object({ messageId: z.uuid() }))<AnswerTrace | null>(),
  'conversations.list': define(z.object({ search: z.string().max(500).default('') }))<readonly ConversationSummary[]>(),
  'conversations.get': define(z.object({ conversationId }))<Conversation>(),
  'conversations.rename': define(z.object({ conversationId, title: z.string().trim().min(1).max(200) }))<null>(),
  'conversations.setScope': define(z.object({ conversationId, documentIds }))<null>(),
  'conversations.delete': define(z.object({ conversationId }))<null>(),
};
